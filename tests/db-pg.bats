# SPDX-License-Identifier: MIT
# The database layer of PostgreSQL (common/db/pg) without a loader, by tests/tools/ask_pg: it
# connects, executes, queries and copies, and reports every error as a value.
# Dollars in single quotes are SQL's.
# shellcheck disable=SC2016

load helper
load pg

ask() {
	ask_pg "$MAM_TEST_PG" "$@"
}

@test "a connection that is refused is an error with 75, and calls after it do nothing" {
	run -0 ask_pg 'postgresql://127.0.0.1:1/postgres' query 'SELECT 1' run BEGIN commit
	[[ ${lines[0]} == 'error 75 - cannot connect: '*'Connection refused'* ]]
	[ "${lines[1]}" = "${lines[0]}" ]
	[ "${lines[2]}" = "${lines[0]}" ]
	[ "${lines[3]}" = failed ]
}

@test "an address with a secret or a mistake is an error with 64, and the secret is not repeated" {
	run -0 ask_pg 'postgresql://u:Geheim7@h/d'
	[ "$output" = 'error 64 - ADDRESS holds a password, which every user of the machine can see: leave it out and name it with --password env:NAME or file:PATH' ]
	run -0 ask_pg 'postgresql://h/d?p%61ssword=Geheim7'
	[[ $output == 'error 64 - ADDRESS holds a password'* ]]
	run -0 ask_pg 'mysql://h/d'
	[[ $output == 'error 64 - ADDRESS: "mysql://h/d" is neither a URL'* ]]
	run -0 ask_pg 'host=h port=x'
	[ "$output" = 'error 64 - ADDRESS: "x" is no port number' ]
	run -0 ask_pg "postgresql://locked@127.0.0.1:$MAM_TEST_PG_PORT/postgres"
	[[ $output == 'error 77 - cannot connect: '*'no password supplied'* ]]
	run -0 ask_pg "postgresql://mam@127.0.0.1:$MAM_TEST_PG_PORT/nowhere"
	[[ $output == 'error 69 3D000 cannot connect: '*'"nowhere" does not exist (SQLSTATE 3D000)' ]]
}

@test "the error of a statement is kept until it is cleared; then the connection works again" {
	run -0 ask run 'SELEC 1' query 'SELECT 1' query 'SELECT * FROM nowhere' clear query 'SELECT 1' \
		query 'SELECT * FROM nowhere'
	[ "${lines[1]}" = 'error 70 42601 syntax error at or near "SELEC" (SQLSTATE 42601)' ]
	[ "${lines[2]}" = "${lines[1]}" ]
	[ "${lines[3]}" = "${lines[1]}" ]
	[ "${lines[4]}" = 'row 1' ]
	[ "${lines[5]}" = 'rows 1' ]
	[ "${lines[6]}" = 'error 69 42P01 relation "nowhere" does not exist (SQLSTATE 42P01)' ]
}

