# SPDX-License-Identifier: MIT
# The practice ad server itself: a test against it proves as much as it resembles
# what the official files describe.

load helper
load ads

teardown() {
	ads_stop
}

@test "the token is refreshed by GET with the query string alone, anything wrong is refused" {
	ads_start
	ask() { curl -sS -o answer -w '%{http_code}' "$ADS/oauth/v1/token$1" "${@:2}"; }
	good='?grant_type=refresh_token&client_id=practice-client&client_secret=practice-secret&refresh_token=practice-refresh'
	[ "$(ask "$good")" = 200 ]
	[ "$(jq -r '[.token_type, .expires_in] | @csv' answer)" = '"Bearer",3600' ]
	[ "$(ask "${good/practice-client/x}")" = 401 ]
	[ "$(jq -r .error answer)" = invalid_client ]
	[ "$(ask "${good/practice-secret/x}")" = 401 ]
	[ "$(ask "${good/practice-refresh/x}")" = 400 ]
	[ "$(jq -r .error answer)" = invalid_grant ]
	[ "$(ask "${good/grant_type=refresh_token/grant_type=password}")" = 400 ]
	[ "$(ask "$good" -d x=y)" = 405 ]
	# The log tells the names of the parameters and no value.
	run -0 ads_log 'select(.status == 200) | .params'
	[ "$output" = '["client_id","client_secret","grant_type","refresh_token"]' ]
	run ! grep -E 'practice-(secret|refresh)' <(curl -s "$ADS/practice/log")
}

@test "a token is needed, and ends" {
	ads_start --expires-in 1 --rate 0
	TOKEN=$(ads_token)
	body='{"accountId":11111111}'
	[ "$(ads_call get "$body" -o answer -w '%{http_code}')" = 200 ]
	[ "$(TOKEN=x ads_call get "$body" -o answer -w '%{http_code}')" = 401 ]
	[ "$(jq -r .errors[0].code answer)" = 0111 ]
	sleep 1.1
	[ "$(ads_call get "$body" -o answer -w '%{http_code}')" = 401 ]
	[ "$(curl -sS -X POST -o answer -w '%{http_code}' "$ADS/api/v20/ReportDefinitionService/get")" = 401 ]
	[ "$(jq -r .errors[0].code answer)" = 0110 ]
}

@test "accounts: base account needed and known, the account must be reachable" {
	ads_start --rate 0
	TOKEN=$(ads_token)
	code() { ads_call "$@" -o answer -w '%{http_code}' && echo " $(jq -r .errors[0].code answer)"; }
	call() { # BASE BODY
		curl -sS -o answer -w '%{http_code}' -H "Authorization: Bearer $TOKEN" ${1:+-H "x-z-base-account-id: $1"} \
			-H 'Content-Type: application/json' --data "$2" "$ADS/api/v20/ReportDefinitionService/get"
		echo " $(jq -r '.errors[0].code' answer)"
	}
	[ "$(call '' '{"accountId":11111111}')" = "400 0005" ]
	[ "$(call x1 '{"accountId":11111111}')" = "400 0005" ]
	[ "$(call 999 '{"accountId":11111111}')" = "401 0112" ]
	[ "$(call 10000001 '{"accountId":22222222}')" = "403 0098" ]
	[ "$(call 10000001 '{"accountId":"11111111"}')" = "200 0001" ]
	[ "$(call 10000001 '{"accountId":11111111}')" = "200 null" ]
	[ "$(call 10000001 '{')" = "400 0005" ]
	[ "$(code nothing '{}')" = "404 0004" ]
}

@test "official samples: the request of the error guide gets the answer of the guide" {
	need_shared media/fixtures/yahoo-search-ads
	ads_start --rate 0
	TOKEN=$(ads_token)
	samples=$MAM_SHARED/media/fixtures/yahoo-search-ads
	ads_call add "$(cat "$samples/en_errorcodes_05_request.json")" >answer
	# The sample was recorded from an older version: some keys differ; the rest must not.
	strip='del(.rid) | del(.rval.values[].reportDefinition | (.requestTime, .reportDownloadEncode, .reportIncludeZeroImpressions,
		.reportDecimalPartDisplayType, .reportSkipColumnHeader, .reportSkipReportSummary)?)'
	diff <(jq -S "$strip" answer) <(jq -S "$strip" "$samples/en_errorcodes_06_response.json")
	# And the same for the report guide, in all keys.
	ads_call add "$(cat "$samples/en_search_ads_report_03_request.json")" >answer
	strip='del(.rid, .rval.values[].reportDefinition.requestTime, .rval.values[].reportDefinition.reportJobId)'
	diff <(jq "$strip" answer) <(jq "$strip" "$samples/en_search_ads_report_04_response.json")
	ads_call get '{"accountId":11111111,"numberResults":0}' >answer
	diff <(jq 'del(.rid)' answer) <(jq 'del(.rid)' "$samples/en_errorcodes_04_response.json")
}

