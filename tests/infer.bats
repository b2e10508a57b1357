# SPDX-License-Identifier: MIT
# infer: each doubt stays text, what is sure gets its type, and every draft is taken by normalize as it is.
#
# bats sets stderr and stderr_lines; some texts look like typing errors.
# shellcheck disable=SC2154,SC1112,SC2016

load helper

# field VALUE...: the draft of one field x with these JSON values.
field() {
	printf '{"x":%s}\n' "$@" | from-json >x.mam
	infer <x.mam >draft
	normalize @draft <x.mam >/dev/null
	tail -n 1 draft
}

# is OPERAND VALUE...: the draft has this operand.
is() {
	local got
	got=$(field "${@:2}")
	[ "${got%%  #*}" = "$1" ] || {
		echo "${*:2}: $got"
		return 1
	}
}

# doubt TEXT VALUE...: the field stays text, and the evidence has the text.
doubt() {
	local got
	got=$(field "${@:2}")
	[[ $got == 'x:text  # '*"; text: $1"* ]] || {
		echo "${*:2}: $got"
		return 1
	}
}

@test "numbers in all spellings that are certain" {
	is x:int '"5"' '"-7"' '"0"'
	is x:int 5 -7 null
	is x:decimal '"5"' '"7.25"'
	is x:decimal 5 7.25
	is x:decimal 1.5 '"2"'
	is 'x:int;group=,' '"1,234,567"' '"5"'
	is 'x:decimal;group=,' '"1,234.5"' '"1,234"'
	is 'x:decimal;group=,' '"1,234"' '"0.5"'
	is 'x:decimal;point=,' '"12,5"' '"1,234"'
	is 'x:decimal;group=.;point=,' '"1.234,5"' '"1.234"'
	is 'x:int;group=.;point=,' '"1.234.567"' '"1.234"'
	is 'x:int;group=" "' '"1 234"' '"12 345 678"'
	is 'x:decimal;group="'$'\u00a0''";point=,' '"1\u00a0234,50"' '"5,1"'
	is "x:int;group=\"'\"" "\"1'234\""
	is 'x:int;group=,;unit=¥' '"¥1,234,567"' '"¥5"'
	is 'x:int;unit=¥;unit=円' '"¥5"' '"6 円"'
	is 'x:decimal;unit=$' '"$ 5.25"'
	is 'x:int;sign=parentheses,triangle' '"(5)"' '"▲6"' '"7"'
	is 'x:int;sign=trailing,minus' '"5-"' '"−6"'
	is 'x:int;group=,;fullwidth' '"１，２３４，５６７"' '"２"'
	is 'x:int;trim' '" 5"' '"6\u3000"'
	is x:decimal '".5"' '"1.5e-3"'
}

@test "what may mean something else stays text, with the reason" {
	doubt 'zeros in front, as record 2 "007": a code loses them as a number' '"12"' '"007"'
	doubt 'beyond 2^53, as record 1 "9007199254740993": probably an id' '"9007199254740993"'
	doubt 'beyond 2^53, as record 2 "-9007199254740993"' 5 -9007199254740993
	doubt 'beyond the range of an int, as record 1 "123456789012345678901"' '"123456789012345678901"'
	is x:int '"9007199254740992"'
	doubt 'a comma as decimal point or between groups, as record 1 "1,234": decimal;point=, or int;group=,' '"1,234"' '"5"'
	doubt 'a point as decimal point or between groups, as record 1 "1.234": decimal or int;point=,;group=.' '"1.234"'
	doubt 'point and comma contradict each other: record 1 "12,5", record 2 "1.5"' '"12,5"' '"1.5"'
	doubt 'point and comma contradict each other: record 1 "1.234.567", record 2 "1,234,567"' '"1.234.567"' '"1,234,567"'
	doubt 'percent: decimal with percent=ratio (1.59% is 0.0159) or percent=number (1.59)' '"1.59%"' '"0%"'
	doubt 'a percent sign in some, as record 2 "2%"' '"1.59"' '"2%"'
	doubt 'more than one unit, "$" and "€"' '"$5"' '"6 €"'
	doubt 'a code or an exponent, as record 1 "12E4"' '"12E4"'
	doubt 'only 0 and 1: bool;map=1:true,0:false, or int' '"1"' '"0"'
	is x:int 0 1
	field 0 1 | grep -q '; only 0 and 1: bool;map=1:true,0:false is possible'
	doubt 'bool with map= is possible, such as map=yes:true,no:false' '"yes"' '"No"'
	is x:bool '"true"' '"FALSE"' true
	doubt '3 are numbers, but not record 3 "abc"' '"1"' '"2"' '"abc"' '"4"'
	doubt '2 are dates or times of one format, but not record 2 "5"' '"2026-11-01"' '"5"' '"2026-11-02"'
	doubt 'values of several types: bool in record 1 "true", int in record 2 "5"' true 5
	doubt 'only nulls' null null
	doubt 'only what may mean null' '"--"' '""'
	is x:text '"+819012345678"'
	is x:text '"a"' '"1"' '"b"'
	printf '{"costMicros":"5000000"}' | from-json | infer |
		grep -q '^cost_micros:text=costMicros  # .*; text: the name may mean millionths: decimal;micros, or int$'
}

