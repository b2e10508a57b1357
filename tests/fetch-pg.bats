# SPDX-License-Identifier: MIT
# fetch-pg: every type there and back, parameters, the bookmark, coverage, errors.
# Dollars in single quotes are SQL's; a test that sets MAM_TEST_PG means itself alone.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load helper
load pg

fetch() {
	fetch-pg --url "$MAM_TEST_PG" "$@"
}

json() { # SQL [OPTION...]
	fetch --query "$1" "${@:2}" | to-json
}

# refused STATUS MESSAGE OPTION...: the whole message, without the program's name.
refused() {
	run "-$1" --separate-stderr bash -c 'fetch-pg --url "$MAM_TEST_PG" "$@" >out' sh "${@:3}"
	[ "${stderr_lines[-1]}" = "fetch-pg: $2" ] || {
		echo "got: $stderr"
		return 1
	}
	run "-$1" to-json <out
}

# Waits until the server says t.
until_true() {
	local i
	for ((i = 0; i < 200; i++)); do
		[ "$(sql "$1")" != t ] || return 0
		sleep 0.05
	done
	echo "never true: $1"
	return 1
}

every_table() {
	sql 'DROP SCHEMA IF EXISTS every CASCADE; CREATE SCHEMA every'
	psql -XAtq -v ON_ERROR_STOP=1 "$MAM_TEST_PG" -c 'SET search_path = every, public' -f "$MAM_ROOT/tests/fetch-pg.sql"
}

@test "every type goes through fetch-pg and load-pg unchanged, by COPY and with a parameter" {
	every_table
	url="$MAM_TEST_PG?options=-csearch_path%3Devery,public"
	for way in '--table every' '--cursor id --table every --cursor-value 0'; do
		sql 'DROP TABLE IF EXISTS every.other; CREATE TABLE every.other (LIKE every.every)'
		# shellcheck disable=SC2086
		fetch-pg --url "$url" $way | load-pg --to "$url" --table other
		[ "$(sql 'SELECT count(*) FROM every.other')" = 3 ]
		# Every column but json, whose text has other spaces, as text; and all that have an order as values.
		sql "SELECT string_agg(CASE WHEN attname = 'j' THEN 'j::jsonb::text' ELSE quote_ident(attname) || '::text' END, ',' ORDER BY attnum)
			FROM pg_attribute WHERE attrelid = 'every.every'::regclass AND attnum > 0" >columns
		run -0 sql "(SELECT $(cat columns) FROM every.every EXCEPT SELECT $(cat columns) FROM every.other) UNION ALL
			(SELECT $(cat columns) FROM every.other EXCEPT SELECT $(cat columns) FROM every.every)"
		[ -z "$output" ]
	done
	[ "$(wc -w <columns)" -gt 0 ]
	[ "$(sql "SELECT count(*) FROM pg_attribute WHERE attrelid = 'every.every'::regclass AND attnum > 0")" -ge 65 ]
}

@test "the types of the stream, by the server's types" {
	every_table
	fetch --table every.every --fields b,i2,i8,o,f4,f8,n,n2,t,c,by,j,jb,u,d,tm,tmz,ts,tsz,iv,ai,m,dp,ds,p,mo >every.mam
	[ "$(describe --json <every.mam | jq -r '[.fields[].types[0]] | join(" ")')" = \
		'bool int int int float float decimal decimal text text bytes json json text date text text datetime timestamp text text text int text text text' ]
}