@test "official files: the fields, their names, values and exclusions are those of v20" {
	need_shared media/specs/yahoo-search-v20/reports
	python3 - "$MAM_SHARED/media/specs/yahoo-search-v20/reports" "$MAM_ROOT/tests/servers" <<-'END'
	import csv, sys
	sys.dont_write_bytecode = True
	sys.path.insert(0, sys.argv[2])
	from practice.yahoo_rows import FIELDS
	for report in ("CAMPAIGN", "ACCOUNT"):
	    rows = list(csv.reader(open(f"{sys.argv[1]}/{report}.csv", encoding="utf-8-sig")))[1:]
	    ours = {name for name, field in FIELDS.items() if report in field.reports}
	    assert ours == {row[0] for row in rows}, report
	    for name, ja, en, xml, kind, exclusions, behaviour, values_ja, values_en, note in rows:
	        field = FIELDS[name]
	        assert (field.ja, field.en, field.xml, field.type, field.kind) == (ja, en, xml, kind, behaviour), name
	        assert (",".join(field.values["JA"]), ",".join(field.values["EN"])) == (values_ja, values_en), name
	        theirs = set(exclusions.strip("[]").replace(" ", "").split(",")) - {""}
	        assert theirs == set(field.incompatible) & ours, name
	        assert (field.null == "") == ("空文字" in note), name
	END
}

@test "a report: WAIT, IN_PROGRESS, COMPLETED; a file before that is JSON with errors" {
	ads_start --rate 0 --rows 4
	TOKEN=$(ads_token)
	job=$(ads_call add '{"accountId":11111111,"operand":[{"reportName":"t","reportType":"CAMPAIGN",
		"reportDateRangeType":"YESTERDAY","fields":["CAMPAIGN_ID","IMPS"]}]}' |
		jq '.rval.values[0].reportDefinition.reportJobId')
	for want in WAIT IN_PROGRESS COMPLETED COMPLETED; do
		if [ $want != COMPLETED ]; then
			[ "$(ads_download "$job" | jq -r .errors[0].code)" = S0001 ]
		fi
		[ "$(ads_call get '{"accountId":11111111,"reportJobIds":['"$job"']}' |
			jq -r '.rval.values[0].reportDefinition.reportJobStatus')" = $want ]
	done
	[ "$(ads_download "$job" | wc -l)" = 6 ]
	[ "$(ads_call remove '{"accountId":11111111,"operand":[{"reportJobId":'"$job"'}]}' |
		jq -r '.rval.values[0].operationSucceeded')" = true ]
	[ "$(ads_download "$job" | jq -r .errors[0].code)" = V0001 ]
	[ "$(ads_call get '{"accountId":11111111}' | jq -c .rval)" = '{"totalNumEntries":0,"values":null}' ]
	[ "$(ads_call remove '{"accountId":11111111,"operand":[{"reportJobId":'"$job"'}]}' |
		jq -c '.rval.values[0] | [.operationSucceeded, .errors[0].code]')" = '[false,"V0001"]' ]
}

@test "get pages by startIndex and numberResults; more than 60 open reports are refused" {
	ads_start --rate 0
	TOKEN=$(ads_token)
	one='{"reportName":"t","reportType":"CAMPAIGN","reportDateRangeType":"YESTERDAY","fields":["CAMPAIGN_ID"]}'
	many=$(for _ in {1..30}; do printf '%s,' "$one"; done)
	for _ in 1 2; do
		[ "$(ads_call add '{"accountId":11111111,"operand":['"${many%,}"']}' |
			jq '[.rval.values[].operationSucceeded] | all')" = true ]
	done
	[ "$(ads_call add '{"accountId":11111111,"operand":['"$one"']}' | jq -r .rval.values[0].errors[0].code)" = LT001 ]
	[ "$(ads_call add '{"accountId":11111111,"operand":['"$many$one"']}' | jq -r .errors[0].code)" = L0002 ]
	page() { ads_call get '{"accountId":11111111,"startIndex":'"$1"',"numberResults":25}' |
		jq -c '[.rval.totalNumEntries, (.rval.values // [] | length)]'; }
	[ "$(page 1)" = '[60,25]' ]
	[ "$(page 51)" = '[60,10]' ]
	[ "$(page 61)" = '[60,0]' ]
	[ "$(ads_call get '{"accountId":11111111,"numberResults":501}' | jq -r .errors[0].code)" = 0001 ]
}