@test "dates and times" {
	is x:date '"2026-11-01"'
	is 'x:date;format=%Y-%m-%d' '"2026-11-1"' '"2026-11-02"'
	is 'x:date;format=%Y/%m/%d' '"2026/11/1"'
	is 'x:date;format=%Y年%m月%d日' '"2026年11月1日"'
	is 'x:date;format=%Y%m%d' '"20261101"' '"20261231"'
	is 'x:date;format=%Y%m%d' 20261101 20261231
	is x:int '"20261101"' '"12"'
	is 'x:date;format=%d/%m/%Y' '"01/02/2026"' '"13/02/2026"'
	is 'x:date;format=%m/%d/%Y' '"01/02/2026"' '"01/13/2026"'
	is 'x:date;format=%d.%m.%Y' '"31.1.2026"'
	is 'x:date;format=%d %b %Y' '"1 Nov 2026"'
	is 'x:date;format=%b %d, %Y' '"Nov 1, 2026"' '"December 2, 2026"'
	is 'x:date;format=%G-W%V' '"2026-W53"'
	is x:datetime '"2026-11-01 13:00:00"' '"2026-11-01 13:00:00.5"'
	is 'x:datetime;format=%Y/%m/%d %H:%M' '"2026/11/01 13:00"'
	is 'x:datetime;format=%Y/%m/%d %H:%M:%S%.f' '"2026/11/01 13:00:01"' '"2026/11/01 13:00:01.25"'
	is 'x:datetime;format=%m/%d/%Y %I:%M %p' '"11/30/2026 1:00 PM"'
	is 'x:datetime;format=%Y%m%d%H%M%S' '"20261101130000"'
	is x:timestamp '"2026-11-01T13:00:00+09:00"' '"2026-11-01T13:00:00.123456789Z"'
	is 'x:timestamp;format=%a, %d %b %Y %H:%M:%S %Z' '"Sun, 01 Nov 2026 13:00:00 GMT"'
	is x:int '"1793491200"' '"1793491201"'
	field '"1793491200123"' | grep -q '; may count from 1970, as record 1 "1793491200123": timestamp;format=%Q'
	doubt 'day or month first, as record 1 "01/02/2026": date or datetime with format=%d/%m/%Y or format=%m/%d/%Y' '"01/02/2026"'
	doubt 'two-digit years, and no century' '"26/11/01"'
	doubt 'months without a day: date;format=%Y-%m with day=first or day=last' '"2026-11"'
	doubt 'a datetime holds microseconds, and record 1' '"2026-11-01 13:00:00.1234567"'
	is x:text '"2026-11-01"' '"2026/11/01"'
	is x:text '"13:00"'
	is x:text '"2026-02-30"'
}