@test "values as records: numbers, times in UTC, char without its padding, json nested" {
	[ "$(json "SELECT 9007199254740993 AS i, 1.50 AS n, -0.0001 AS m, 0.000::numeric AS z, 'x'::char(3) AS c, '{\"a\":[1,{\"b\":null}]}'::jsonb AS j")" = \
		'{"i":9007199254740993,"n":1.50,"m":-0.0001,"z":0.000,"c":"x","j":{"a":[1,{"b":null}]}}' ]
	[ "$(PGTZ=Asia/Tokyo json "SELECT '2026-11-27 09:00:00+09'::timestamptz AS t, '2026-11-27 09:00:00'::timestamp AS w, '0044-03-15 BC'::date AS d, '24:00'::time AS e")" = \
		'{"t":"2026-11-27T00:00:00Z","w":"2026-11-27T09:00:00","d":"-00043-03-15","e":"24:00:00"}' ]
	# A query of any form, its semicolon and comments.
	[ "$(json 'VALUES (1, NULL::int); -- done')" = '{"column1":1,"column2":null}' ]
	[ "$(json 'WITH a AS (SELECT 1 AS x) SELECT x, ARRAY[x] AS l FROM a')" = '{"x":1,"l":"{1}"}' ]
	# The query's order stays, also where a column comes as text.
	[ "$(json 'SELECT i, ARRAY[i] AS l FROM generate_series(1, 5) AS i ORDER BY i DESC' | jq -c .i | tr '\n' ' ')" = '5 4 3 2 1 ' ]
}

@test "no rows: a schema, sealed" {
	fetch --query 'SELECT 1 AS a, now() AS t WHERE false' >none.mam
	[ "$(describe --json <none.mam | jq .records)" = 0 ]
	load-pg --to "$MAM_TEST_PG" --table made_of_none --create <none.mam
	[ "$(sql 'SELECT count(*) FROM made_of_none')" = 0 ]
}

@test "--special: NaN of a numeric and infinities are an error, null, or (--text) text" {
	refused 65 'record 1: "n": "NaN" has no equal in a stream (see --special and --text)' --query "SELECT 'NaN'::numeric AS n"
	refused 65 'record 2: "column1": "-infinity" has no equal in a stream (see --special and --text)' --query "VALUES ('2026-01-01'::date), ('-infinity')"
	refused 65 'record 1: "t": "infinity" has no equal in a stream (see --special and --text)' --query "SELECT 'infinity'::timestamptz AS t"
	refused 65 'record 1: "j": "null" has no equal in a stream (see --special and --text)' --query "SELECT 'null'::jsonb AS j"
	refused 65 'record 1: "j": ""x"" has no equal in a stream (see --special and --text)' --query "SELECT '\"x\"'::jsonb AS j"
	[ "$(json "SELECT 'Infinity'::numeric AS n, 'infinity'::date AS d, '5'::json AS j, 'NaN'::float8 AS f" --special null --text f)" = \
		'{"n":null,"d":null,"j":null,"f":"NaN"}' ]
	[ "$(json "SELECT 'NaN'::numeric AS n, 'infinity'::date AS d, '5'::json AS j, 1 AS i" --text n,d,j)" = '{"n":"NaN","d":"infinity","j":"5","i":1}' ]
	fetch --query "SELECT 'NaN'::numeric AS n" --special null | describe --json | jq -e '.stages[0].special_to_null == 1'
}

@test "json with a name twice is refused, as from-json refuses it" {
	refused 65 'record 1: "j": a repeated name in an object' --query "SELECT '{\"a\":1,\"a\":2}'::json AS j"
	[ "$(json "SELECT '{\"a\":1,\"a\":2}'::json AS j" --text j)" = '{"j":"{\"a\":1,\"a\":2}"}' ]
}