@test "bodies are checked strictly" {
	ads_start --rate 0
	TOKEN=$(ads_token)
	add() { # CHANGES to a good definition: prints the code and the key that it is refused for
		jq -nc '{accountId: 11111111, operand: [{reportName: "t", reportType: "CAMPAIGN", reportDateRangeType: "CUSTOM_DATE",
			dateRange: {startDate: "20260701", endDate: "20260703"}, fields: ["CAMPAIGN_ID", "DAY"]} * '"$1"']}' >body
		ads_call add "$(cat body)" | jq -r '(.errors // .rval.values[0].errors)[0] | [.code, .details[0].requestKey] | join(" ")'
	}
	[ "$(add '{}')" = " " ]
	[ "$(add '{"reportSkipReportSummary": true}')" = "V0001 reportSkipReportSummary" ]
	[ "$(add '{"reportDownloadEncode": "UTF-8"}')" = "V0001 reportDownloadEncode" ]
	[ "$(add '{"dateRange": {"startDate": "2026-07-01"}}')" = "F0001 dateRange/startDate" ]
	[ "$(add '{"dateRange": {"startDate": "20260732"}}')" = "F0001 dateRange/startDate" ]
	[ "$(add '{"dateRange": {"startDate": "20260704"}}')" = "RL001 reportDateRangeType" ]
	[ "$(add '{"dateRange": {"startDate": null}}')" = "R0001 dateRange/startDate" ]
	[ "$(add '{"reportDateRangeType": "TODAY"}')" = "240004 dateRange" ]
	[ "$(add '{"fields": ["CAMPAIGN_ID", "CLICK"]}')" = "V0001 fields" ]
	[ "$(add '{"fields": ["DEVICE", "INVALID_CLICKS"]}')" = "RL001 fields" ]
	[ "$(add '{"fields": []}')" = "R0001 fields" ]
	[ "$(add '{"reportname": "x"}')" = "0001 reportname" ]
	[ "$(add '{"reportName": null}')" = "R0001 reportName" ]
	[ "$(add '{"reportType": "CAMPAIN"}')" = "V0001 reportType" ]
	[ "$(ads_call add '{"accountId":11111111,"operand":[],"x":1}' | jq -r .errors[0].code)" = 0001 ]
	[ "$(ads_call add '{"accountId":11111111,"operand":[]}' | jq -r .errors[0].code)" = L0001 ]
}

@test "files: format, encoding, language, ZIP, total row say the same rows" {
	ads_start --rate 0 --rows 40 --polls 0
	TOKEN=$(ads_token)
	fields='"DAY","CAMPAIGN_ID","CAMPAIGN_NAME","COST","CLICK_RATE","TRACKING_URL","CAMPAIGN_TYPE"'
	report=$(ads_report "$fields" ',"reportSkipReportSummary":"TRUE"')
	ads_download "$report" >plain
	[ "$(head -n 1 plain)" = "日,キャンペーンID,キャンペーン名,コスト,クリック率,トラッキングURL,キャンペーンタイプ" ]
	[ "$(wc -l <plain)" = 41 ]
	grep -q '^2026-07-01,9007199254740993,㈱見本商事　春～夏,' plain
	grep -q ',"東京,大阪",' plain
	grep -q ',--,' plain
	for encode in UTF8:UTF-8 SJIS:CP932 UTF16LE:UTF-16LE; do
		for zip in NONE ZIP; do
			job=$(ads_report "$fields" ',"reportSkipReportSummary":"TRUE","reportDownloadEncode":"'"${encode%:*}"'","reportCompressType":"'$zip'"')
			ads_download "$job" >file
			if [ $zip = ZIP ]; then
				python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile("file").read("report.csv"))' >file.csv
				mv file.csv file
			fi
			iconv -f "${encode#*:}" -t UTF-8 file | sed '1s/^\xef\xbb\xbf//' | cmp - plain
		done
	done
	job=$(ads_report "$fields" ',"reportSkipReportSummary":"TRUE","reportDownloadFormat":"TSV"')
	ads_download "$job" | python3 -c 'import csv, sys; csv.writer(sys.stdout, lineterminator="\n").writerows(csv.reader(sys.stdin, delimiter="\t"))' | cmp - plain
	# Without "skip" there is a total row, and it has no label.
	job=$(ads_report "$fields" ',"reportLanguage":"EN"')
	ads_download "$job" >english
	[ "$(head -n 1 english)" = "Day,CampaignID,Campaign name,Cost,CTR,Tracking URL,Campaign type" ]
	[[ "$(tail -n 1 english)" =~ ^,,,[1-9][0-9]*,[0-9.]+,,$ ]]
	# No rows: the official sample.
	ads_set '{"rows": 0}'
	job=$(ads_report '"COST","IMPS","CLICKS","CLICK_RATE","AVG_CPC","TRACKING_URL","CONVERSIONS","DAY"' ',"reportSkipColumnHeader":"TRUE"')
	[ "$(ads_download "$job")" = "0,0,0,0,0,,0," ]
}

