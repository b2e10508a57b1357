# SPDX-License-Identifier: MIT
# load-pg: values, columns, tables, modes. What goes wrong around it: load-pg-faults.bats.
# Dollars in single quotes are SQL's; a test that sets MAM_TEST_PG means itself alone.
# shellcheck disable=SC2016,SC2030,SC2031

load helper
load pg

# Loads one value and reads it back as the server writes it: trip COLUMN-TYPE FIELD-TYPE SPELLED WANTED.
trip() {
	sql "DROP TABLE IF EXISTS trip; CREATE TABLE trip (v $1)"
	printf 'schema\tv:%s\nrow\t%s\n' "$2" "$3" | spell | into trip || return 1
	local have
	have=$(sql "SELECT v::text FROM trip")
	[ "$have" = "$4" ] || {
		echo "$1: loaded $2 $3, read $have, not $4"
		return 1
	}
}

# The same for a value that does not go in: record 1 is told, and nothing is in the table.
refuse() { # COLUMN-TYPE FIELD-TYPE SPELLED MESSAGE
	sql "DROP TABLE IF EXISTS trip; CREATE TABLE trip (v $1)"
	printf 'schema\tv:%s\nrow\t%s\n' "$2" "$3" | spell >value.mam
	local said status=0
	said=$(into trip <value.mam 2>&1) || status=$?
	[ "$status" = 65 ] || { echo "$1: $2 $3: status $status, not 65: $said"; return 1; }
	[[ $said == *"$4"* ]] || { echo "$1: $2 $3: said: $said"; return 1; }
	[ "$(sql 'SELECT count(*) FROM trip')" = 0 ]
}

# Values.

@test "integers: boundaries come back, what is beyond is refused" {
	trip smallint int -32768 -32768
	trip smallint int 32767 32767
	trip integer int -2147483648 -2147483648
	trip integer int 2147483647 2147483647
	trip bigint int -9223372036854775808 -9223372036854775808
	trip bigint int 9223372036854775807 9223372036854775807
	trip oid int 4294967295 4294967295
	trip bigint decimal 12.00 12
	trip integer float 3 3
	refuse smallint int 32768 'record 1: v: "32768" is out of range of smallint'
	refuse integer int -2147483649 '"-2147483649" is out of range of integer'
	refuse bigint int 18446744073709551615 '"18446744073709551615" is out of range of bigint'
	refuse bigint decimal 12.01 '"12.01" is not an integer'
	refuse bigint text 12 '"12" is text and does not go into a column of type bigint'
}

@test "floats: every bit comes back, what would be rounded is refused" {
	trip 'double precision' float 0.1 0.1
	trip 'double precision' float 1.7976931348623157e308 1.7976931348623157e+308
	trip 'double precision' float 5e-324 5e-324
	trip 'double precision' float inf Infinity
	trip 'double precision' float -inf -Infinity
	trip 'double precision' float nan NaN
	trip 'double precision' float -0.0 -0
	trip 'double precision' decimal 0.5 0.5
	trip real float 1.5 1.5
	trip real float -inf -Infinity
	refuse real float 0.1 'would be rounded'
	refuse 'double precision' decimal 0.1 'would be rounded'
	refuse 'double precision' int 9007199254740993 'would be rounded'
}

@test "numerics: every digit comes back and the scale is kept" {
	local long
	long=$(printf '%0998d' 0 | tr 0 7).25
	trip numeric decimal "$long" "$long"
	trip numeric decimal "-0.$(printf '%0999d' 1)" "-0.$(printf '%0999d' 1)"
	trip numeric decimal 1.10 1.10
	trip numeric decimal 0.000 0.000
	trip numeric decimal -0.50 -0.50
	trip numeric decimal 10000 10000
	trip numeric decimal 100000000.00000001 100000000.00000001
	trip numeric decimal 0.00010000 0.00010000
	trip numeric int 18446744073709551615 18446744073709551615
	trip numeric int -9223372036854775808 -9223372036854775808
	trip numeric float 1e-7 0.0000001
	trip 'numeric(12,4)' decimal 99999999.9999 99999999.9999
	trip 'numeric(12,4)' decimal 1.5000000 1.5000
	trip 'numeric(2,-3)' decimal 99000 99000
	trip 'numeric(3,5)' decimal 0.00999 0.00999
	refuse 'numeric(12,4)' decimal 100000000 'too many digits before the point for numeric(12,4)'
	refuse 'numeric(12,4)' decimal 0.00001 'more than the 4 fraction digits of numeric(12,4)'
	refuse 'numeric(3,-1)' decimal 15 'fraction digits'
	refuse 'numeric(2,-3)' decimal 99500 'fraction digits'
	refuse 'numeric(3,5)' decimal 0.01 'too many digits before the point'
	refuse numeric float inf 'is not a number that numeric can hold'
	refuse numeric text 1.5 '"1.5" is text'
}

@test "numerics of random digits come back the same" {
	sql 'CREATE TABLE digits (id int, v numeric, t text)'
	# Integer and fraction parts of 0 to 24 digits, many zeros among them.
	awk 'BEGIN { srand(7); print "schema\tid:int\tv:decimal\tt:text"
		for (i = 0; i < 4000; i++) {
			whole = int(rand() * 25); part = int(rand() * 25); s = ""
			for (k = 0; k < whole; k++) s = s (rand() < .5 ? 0 : int(rand() * 10))
			sub(/^0+/, "", s); if (s == "") s = "0"
			if (part) { s = s "."; for (k = 0; k < part; k++) s = s (rand() < .6 ? 0 : int(rand() * 10)) }
			if (s ~ /[1-9]/ && rand() < .3) s = "-" s
			print "row\t" i "\t" s "\t" s } }' >digits.txt
	spell <digits.txt | into digits
	[ "$(sql 'SELECT count(*) FROM digits')" = 4000 ]
	[ "$(sql 'SELECT count(*) FROM digits WHERE v::text <> t')" = 0 ]
}