@test "--param: values are bound, never part of the text" {
	[ "$(json 'SELECT {a}::text AS a, {b}::int + 1 AS b, {a} || {a} AS c' --param "a=it's; DROP" --param b:int=41)" = \
		"{\"a\":\"it's; DROP\",\"b\":42,\"c\":\"it's; DROPit's; DROP\"}" ]
	[ "$(json "SELECT '{1,2}'::int[] AS a, '{}'::jsonb AS b WHERE {d} > date '2026-01-01'" --param d:date=2026-02-01)" = '{"a":"{1,2}","b":{}}' ]
	[ "$(json 'SELECT day FROM (VALUES (date '"'2026-11-01'"'), ('"'2026-11-08'"')) AS t (day) WHERE day >= {from} AND day < {to}' --from 2026-11-01 --to 2026-11-08)" = '{"day":"2026-11-01"}' ]
	[ "$(FROM=2026-11-08 TO=2026-11-09 json 'SELECT {from}::date AS f, {to}::date AS t')" = '{"f":"2026-11-08","t":"2026-11-09"}' ]
	refused 64 '--query: {from} is undefined: give --from, or FROM in the environment' --query 'SELECT {from}::date'
	refused 64 '--query: {x} is undefined: give --param x=VALUE' --query 'SELECT {x}'
	refused 64 '--param: {x} is nowhere in --query' --query 'SELECT 1' --param x=1
	refused 64 '--query: "{x}" is in quotes, where it is not a value: write it without them' --query "SELECT '{x}'" --param x=1
	refused 64 '--query: "$1" is a parameter without a name: write {NAME} and give --param NAME=VALUE' --query 'SELECT $1'
	refused 64 '--param: "n": "x" is not a int' --query 'SELECT {n}' --param n:int=x
	refused 64 '--param: "x" is given twice' --query 'SELECT {x}' --param x=1 --param x=2
	refused 64 '--param: "x" is not NAME=VALUE' --query 'SELECT {x}' --param x
	refused 64 '--param: "x:json={}": the type is one of text, int, decimal, date, datetime, timestamp' --query 'SELECT {x}' --param 'x:json={}'
	FROM=yesterday refused 78 'the environment variable FROM: "yesterday" is not a date as YYYY-MM-DD' --query 'SELECT {from}::date'
	FROM=anything json 'SELECT 1 AS one'
	refused 64 '--from: "yesterday" is not a date as YYYY-MM-DD' --query 'SELECT {from}::date' --from yesterday
}

@test "--query @FILE, --table with --fields, and what goes wrong with them" {
	echo 'SELECT 1 AS one -- from a file' >q.sql
	[ "$(fetch --query @q.sql | to-json)" = '{"one":1}' ]
	refused 74 '--query: cannot read "none.sql": No such file or directory' --query @none.sql
	sql 'CREATE SCHEMA IF NOT EXISTS odd; DROP TABLE IF EXISTS odd."T ""1"; CREATE TABLE odd."T ""1" ("a.b" int, "C" int, d int); INSERT INTO odd."T ""1" VALUES (1, 2, 3)'
	[ "$(fetch --table 'odd."T ""1"' | to-json)" = '{"a.b":1,"C":2,"d":3}' ]
	[ "$(fetch --table 'odd."T ""1"' --fields C,a.b | to-json)" = '{"C":2,"a.b":1}' ]
	refused 64 'give either --query or --table'
	refused 64 'give either --query or --table' --query 'SELECT 1' --table t
	refused 64 '--fields is for --table: a query selects its columns itself' --query 'SELECT 1' --fields a
	refused 64 '--query: "DROP TABLE t" comes after a semicolon, and there can be only one statement' --query 'SELECT 1; DROP TABLE t'
	refused 64 'columns 1 and 3 of the query are both named "a": give one of them another name with AS' --query 'SELECT 1 AS a, 2 AS b, 3 AS a'
	refused 64 '--text: the query has no column "c"; it has "aa", "bb"' --query 'SELECT 1 AS aa, 2 AS bb' --text c
	refused 64 '--query is not a query: it has no columns' --query 'SET timezone = 0'
	refused 69 'syntax error at or near "SHOW" (SQLSTATE 42601)' --query 'SHOW timezone'
}

@test "the transaction only reads, and sees one state of the database" {
	sql 'DROP TABLE IF EXISTS w; CREATE TABLE w (a int); INSERT INTO w VALUES (1)'
	refused 69 'cannot execute SELECT in a read-only transaction (SQLSTATE 25006)' --query 'WITH x AS (INSERT INTO w VALUES (2) RETURNING a) SELECT a FROM x'
	refused 69 'cannot execute DELETE in a read-only transaction (SQLSTATE 25006)' --query 'DELETE FROM w RETURNING a'
	[ "$(sql 'SELECT count(*) FROM w')" = 1 ]
	[ "$(json "SELECT current_setting('transaction_isolation') AS i, current_setting('transaction_read_only') AS r")" = \
		'{"i":"repeatable read","r":"on"}' ]
}

