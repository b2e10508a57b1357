# SPDX-License-Identifier: MIT
# fetch-mysql: every type there and back, parameters, the bookmark, coverage, errors; from PostgreSQL to
# MySQL. What both stages share is tested in fetch-pg.bats.
# shellcheck disable=SC2016,SC2154

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	[ -n "${MAM_TEST_MYSQL:-}" ] || skip "SKIPPED: no MySQL server (MAM_TEST_MYSQL)"
	database=fm_$BATS_SUITE_TEST_NUMBER
	url=${MAM_TEST_MYSQL%/*}/$database
	sql "DROP DATABASE IF EXISTS $database; CREATE DATABASE $database DEFAULT CHARSET utf8mb4" mysql
	export url
}

teardown() {
	[ -z "${database:-}" ] || sql "DROP DATABASE $database" mysql
}

sql() { # STATEMENTS [DATABASE]
	mariadb --no-defaults --default-character-set=utf8mb4 --batch --raw --skip-column-names \
		-S "$MAM_TEST_MYSQL_SOCKET" -u mam "${2:-$database}" <<<"SET time_zone='+00:00';
$1"
}

fetch() {
	fetch-mysql --url "$url" "$@"
}

json() { # SQL [OPTION...]
	fetch --query "$1" "${@:2}" | to-json
}

# refused STATUS MESSAGE OPTION...: the whole message, without the program's name.
refused() {
	run "-$1" --separate-stderr bash -c 'fetch-mysql --url "$url" "$@" >out' sh "${@:3}"
	[ "${stderr_lines[-1]}" = "fetch-mysql: $2" ] || {
		echo "got: $stderr"
		return 1
	}
	run "-$1" to-json <out
}

every_table() {
	sql "$(cat "$MAM_ROOT/tests/fetch-mysql.sql")"
}

@test "every type goes through fetch-mysql and load-mysql unchanged, by both ways of loading" {
	every_table
	for way in local-infile=1 local-infile=0; do
		sql 'DROP TABLE IF EXISTS other; CREATE TABLE other LIKE every_type'
		fetch --table every_type | load-mysql --to "$url?$way" --table other
		[ "$(sql 'SELECT count(*) FROM other')" = 3 ]
		# As bytes, so that no collation and no text of a float takes two values for one.
		columns=$(sql "SELECT GROUP_CONCAT(CONCAT('hex(cast(', IF(data_type = 'float', CONCAT(column_name, '+0e0'), column_name), ' AS binary))') ORDER BY ordinal_position)
			FROM information_schema.columns WHERE table_schema = '$database' AND table_name = 'every_type'" |
			sed 's/hex(cast(\(ge\|po\|pl\) AS binary))/hex(\1)/g; s/hex(cast(j AS binary))/hex(json_compact(j))/')
		sql "SELECT $columns FROM every_type ORDER BY id" >wanted
		sql "SELECT $columns FROM other ORDER BY id" >got
		cmp wanted got
		[ "$(wc -l <got)" = 3 ]
	done
	[ "$(sql "SELECT count(*) FROM information_schema.columns WHERE table_schema = '$database' AND table_name = 'every_type'")" -ge 50 ]
}

@test "the types of the stream, by the server's types" {
	every_table
	[ "$(fetch --table every_type --fields t1,u8,z4,b1,b64,d,dz,f,g,da,tm,dt6,ts,y,c,vj,tx,bi,bl,e,s,ge,j | describe --json | jq -r '[.fields[].types[0]] | join(" ")')" = \
		'int int int int int decimal decimal float float date text datetime timestamp int text text text bytes bytes text text bytes json' ]
	[ "$(json 'SELECT u8, i8, z4, b64, d2, dz, f2, tm, tm6, dt6, ts6, y, vj, HEX(bl) AS bl, e, s FROM every_type WHERE id = 1')" = \
		'{"u8":18446744073709551615,"i8":-9223372036854775808,"z4":7,"b64":18446744073709551615,"d2":-12.50,"dz":12.50,"f2":12.25,"tm":"-838:59:59","tm6":"838:59:58.999999","dt6":"9999-12-31T23:59:59.999999","ts6":"2026-11-27T01:02:03.000001Z","y":2026,"vj":"テスト","bl":"626C6F62","e":"it'"'"'s","s":"a,c"}' ]
	# Also where it comes from a function or through a group.
	[ "$(json "SELECT JSON_EXTRACT(j, '$.a') AS a, count(*) AS n FROM every_type WHERE id = 1 GROUP BY j")" = '{"a":[1,2.5,"x"],"n":1}' ]
	refused 65 'record 1: "a": "1" has no equal in a stream (see --special and --text)' --query "SELECT JSON_EXTRACT(j, '$.a[0]') AS a FROM every_type WHERE id = 1"
	[ "$(json 'SELECT NULL AS n, 1 AS one, 1.50 AS d, CONCAT(1, 2) AS t')" = '{"n":null,"one":1,"d":1.50,"t":"12"}' ]
}

@test "a float has all its bits, also where the server's text has 6 digits; the order of a query stays" {
	sql 'CREATE TABLE f (i int, f float); INSERT INTO f VALUES (1, 0.1), (2, 16777215), (3, -3.4e38)'
	[ "$(fetch --table f --fields f | to-json | jq -c .f | tr '\n' ' ')" = "$(sql 'SELECT f + 0e0 FROM f' | jq -c . | tr '\n' ' ')" ]
	fetch --query 'SELECT f FROM f WHERE i = 1' | to-json | grep -q 0.10000000149011612
	refused 64 '--query has ORDER BY and a column of type FLOAT, whose text has only 6 digits: write FIELD + 0e0 AS FIELD, which has all of them, or give --text FIELD' \
		--query 'SELECT i, f FROM f ORDER BY i'
	[ "$(json 'SELECT i, f + 0e0 AS f FROM f ORDER BY i DESC' | jq .i | tr '\n' ' ')" = '3 2 1 ' ]
	[ "$(json 'SELECT f FROM f ORDER BY i LIMIT 1' --text f)" = '{"f":"0.1"}' ]
}

@test "--special: zero dates, impossible dates and the year 0000 are an error, null, or text" {
	sql "SET sql_mode=''; CREATE TABLE z (d date, dt datetime, ts timestamp, y year); INSERT INTO z VALUES ('0000-00-00', '2026-00-10', '0000-00-00', '0000')"
	refused 65 'record 1: "d": "0000-00-00" has no equal in a stream (see --special and --text)' --table z
	refused 65 'record 1: "dt": "2026-00-10 00:00:00" has no equal in a stream (see --special and --text)' --table z --fields dt
	refused 65 'record 1: "y": "0000" has no equal in a stream (see --special and --text)' --table z --fields y
	[ "$(fetch --table z --special null | to-json)" = '{"d":null,"dt":null,"ts":null,"y":null}' ]
	[ "$(fetch --table z --text d,dt,ts,y | to-json)" = '{"d":"0000-00-00","dt":"2026-00-10 00:00:00","ts":"0000-00-00 00:00:00","y":"0000"}' ]
}

@test "a warning of the server is an error: it may be a changed value" {
	refused 65 "the server warned 1 times, and each counts as an error: Truncated incorrect INTEGER value: 'abc' (1292)" --query "SELECT CAST('abc' AS SIGNED) AS a"
}

@test "--param: values are bound with their types, never part of the text" {
	sql 'CREATE TABLE p (id bigint, t varchar(20)); INSERT INTO p VALUES (9007199254740993, "a"), (9007199254740992, "b")'
	[ "$(json 'SELECT id FROM p WHERE id = {id}' --param id:int=9007199254740993)" = '{"id":9007199254740993}' ]
	[ "$(json "SELECT {a} AS a, {b} AS b, {d} AS d" --param "a=it's \\; DROP" --param b:decimal=1.50 --param d:date=2026-11-01)" = \
		'{"a":"it'"'"'s \\; DROP","b":1.50,"d":"2026-11-01"}' ]
	[ "$(json 'SELECT id FROM p WHERE t = {t} -- {x}' --param t=b)" = '{"id":9007199254740992}' ]
	refused 64 '--query: "?" is a parameter without a name: write {NAME} and give --param NAME=VALUE' --query 'SELECT ?'
	refused 64 '--query: "{x}" is in quotes, where it is not a value: write it without them' --query 'SELECT "{x}"' --param x=1
	run -64 --separate-stderr bash -c 'fetch-mysql --url "$url" --query "SELECT 1 AS a, 2 AS a" >out'
	[[ $stderr == *"two columns of the query have the same name: give one of them another name with AS"*"Duplicate column name 'a'"* ]]
}

@test "--cursor: exact also for large integers, in its order; the bookmark; closed and open" {
	sql "CREATE TABLE c (id bigint unsigned, at timestamp(6) NULL, f float); INSERT INTO c VALUES (9007199254740993, '2026-11-03', 0.5), (9007199254740992, '2026-11-01', 0.5), (9007199254740994, '2026-11-03', 0.5)"
	fetch --table c --cursor id >c.mam
	[ "$(to-json <c.mam | grep -o '[0-9]*99[0-9]' | tr '\n' ' ')" = '9007199254740992 9007199254740993 9007199254740994 ' ]
	describe --json <c.mam | grep -q '"state":\[{"key":"c/id","value":9007199254740994}\]'
	fetch --table c --cursor id --state-key mine | describe --json | grep -q '"state":\[{"key":"mine","value":9007199254740994}\]'
	[ "$(fetch --table c --fields id --cursor id --cursor-value 9007199254740993 --cursor-start open | to-json)" = '{"id":9007199254740994}' ]
	[ "$(fetch --table c --fields id --cursor id --cursor-value 9007199254740993 | to-json | wc -l)" = 2 ]
	[ "$(fetch --table c --cursor at --cursor-value 2026-11-03T00:00:00Z | to-json | wc -l)" = 2 ]
	[ "$(fetch --query 'SELECT id, at FROM c ORDER BY id' --cursor at --cursor-value 2026-11-03T00:00:00.000001Z | to-json | wc -l)" = 0 ]
	sql "INSERT INTO c VALUES (1, NULL, 0)"
	refused 65 'record 1: "at": is null in the cursor: such a row would not be read again when it changes' --table c --cursor at
}

@test "--cover: load-mysql replaces the window" {
	sql "CREATE TABLE s (day date, n int); INSERT INTO s VALUES ('2026-11-01', 1), ('2026-11-02', 2);
		CREATE TABLE s2 LIKE s; INSERT INTO s2 VALUES ('2026-11-01', 9), ('2026-11-03', 9)"
	FROM=2026-11-01 TO=2026-11-03 fetch --query 'SELECT * FROM s WHERE day >= {from} AND day < {to}' --cover 'day={from}..{to}' |
		load-mysql --to "$url" --table s2 --mode delete-insert
	[ "$(sql 'SELECT day, n FROM s2 ORDER BY day' | tr '\t\n' '| ')" = '2026-11-01|1 2026-11-02|2 2026-11-03|9 ' ]
	# By options in place of the environment; as a rehearsal, which changes nothing.
	sql 'INSERT INTO s VALUES ("2026-11-03", 3), ("2026-11-04", 4)'
	window=(--query 'SELECT * FROM s WHERE day >= {from} AND day < {to}' --cover 'day={from}..{to}' --from 2026-11-03 --to 2026-11-04)
	fetch "${window[@]}" --dry-run | load-mysql --to "$url" --table s2 --mode delete-insert
	[ "$(sql 'SELECT day, n FROM s2 ORDER BY day' | tr '\t\n' '| ')" = '2026-11-01|1 2026-11-02|2 2026-11-03|9 ' ]
	fetch "${window[@]}" | load-mysql --to "$url" --table s2 --mode delete-insert
	[ "$(sql 'SELECT day, n FROM s2 ORDER BY day' | tr '\t\n' '| ')" = '2026-11-01|1 2026-11-02|2 2026-11-03|3 ' ]
}

@test "errors of the server: no such table 69, a syntax error 69, a statement that writes 69, no right 77, a lock 75" {
	run -69 fetch --table nowhere
	[[ $output == *"doesn't exist (error 1146)"* ]]
	run -69 fetch --query SELEC
	[[ $output == *'(error 1064)'* ]]
	sql 'CREATE TABLE w (a int)'
	run -69 fetch --query 'INSERT INTO w VALUES (1) RETURNING a'
	[ "$(sql 'SELECT count(*) FROM w')" = 0 ]
	sql "DROP USER IF EXISTS nobody@localhost; CREATE USER nobody@localhost; DROP USER IF EXISTS nobody@'%'; CREATE USER nobody@'%'"
	run -77 fetch-mysql --url "${url/mam@/nobody@}" --table w
	mkfifo hold
	mariadb --no-defaults -S "$MAM_TEST_MYSQL_SOCKET" -u mam "$database" <hold &
	holder=$!
	exec 7>hold
	echo 'LOCK TABLE w WRITE;' >&7
	for ((i = 0; i < 100; i++)); do
		[ "$(sql "SELECT count(*) FROM information_schema.processlist WHERE db = '$database' AND command = 'Sleep'")" = 0 ] || break
		sleep 0.05
	done
	run -75 fetch --table w --lock-timeout 1s
	exec 7>&-
	wait "$holder"
}

@test "addresses and passwords are those of load-mysql" {
	run -64 fetch-mysql --table t
	[[ $output == *'--url is missing'* ]]
	run -64 fetch-mysql --url mysql://mam:Geheim7@h/d --table t
	[[ $output == *'--url holds a password'* ]]
	[[ $output != *Geheim7* ]]
	run -75 fetch-mysql --url mysql://127.0.0.1:1/d --table t
}

@test "a connection that ends in the middle of the rows is 75 and an abort; nothing is loaded" {
	sql 'CREATE TABLE many (i int); INSERT INTO many SELECT seq FROM seq_1_to_3000000; CREATE TABLE cut (i int, t text)'
	mkfifo pipe
	fetch --query 'SELECT i, REPEAT("x", 200) AS t FROM many' 2>said >pipe &
	fetcher=$!
	# A reader that takes some rows, and all others only when the connection has ended.
	{ head -c 1000000; until [ -e killed ]; do sleep 0.05; done; cat; } <pipe >got &
	for ((i = 0; i < 200; i++)); do
		id=$(sql "SELECT id FROM information_schema.processlist WHERE info LIKE '%REPEAT%' AND info NOT LIKE '%processlist%'")
		[ -z "$id" ] || break
		sleep 0.05
	done
	sql "KILL $id"
	touch killed
	status=0
	wait "$fetcher" || status=$?
	cat said
	[ "$status" -eq 75 ]
	wait
	run -75 load-mysql --to "$url" --table cut <got
	[ "$(sql 'SELECT count(*) FROM cut')" = 0 ]
}

@test "a million rows in bounded memory" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's shadow memory does not fit"
	(ulimit -v 150000 && fetch --query 'SELECT seq AS i, REPEAT("x", 100) AS t FROM seq_1_to_1000000') | describe --json | jq -e '.records == 1000000'
}

@test "from PostgreSQL to MySQL and back: the common types" {
	[ -n "${MAM_TEST_PG:-}" ] || skip "SKIPPED: no PostgreSQL server (MAM_TEST_PG)"
	query="SELECT 1 AS i, 9007199254740993 AS l, 12.50::numeric(9,2) AS n, 0.1::float8 AS f, 'テ' AS t, '\x00ff'::bytea AS b, date '2026-11-27' AS d,
		timestamp '2026-11-27 01:02:03.000001' AS ts, timestamptz '2026-11-27 01:02:03.000001+00' AS tz, true AS y, '{\"a\":[1]}'::jsonb AS j
		UNION ALL SELECT 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
	sql 'CREATE TABLE t (i int, l bigint, n decimal(9,2), f double, t varchar(10), b varbinary(10), d date, ts datetime(6), tz timestamp(6) NULL, y boolean, j json)'
	fetch-pg --url "$MAM_TEST_PG" --query "$query" >pg.mam
	load-mysql --to "$url" --table t <pg.mam
	psql -XAtq "$MAM_TEST_PG" -c 'DROP TABLE IF EXISTS from_mysql; CREATE TABLE from_mysql (i int, l bigint, n numeric(9,2), f float8, t text, b bytea, d date, ts timestamp, tz timestamptz, y int, j jsonb)'
	fetch --table t | load-pg --to "$MAM_TEST_PG" --table from_mysql
	[ "$(PGTZ=UTC psql -XAtq "$MAM_TEST_PG" -c 'SELECT * FROM from_mysql ORDER BY i')" = \
		'1|9007199254740993|12.50|0.1|テ|\x00ff|2026-11-27|2026-11-27 01:02:03.000001|2026-11-27 01:02:03.000001+00|1|{"a": [1]}
2||||||||||' ]
}