@test "text: emoji, quotes, tabs, backslashes, length in characters" {
	trip text text "a\"b'\\\\t\\t\\nc" $'a"b\'\\t\t\nc'
	trip text text '広告😀é' '広告😀é'
	trip text text '' ''
	trip 'varchar(4)' text '広告😀é' '広告😀é'
	trip 'char(3)' text ' ab' ' ab'
	trip varchar int 42 42
	trip text decimal 1.50 1.50
	trip name text "$(printf '%063d' 0)" "$(printf '%063d' 0)"
	refuse 'varchar(4)' text '広告😀éx' 'is longer than the 4 characters of character varying(4)'
	refuse 'char(3)' text 'abcd' 'is longer than the 3 characters'
	refuse 'char(3)' text 'a ' 'ends in a space'
	refuse name text "$(printf '%064d' 0)" 'is longer than the 63 bytes'
	refuse text text 'a\0b' 'holds a NUL byte, which text cannot'
	refuse text float 1.5 'is float and does not go into a column of type text'
}

@test "null, bool, bytes, uuid, enum" {
	sql "CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy')"
	trip boolean bool true true
	trip boolean bool false false
	trip integer int '\N' ''
	trip bytea bytes '00ff5c78' '\x00ff5c78'
	trip bytea bytes '' '\x'
	trip uuid text 'A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11' 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
	trip uuid bytes 'a0eebc999c0b4ef8bb6d6bb9bd380a11' 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
	trip mood text 'very happy' 'very happy'
	refuse mood text 'happy' '"happy" is not one of the values of mood'
	refuse uuid text 'a0eebc99' 'is not a uuid'
	refuse boolean int 1 'is int and does not go into a column of type boolean'
	refuse bytea text x 'is text and does not go into a column of type bytea'
	refuse 'integer NOT NULL' int '\N' 'record 1: v: is null, and the column is NOT NULL'
}

@test "dates and times: before Christ, far away, microseconds, instants in UTC" {
	trip date date 2000-01-01 2000-01-01
	trip date date 1999-12-31 1999-12-31
	trip date date -2440588 '4714-11-24 BC'
	trip date date -719529 '0002-12-31 BC'
	trip date date 2932897 10000-01-01
	trip date date 2145042905 5874897-12-31
	trip date text 2024-02-29 2024-02-29
	trip time text 23:59:59.999999 23:59:59.999999
	trip 'time(0)' text 00:00:00 00:00:00
	trip timestamp datetime 1969-12-31T23:59:59.999999 '1969-12-31 23:59:59.999999'
	trip timestamp datetime -210866803200000000 '4714-11-24 00:00:00 BC'
	trip timestamp datetime 9223372036854775807 '294247-01-10 04:00:54.775807'
	trip 'timestamp(3)' datetime 2026-11-20T13:00:00.123 '2026-11-20 13:00:00.123'
	trip timestamptz timestamp 2026-11-20T13:00:00.000001Z '2026-11-20 13:00:00.000001+00'
	trip timestamptz timestamp 2026-11-20T13:00:00+09:00 '2026-11-20 04:00:00+00'
	trip timestamptz timestamp 0001-01-01T00:00:00Z '0001-01-01 00:00:00+00'
	refuse date date -2440589 'is out of range of date'
	refuse date date 2145042906 'is out of range of date'
	refuse date text 20.11.2026 'is not a date as YYYY-MM-DD'
	refuse date text infinity 'is not a date as YYYY-MM-DD'
	refuse 'time(0)' text 00:00:00.5 'fraction digits'
	refuse 'timestamp(3)' datetime 2026-11-20T13:00:00.1234 'more than the 3 fraction digits'
	refuse timestamp datetime -210866803200000001 'is out of range of timestamp'
	refuse timestamp timestamp 2026-11-20T13:00:00Z 'is an instant, and a timestamp'
	refuse timestamptz datetime 2026-11-20T13:00:00 'has no zone'
	refuse timestamptz timestamp 2026-11-20T13:00:00.000000001Z 'has nanoseconds'
}

@test "json keeps its numbers, jsonb too; a NUL character is refused by jsonb" {
	printf '%s' '{"v":{"n":12345678901234567890.123456789012345678901234567890,"b":true,"u":18446744073709551615,"a":[1,"é\"\\",null,{}]}}' >j.json
	for type in json jsonb; do
		sql "DROP TABLE IF EXISTS trip; CREATE TABLE trip (v $type)"
		from-json <j.json | into trip
		[ "$(sql "SELECT v->>'n' FROM trip")" = 12345678901234567890.123456789012345678901234567890 ]
		[ "$(sql "SELECT v->>'u' FROM trip")" = 18446744073709551615 ]
		[ "$(sql "SELECT v->'a'->>1 FROM trip")" = 'é"'"\\" ]
		[ "$(sql "SELECT jsonb_array_length(v::jsonb->'a') FROM trip")" = 4 ]
	done
	trip jsonb text 'a"b' '"a\"b"'
	trip json decimal 1.50 1.50
	trip json text 'a\0b' '"a\u0000b"'
	refuse jsonb text 'a\0b' 'holds a NUL character, which jsonb cannot'
	refuse jsonb float nan 'JSON'
}

