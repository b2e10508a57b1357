# SPDX-License-Identifier: MIT
# The database layer of SQLite (common/db/sqlite) without a loader, by tests/tools/ask_sqlite: it
# opens, executes, queries and inserts, and reports every error as a value.

load helper

@test "a file that cannot be opened is an error, and calls after it do nothing" {
	run -0 ask_sqlite none.db open run 'CREATE TABLE t (a)' query 'SELECT 1' lock commit
	[[ ${lines[0]} == 'error 74 14 unable to open database file'* ]]
	[ "${lines[1]}" = "${lines[0]}" ]
	[ "${lines[2]}" = "${lines[0]}" ]
	[ "${lines[3]}" = "${lines[0]}" ]
	[ "${lines[4]}" = failed ]
	[ ! -e none.db ]
	seq 1000 >text.db
	run -0 ask_sqlite text.db open query 'SELECT 1'
	[ "${lines[0]}" = 'error 69 26 file is not a database' ]
	[ "${lines[1]}" = "${lines[0]}" ]
}

@test "calls on a database that was never opened, or was closed, are errors" {
	run -0 ask_sqlite a.db run 'SELECT 1' clear describe t clear lock clear commit
	[ "$output" = 'error 70 - the database is not open
error 70 - the database is not open
error 70 - the database is not open
failed' ]
	run -0 ask_sqlite a.db create close query 'SELECT 1'
	[ "${lines[1]}" = 'error 70 - the database is not open' ]
}

@test "the first error is kept until it is cleared; then the connection works again" {
	run -0 ask_sqlite a.db create query 'SELEC 1' query 'SELECT 1' query 'SELECT * FROM nowhere' \
		clear query 'SELECT 1' query 'SELECT * FROM nowhere'
	[ "$output" = 'good
error 69 1 near "SELEC": syntax error
error 69 1 near "SELEC": syntax error
error 69 1 near "SELEC": syntax error
row 1
good
error 69 1 no such table: nowhere' ]
}

@test "an error in the middle of the rows is not the end of them" {
	run -0 ask_sqlite a.db create run 'CREATE TABLE t (a)' execute "INSERT INTO t VALUES ('[1]'), ('[2]'), ('x')" \
		query "SELECT json_extract(a, '\$[0]') FROM t"
	[ "${lines[2]}" = 'touched 3' ]
	[ "${lines[3]}" = 'row 1' ]
	[ "${lines[4]}" = 'row 2' ]
	[ "${lines[5]}" = 'error 69 1 malformed JSON' ]
}

@test "a parameter is a value, null is not empty" {
	run -0 ask_sqlite a.db create run 'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)' execute-with 'INSERT INTO t (b) VALUES (?)' "it's ä" \
		execute-with 'INSERT INTO t (b) VALUES (?), (1)' NULL execute-with 'INSERT INTO t (b) VALUES (?)' '' \
		query-with 'SELECT * FROM t WHERE b IS ?' "it's ä" query-with 'SELECT a, b FROM t WHERE a < 5 AND ? IS NULL' NULL \
		execute-with "UPDATE t SET b = ? WHERE a > 1" x
	[ "$output" = "good
good
touched 1
touched 2
touched 1
row 1|it's ä
good
row 1|it's ä
row 2|NULL
row 3|1
row 4|
good
touched 3" ]
}

@test "a prepared insert runs for many rows and gives the number of the row that does not fit" {
	run -0 ask_sqlite a.db create run 'CREATE TABLE t (a INTEGER CHECK (a <> 7), b TEXT)' \
		insert 'INSERT INTO t VALUES (?, ?)' 5 insert 'INSERT INTO t VALUES (?, ?)' 9 clear \
		query 'SELECT count(*), sum(a), max(b) FROM t' \
		run 'CREATE TRIGGER odd BEFORE INSERT ON t WHEN NEW.a % 2 BEGIN SELECT RAISE(IGNORE); END' \
		insert 'INSERT INTO t VALUES (?, ?)' 4
	[ "${lines[2]}" = 'inserted 5' ]
	[ "${lines[4]}" = 'inserted 6' ]
	[ "${lines[5]}" = 'error 65 275 row 7 CHECK constraint failed: a <> 7' ]
	[ "${lines[6]}" = 'row 11|36|text' ]
	[ "${lines[9]}" = 'inserted 2' ]
}

@test "a transaction is committed, or gone with the connection" {
	run -0 ask_sqlite a.db create run 'CREATE TABLE t (a)' lock run 'INSERT INTO t VALUES (1)' commit \
		lock run 'INSERT INTO t VALUES (2)' close open query 'SELECT a FROM t'
	[ "${lines[4]}" = committed ]
	[ "${lines[-2]}" = 'row 1' ]
	[ "${lines[-1]}" = good ]
	[ ! -e a.db-journal ]
}

@test "a lock of another process is 75; a file that was moved is 75 and lost" {
	sqlite3 a.db 'CREATE TABLE t (a)'
	sqlite3 a.db 'BEGIN IMMEDIATE' '.shell ask_sqlite a.db open lock query "SELECT 1"' >said
	[ "$(sed -n 2p said)" = 'error 75 5 another process has kept the database locked for 50 ms' ]
	run -0 ask_sqlite a.db open lock run 'INSERT INTO t VALUES (1)' shell 'mv a.db b.db' commit run 'SELECT 1'
	[ "${lines[4]}" = failed ]
	[ "${lines[5]}" = 'error 75 - lost another process renamed, removed or replaced the file in the meantime; nothing was committed' ]
	[ "$(sqlite3 b.db 'SELECT count(*) FROM t')" = 0 ]
}

@test "a table is described; what is missing, or no table, is not an error" {
	sqlite3 a.db 'CREATE TABLE t (id INTEGER PRIMARY KEY, n DECIMAL(10,2), s TEXT NOT NULL); CREATE VIEW v AS SELECT 1'
	run -0 ask_sqlite a.db open describe t describe v describe nowhere
	[ "$output" = 'good
column id INTEGER NOT NULL
column n DECIMAL(10,2)
column s TEXT NOT NULL
good
a view
good
none
good' ]
}