@test "spellings of null" {
	is 'x:int;null=--;null=N/A' '"5"' '"--"' '"N/A"' '"--"'
	[ "$(tail -n 1 draft)" = 'x:int;null=--;null=N/A  # 4 of 4, 2 "--", 1 "N/A"' ]
	is 'x:date;null=' '""' '"2026-11-01"'
	is 'x:int;trim;null=-' '" - "' '"5"'
	is 'x:int;null=\N' '"\\N"' 5
	is x:text '"--"' '"abc"'
	[ "$(tail -n 1 draft)" = 'x:text  # 2 of 2, 1 "--", longest 3, such as "abc"' ]
	[ "$(field 5 null null)" = 'x:int  # 3 of 3, 2 null' ]
}

@test "names of columns, and sources that need quotes" {
	cat >names.json <<-'END'
		{"Campaign ID":1,"campaignName":2,"HTTPServer":3,"コスト（円）":4,"日":5,"a.b":6,"q\"q":7,"s;t":8,"x  # y":9,"%":10,"2nd":11,"campaign-id":12,"@at":13,"--dash":14,"#no":15,"p{q}[]":16," b ":17,"line\nend":18,"":19,"select":20}
	END
	from-json <names.json >names.mam
	infer <names.mam >draft
	sed 's/  # [0-9].*//' draft >operands
	diff operands - <<-'END'
		# Draft of infer, from 1 record, the whole input. Check it, edit it, then: normalize @FILE
		campaign_id:int=Campaign ID
		campaign_name:int=campaignName
		http_server:int=HTTPServer
		コスト_円:int=コスト（円）
		日:int=日
		a_b:int="a.b"
		q_q:int="q""q"
		s_t:int="s;t"
		x_y:int="x  # y"
		field_10:int=%
		_2nd:int=2nd
		campaign_id_2:int=campaign-id
		at:int="@at"
		dash:int="--dash"
		no:int="#no"
		p_q:int="p{q}[]"
		b:int=" b "
		# "line\nend": an operand in a file cannot have this name
		field_18:int=""
		select:int
	END
	grep -v '^field_18' draft >named
	[ "$(normalize @named <names.mam | to-csv | tail -n 1)" = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,20 ]
	python3 -c 'print("{\"" + "長い名前" * 20 + "\":1,\"" + "長い名前" * 20 + "2\":1}")' | from-json >long.mam
	infer <long.mam >draft
	normalize @draft <long.mam >/dev/null
	[ "$(tail -n 1 draft | cut -d: -f1 | wc -c)" -le 67 ]
}

@test "objects become paths, arrays and large objects json" {
	cat >nested.json <<-'END'
		{"campaign":{"id":"12","a.b":{"c d":1}},"metrics":{"clicks":3,"cost":{"amount":1.5}},"tags":["x"],"0":{"0":7},"e":{},"mixed":{"a":1}}
		{"campaign":{"id":"13"},"metrics":null,"tags":null,"e":{},"mixed":[2]}
	END
	from-json <nested.json >nested.mam
	infer <nested.mam >draft
	sed -n 's/  # .*//; 2,$p' draft | diff - <(printf '%s\n' campaign_id:int=campaign.id 'campaign_a_b_c_d:int="campaign"."a.b"."c d"' \
		metrics_clicks:int=metrics.clicks metrics_cost_amount:decimal=metrics.cost.amount tags:json _0_0:int=0.0 e:json mixed:json)
	[ "$(normalize @draft <nested.mam | to-json)" = \
		$'{"campaign_id":12,"campaign_a_b_c_d":1,"metrics_clicks":3,"metrics_cost_amount":1.5,"tags":["x"],"_0_0":7,"e":{},"mixed":{"a":1}}\n{"campaign_id":13,"campaign_a_b_c_d":null,"metrics_clicks":null,"metrics_cost_amount":null,"tags":null,"_0_0":null,"e":{},"mixed":[2]}' ]
	# Names that are data, and a nesting that no path follows.
	python3 - >large.json <<-'END'
		import json
		for i in range(400):
		    print(json.dumps({"days": {"d%d" % i: {"x": {"y": i}}, "z": {"a": 1}}}))
		deep = 1
		for i in range(40):
		    deep = {"k": deep}
		print(json.dumps({"deep": deep}))
	END
	from-json <large.json >large.mam
	infer <large.mam >draft
	grep -q '^days:json  # 400 of 401; objects with too many names' draft
	grep -q '^deep_k_k.*:json=deep.k' draft
	normalize @draft <large.mam >/dev/null
	run -65 --separate-stderr bash -c 'python3 -c "print(\"{\" + \",\".join(\"\\\"f%d\\\":1\" % i for i in range(4000)) + \"}\"); print(\"{\" + \",\".join(\"\\\"g%d\\\":1\" % i for i in range(4000)) + \"}\")" | from-json | infer'
	[[ $stderr == 'infer: the records have more than 4096 fields'* ]]
	[ -z "$output" ]
}