@test "types that the server reads from text go through the stage; what it would cut is refused" {
	trip inet text 10.0.0.0/8 10.0.0.0/8
	trip macaddr text 08:00:2b:01:02:03 08:00:2b:01:02:03
	trip interval text '1 day 02:03:04.5' '1 day 02:03:04.5'
	trip int4range text '[1,5)' '[1,5)'
	trip 'bit(3)' text 101 101
	trip 'bit varying(5)' text 101 101
	trip xml text '<a>é</a>' '<a>é</a>'
	refuse 'bit(3)' text 10101 '"10101" would become "101" in a column of type bit(3)'
	refuse inet text 10.0.0 'invalid input syntax for type inet'
	trip 'interval(0)' text '5 seconds' 00:00:05
	refuse 'interval(0)' text '1.5 s' '"1.5 s" would become "00:00:02" in a column of type interval(0)'
	refuse '"char"' text ab '"ab" would become "a" in a column of type "char"'
	trip time text 24:00:00 24:00:00
	refuse time text 24:00:01 'is not a time'
}

@test "arrays, composite types and types with a zone: only the text that the server itself writes" {
	trip 'integer[]' text '{1,NULL,3}' '{1,NULL,3}'
	trip 'text[]' text '{"a b",NULL,"NULL"}' '{"a b",NULL,"NULL"}'
	trip 'numeric(6,2)[]' text '{1.50}' '{1.50}'
	trip 'timestamptz[]' text '{"2026-01-01 00:00:00+00"}' '{"2026-01-01 00:00:00+00"}'
	refuse 'integer[]' text '{1, 2}' '"{1, 2}" would become "{1,2}" in a column of type integer[]'
	refuse 'integer[]' text '[1]' 'is not a value of type integer[]'
	refuse 'integer[]' int 1 'is int'
	refuse 'numeric(6,2)[]' text '{1.505}' 'would become "{1.51}"'
	refuse 'varchar(2)[]' text '{abc}' 'would become "{ab}"'
	refuse 'timestamptz[]' text '{"2026-01-01 00:00:00"}' 'would become'
	trip timetz text 10:00:00+09 10:00:00+09
	refuse timetz text 10:00 'would become "10:00:00+00"'
	trip tstzrange text '["2026-01-01 00:00:00+00",)' '["2026-01-01 00:00:00+00",)'
	refuse tstzrange text '[2026-01-01,)' 'would become'
	trip money text '$1,234.50' '$1,234.50'
	refuse money text 1234.5 'would become "$1,234.50"'
	sql 'CREATE TYPE pair AS (a int, b text)'
	trip pair text '(7,"b,c")' '(7,"b,c")'
	trip 'pair[]' text '{"(7,x)"}' '{"(7,x)"}'
}

@test "a number does not go into a type that gives its digits another meaning" {
	refuse 'bit varying' int 10 'record 1: v: "10" is int and does not go into a column of type bit varying'
	refuse 'bit(8)' int 10 'is int and does not go into'
	refuse interval int 90 '"90" is int and does not go into a column of type interval'
	refuse cidr int 128 '"128" is int and does not go into a column of type cidr'
	refuse inet decimal 0.1 '"0.1" is decimal and does not go into a column of type inet'
	refuse xml int 1 'is int'
	refuse point decimal 1.5 'is decimal'
	refuse regclass int 1259 'is int'
	trip xid int 5 5
	sql 'CREATE EXTENSION IF NOT EXISTS citext'
	trip citext int 5 5
	trip citext decimal 1.50 1.50
}

@test "a text that the server would change is refused with its record" {
	sql 'CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS ltree'
	refuse tsrange text '[2026-11-01 10:00:00+09,2026-11-01 12:00:00+09)' 'record 1: v: '
	refuse tsrange text '[2026-11-01 10:00:00+09,2026-11-01 12:00:00+09)' 'in a column of type tsrange'
	refuse daterange text '[2026-11-01 23:59:59,2026-11-05)' 'would become "[2026-11-01,2026-11-05)" in a column of type daterange'
	refuse daterange text '[2026-11-01,today]' 'would become'
	refuse hstore text 'a=>1, a=>2' 'would become'
	refuse xid text abc 'would become "0" in a column of type xid'
	refuse xid text 4294967297 'would become "1" in a column of type xid'
	refuse point text '(0.12345678901234567890,9007199254740993)' 'would become'
	refuse macaddr8 text 08:00:2b:01:02:03 'would become "08:00:2b:ff:fe:01:02:03"'
	refuse cidr text 10.1 'would become "10.1.0.0/16"'
	refuse interval text 1.0000005s 'would become "00:00:01"'
	refuse interval text 90 'would become "00:01:30"'
	refuse 'bit varying' text xA 'would become "1010"'
	refuse int4range text '[5,5)' 'would become "empty"'
	# The same value in another spelling is taken.
	trip int4range text '[1,5]' '[1,6)'
	trip daterange text '[2026-11-01,2026-11-30]' '[2026-11-01,2026-12-01)'
	trip tsrange text '[2026-11-01T10:00:00,)' '["2026-11-01 10:00:00",)'
	trip numrange text '[1.50,2.0)' '[1.50,2.0)'
	trip interval text '90 minutes' 01:30:00
	trip interval text PT36H 36:00:00
	trip inet text FE80:0::1 fe80::1/128
	trip macaddr text 08-00-2B-01-02-03 08:00:2b:01:02:03
	trip hstore text 'b=>1, a=>"x y"' '"a"=>"x y", "b"=>"1"'
	trip point text '(35.10,139.0)' '(35.1,139)'
	trip tsquery text 'fat&(rat|cat)' "'fat' & ( 'rat' | 'cat' )"
	trip jsonpath text '$.a' '$."a"'
	trip ltree text Top.a Top.a
	trip regclass text pg_catalog.pg_class pg_class
	trip xml text '<?xml version="1.0"?><a/>' '<?xml version="1.0"?><a/>'
}