@test "--cursor: in its order, with the last value as a bookmark; begin at it closed or open" {
	sql "DROP TABLE IF EXISTS c; CREATE TABLE c (id int, at timestamptz); INSERT INTO c VALUES (3, '2026-11-03 00:00+00'), (1, '2026-11-01 00:00+00'), (2, '2026-11-02 00:00+00'), (4, '2026-11-03 00:00+00')"
	fetch --table c --cursor at >c.mam
	[ "$(to-json <c.mam | jq -c .id | head -n 2 | tr '\n' ' ')" = '1 2 ' ]
	describe --json <c.mam | jq -e '.state == [{"key": "c/at", "value": "2026-11-03T00:00:00Z"}]'
	[ "$(fetch --table c --cursor at --cursor-value 2026-11-02T00:00:00Z | to-json | wc -l)" = 3 ]
	[ "$(fetch --table c --cursor at --cursor-value 2026-11-02T00:00:00Z --cursor-start open | to-json | wc -l)" = 2 ]
	[ "$(fetch --table c --cursor at --cursor-value '' | to-json | wc -l)" = 4 ]
	# Nothing new: no bookmark, so the old one stays.
	fetch --table c --cursor at --cursor-value 2027-01-01T00:00:00Z >nothing.mam
	describe --json <nothing.mam | jq -e '.state == [] and .records == 0'
	fetch --query 'SELECT id, at FROM c WHERE id > {n}' --param n=2 --cursor id --state-key mine --cursor-value 4 >mine.mam
	[ "$(to-json <mine.mam | jq .id)" = 4 ]
	describe --json <mine.mam | jq -e '.state == [{"key": "mine", "value": 4}]'
	refused 64 '--cursor-value: "x" is not a timestamp, as "at" is' --table c --cursor at --cursor-value x
	refused 64 '--cursor: the query has no column "when"; it has "id", "at"' --table c --cursor when
	refused 64 '--cursor: "f" is a float; a cursor is an int, decimal, text, date, datetime or timestamp' --query 'SELECT 1::float8 AS f' --cursor f
	refused 64 '--cursor-value, --cursor-start and --state-key need --cursor' --table c --cursor-value 1
	sql 'INSERT INTO c VALUES (5, NULL)'
	refused 65 'record 5: "at": is null in the cursor: such a row would not be read again when it changes' --table c --cursor at
}

@test "--cover: windows with the types of their values, and load-pg replaces them" {
	sql "DROP TABLE IF EXISTS s; CREATE TABLE s (day date, acc int, n int); INSERT INTO s VALUES ('2026-11-01', 7, 1), ('2026-11-02', 7, 2);
		DROP TABLE IF EXISTS s2; CREATE TABLE s2 (LIKE s); INSERT INTO s2 VALUES ('2026-11-01', 7, 9), ('2026-11-02', 8, 9), ('2026-11-03', 7, 9)"
	fetch --query 'SELECT * FROM s WHERE day >= {from} AND day < {to} AND acc = {acc}' --param acc:int=7 \
		--from 2026-11-01 --to 2026-11-03 --cover 'day={from}..{to}' --cover 'acc={acc}' |
		load-pg --to "$MAM_TEST_PG" --table s2 --mode delete-insert
	[ "$(sql 'SELECT day, acc, n FROM s2 ORDER BY 1, 2' | tr '\n' ' ')" = '2026-11-01|7|1 2026-11-02|7|2 2026-11-02|8|9 2026-11-03|7|9 ' ]
	refused 64 '--cover: the query has no column "x"; it has "a"' --query 'SELECT 1 AS a' --cover x=1
	refused 64 '--cover: "a" is given twice' --query 'SELECT 1 AS a' --cover a=1 --cover a=2
	refused 64 '--cover: "a" is neither FIELD=VALUE nor FIELD=LOW..HIGH' --query 'SELECT 1 AS a' --cover a
	fetch --query 'SELECT 1 AS a' --cover a:text=1 --dry-run >cover.mam
	describe --json <cover.mam | jq -e '.coverage == [{"window": {"a": "1"}, "records": 1}] and .header.dry'
}

