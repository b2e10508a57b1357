# SPDX-License-Identifier: MIT
# The loaders, all three: what a load did to the table, and what it must not do to it.
# Dollars in single quotes are SQL's.
# shellcheck disable=SC2016

load helper
load pg

bats_require_minimum_version 1.7.0

teardown() {
	[ -z "${database:-}" ] || mysql_sql "DROP DATABASE $database" mysql
}

mysql_sql() { # STATEMENTS [DATABASE]
	mariadb --no-defaults --default-character-set=utf8mb4 --batch --raw --skip-column-names \
		-S "$MAM_TEST_MYSQL_SOCKET" -u mam "${2:-$database}" <<<"$1"
}

need_mysql() {
	[ -n "${MAM_TEST_MYSQL:-}" ] || skip "SKIPPED: no MySQL server (MAM_TEST_MYSQL)"
	database=lr_$BATS_SUITE_TEST_NUMBER
	url=${MAM_TEST_MYSQL%/*}/$database
	mysql_sql "DROP DATABASE IF EXISTS $database; CREATE DATABASE $database" mysql
}

into_mysql() { # TABLE OPTION...
	load-mysql --to "$url" --table "$@"
}

lite() {
	sqlite3 a.db "$1"
}

into_lite() { # TABLE OPTION...
	load-sqlite --to a.db --table "$@"
}

# Lines of spell, with spaces for tabs.
stream() {
	printf '%s\n' "$@" | tr ' ' '\t' | spell
}

# The counters of the JSON line in $output: counters NAME...
counters() {
	local line
	line=$(grep -F '"records_in":' <<<"$output" | tail -n 1)
	jq -r --args '[.[$ARGS.positional[]]] | map(tostring) | join(" ")' "$@" <<<"$line"
}

# ---- rows that the table does not take ----

@test "load-pg: every mode says how many rows a trigger skipped, and so do the counters" {
	sql 'CREATE TABLE skips (id int PRIMARY KEY, clicks int);
		CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS
		$f$ BEGIN IF new.clicks = 0 THEN RETURN NULL; END IF; RETURN new; END $f$;
		CREATE TRIGGER skip BEFORE INSERT OR UPDATE ON skips FOR EACH ROW EXECUTE FUNCTION skip()'
	stream 'schema id:int clicks:int' 'row 1 5' 'row 2 0' 'row 3 7' >in.mam
	for mode in append truncate-insert 'upsert --key id' 'delete-insert --window id'; do
		sql 'TRUNCATE skips'
		# shellcheck disable=SC2086
		MAM_LOG=json run -0 into skips --mode $mode <in.mam
		[[ $output == *'table \"skips\" took 2 of 3 rows: a trigger or rule of the table skipped'* ]] || { echo "$mode"; false; }
		[ "$(counters records_out inserted updated deleted skipped)" = '2 2 0 0 1' ] || { echo "$mode"; false; }
	done
	# A trigger on UPDATE keeps the old row.
	stream 'schema id:int clicks:int' 'row 1 0' 'row 3 8' 'row 4 9' >in.mam
	MAM_LOG=json run -0 into skips --mode upsert --key id <in.mam
	[[ $output == *'took 2 of 3 rows'* ]]
	[ "$(counters records_out inserted updated skipped)" = '2 1 1 1' ]
	[ "$(sql 'SELECT * FROM skips ORDER BY id')" = $'1|5\n3|8\n4|9' ]
}

@test "load-pg: a view whose trigger or rule takes no row, and a stage for a type that goes as text" {
	sql 'CREATE TABLE below (id int, ip inet); CREATE VIEW above AS SELECT * FROM below;
		CREATE RULE refuse_all AS ON INSERT TO above DO INSTEAD NOTHING'
	stream 'schema id:int ip:text' 'row 1 10.0.0.1' 'row 2 10.0.0.2' >in.mam
	sql 'CREATE TABLE staged (id int, ip inet);
		CREATE FUNCTION no_two() RETURNS trigger LANGUAGE plpgsql AS
		$f$ BEGIN IF new.id = 2 THEN RETURN NULL; END IF; RETURN new; END $f$;
		CREATE TRIGGER no_two BEFORE INSERT ON staged FOR EACH ROW EXECUTE FUNCTION no_two()'
	run -0 into staged <in.mam
	[[ $output == *'table "staged" took 1 of 2 rows'* ]]
	run -0 into above <in.mam
	[[ $output == *'table "above" took 0 of 2 rows'* ]]
	[ "$(sql 'SELECT count(*) FROM below')" = 0 ]
}

@test "load-sqlite: every mode says how many rows RAISE(IGNORE) skipped, and so do the counters" {
	lite "CREATE TABLE t (id INTEGER PRIMARY KEY, clicks INT);
		CREATE TRIGGER i BEFORE INSERT ON t WHEN NEW.clicks = 0 BEGIN SELECT RAISE(IGNORE); END;
		CREATE TRIGGER u BEFORE UPDATE ON t WHEN NEW.clicks = 0 BEGIN SELECT RAISE(IGNORE); END"
	stream 'schema id:int clicks:int' 'row 1 5' 'row 2 0' 'row 3 7' >in.mam
	for mode in append truncate-insert 'upsert --key id' 'delete-insert --window id'; do
		lite 'DELETE FROM t'
		# shellcheck disable=SC2086
		MAM_LOG=json run -0 into_lite t --mode $mode <in.mam
		[[ $output == *'table \"t\" took 2 of 3 rows: a trigger or rule of the table skipped'* ]] || { echo "$mode"; false; }
		[ "$(counters records_out inserted updated deleted skipped)" = '2 2 0 0 1' ] || { echo "$mode"; false; }
	done
	lite 'DROP TRIGGER i'
	stream 'schema id:int clicks:int' 'row 1 0' 'row 3 8' 'row 4 9' >in.mam
	MAM_LOG=json run -0 into_lite t --mode upsert --key id <in.mam
	[[ $output == *'took 2 of 3 rows'* ]]
	[ "$(counters records_out inserted updated skipped)" = '2 1 1 1' ]
	[ "$(lite 'SELECT * FROM t')" = $'1|5\n3|8\n4|9' ]
}

@test "an upsert of keys alone: rows that are there are unchanged, not skipped" {
	sql 'CREATE TABLE keys (id int PRIMARY KEY); INSERT INTO keys VALUES (1)'
	lite 'CREATE TABLE keys (id INTEGER PRIMARY KEY); INSERT INTO keys VALUES (1)'
	stream 'schema id:int' 'row 1' 'row 2' 'row 3' >in.mam
	for loader in into into_lite; do
		MAM_LOG=json run -0 "$loader" keys --mode upsert --key id <in.mam
		[ "$(counters records_out inserted updated unchanged skipped)" = '3 2 0 1 0' ]
		[[ $output != *' took '* ]]
	done
	sql 'CREATE FUNCTION no_four() RETURNS trigger LANGUAGE plpgsql AS
		$f$ BEGIN IF new.id = 4 THEN RETURN NULL; END IF; RETURN new; END $f$;
		CREATE TRIGGER no_four BEFORE INSERT ON keys FOR EACH ROW EXECUTE FUNCTION no_four()'
	stream 'schema id:int' 'row 1' 'row 4' 'row 5' >in.mam
	MAM_LOG=json run -0 into keys --mode upsert --key id <in.mam
	[ "$(counters records_out inserted unchanged skipped)" = '2 1 1 1' ]
	[[ $output == *'took 2 of 3 rows'* ]]
}

# ---- inserted, updated, deleted ----

@test "load-pg reports rows inserted, updated and deleted, to people too" {
	sql 'CREATE TABLE counted (id int PRIMARY KEY, v int) PARTITION BY RANGE (id);
		CREATE TABLE counted_1 PARTITION OF counted FOR VALUES FROM (0) TO (10);
		CREATE TABLE counted_2 PARTITION OF counted FOR VALUES FROM (10) TO (20)'
	stream 'schema id:int v:int' 'row 1 1' 'row 11 1' >in.mam
	MAM_LOG= run -0 into counted --mode upsert --key id <in.mam
	[[ $output == *'2 records in, 2 out, 0 rejected, 2 rows inserted, 0 updated, 0 deleted, '* ]]
	stream 'schema id:int v:int' 'row 1 2' 'row 12 2' 'row 13 3' >in.mam
	MAM_LOG= run -0 into counted --mode upsert --key id <in.mam
	[[ $output == *', 2 rows inserted, 1 updated, 0 deleted, '* ]]
	MAM_LOG= run -0 into counted --mode delete-insert --window v <in.mam
	[[ $output == *', 3 rows inserted, 0 updated, 3 deleted, '* ]]
	# A trigger that writes to the same table: the split is not known, the sum is.
	sql 'CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS
		$f$ BEGIN INSERT INTO counted VALUES (new.id + 5, 0) ON CONFLICT DO NOTHING; RETURN NULL; END $f$;
		CREATE TRIGGER again AFTER INSERT ON counted FOR EACH ROW WHEN (new.v > 3) EXECUTE FUNCTION again()'
	stream 'schema id:int v:int' 'row 1 4' 'row 3 4' >in.mam
	MAM_LOG= run -0 into counted --mode upsert --key id <in.mam
	[[ $output == *', 2 rows inserted or updated, 0 deleted, '* ]]
}

@test "load-mysql reports rows inserted, updated and deleted, by both kinds of upsert" {
	need_mysql
	mysql_sql 'CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1), (2, 2), (9, 9);
		CREATE TABLE u (id int PRIMARY KEY, v int UNIQUE); INSERT INTO u VALUES (1, 1), (2, 2), (9, 9)'
	# One is the same, one changes, two are new.
	stream 'schema id:int v:int' 'row 1 1' 'row 2 3' 'row 4 4' 'row 5 5' >in.mam
	for table in t u; do
		MAM_LOG=json run -0 into_mysql $table --mode upsert --key id <in.mam
		[ "$(counters records_out inserted updated deleted skipped)" = '4 2 2 0 0' ] || { echo $table; false; }
	done
	MAM_LOG= run -0 into_mysql t --mode delete-insert --window v <in.mam
	[[ $output == *'4 records in, 4 out, 0 rejected, 4 rows inserted, 0 updated, 4 deleted, '* ]]
	MAM_LOG= run -0 into_mysql t --mode truncate-insert <in.mam
	[[ $output == *', 4 rows inserted, 0 updated, 5 deleted, '* ]]
	stream 'schema id:int' 'row 1' 'row 7' >in.mam
	MAM_LOG=json run -0 into_mysql t --mode upsert --key id <in.mam
	[ "$(counters records_out inserted updated unchanged)" = '2 1 0 1' ]
}

@test "load-sqlite reports rows inserted, updated and deleted" {
	lite 'CREATE TABLE t (id INTEGER PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1), (9, 9);
		CREATE TABLE w (id INT PRIMARY KEY, v INT) WITHOUT ROWID; INSERT INTO w VALUES (1, 1)'
	stream 'schema id:int v:int' 'row 1 1' 'row 4 4' 'row 5 5' >in.mam
	MAM_LOG=json run -0 into_lite t --mode upsert --key id <in.mam
	[ "$(counters inserted updated deleted)" = '2 1 0' ]
	MAM_LOG= run -0 into_lite t --mode delete-insert --window v <in.mam
	[[ $output == *', 3 rows inserted, 0 updated, 3 deleted, '* ]]
	MAM_LOG= run -0 into_lite t --mode truncate-insert <in.mam
	[[ $output == *', 3 rows inserted, 0 updated, 4 deleted, '* ]]
	MAM_LOG= run -0 into_lite w --mode upsert --key id <in.mam
	[[ $output == *', 3 rows inserted or updated, 0 deleted, '* ]]
}