@test "the truth is what the file says, typed; overlapping reports agree; --repeat repeats" {
	ads_start --rate 0 --rows 50 --repeat 10 --polls 0
	TOKEN=$(ads_token)
	job=$(ads_report '"DAY","CAMPAIGN_ID","COST","AVG_CPC","CROSS_DEVICE_CONVERSIONS"' ',"reportSkipReportSummary":"TRUE"')
	ads_download "$job" >file
	[ "$(wc -l <file)" = 56 ]
	[ "$(sort -u file | wc -l)" = 51 ]
	curl -sS "$ADS/practice/truth?job=$job" >truth
	[ "$(wc -l <truth)" = 50 ]
	python3 - <<-'END'
	import csv, json
	rows = [row for n, row in enumerate(list(csv.reader(open("file")))[1:], 1)]
	rows = [row for n, row in enumerate(rows) if n == 0 or row != rows[n - 1]]
	truth = [json.loads(line) for line in open("truth")]
	assert len(rows) == len(truth)
	for row, fact in zip(rows, truth):
	    want = [fact["DAY"], str(fact["CAMPAIGN_ID"]), str(fact["COST"]),
	            fact["AVG_CPC"] or "--", fact["CROSS_DEVICE_CONVERSIONS"] or ""]
	    assert row == want, (row, want)
	assert any(fact["CAMPAIGN_ID"] > 2 ** 53 and fact["CAMPAIGN_ID"] % 2 for fact in truth)
	assert any(fact["CROSS_DEVICE_CONVERSIONS"] is None for fact in truth)
	END
	ads_set '{"restated": 1}'
	job=$(ads_report '"DAY","CAMPAIGN_ID","COST"')
	run ! diff <(curl -sS "$ADS/practice/truth?job=$job" | jq .COST) <(jq .COST truth)
}

@test "more than five requests a second are 403 with code 0003" {
	ads_start --rate 5 --penalty 0.5
	TOKEN=$(ads_token)
	# By one curl: seven of them may take more than a second on a busy machine.
	local more=()
	for _ in 1 2 3 4 5 6; do more+=(-o answer "$ADS/api/v20/ReportDefinitionService/get"); done
	ads_call get '{"accountId":11111111}' -w '%{http_code}\n' "${more[@]}" -o answer >codes
	[ "$(head -n 5 codes | sort -u)" = 200 ]
	[ "$(tail -n 1 codes)" = 403 ]
	[ "$(jq -r .errors[0].code answer)" = 0003 ]
	sleep 1.6
	[ "$(ads_call get '{"accountId":11111111}' -w '%{http_code}' -o answer)" = 200 ]
}

