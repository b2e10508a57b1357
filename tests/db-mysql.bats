# SPDX-License-Identifier: MIT
# The database layer of MySQL and MariaDB (common/db/mysql) without a loader, by tests/tools/ask_mysql: it
# connects, executes and queries, and reports every error as a value.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	[ -n "${MAM_TEST_MYSQL:-}" ] || skip "SKIPPED: no MySQL server (MAM_TEST_MYSQL)"
	database=dbm_$BATS_SUITE_TEST_NUMBER
	url=${MAM_TEST_MYSQL%/*}/$database
	sql "DROP DATABASE IF EXISTS $database; CREATE DATABASE $database" mysql
}

teardown() {
	[ -z "${database:-}" ] || sql "DROP DATABASE $database" mysql
}

sql() { # STATEMENTS [DATABASE]
	mariadb --no-defaults --default-character-set=utf8mb4 --batch --raw --skip-column-names \
		-S "$MAM_TEST_MYSQL_SOCKET" -u mam "${2:-$database}" <<<"$1"
}

ask() {
	ask_mysql "$url" "$@"
}

# A query of so many rows, 1, 2, …, that any server has.
numbers() { # ROWS
	echo "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i, CONCAT('n', i) AS name FROM n"
}

@test "a connection that is refused is an error with 75, and calls after it do nothing" {
	run -0 ask_mysql 'mysql://mam@127.0.0.1:1/x' query 'SELECT 1' 0 run BEGIN commit
	[[ ${lines[0]} == 'error 75 2'*' cannot connect: '* ]]
	[ "${lines[1]}" = "${lines[0]}" ]
	[ "${lines[2]}" = "${lines[0]}" ]
	[ "${lines[3]}" = failed ]
	run -0 ask_mysql "${url%/*}/nowhere"
	[[ $output == "error 69 1049 cannot connect: Unknown database 'nowhere' (error 1049)" ]]
}

@test "an address with a secret or a mistake is an error with 64 that names the option, and the secret is not repeated" {
	run -0 ask_mysql 'mysql://u:Geheim7@h/d'
	[ "$output" = 'error 64 - ADDRESS holds a password, which every user of the machine can see: leave it out and name it with --password env:NAME or file:PATH' ]
	run -0 ask_mysql 'postgresql://h/d'
	[[ $output == 'error 64 - ADDRESS wants a URL as mysql://'* ]]
	run -0 ask_mysql 'mysql://h:x/d'
	[ "$output" = 'error 64 - ADDRESS: the port is not a number from 0 to 65535' ]
}

@test "the error of a statement is kept until it is cleared; then the connection works again" {
	run -0 ask run 'SELEC 1' query 'SELECT 1' 0 query 'SELECT * FROM nowhere' 0 clear query 'SELECT 1' 0 \
		query 'SELECT * FROM nowhere WHERE a = ?' 1 x clear query 'SELECT 2' 0
	[[ ${lines[1]} == 'error 70 1064 SELEC 1: You have an error'*'(error 1064)' ]]
	[ "${lines[2]}" = "${lines[1]}" ]
	[ "${lines[3]}" = "${lines[1]}" ]
	[ "${lines[4]}" = 'row 1' ]
	[[ ${lines[6]} == "error 69 1146 SELECT *: Table '$database.nowhere' doesn't exist (error 1146)" ]]
	[ "${lines[7]}" = 'row 2' ]
}

@test "execute counts rows, a parameter is a value, null is not empty, a warning is an error" {
	run -0 ask run 'CREATE TABLE t (a int PRIMARY KEY, b text)' \
		execute 'INSERT INTO t VALUES (1, ?), (2, ?), (3, ?)' 3 "it's \\ ä" NULL '' query 'SELECT * FROM t ORDER BY a' 0 \
		query 'SELECT a FROM t WHERE b = ? OR a = ? ORDER BY a' 2 "it's \\ ä" 2 query 'SELECT a FROM t LIMIT ?' 1 1 \
		execute 'UPDATE t SET b = ?' 1 '' execute 'SELECT * FROM t' 0 execute 'SELECT * FROM t WHERE a > ?' 1 1 \
		run "SELECT CAST('x' AS SIGNED)"
	[ "${lines[1]}" = good ]
	[ "${lines[2]}" = 'touched 3' ]
	[ "${lines[3]}" = 'row 3|' ]
	[ "${lines[4]}" = 'row 2|NULL' ]
	[ "${lines[5]}" = "row 1|it's \\ ä" ]
	[ "${lines[7]}" = 'row 2' ]
	[ "${lines[8]}" = 'row 1' ]
	[ "${lines[10]}" = 'row 1' ]
	[ "${lines[12]}" = 'touched 2' ]
	[ "${lines[13]}" = 'touched 3' ]
	[ "${lines[14]}" = 'touched 2' ]
	[[ ${lines[15]} == 'error 65 1292 the server warned 1 times'* ]]
}

@test "parameters of every type arrive as they are, also where a backslash is no escape" {
	wanted='row NULL|-5|18446744073709551615|0.1|12345678901234567890.10|00275CFF|1970-01-02|1970-01-01 03:00:00.5'
	run -0 ask values
	[ "${lines[1]}" = "$wanted" ]
	run -0 ask run "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'" values query 'SELECT ?' 1 "\\' \\\\ \"" \
		execute 'CREATE TABLE b AS SELECT ? AS a' 1 "\\'" query 'SELECT a FROM b' 0
	[ "${lines[2]}" = "$wanted" ]
	[ "${lines[4]}" = "row \\' \\\\ \"" ]
	[ "${lines[7]}" = "row \\'" ]
}

@test "rows are streamed: all of them, with the columns also of none; an error in the middle is not the end" {
	run -0 ask run 'SET SESSION cte_max_recursion_depth = 1000000' clear run 'SET SESSION max_recursive_iterations = 1000000' clear \
		stream "$(numbers 200000)" 0 stream "SELECT 1 AS one, x'00' AS b, NOW() AS at FROM (SELECT 1) AS t WHERE ? = 2" 1 1
	[ "${lines[3]}" = 'row 1|n1' ]
	[ "${lines[4]}" = 'row 2|n2' ]
	[[ ${lines[5]} == 'end 200000 rows i:'*' name:'* ]]
	[[ ${lines[6]} == 'end 0 rows one:'*' b:'*' binary at:12'* ]]
	sql 'CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, "[1]"), (2, "[2]"), (3, "[3]"), (4, "x")'
	run -0 ask stream 'SELECT id, (SELECT id FROM t AS u WHERE u.id = t.id OR t.id = 4) AS one FROM t ORDER BY id' 0 clear query 'SELECT 2' 0
	[ "${lines[1]}" = 'row 1|1' ]
	[ "${lines[2]}" = 'row 2|2' ]
	[[ ${lines[3]} == 'error 65 1242 rows: Subquery returns more than 1 row (error 1242)' ]]
	[[ ${lines[4]} == 'failed 3 rows'* ]]
	[ "${lines[5]}" = 'row 2' ]
}

@test "a statement without rows is not an empty query; a statement with the rows of two queries is an error" {
	sql 'CREATE TABLE t (a int); CREATE PROCEDURE one() SELECT 1;
DELIMITER //
CREATE PROCEDURE two() BEGIN SELECT 1; SELECT 2; END//'
	run -0 ask stream 'INSERT INTO t VALUES (1)' 0 clear query 'INSERT INTO t VALUES (1)' 0 clear stream 'CALL one()' 0 query 'CALL one()' 0 \
		stream 'CALL two()' 0 clear query 'CALL two()' 0 clear run 'CALL two()' clear query 'SELECT 3' 0
	[ "${lines[1]}" = 'error 70 - INSERT INTO: the statement has no rows' ]
	[[ ${lines[2]} == 'failed 0 rows'* ]]
	[ "${lines[3]}" = 'error 70 - INSERT INTO: the statement has no rows' ]
	[[ ${lines[5]} == 'end 1 rows'* ]]
	[ "${lines[7]}" = 'rows 1' ]
	[ "${lines[9]}" = 'error 69 - the statement gave the rows of several queries' ]
	[[ ${lines[10]} == 'failed 1 rows'* ]]
	[ "${lines[11]}" = "${lines[9]}" ]
	[ "${lines[12]}" = "${lines[9]}" ]
	[ "${lines[13]}" = 'row 3' ]
}

@test "a statement between streamed rows is refused; closing gives up the rest of a hundred million rows" {
	sql 'CREATE TABLE ten (i int); INSERT INTO ten VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)'
	many='SELECT a.i FROM ten AS a, ten AS b, ten AS c, ten AS d, ten AS e, ten AS f, ten AS g, ten AS h'
	run -0 timeout 60 ask_mysql "$url" begin-stream "$many" next 5 query 'SELECT 2' 0 clear next 3 close query 'SELECT 1' 0 clear open query 'SELECT 1' 0
	[ "${lines[1]}" = good ]
	[[ ${lines[2]} == 'row '* ]]
	[ "${lines[3]}" = 'error 70 - a statement while the rows of another one are under way' ]
	[[ ${lines[4]} == 'row '* ]]
	[ "${lines[5]}" = 'error 70 - the connection is not open' ]
	[ "${lines[6]}" = good ]
	[ "${lines[7]}" = 'row 1' ]
}

@test "a connection that is lost is an error while rows are read, and for each call after it" {
	sql 'CREATE TABLE ten (i int); INSERT INTO ten VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)'
	many='SELECT a.i FROM ten AS a, ten AS b, ten AS c, ten AS d, ten AS e, ten AS f, ten AS g, ten AS h'
	kill="id=\$(mariadb --no-defaults -S '$MAM_TEST_MYSQL_SOCKET' -u mam -N -e \"SELECT id FROM information_schema.processlist WHERE db = '$database' AND info LIKE 'SELECT a.i%'\"); mariadb --no-defaults -S '$MAM_TEST_MYSQL_SOCKET' -u mam -e \"KILL \$id\""
	run -0 timeout 60 ask_mysql "$url" begin-stream "$many" next 5 shell "$kill" next 200000000 query 'SELECT 1' 0 clear query 'SELECT 1' 0
	[ "${lines[3]}" = 'shell 0' ]
	[[ ${lines[4]} == 'error 75 '*' rows: '* ]]
	[ "${lines[5]}" = "${lines[4]}" ]
	[[ ${lines[6]} == 'error 75 20'*' lost SELECT 1: '* ]]
}

@test "a commit is done or failed; a connection that is gone kept nothing" {
	sql 'CREATE TABLE t (a int)'
	kill="mariadb --no-defaults -S '$MAM_TEST_MYSQL_SOCKET' -u mam -e \"KILL \$(mariadb --no-defaults -S '$MAM_TEST_MYSQL_SOCKET' -u mam -N -e \"SELECT id FROM information_schema.processlist WHERE db = '$database'\")\""
	run -0 ask run BEGIN run 'INSERT INTO t VALUES (1)' commit run BEGIN run 'INSERT INTO t VALUES (2)' rollback \
		run BEGIN run 'INSERT INTO t VALUES (3)' shell "$kill" commit run 'SELECT 1'
	[ "${lines[3]}" = committed ]
	[ "${lines[6]}" = good ]
	[ "${lines[10]}" = unknown ]
	[[ ${lines[11]} == 'error 69 - lost COMMIT was sent and the connection was lost before its answer: '* ]]
	[ "${lines[12]}" = "${lines[11]}" ]
	[ "$(sql 'SELECT a FROM t')" = 1 ]
}

@test "a lock keeps another session out until it is given back or the connection ends" {
	other="ask_mysql '$url' lock"
	run -0 ask lock a lock b shell "$other a lock c" unlock a shell "$other a" close \
		shell "until $other b | grep -qx taken; do sleep 0.05; done"
	[ "$output" = 'good
taken
taken
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

@test "the catalog: columns of a table, a view, a table that is absent, an error as a value" {
	sql "CREATE TABLE described (id bigint unsigned PRIMARY KEY, price decimal(12,2), e enum('a','it''s','b\\\\c',''), s set('x','y'), j json);
		CREATE VIEW v AS SELECT id FROM described; CREATE TABLE m (a int) ENGINE=MyISAM"
	run -0 ask describe described describe v describe m describe nowhere run 'SELEC' describe described
	echo "$output"
	[ "$output" = "good
table InnoDB transactions
column id bigint(20) unsigned not null
column price decimal(12,2)
column e enum('a','it''s','b\\\\c','') [a] [it's] [b\\c] []
column s set('x','y') [x] [y]
column j longtext json
unchanged 1
table view
column id bigint(20) unsigned not null
unchanged 1
table MyISAM
column a int(11)
unchanged 1
table absent
${lines[15]}
${lines[15]}" ]
	[[ ${lines[15]} == 'error 70 1064 SELEC: '* ]]
}