@test "execute counts rows, a parameter is a value, null is not empty, a warning arrives" {
	run -0 ask run 'CREATE TEMPORARY TABLE t (a int, b text)' \
		execute "INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, '')" query 'SELECT * FROM t ORDER BY a' \
		ask 'SELECT $1::text' "a'b" query 'SELECT 1 WHERE false' \
		run "DO \$\$ BEGIN RAISE WARNING 'look'; END \$\$"
	[ "$output" = "good
good
touched 3
row 1|x
row 2|NULL
row 3|
rows 3
row a'b
rows 1
rows 0
warning look
good" ]
}

@test "rows are streamed: all of them, with the columns also of none; an error in the middle is not the end" {
	run -0 ask stream "SELECT i AS id, 'n' || i AS name FROM generate_series(1, 200000) AS i" \
		stream 'SELECT 1 AS one, now() AS at WHERE false' \
		stream-binary 'SELECT 7::bigint AS n FROM generate_series(1, 10)' \
		stream 'SELECT 10 / (5 - i) AS q FROM generate_series(1, 9) AS i' clear \
		stream 'CREATE TEMPORARY TABLE s (a int)' clear query 'SELECT 2'
	[ "$output" = 'good
row 1|n1
row 2|n2
end 200000 rows, 2377790 bytes id:23 name:25
end 0 rows, 0 bytes one:23 at:1184
end 10 rows, 80 bytes n:20
row 2
row 3
error 65 22012 division by zero (SQLSTATE 22012)
failed 4 rows, 5 bytes
error 70 - the server answered with PGRES_COMMAND_OK
failed 0 rows, 0 bytes
row 2
rows 1' ]
}

@test "a statement between streamed rows is refused; it would have dropped the rest of them" {
	run -0 ask begin-stream 'SELECT 1' query 'SELECT 2'
	[ "${lines[2]}" = 'error 70 - a statement while the rows of another one are under way' ]
}

@test "COPY in and out: the bytes are the same; a bad row is an error with its number" {
	for i in $(seq 1 50000); do printf '%d\tname %d\n' "$i" "$i"; done >in
	run -0 ask run 'CREATE TABLE copied (a int PRIMARY KEY, b text)' copy-in 'COPY copied FROM STDIN' \
		copy-out 'COPY (SELECT * FROM copied ORDER BY a) TO STDOUT' out \
		copy-out 'COPY copied TO STDOUT WITH (FORMAT binary)' binary query 'SELECT count(*) FROM copied' <in
	[ "$output" = 'good
good
kept 50000
end
end
row 50000
rows 1' ]
	cmp in out
	run -0 ask run 'CREATE TABLE again (LIKE copied)' \
		copy-in 'COPY again FROM STDIN WITH (FORMAT binary)' query 'SELECT count(*) FROM again' <binary
	[ "${lines[2]}" = 'kept 50000' ]

	printf '60001\ta\n60002\tb\nx\tc\n' >bad
	run -0 ask copy-in 'COPY copied FROM STDIN' clear query 'SELECT count(*) FROM copied' <bad
	[ "${lines[1]}" = 'error 65 22P02 row 3 invalid input syntax for type integer: "x" (SQLSTATE 22P02)' ]
	[ "${lines[2]}" = 'row 50000' ]
	sql 'DROP TABLE copied, again'
}

@test "COPY out that fails in the middle is an error, not an end; the wrong kind of COPY is refused" {
	run -0 ask copy-out 'COPY (SELECT 10 / (5 - i) FROM generate_series(1, 9) AS i) TO STDOUT' out \
		clear query 'SELECT 1'
	[ "${lines[1]}" = 'error 65 22012 division by zero (SQLSTATE 22012)' ]
	[ "$(wc -l <out)" = 4 ]
	[ "${lines[2]}" = 'row 1' ]
	run -0 ask copy-in 'COPY (SELECT 1) TO STDOUT'
	[ "${lines[1]}" = 'error 70 - the server answered with PGRES_COPY_OUT' ]
	run -0 ask copy-out 'SELECT 1' out
	[ "${lines[1]}" = 'error 70 - the server answered with PGRES_TUPLES_OK' ]
	run -0 ask stream 'COPY (SELECT 1) TO STDOUT'
	[ "${lines[1]}" = 'error 70 - the server answered with PGRES_COPY_OUT' ]
}

@test "a commit is done, failed or unknown, never guessed" {
	run -0 ask run BEGIN commit
	[ "${lines[2]}" = committed ]
	run -0 ask run BEGIN run 'SELECT 1 / 0' clear commit
	[ "${lines[3]}" = failed ]
	[ "${lines[4]}" = 'error 70 - the server answered COMMIT with ROLLBACK: nothing was kept' ]
	sql 'CREATE TABLE parent (a int PRIMARY KEY)'
	sql 'CREATE TABLE child (a int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)'
	run -0 ask run BEGIN run 'INSERT INTO child VALUES (1)' commit
	[ "${lines[3]}" = failed ]
	[[ ${lines[4]} == 'error 65 23503 insert or update on table "child"'* ]]
	# The session ends itself while it commits.
	sql 'CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql
		AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$'
	sql 'CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON parent DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW EXECUTE FUNCTION leave()'
	run -0 ask run BEGIN run 'INSERT INTO parent VALUES (1)' commit query 'SELECT 1'
	[ "${lines[3]}" = unknown ]
	[[ ${lines[4]} == 'error 75 - lost '*'terminating connection'* ]]
	[ "${lines[5]}" = "${lines[4]}" ]
	sql 'DROP TABLE child, parent'
}

@test "a lock keeps another session out until it is given back or the connection ends" {
	other="ask_pg '$MAM_TEST_PG' lock"
	run -0 ask run BEGIN lock a lock b run ROLLBACK shell "$other a lock c" unlock a shell "$other a" close \
		shell "until $other b | grep -qx taken; do sleep 0.05; done"
	[ "$output" = 'good
good
taken
taken
good
good
not taken
taken
shell 0
good
good
taken
shell 0
shell 0' ]
}

@test "a connection that is lost is an error while rows are read, and for each call after it" {
	run -0 ask stream 'SELECT pg_terminate_backend(pg_backend_pid()) FROM generate_series(1, 2)' clear query 'SELECT 1'
	[ "${lines[1]}" = 'row t' ]
	[[ ${lines[2]} == 'error 75 57P01 lost terminating connection'* ]]
	[[ ${lines[3]} == 'failed 1 rows'* ]]
	[ "${lines[4]}" = 'error 75 - lost no connection to the server' ]
	run -0 ask close query 'SELECT 1'
	[ "${lines[1]}" = 'error 70 - the connection is not open' ]
}

@test "the catalog: columns of a table, what takes no rows, a table that is absent" {
	sql "CREATE TYPE mood AS ENUM ('good', 'bad')"
	sql 'CREATE TABLE described (id bigint PRIMARY KEY, price numeric(12,2), m mood, n interval)'
	run -0 ask describe described describe described_pkey describe nowhere
	[ "$output" = 'good
table found
column id bigint not null
column price numeric(12,2)
column m mood
column n interval
unchanged 1
table an index
column id bigint
unchanged 1
table absent' ]
	sql 'DROP TABLE described; DROP TYPE mood'
}

@test "a long error is cut between two characters" {
	run -0 ask run "DO \$\$ BEGIN RAISE EXCEPTION '%', repeat('ä', 5000); END \$\$"
	[ "${#lines[1]}" -gt 2000 ]
	printf %s "${lines[1]}" | iconv -f UTF-8 -t UTF-8 >valid
	run -0 ask run "DO \$\$ BEGIN RAISE EXCEPTION '%', repeat('a', 4094) || 'ä'; END \$\$"
	printf %s "${lines[1]}" | iconv -f UTF-8 -t UTF-8 >valid
	[[ ${lines[1]} == *aaa ]]
}