@test "errors of the server: no such table 69, no right 77, syntax 69, division 65, a lock 75" {
	refused 69 'relation "nowhere" does not exist (SQLSTATE 42P01)' --table nowhere
	refused 69 'syntax error at or near "SELEC" (SQLSTATE 42601)' --query SELEC
	refused 65 'division by zero (SQLSTATE 22012)' --query 'SELECT 1 / (3 - i) AS a FROM generate_series(1, 5) AS i'
	sql "DROP TABLE IF EXISTS closed; CREATE TABLE closed (a int); DO \$\$ BEGIN CREATE ROLE nobody LOGIN; EXCEPTION WHEN duplicate_object THEN END \$\$"
	run -77 --separate-stderr bash -c 'fetch-pg --url "postgresql://nobody@127.0.0.1:$MAM_TEST_PG_PORT/postgres" --table closed >out'
	[[ $stderr == *'permission denied for table closed (SQLSTATE 42501)' ]]
	coproc holder { psql -XAtq "$MAM_TEST_PG"; }
	echo 'BEGIN; LOCK TABLE closed;' >&"${holder[1]}"
	until_true "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'closed'::regclass AND mode = 'AccessExclusiveLock'"
	refused 75 'canceling statement due to lock timeout (SQLSTATE 55P03)' --table closed --lock-timeout 200ms
	echo 'ROLLBACK; \q' >&"${holder[1]}"
	wait "$holder_PID" || true
}

@test "addresses and passwords are those of load-pg" {
	run -64 fetch-pg --url postgresql://mam:Geheim7@h/d --table t
	[[ $output == *'--url holds a password'*'--password env:NAME'* ]]
	[[ $output != *Geheim7* ]]
	run -64 fetch-pg --url "$MAM_TEST_PG" --password Geheim7 --table t
	[[ $output != *Geheim7* ]]
	at=127.0.0.1:$MAM_TEST_PG_PORT
	WRONG=no run -77 fetch-pg --url "postgresql://locked@$at/postgres" --password env:WRONG --table t
	[[ $output == *'password authentication failed'* ]]
	run -69 fetch-pg --url "postgresql://mam@$at/nowhere" --table t
	run -75 fetch-pg --url postgresql://127.0.0.1:1/d --table t
}

@test "a connection that ends in the middle of the rows is 75 and an abort; nothing is loaded" {
	sql 'DROP TABLE IF EXISTS cut; CREATE TABLE cut (i int)'
	for way in 'SELECT i FROM generate_series(1, 100000000) AS i' 'SELECT i FROM generate_series(1, {n}) AS i --param n:int=100000000'; do
		mkfifo pipe
		query=${way% --param*}
		words=()
		[ "$query" = "$way" ] || words=(--param n:int=100000000)
		fetch --query "$query" "${words[@]}" 2>said >pipe &
		fetcher=$!
		load-pg --to "$MAM_TEST_PG" --table cut <pipe 2>loader &
		loader=$!
		until_true "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'mam-etl fetch-pg' AND state = 'active' AND query LIKE '%generate_series%'"
		sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mam-etl fetch-pg'" >/dev/null
		status=0
		wait "$fetcher" || status=$?
		[ "$status" -eq 75 ]
		status=0
		wait "$loader" || status=$?
		[ "$status" -eq 75 ]
		[[ $(cat said) == *'terminating connection'* ]]
		[ "$(sql 'SELECT count(*) FROM cut')" = 0 ]
		rm pipe
	done
}

@test "two million rows, also by one wide value, in bounded memory" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's shadow memory does not fit"
	for query in "SELECT i, repeat('x', 100) AS t FROM generate_series(1, 1000000) AS i" "SELECT i, repeat('x', 100) AS t FROM generate_series(1, {n}) AS i"; do
		words=()
		[[ $query != *'{n}'* ]] || words=(--param n:int=1000000)
		(ulimit -v 150000 && fetch --query "$query" "${words[@]}") | describe --json | jq -e '.records == 1000000'
	done
	fetch --query "SELECT repeat('x', 30000000) AS t" | describe --json | jq -e '.records == 1'
	refused 65 'record 1: is larger than 64 MiB' --query "SELECT repeat('x', 70000000) AS t"
}

@test "--dry-run makes the pipe a rehearsal" {
	sql 'DROP TABLE IF EXISTS dry; CREATE TABLE dry (a int)'
	fetch --query 'SELECT 1 AS a' --dry-run | load-pg --to "$MAM_TEST_PG" --table dry
	[ "$(sql 'SELECT count(*) FROM dry')" = 0 ]
}