@test "faults: each does what it says, as often as it says" {
	ads_start --rate 0 --rows 200 --polls 0
	TOKEN=$(ads_token)
	job=$(ads_report '"DAY","CAMPAIGN_ID"')
	size=$(ads_download "$job" | wc -c)
	ads_fault 'at=download do=status status=503 count=2 retry-after=7'
	try() { ads_call download '{"accountId":11111111,"reportJobId":'"$job"'}' -o file -D headers -w '%{http_code}' 2>error; }
	[ "$(try)" = 503 ]
	grep -q '^Retry-After: 7' headers
	[ "$(try)" = 503 ]
	[ "$(try)" = 200 ]
	ads_fault 'at=download do=reset bytes=1000'
	run -56 try
	[ "$(wc -c <file)" -le 1000 ]
	ads_fault 'at=download do=truncate bytes=1000'
	run -18 try
	[ "$(wc -c <file)" = 1000 ]
	ads_fault 'at=download do=cut bytes=1000'
	[ "$(try)" = 200 ]
	[ "$(wc -c <file)" = 1000 ]
	ads_fault 'at=get do=full-error code=0001' 'at=download do=expire'
	[ "$(try)" = 401 ]
	TOKEN=$(ads_token)
	[ "$(try)" = 200 ]
	[ "$(wc -c <file)" = "$size" ]
	[ "$(ads_call get '{"accountId":11111111}' | jq -r .errors[0].code)" = 0001 ]
	ads_fault 'at=get do=part-error code=V0001'
	[ "$(ads_call get '{"accountId":11111111}' | jq -c '.rval.values[0] | [.operationSucceeded, .errors[0].code]')" = '[false,"V0001"]' ]
	ads_fault 'at=get do=latency seconds=0.3'
	[ "$(ads_call get '{"accountId":11111111}' -o answer -w '%{time_total}' | awk '{ print ($1 >= 0.3) }')" = 1 ]
	ads_fault 'at=add do=fail-report'
	job=$(ads_report '"DAY","CAMPAIGN_ID"')
	[ "$(ads_call get '{"accountId":11111111,"reportJobIds":['"$job"']}' |
		jq -r '.rval.values[0].reportDefinition | .reportJobStatus + " " + .reportJobErrorDetail')" = "FAILED Over limit of file size." ]
	run -22 ads_fault 'at=get do=nonsense'
}

@test "table.py finds every difference between a table and what is expected" {
	table=$MAM_ROOT/tests/servers/practice/table.py
	expected() { # ROW...
		printf '%s\n' '{"columns":{"id":"int","cost":"decimal","name":"text","at":"timestamp","on":"bool"},"key":["id"]}' "$@"
	}
	cells() { # CELL...: a row of the table; NULL is one
		local cell line=
		for cell in "$@"; do
			[ "$cell" = NULL ] || cell=$(printf %s "$cell" | od -An -tx1 | tr -d ' \n')
			line+=$'\t'$cell
		done
		printf '%s\n' "${line#?}"
	}
	expected '[1, "1.50", "--", "2026-07-01T00:00:00+09:00", true]' '[2, null, null, null, null]' >expected
	cells 1 1.5 -- '2026-06-30 15:00:00+00' t >good
	cells 2 NULL NULL NULL NULL >>good
	run -0 "$table" compare good expected
	[ "$output" = '2 wanted, 2 found, 0 differ' ]
	differs() {
		run -1 "$table" compare bad expected
		[[ $output == *"$1"* ]] || { echo "$output"; return 1; }
	}
	sed 1d good >bad
	differs '2 wanted, 1 found, 1 differ'
	{ cat good; cells 3 1 x NULL NULL; } >bad
	differs '2 wanted, 3 found, 1 differ'
	{ cells 1 1.51 -- '2026-06-30 15:00:00+00' t; sed 1d good; } >bad
	differs "Decimal('1.51')"
	{ cells 1 1.5 -- '2026-06-30 15:00:01+00' t; sed 1d good; } >bad
	differs '1 differ'
	{ cells 1 1.5 -- '2026-06-30 15:00:00+00' f; sed 1d good; } >bad
	differs '1 differ'
	{ sed 2d good; cells 2 NULL '' NULL NULL; } >bad
	differs '1 differ'
	cat good good >bad
	differs 'the table: two rows of (1,)'
	# No row at all is as much as any other answer.
	expected >expected
	: >bad
	run -0 "$table" compare bad expected
	query=$("$table" select sqlite t expected)
	[[ $query == 'SELECT CASE WHEN "id" IS NULL'*' FROM t' ]]
}

@test "the server ends with its parent, and with its folder" {
	bash -c '"$MAM_ROOT/tests/servers/yahoo-search" >url 3>&- & echo $! >pid; until [ -s url ]; do sleep 0.05; done'
	eval "$("$MAM_ROOT/tests/servers/yahoo-search" start folder 3>&-)"
	curl -sS --fail "$MAM_TEST_ADS/practice/log"
	pid=$(cat folder/pid)
	rm -r folder
	sleep 1
	for p in "$pid" "$(cat pid)"; do
		# A zombie that nobody has fetched yet has ended too.
		run ! grep -vE '^State:[[:space:]]*Z' <(grep ^State: "/proc/$p/status" 2>/dev/null)
	done
}