@test "a schema's types stay, and its texts are looked at" {
	printf 'schema\ta:int\tb:text\tc:timestamp\td:decimal\tn:bool\nrow\t1\t2026/11/01\t2026-11-01T00:00:00Z\t1.50\t\\N\n' | spell >typed.mam
	[ "$(infer <typed.mam | sed 's/  # .*//; 1d')" = $'a:int\nb:date;format=%Y/%m/%d\nc:timestamp\nd:decimal\nn:bool' ]
	printf 'schema\ta:int\tb:text\n' | spell | infer | grep -q '^a:int  # 0 of 0'
	from-json --allow-empty </dev/null | infer | grep -qx '# Draft of infer, from 0 records, the whole input.*'
}

@test "--sample looks at the first records only, and the stream is read to its end" {
	(seq 1 9; echo x) | sed 's/.*/{"n":"&"}/' | from-json >ten.mam
	[ "$(infer --sample 9 <ten.mam)" = '# Draft of infer, from the first 9 of 10 records. Check it, edit it, then: normalize @FILE
n:int  # 9 of 9' ]
	infer <ten.mam | grep -q 'n:text  # 10 of 10, longest 1; text: 9 are numbers, but not record 10 "x"'
	infer --sample 0 <ten.mam | grep -q '^n:text'
	head -c 60 ten.mam >cut.mam
	run -76 --separate-stderr infer --sample 1 <cut.mam
	[ -z "$output" ]
	run -65 --separate-stderr bash -c 'printf "schema\tchunk:bytes\n" | spell | infer'
	[[ $stderr == 'infer: the input is bytes that are not decoded yet: put from-csv or from-json before' ]]
}

@test "a CSV in CP932: two commands and an edit" {
	printf '日,キャンペーン名,コスト,クリック率\n2026/11/1,ブランド,"1,234.50",1.59%%\n2026/11/2,一般,--,0.5%%\n' |
		iconv -t CP932 >report.csv
	from-csv --encoding CP932 <report.csv | infer >report.fields
	diff report.fields - <<-'END'
		# Draft of infer, from 2 records, the whole input. Check it, edit it, then: normalize @FILE
		日:date=日;format=%Y/%m/%d  # 2 of 2
		キャンペーン名:text=キャンペーン名  # 2 of 2, longest 4, such as "ブランド"
		コスト:decimal=コスト;null=--;group=,  # 2 of 2, 1 "--", at most 2 decimal places
		クリック率:text=クリック率  # 2 of 2, longest 5; text: percent: decimal with percent=ratio (1.59% is 0.0159) or percent=number (1.59)
	END
	sed -i 's/^コスト:/cost:/; s/^クリック率:text=クリック率/ctr:decimal=クリック率;percent=ratio/' report.fields
	[ "$(from-csv --encoding CP932 <report.csv | normalize @report.fields | to-csv | sed -n 2p)" = '2026-11-01,ブランド,1234.50,0.0159' ]
}

@test "random records of all kinds: normalize takes every draft as it is" {
	for seed in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		python3 "$BATS_TEST_DIRNAME/infer/records" $seed | from-json >random.mam
		infer <random.mam >draft
		normalize @draft <random.mam >/dev/null
	done
}