@test "a bad text names its record and field, and goes to --rejects" {
	sql 'CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS ltree; DROP TABLE IF EXISTS trip;
		CREATE DOMAIN private_net AS inet CHECK (value << $$10.0.0.0/8$$)'
	refuse ltree text 'a b' 'record 1: v: "a b" is not a value of type ltree'
	refuse lquery text 'a b' 'is not a value of type lquery'
	refuse tsquery text 'a b' 'is not a value of type tsquery'
	refuse jsonpath text '$.' 'is not a value of type jsonpath'
	refuse hstore text '"a"' 'is not a value of type hstore'
	refuse regclass text not_there 'is not a value of type regclass: relation "not_there" does not exist (SQLSTATE 42P01)'
	refuse private_net text 11.0.0.1 'record 1: v: "11.0.0.1" is not a value of type private_net'
	sql 'DROP TABLE IF EXISTS which; CREATE TABLE which (id int PRIMARY KEY, ip inet, path ltree)'
	# More than one batch; the last two records are bad, too, and records with null are not.
	awk 'BEGIN { print "schema\tid:int\tip:text\tpath:text"; for (i = 1; i <= 9000; i++)
		print "row\t" i "\t" (i == 777 || i == 9000 ? "1.1.1.999" : i == 5 ? "\\N" : "1.1.1.1") "\t" (i == 8999 ? "a b" : "a.b") }' |
		spell >in.mam
	for mode in append upsert truncate-insert 'delete-insert --window id'; do
		sql 'TRUNCATE which'
		# shellcheck disable=SC2086 # a mode with its option
		run -65 into which --key id --mode $mode --rejects bad.mam --max-rejects 2 <in.mam
		[[ $output == *'record 9000: ip: "1.1.1.999" is not a value of type inet: invalid input syntax for type inet: "1.1.1.999" (SQLSTATE 22P02)'* ]]
		[ "$(sql 'SELECT count(*) FROM which')" = 0 ]
		# shellcheck disable=SC2086
		into which --key id --mode $mode --rejects bad.mam --max-rejects 3 <in.mam
		[ "$(sql 'SELECT count(*), sum(id) FROM which')" = "8997|$((9000 * 9001 / 2 - 777 - 8999 - 9000))" ]
		[ "$(to-json <bad.mam | jq -r '._reject | "\(.record) \(.field)"' | sort -n | tr '\n' ,)" = '777 ip,8999 path,9000 ip,' ]
	done
}

@test "texts for the server in streams of two schemas, and in maps" {
	sql 'CREATE TABLE mixed (id int, ip inet)'
	{
		printf 'schema\tid:int\tip:text\nrow\t1\t10.0.0.1\n' | spell
		printf 'schema\tip:text\tid:int\nrow\t10.0.0.2\t2\n' | spell
		echo '{"ip":"10.0.0.3","id":3}' | from-json
		echo '{"id":4,"ip":"10.0.0.4"}' | from-json
	} >in.mam
	into mixed <in.mam
	[ "$(sql 'SELECT id, ip FROM mixed ORDER BY id')" = $'1|10.0.0.1\n2|10.0.0.2\n3|10.0.0.3\n4|10.0.0.4' ]
}

@test "domains: what stands below counts, the server checks the constraint" {
	sql "CREATE DOMAIN short AS varchar(3); CREATE DOMAIN shorter AS short NOT NULL;
		CREATE DOMAIN positive AS numeric(5,2) CHECK (value > 0);
		CREATE DOMAIN net AS inet"
	trip short text abc abc
	trip positive decimal 1.25 1.25
	trip net text 10.0.0.0/8 10.0.0.0/8
	refuse short text abcd 'is longer than the 3 characters of short'
	refuse shorter text '\N' 'the column is NOT NULL'
	refuse positive decimal 1.255 'fraction digits'
	refuse positive decimal -1.25 'violates check constraint "positive_check"'
}

@test "a database in another encoding: text is converted, what it has not is an error" {
	sql "CREATE DATABASE japan ENCODING 'EUC_JP' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
	sql "CREATE DATABASE bytes ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
	export MAM_TEST_PG=${MAM_TEST_PG%/*}/japan PGCLIENTENCODING=UTF8
	trip 'varchar(2)' text '広告' '広告'
	refuse 'varchar(2)' text '😀' 'has no equivalent in encoding "EUC_JP"'
	# One that does not count characters counts bytes.
	export MAM_TEST_PG=${MAM_TEST_PG%/*}/bytes
	trip 'varchar(6)' text '広告' '広告'
	refuse 'varchar(5)' text '広告' 'is longer than the 5 bytes'
}

@test "settings of the role do not change what a text means" {
	export MAM_TEST_PG="$MAM_TEST_PG?options=-c%20DateStyle%3DSQL,DMY%20-c%20TimeZone%3DAsia/Tokyo%20-c%20IntervalStyle%3Dsql_standard"
	trip daterange text '[2026-02-01,2026-03-01)' '[01/02/2026,01/03/2026)'
	# The first of February here, the second of January there: neither.
	refuse daterange text '[01/02/2026,01/03/2026)' 'date/time field value out of range'
	sql "DROP TABLE IF EXISTS trip; CREATE TABLE trip (v interval)"
	printf 'schema\tv:text\nrow\t-1 days 02:00:00\n' | spell | into trip
	[ "$(sql "SELECT extract(epoch FROM v)::int FROM trip")" = -79200 ]
}

@test "DEFAULTs, triggers and casts see the settings of the role" {
	sql "CREATE ROLE tokyo LOGIN; ALTER ROLE tokyo SET TimeZone = 'Asia/Tokyo'; ALTER ROLE tokyo SET DateStyle = 'SQL, DMY';
		ALTER ROLE tokyo SET IntervalStyle = 'iso_8601';
		CREATE TABLE zoned (id int PRIMARY KEY, at timestamptz, net inet, jst_day date, said text, lasts text,
			zone text DEFAULT current_setting('TimeZone'), loaded_at timestamp DEFAULT now());
		CREATE FUNCTION zoned() RETURNS trigger LANGUAGE plpgsql AS \$f\$ BEGIN NEW.jst_day := NEW.at::date;
			NEW.said := '02/11/2026'::date::text; NEW.lasts := '1 day'::interval::text; RETURN NEW; END \$f\$;
		CREATE TRIGGER zoned BEFORE INSERT ON zoned FOR EACH ROW EXECUTE FUNCTION zoned(); GRANT ALL ON zoned TO tokyo"
	export MAM_TEST_PG=${MAM_TEST_PG/mam@/tokyo@}
	unset PGTZ
	printf 'schema\tid:int\tat:timestamp\nrow\t1\t2026-11-01T20:00:00Z\n' | spell >plain.mam
	printf 'schema\tid:int\tat:timestamp\tnet:text\nrow\t1\t2026-11-01T20:00:00Z\t10.0.0.1\n' | spell >text.mam
	for in in plain.mam text.mam; do
		for mode in append upsert truncate-insert 'delete-insert --window id'; do
			sql 'TRUNCATE zoned'
			# shellcheck disable=SC2086 # a mode with its option
			into zoned --key id --mode $mode <$in
			[ "$(sql "SELECT jst_day, said, lasts, zone, now()::timestamp - loaded_at < '1 hour' FROM zoned")" = '02/11/2026|02/11/2026|P1D|Asia/Tokyo|t' ]
		done
	done
}

# The table.

@test "names: case counts, quotes, schemas, the search path" {
	sql 'CREATE SCHEMA "Odd.Schema"; CREATE TABLE "Odd.Schema"."T""1" ("Id" int, "select" text)'
	printf 'schema\tId:int\tselect:text\nrow\t1\tx\n' | spell | into '"Odd.Schema"."T""1"'
	[ "$(sql 'SELECT "select" FROM "Odd.Schema"."T""1"')" = x ]
	printf 'schema\tid:int\nrow\t1\n' | spell >lower.mam
	run -65 into '"Odd.Schema"."T""1"' <lower.mam
	[[ $output == *'field "id": table ""Odd.Schema"."T""1"" has no such column (it has Id, select)'* ]]
	export PGOPTIONS='-c search_path="Odd.Schema"'
	printf 'schema\tId:int\nrow\t2\n' | spell | into '"T""1"'
	[ "$(sql 'SELECT count(*) FROM "Odd.Schema"."T""1"')" = 2 ]
}

@test "a missing table is 69 and says what would make it, a missing schema 69" {
	rows '1|2026-11-20|a' | spell >in.mam
	run -69 into nowhere <in.mam
	[[ $output == *'load-pg: table "nowhere" does not exist; --create makes it from the schema' ]]
	run -69 into no_schema.nowhere --create <in.mam
	[[ $output == *'schema "no_schema" does not exist'*'(SQLSTATE 3F000)' ]]
	sql 'CREATE MATERIALIZED VIEW still AS SELECT 1 AS id'
	run -69 into still <in.mam
	[[ $output == *'"still" is a materialized view, which takes no rows' ]]
}

@test "an unknown column is 65, so is a column that must be given" {
	sql 'CREATE TABLE strict (id int, name text NOT NULL, note text NOT NULL DEFAULT $$-$$)'
	rows '1|2026-11-20|a' | spell >in.mam
	run -65 into strict <in.mam
	[[ $output == *'load-pg: field "day": table "strict" has no such column (it has id, name, note)' ]]
	printf 'schema\tid:int\nrow\t1\n' | spell >in.mam
	run -65 into strict <in.mam
	[[ $output == *'column "name" of table "strict" is NOT NULL without a default, and the records have no such field' ]]
	printf 'schema\tname:text\nrow\tx\n' | spell | into strict
	[ "$(sql 'SELECT name, note FROM strict')" = 'x|-' ]
}

@test "generated columns and identities" {
	sql 'CREATE TABLE made (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED BY DEFAULT AS IDENTITY,
		c int, d int GENERATED ALWAYS AS (c * 2) STORED)'
	printf 'schema\tb:int\tc:int\nrow\t7\t5\n' | spell | into made
	printf 'schema\tc:int\nrow\t6\n' | spell | into made
	[ "$(sql 'SELECT * FROM made ORDER BY c')" = $'1|7|5|10\n2|1|6|12' ]
	for field in a d; do
		printf 'schema\t%s:int\nrow\t1\n' "$field" | spell >in.mam
		run -65 into made <in.mam
		[[ $output == *"field \"$field\": the column is generated by the database" ]]
	done
}

@test "partitions, views, row security, triggers" {
	sql 'CREATE TABLE parts (id int, day date, name text) PARTITION BY RANGE (day);
		CREATE TABLE parts_nov PARTITION OF parts FOR VALUES FROM ($$2026-11-01$$) TO ($$2026-12-01$$);
		CREATE VIEW few AS SELECT id, name, day FROM parts WHERE id > 0 WITH CHECK OPTION'
	rows '1|2026-11-20|a' | spell | into parts
	rows '2|2026-11-21|b' | spell | into few
	[ "$(sql 'SELECT count(*) FROM parts_nov')" = 2 ]
	rows '1|2026-12-20|a' | spell >in.mam
	run -65 into parts <in.mam
	[[ $output == *'record 1: no partition of relation "parts" found for row'*'(SQLSTATE 23514)' ]]
	rows '-1|2026-11-20|a' | spell >in.mam
	run -65 into few <in.mam
	[[ $output == *'violates check option for view "few"'*'(SQLSTATE 44000)' ]]
	# Row security: COPY is not for it.
	sql 'CREATE ROLE clerk LOGIN; CREATE TABLE secured (id int, day date, name text); ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
		CREATE POLICY own ON secured USING (id < 10); GRANT ALL ON secured TO clerk'
	rows '1|2026-11-20|a' | spell | load-pg --to "${MAM_TEST_PG/mam@/clerk@}" --table secured
	[ "$(sql 'SELECT count(*) FROM secured')" = 1 ]
	rows '11|2026-11-20|a' | spell >in.mam
	run -77 load-pg --to "${MAM_TEST_PG/mam@/clerk@}" --table secured <in.mam
	[[ $output == *'violates row-level security policy'* ]]
	# A trigger that drops rows is told, one that raises is 65.
	sql 'CREATE TABLE picky (id int, day date, name text);
		CREATE FUNCTION pick() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
		IF NEW.id = 3 THEN RAISE EXCEPTION $$three is not liked$$; END IF;
		RAISE WARNING $$seen %$$, NEW.id; IF NEW.id = 2 THEN RETURN NULL; END IF; RETURN NEW; END $f$;
		CREATE TRIGGER pick BEFORE INSERT ON picky FOR EACH ROW EXECUTE FUNCTION pick()'
	rows '1|2026-11-20|a' '2|2026-11-20|b' | spell >in.mam
	run -0 into picky <in.mam
	[[ $output == *'the server warns: seen 1'* ]]
	[[ $output == *'table "picky" took 1 of 2 rows'* ]]
	rows '1|2026-11-20|a' '3|2026-11-20|b' | spell >in.mam
	run -65 into picky <in.mam
	[[ $output == *'record 2: three is not liked (SQLSTATE P0001)'* ]]
	[ "$(sql 'SELECT count(*) FROM picky')" = 1 ]
}

# Modes.

@test "append, and a unique index that refuses: 65, the record told, nothing loaded" {
	sql 'CREATE TABLE appended (id int PRIMARY KEY, day date, name text)'
	rows '1|2026-11-20|a' '2|2026-11-20|b' | spell | into appended
	rows '3|2026-11-20|c' '2|2026-11-20|b' | spell >in.mam
	run -65 into appended <in.mam
	[[ $output == 'load-pg: record 2: duplicate key value violates unique constraint "appended_pkey": Key (id)=(2) already exists. (SQLSTATE 23505)' ]]
	[ "$(sql 'SELECT count(*) FROM appended')" = 2 ]
}

@test "a constraint names the record, also after rejects and in a later batch" {
	sql 'CREATE DOMAIN under_8500 AS int CHECK (value < 8500);
		CREATE TABLE numbered (id int PRIMARY KEY, name varchar(2)); CREATE TABLE batched (id under_8500, ip inet)'
	printf 'schema\tid:int\tname:text\nrow\t1\ta\nrow\t2\tabc\nrow\t3\tc\nrow\t4\tabc\nrow\t1\tb\n' | spell >in.mam
	run -65 into numbered --rejects bad.mam --max-rejects 2 <in.mam
	[[ $output == *'load-pg: record 5: duplicate key value violates unique constraint "numbered_pkey"'* ]]
	awk 'BEGIN { print "schema\tid:int\tip:text"; for (i = 1; i <= 9000; i++) print "row\t" i "\t" (i == 7 ? "x" : "1.1.1.1") }' | spell >in.mam
	run -65 into batched --rejects bad.mam --max-rejects 2 <in.mam
	[[ $output == *'load-pg: record 8500: value for domain under_8500 violates check constraint "under_8500_check" (SQLSTATE 23514)' ]]
}

@test "upsert updates, inserts, and a second time changes nothing" {
	sql 'CREATE TABLE upserted (id int PRIMARY KEY, day date, name text, kept text DEFAULT $$k$$)'
	sql "INSERT INTO upserted VALUES (1, '2026-01-01', 'old', 'mine')"
	rows '1|2026-11-20|new' '2|2026-11-20|b' | spell >in.mam
	into upserted --mode upsert --key id <in.mam
	first=$(sql 'SELECT * FROM upserted ORDER BY id')
	[ "$first" = $'1|2026-11-20|new|mine\n2|2026-11-20|b|k' ]
	into upserted --mode upsert --key id <in.mam
	[ "$(sql 'SELECT * FROM upserted ORDER BY id')" = "$first" ]
}

@test "upsert: duplicate keys are 65 and named, a key without index 69, a null in it 65" {
	sql 'CREATE TABLE keyed (id int, day date, name text, UNIQUE (id, day))'
	rows '1|2026-11-20|a' '2|2026-11-20|b' '1|2026-11-20|c' | spell >in.mam
	run -65 into keyed --mode upsert --key id,day <in.mam
	[[ $output == *'load-pg: two records have the same key, id="1", day="2026-11-20": put dedupe before, or name more fields with --key' ]]
	run -69 into keyed --mode upsert --key id <in.mam
	[[ $output == *'load-pg: table "keyed" has no unique index on exactly the fields of --key: CREATE UNIQUE INDEX ON keyed ("id") makes one' ]]
	rows '1|\N|a' | spell >in.mam
	run -65 into keyed --mode upsert --key id,day <in.mam
	[[ $output == *'record 1: day: is null, and it is part of --key' ]]
	[ "$(sql 'SELECT count(*) FROM keyed')" = 0 ]
	printf 'schema\tid:int\tday:date\nrow\t1\t2026-11-20\nrow\t1\t2026-11-20\n' | spell >in.mam
	run -65 into keyed --mode upsert --key id,day <in.mam
	[[ $output == *'two records have the same key'* ]]
}

@test "upsert: a key that is equal and spelled otherwise ends up as the record has it" {
	sql "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
		CREATE TABLE spelled (n numeric, t text COLLATE loose, f float8, v int, PRIMARY KEY (n, t, f));
		INSERT INTO spelled VALUES (1.0, 'abc', 0, 1)"
	printf 'schema\tn:decimal\tt:text\tf:float\tv:int\nrow\t1.00\tABC\t-0.0\t2\n' | spell | into spelled --mode upsert --key n,t,f
	[ "$(sql 'SELECT * FROM spelled')" = '1.00|ABC|-0|2' ]
	printf 'schema\tn:decimal\tt:text\tf:float\nrow\t1.000\taBC\t0.0\n' | spell | into spelled --mode upsert --key n,t,f
	[ "$(sql 'SELECT * FROM spelled')" = '1.000|aBC|0|2' ]
	printf 'schema\tn:decimal\tt:text\tf:float\nrow\t1\taBC\t0.0\nrow\t1.0\tabc\t0.0\n' | spell >in.mam
	run -65 into spelled --mode upsert --key n,t,f <in.mam
	[[ $output == *'two records have the same key'* ]]
	[ "$(sql 'SELECT * FROM spelled')" = '1.000|aBC|0|2' ]
}

@test "an object with a name twice is refused, for json columns too" {
	sql 'CREATE TABLE twice (v jsonb)'
	printf 'raw\t81a17682a16101a16102\n' | spell >in.mam
	run -65 into twice <in.mam
	[[ $output == *'record 1: "a": the name occurs twice'* ]]
	sql 'ALTER TABLE twice ALTER v TYPE json'
	run -65 into twice <in.mam
	[ "$(sql 'SELECT count(*) FROM twice')" = 0 ]
}

@test "truncate-insert replaces all, and nothing when the stream is not complete" {
	sql 'CREATE TABLE replaced (id int, day date, name text)'
	sql "INSERT INTO replaced VALUES (9, '2026-01-01', 'old')"
	{ rows '1|2026-11-20|a'; echo cut; } | spell >in.mam
	run -76 into replaced --mode truncate-insert <in.mam
	[ "$(sql 'SELECT id FROM replaced')" = 9 ]
	rows '1|2026-11-20|a' | spell | into replaced --mode truncate-insert
	[ "$(sql 'SELECT id FROM replaced')" = 1 ]
	# No record is a complete answer, too.
	rows | spell | into replaced --mode truncate-insert
	[ "$(sql 'SELECT count(*) FROM replaced')" = 0 ]
}

@test "delete-insert with the coverage of the stream: rows that vanished go, others stay" {
	sql 'CREATE TABLE windows (id int, day date, name text, account bigint)'
	sql "INSERT INTO windows VALUES (1, '2026-11-19', 'before', 7), (2, '2026-11-20', 'stale', 7),
		(3, '2026-11-22', 'stale', 7), (4, '2026-11-23', 'behind', 7), (5, '2026-11-20', 'other', 8)"
	printf 'schema\tid:int\tday:date\tname:text\taccount:int\ncoverage\tday:date=2026-11-20..2026-11-23\taccount:int=7\nrow\t2\t2026-11-20\tfresh\t7\n' |
		spell >in.mam
	into windows --mode delete-insert <in.mam
	first=$(sql 'SELECT id, name FROM windows ORDER BY id')
	[ "$first" = $'1|before\n2|fresh\n4|behind\n5|other' ]
	into windows --mode delete-insert <in.mam
	[ "$(sql 'SELECT id, name FROM windows ORDER BY id')" = "$first" ]
	printf 'schema\tid:int\tday:date\tname:text\taccount:int\ncoverage\tday:date=2026-11-20..2026-11-21\taccount:int=7\nrow\t2\t2026-11-21\tx\t7\n' |
		spell >in.mam
	run -65 into windows --mode delete-insert <in.mam
	[[ $output == *'a record with day="2026-11-21", account="7" lies in none of the windows that the input covers'* ]]
	rows '1|2026-11-20|a' | spell >in.mam
	run -65 into windows --mode delete-insert <in.mam
	[[ $output == *'no --window names the fields that tell one'* ]]
}

@test "delete-insert with --window: every day that the records have is replaced" {
	sql 'CREATE TABLE days (id int, day date, name text)'
	sql "INSERT INTO days VALUES (1, '2026-11-19', 'stays'), (2, '2026-11-20', 'goes'), (3, '2026-11-20', 'goes')"
	rows '4|2026-11-20|new' '5|2026-11-21|new' | spell >in.mam
	into days --mode delete-insert --window day <in.mam
	into days --mode delete-insert --window day <in.mam
	[ "$(sql 'SELECT id FROM days ORDER BY id')" = $'1\n4\n5' ]
}

@test "windows of every kind of column: text, numeric, instants, addresses, times" {
	sql 'CREATE TABLE kinds (t text, n numeric(9,2), at timestamptz, ip inet, c time, b bool, u uuid)'
	printf 'schema\tt:text\tn:decimal\tat:timestamp\tip:text\tc:text\tb:bool\tu:text\n' >schema
	printf 'coverage\tt:text=x\tn:decimal=1.5..2.5\tat:timestamp=0001-01-01T00:00:00Z..2026-11-21T00:00:00Z\tip:text=10.0.0.1\tc:text=10:00:00\tb:bool=true\tu:text=a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\n' >coverage
	printf 'row\tx\t1.5\t2026-11-20T00:00:00Z\t10.0.0.1\t10:00:00\ttrue\ta0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\n' >row
	for _ in 1 2; do cat schema coverage row | spell | into kinds --mode delete-insert; done
	[ "$(sql 'SELECT count(*) FROM kinds')" = 1 ]
	cat schema coverage | spell | into kinds --mode delete-insert
	[ "$(sql 'SELECT count(*) FROM kinds')" = 0 ]
}

@test "a window's bound that the server would change is 65, and deletes nothing" {
	sql "CREATE TABLE bounds (net cidr, id int); INSERT INTO bounds VALUES ('10.1.0.0/16', 1)"
	printf 'schema\tnet:text\tid:int\ncoverage\tnet:text=10.1\n' | spell >in.mam
	run -65 into bounds --mode delete-insert <in.mam
	[[ $output == *'coverage of the input: "net": "10.1" would become "10.1.0.0/16" in a column of type cidr' ]]
	[ "$(sql 'SELECT count(*) FROM bounds')" = 1 ]
	printf 'schema\tnet:text\tid:int\ncoverage\tnet:text=10.1.0.0/16\n' | spell | into bounds --mode delete-insert
	[ "$(sql 'SELECT count(*) FROM bounds')" = 0 ]
}

@test "--create makes the table in the same transaction, with its key" {
	rows '1|2026-11-20|a' '1|2026-11-20|b' | spell >in.mam
	run -65 into created --create --key id <in.mam
	[ -z "$(sql "SELECT to_regclass('created')")" ]
	rows '1|2026-11-20|a' | spell | into created --create --mode upsert --key id
	rows '1|2026-11-20|b' | spell | into created --create --mode upsert --key id
	[ "$(sql 'SELECT * FROM created')" = '1|2026-11-20|b' ]
	[ "$(sql "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'created'::regclass")" = 'PRIMARY KEY (id)' ]
}

@test "two loads that make the same table: both load" {
	rows '1|2026-11-20|a' 'x' | sed 's/^row\tx$/sleep\t1/' >slow.txt
	spell <slow.txt | into twins --create &
	rows '2|2026-11-20|b' | spell | into twins --create
	wait $!
	[ "$(sql 'SELECT count(*) FROM twins')" = 2 ]
}

@test "a dry run changes nothing and says what would be" {
	sql 'CREATE TABLE dry (id int PRIMARY KEY, day date, name text)'
	rows '1|2026-11-20|a' | spell >in.mam
	run -0 into dry --dry-run <in.mam
	[[ $output == *'dry run: 1 records fit, 0 rows would be deleted; nothing was changed'* ]]
	run -0 into dry_made --create --dry-run <in.mam
	[[ $output == *'the table would be made by: CREATE TABLE "dry_made" ("id" bigint NULL, "day" date NULL, "name" text NULL)'* ]]
	rows '1|2026-11-20|a' | spell --dry >rehearsal.mam
	into dry <rehearsal.mam
	[ "$(sql 'SELECT count(*) FROM dry')" = 0 ]
	[ -z "$(sql "SELECT to_regclass('dry_made')")" ]
}

@test "rejects are put aside up to --max-rejects, and can be loaded when repaired" {
	sql 'CREATE TABLE rejected (id smallint, day date, name varchar(2))'
	rows '1|2026-11-20|a' '99999|2026-11-20|b' '3|2026-11-20|abc' '4|2026-11-20|d' | spell >in.mam
	run -65 into rejected --rejects bad.mam --max-rejects 1 <in.mam
	[[ $output == *'record 3: name: "abc" is longer than the 2 characters'* ]]
	[ "$(sql 'SELECT count(*) FROM rejected')" = 0 ]
	into rejected --rejects bad.mam --max-rejects 2 <in.mam
	[ "$(sql 'SELECT id FROM rejected')" = $'1\n4' ]
	[ "$(to-json <bad.mam | wc -l)" = 2 ]
}

@test "values larger than a block, many columns, an empty stream" {
	sql 'CREATE TABLE large (id int, t text, b bytea)'
	head -c 3000000 /dev/zero | tr '\0' x >text
	{ printf 'schema\tid:int\tt:text\tb:bytes\nrow\t1\t'; cat text; printf '\t'; tr x a <text; printf '\nrow\t2\ts\t\\N\n'; } |
		spell | into large
	[ "$(sql 'SELECT id, length(t), length(b) FROM large ORDER BY id')" = $'1|3000000|1500000\n2|1|' ]
	{
		printf schema; printf '\tc%d:int' {1..1600}; echo
		printf row; printf '\t%d' {1..1600}; echo
	} | spell >wide.mam
	sql "CREATE TABLE wide ($(printf 'c%d int,' {1..1599})c1600 int)"
	into wide <wide.mam
	[ "$(sql 'SELECT c1 + c1600 FROM wide')" = 1601 ]
	printf 'schema\tid:int\n' | spell | into large
	[ "$(sql 'SELECT count(*) FROM large')" = 2 ]
}
