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

# Rows that the table does not take.

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

# Inserted, updated, deleted.

@test "load-pg reports rows inserted, updated and deleted, to people too" {
	sql 'CREATE TABLE counted (id int PRIMARY KEY, v int) PARTITION BY RANGE (id);
		CREATE TABLE counted_1 PARTITION OF counted FOR VALUES FROM (0) TO (10);
		CREATE TABLE counted_2 PARTITION OF counted FOR VALUES FROM (10) TO (20)'
	stream 'schema id:int v:int' 'row 1 1' 'row 11 1' >in.mam
	MAM_LOG='' run -0 into counted --mode upsert --key id <in.mam
	[[ $output == *'2 records in, 2 out, 0 rejected, 2 rows inserted, 0 updated, 0 deleted, '* ]]
	stream 'schema id:int v:int' 'row 1 2' 'row 12 2' 'row 13 3' >in.mam
	MAM_LOG='' run -0 into counted --mode upsert --key id <in.mam
	[[ $output == *', 2 rows inserted, 1 updated, 0 deleted, '* ]]
	MAM_LOG='' run -0 into counted --mode delete-insert --window v <in.mam
	[[ $output == *', 3 rows inserted, 0 updated, 3 deleted, '* ]]
	# A trigger that writes to the same table: the split is not known, the sum is.
	sql 'CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS
		$f$ BEGIN INSERT INTO counted VALUES (new.id + 5, 0) ON CONFLICT DO NOTHING; RETURN NULL; END $f$;
		CREATE TRIGGER again AFTER INSERT ON counted FOR EACH ROW WHEN (new.v > 3) EXECUTE FUNCTION again()'
	stream 'schema id:int v:int' 'row 1 4' 'row 3 4' >in.mam
	MAM_LOG='' run -0 into counted --mode upsert --key id <in.mam
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
	MAM_LOG='' run -0 into_mysql t --mode delete-insert --window v <in.mam
	[[ $output == *'4 records in, 4 out, 0 rejected, 4 rows inserted, 0 updated, 4 deleted, '* ]]
	MAM_LOG='' run -0 into_mysql t --mode truncate-insert <in.mam
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
	MAM_LOG='' run -0 into_lite t --mode delete-insert --window v <in.mam
	[[ $output == *', 3 rows inserted, 0 updated, 3 deleted, '* ]]
	MAM_LOG='' run -0 into_lite t --mode truncate-insert <in.mam
	[[ $output == *', 3 rows inserted, 0 updated, 4 deleted, '* ]]
	MAM_LOG='' run -0 into_lite w --mode upsert --key id <in.mam
	[[ $output == *', 3 rows inserted or updated, 0 deleted, '* ]]
}

# Deletes that delete nothing.

@test "load-pg: rows that row security, a trigger or a rule keeps from the DELETE: 69, and the table as before" {
	sql 'CREATE ROLE tenant LOGIN; CREATE TABLE kept (day date, cost numeric); GRANT ALL ON kept TO tenant;
		ALTER TABLE kept ENABLE ROW LEVEL SECURITY;
		CREATE POLICY see ON kept FOR SELECT USING (true); CREATE POLICY add ON kept FOR INSERT WITH CHECK (true)'
	stream 'schema day:date cost:decimal' 'row 2026-11-01 1.5' 'row 2026-11-01 2.5' \
		'coverage day:date=2026-11-01..2026-11-02' >in.mam
	tenant() { load-pg --to "${MAM_TEST_PG/mam@/tenant@}" --table kept "$@" <in.mam; }
	tenant --mode delete-insert --window day
	for window in '--window day' ''; do
		# shellcheck disable=SC2086
		run -69 tenant --mode delete-insert $window
		[[ $output == *'the DELETE left rows in table "kept", the first with day="2026-11-01": a trigger, a rule or row security kept them'* ]]
	done
	[ "$(sql 'SELECT count(*), sum(cost) FROM kept')" = '2|4.0' ]
	# TRUNCATE knows no policies.
	run -69 tenant --mode truncate-insert
	[[ $output == *'row security hides rows of table "kept", and TRUNCATE deletes these too: use --mode delete-insert'* ]]
	[ "$(sql 'SELECT count(*) FROM kept')" = 2 ]
	sql 'CREATE TABLE soft (day date, cost numeric); INSERT INTO soft VALUES ($$2026-11-01$$, 9);
		CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NULL; END $f$;
		CREATE TRIGGER keep BEFORE DELETE ON soft FOR EACH ROW EXECUTE FUNCTION keep();
		CREATE TABLE ruled (LIKE soft); INSERT INTO ruled VALUES ($$2026-11-01$$, 9);
		CREATE RULE keep AS ON DELETE TO ruled DO INSTEAD NOTHING;
		CREATE TABLE parent (LIKE soft); CREATE TABLE child () INHERITS (parent); INSERT INTO child VALUES ($$2026-11-01$$, 9);
		CREATE TRIGGER keep BEFORE DELETE ON child FOR EACH ROW EXECUTE FUNCTION keep()'
	for table in soft ruled parent; do
		run -69 into $table --mode delete-insert --window day <in.mam
		[[ $output == *"the DELETE left rows in table \"$table\""* ]]
		[ "$(sql "SELECT count(*), sum(cost) FROM $table")" = '1|9' ]
	done
	# One that only looks on does not matter.
	sql 'DROP TRIGGER keep ON soft;
		CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN old; END $f$;
		CREATE TRIGGER look BEFORE DELETE ON soft FOR EACH ROW EXECUTE FUNCTION look()'
	into soft --mode delete-insert --window day <in.mam
	[ "$(sql 'SELECT count(*) FROM soft')" = 2 ]
}

@test "load-sqlite: rows that RAISE(IGNORE) keeps from the DELETE: 69, and the table as before" {
	lite "CREATE TABLE t (day TEXT, cost TEXT); INSERT INTO t VALUES ('2026-11-01', 9);
		CREATE TRIGGER keep BEFORE DELETE ON t BEGIN SELECT RAISE(IGNORE); END"
	stream 'schema day:date cost:decimal' 'row 2026-11-01 1.5' 'coverage day:date=2026-11-01..2026-11-02' >in.mam
	for mode in truncate-insert delete-insert 'delete-insert --window day'; do
		# shellcheck disable=SC2086
		run -69 into_lite t --mode $mode <in.mam
		[[ $output == *'the DELETE left rows in table "t"'* ]]
		[ "$(lite 'SELECT * FROM t')" = '2026-11-01|9' ]
	done
}

# Other tables.

@test "load-pg: a delete that reaches other tables is refused, --allow-cascade permits it" {
	sql 'CREATE TABLE campaign (id int PRIMARY KEY, name text); INSERT INTO campaign VALUES (1, $$a$$), (2, $$b$$);
		CREATE VIEW shown AS SELECT * FROM campaign'
	stream 'schema id:int name:text' 'row 1 A' 'row 2 B' >in.mam
	local action
	for action in CASCADE 'SET NULL' 'SET DEFAULT'; do
		sql "CREATE TABLE budget (campaign int REFERENCES campaign ON DELETE $action, yen int); INSERT INTO budget VALUES (1, 1000), (2, 500)"
		for table in campaign shown; do
			run -69 into $table --mode delete-insert --window id <in.mam
			[[ $output == *"a foreign key passes deletes from table \"$table\" on to the rows of another table (table=\"budget\", constraint=\"budget_campaign_fkey\", on_delete=\"$action\"): --allow-cascade permits that"* ]]
		done
		run -69 into campaign --mode truncate-insert <in.mam
		[ "$(sql 'SELECT count(campaign) FROM budget')" = 2 ]
		[ "$(sql 'SELECT name FROM campaign ORDER BY id')" = $'a\nb' ]
		into campaign --mode delete-insert --window id --allow-cascade <in.mam
		[ "$(sql 'SELECT count(campaign) FROM budget')" = 0 ]
		sql "DROP TABLE budget; UPDATE campaign SET name = lower(name)"
	done
	# An upsert deletes nothing; a key that forbids the delete says so itself.
	sql 'CREATE TABLE budget (campaign int REFERENCES campaign ON DELETE CASCADE); INSERT INTO budget VALUES (1)'
	into campaign --mode upsert --key id <in.mam
	run -64 into campaign --allow-cascade <in.mam
	[[ $output == *'--allow-cascade is for --mode upsert, delete-insert and truncate-insert'* ]]
	sql 'DROP TABLE budget; CREATE TABLE budget (campaign int REFERENCES campaign); INSERT INTO budget VALUES (1)'
	run -65 into campaign --mode delete-insert --window id <in.mam
	[[ $output == *'violates foreign key constraint "budget_campaign_fkey"'* ]]
}

@test "load-mysql: a delete that reaches other tables is refused, --allow-cascade permits it" {
	need_mysql
	mysql_sql "CREATE TABLE campaign (id int PRIMARY KEY, name varchar(9)); INSERT INTO campaign VALUES (1, 'a'), (2, 'b')"
	stream 'schema id:int name:text' 'row 1 A' 'row 2 B' >in.mam
	local action mode
	for action in CASCADE 'SET NULL'; do
		mysql_sql "CREATE TABLE budget (campaign int, yen int, CONSTRAINT refers FOREIGN KEY (campaign) REFERENCES campaign (id) ON DELETE $action);
			INSERT INTO budget VALUES (1, 1000), (2, 500)"
		for mode in truncate-insert 'delete-insert --window id'; do
			# shellcheck disable=SC2086
			run -69 into_mysql campaign --mode $mode <in.mam
			[[ $output == *"passes deletes from table \"campaign\" on to the rows of another table (table=\"budget\", constraint=\"refers\", on_delete=\"$action\")"* ]]
			[ "$(mysql_sql 'SELECT COUNT(campaign) FROM budget')" = 2 ]
		done
		into_mysql campaign --mode truncate-insert --allow-cascade <in.mam
		[ "$(mysql_sql 'SELECT COUNT(campaign) FROM budget')" = 0 ]
		mysql_sql 'DROP TABLE budget'
	done
}

@test "load-sqlite: a delete that reaches other tables is refused, --allow-cascade permits it" {
	lite "CREATE TABLE Campaign (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO campaign VALUES (1, 'a'), (2, 'b')"
	stream 'schema id:int name:text' 'row 1 A' 'row 2 B' >in.mam
	local action mode
	for action in CASCADE 'SET NULL' 'SET DEFAULT'; do
		lite "CREATE TABLE budget (campaign INT REFERENCES campaign ON DELETE $action, yen INT); INSERT INTO budget VALUES (1, 1000), (2, 500)"
		for mode in truncate-insert 'delete-insert --window id'; do
			# shellcheck disable=SC2086
			run -69 into_lite campaign --mode $mode <in.mam
			[[ $output == *"passes deletes from table \"campaign\" on to the rows of another table (table=\"budget\", column=\"campaign\", on_delete=\"$action\")"* ]]
			[ "$(lite 'SELECT count(campaign) FROM budget')" = 2 ]
		done
		into_lite campaign --mode truncate-insert --allow-cascade <in.mam
		[ "$(lite 'SELECT count(campaign) FROM budget')" = 0 ]
		lite 'DROP TABLE budget'
	done
}

# The key of medium is code in one table and id in the other: an upsert by id sets code.
@test "an upsert that sets rows of other tables to null is refused, one of other columns is not" {
	[ -z "${MAM_TEST_MYSQL:-}" ] || need_mysql
	local text="CREATE TABLE medium (id int PRIMARY KEY, code varchar(9) UNIQUE, name varchar(9)); INSERT INTO medium VALUES (1, 'a', 'x');
		CREATE TABLE spend (code varchar(9), FOREIGN KEY (code) REFERENCES medium (code) ON UPDATE SET NULL); INSERT INTO spend VALUES ('a')"
	sql "$text"
	lite "$text"
	[ -z "${database:-}" ] || mysql_sql "$text"
	stream 'schema id:int code:text' 'row 1 b' >code.mam
	stream 'schema id:int name:text' 'row 1 b' >name.mam
	for loader in into into_lite ${database:+into_mysql}; do
		run -69 "$loader" medium --mode upsert --key id <code.mam
		[[ $output == *'a foreign key passes updates of table "medium" on to the rows of another table (table="spend", '*'on_update="SET NULL"): --allow-cascade permits that'* ]]
		"$loader" medium --mode upsert --key id <name.mam
		"$loader" medium --mode upsert --key id --allow-cascade <code.mam
	done
	[ "$(sql 'SELECT count(code) FROM spend')" = 0 ]
	[ "$(lite 'SELECT count(code) FROM spend')" = 0 ]
}

# Rows that are gone.

# Fills table t of all three databases, days 1 and 2 with two rows each, and runs the rest of the line with each loader.
fill() {
	local rows="INSERT INTO t VALUES ('2026-11-01', 1), ('2026-11-01', 2), ('2026-11-02', 1), ('2026-11-02', 2)"
	sql "DROP TABLE IF EXISTS t; CREATE TABLE t (day date, id int); $rows"
	lite "DROP TABLE IF EXISTS t; CREATE TABLE t (day TEXT, id INT); $rows"
	[ -z "${database:-}" ] || mysql_sql "DROP TABLE IF EXISTS t; CREATE TABLE t (day date, id int); $rows"
}

# Every loader that is there: refused with 65, the table as before, and the message.
all_refuse() { # MESSAGE OPTION...
	local message=$1 loader
	shift
	fill
	for loader in into into_lite ${database:+into_mysql}; do
		run -65 "$loader" t "$@" <in.mam
		[[ $output == *"$message"* ]] || { echo "$loader: $output"; return 1; }
	done
	[ "$(sql 'SELECT count(*) FROM t')$(lite 'SELECT count(*) FROM t')" = 44 ]
	[ -z "${database:-}" ] || [ "$(mysql_sql 'SELECT count(*) FROM t')" = 4 ]
}

all_load() { # MESSAGE OPTION...
	local message=$1 loader
	shift
	fill
	for loader in into into_lite ${database:+into_mysql}; do
		run -0 "$loader" t "$@" <in.mam
		[[ $output == *"$message"* ]] || { echo "$loader: $output"; return 1; }
	done
}

@test "a load that empties the table or its windows says so; --min-rows and --max-deleted refuse it" {
	[ -z "${MAM_TEST_MYSQL:-}" ] || need_mysql
	stream 'schema day:date id:int' >in.mam
	all_load 'table "t": 4 rows are deleted, and none takes their place: the table is empty' --mode truncate-insert
	all_refuse '--min-rows 1: the load has only 0 rows; nothing was loaded' --mode truncate-insert --min-rows 1
	all_refuse '--max-deleted 3: 4 of 4 deleted rows are not replaced; nothing was loaded' --mode truncate-insert --max-deleted 3
	all_refuse '--max-deleted 99%: 4 of 4 deleted rows are not replaced' --mode truncate-insert --max-deleted 99%
	all_load '' --mode truncate-insert --max-deleted 4
	all_load '' --mode truncate-insert --max-deleted 100%
	stream 'schema day:date id:int' 'coverage day:date=2026-11-01 #0' >in.mam
	all_load 'table "t": 2 rows are deleted, and none takes their place: the windows of this load are empty' --mode delete-insert
	all_refuse '--max-deleted 1: 2 of 2 deleted rows' --mode delete-insert --max-deleted 1
	# One window of two is empty, and the other one has grown.
	stream 'schema day:date id:int' 'row 2026-11-02 1' 'row 2026-11-02 2' 'row 2026-11-02 3' 'row 2026-11-02 4' \
		'coverage day:date=2026-11-01 #0' 'coverage day:date=2026-11-02 #4' >in.mam
	all_load 'table "t": 2 rows are deleted in windows for which the input has no records' --mode delete-insert
	all_refuse '--max-deleted 1: 2 of 4 deleted rows are not replaced' --mode delete-insert --max-deleted 1
	all_refuse '--max-deleted 49%: 2 of 4 deleted rows are not replaced' --mode delete-insert --max-deleted 49%
	all_load '' --mode delete-insert --max-deleted 50%
	# Fewer rows than before, in one window.
	stream 'schema day:date id:int' 'row 2026-11-02 1' 'coverage day:date=2026-11-01..2026-11-03 #1' >in.mam
	all_refuse '--max-deleted 50%: 3 of 4 deleted rows' --mode delete-insert --max-deleted 50%
	all_refuse '--min-rows 2: the load has only 1 rows' --mode append --min-rows 2
	all_load '' --mode delete-insert --max-deleted 75% --min-rows 1
}

@test "--max-deleted: what is no limit is 64, so is a mode that deletes nothing; a role that may not count 77" {
	stream 'schema day:date id:int' 'row 2026-11-01 1' >in.mam
	for limit in x -1 101% % 1.5; do
		run -64 into_lite t --mode truncate-insert --max-deleted=$limit <in.mam
		[[ $output == *"--max-deleted: \"$limit\" is neither a number of rows nor a percentage"* ]]
	done
	run -64 into_lite t --max-deleted 5 <in.mam
	[[ $output == *'--max-deleted is for --mode delete-insert and truncate-insert'* ]]
	fill
	sql 'CREATE ROLE blind LOGIN; GRANT INSERT, TRUNCATE ON t TO blind'
	blind() { load-pg --to "${MAM_TEST_PG/mam@/blind@}" --table t --mode truncate-insert "$@" <in.mam; }
	run -77 blind --max-deleted 5
	[[ $output == *'--max-deleted: the rows of table "t" cannot be counted: the role has no privilege SELECT'* ]]
	[ "$(sql 'SELECT count(*) FROM t')" = 4 ]
	MAM_LOG='' run -0 blind
	[[ $output == *', 1 rows inserted, 0 updated, all others deleted, '* ]]
}

# The table, and what a message says of it.

@test "--create makes the primary key in the order of --key" {
	[ -z "${MAM_TEST_MYSQL:-}" ] || need_mysql
	stream 'schema a:int b:int c:int' 'row 1 2 3' >in.mam
	for loader in into into_lite ${database:+into_mysql}; do
		"$loader" ordered --create --key c,a <in.mam
	done
	[ "$(sql "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'ordered'::regclass")" = 'PRIMARY KEY (c, a)' ]
	[ "$(lite "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('ordered') WHERE pk > 0 ORDER BY pk)")" = c,a ]
	[ -z "${database:-}" ] || [[ $(mysql_sql 'SHOW CREATE TABLE ordered') == *'PRIMARY KEY (`c`,`a`)'* ]]
}

@test "load-mysql --create --dry-run checks the records and counts them" {
	need_mysql
	{
		printf 'schema\tk:text\tb:bool\ti:int\tf:float\td:decimal\tt:text\tx:bytes\tday:date\tat:timestamp\tlocal:datetime\tj:json\n'
		printf 'row\tk1\ttrue\t5\t0.5\t1.5\tt\t00ff\t2026-11-01\t2026-11-25T00:00:00Z\t2026-11-25T01:00:00.5\tx\n'
		printf 'row\tk2\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n'
	} >text
	spell <text >in.mam
	run -0 into_mysql made --create --key k --dry-run <in.mam
	[[ $output == *'dry run: 2 records fit, 0 rows would be deleted; nothing was changed'* ]]
	[ -z "$(mysql_sql 'SHOW TABLES')" ]
	run -65 into_mysql made --create --key k --dry-run --min-rows 3 <in.mam
	# The table that is made agrees.
	into_mysql made --create --key k <in.mam
	[ "$(mysql_sql 'SELECT count(*) FROM made')" = 2 ]
	local bad
	for bad in 'i:int 9223372036854775808' 'd:decimal 0.0000000001' 'day:date 0999-12-31' "k:text $(printf '%0256d' 0)"; do
		stream "schema ${bad% *}" "row ${bad#* }" >in.mam
		mysql_sql 'DROP TABLE IF EXISTS bad'
		run -65 into_mysql bad --create --key "${bad%%:*}" --dry-run <in.mam
		[[ $output == *"record 1: ${bad%%:*}: "* ]] || { echo "$bad: $output"; false; }
		local said=$output
		run -65 into_mysql bad --create --key "${bad%%:*}" <in.mam
		[ "${output/(20)/}" = "${said#*$'\n'}" ] || { echo "$bad: $said / $output"; false; }
	done
}

@test "a table whose name differs in case alone is named" {
	sql 'CREATE SCHEMA ads; CREATE TABLE ads.daily (id int); CREATE TABLE k (id int)'
	stream 'schema id:int' 'row 1' >in.mam
	run -69 into K <in.mam
	[[ $output == *'table "K" does not exist, but "k" does: names keep their case'* ]]
	run -69 into Ads.Daily <in.mam
	[[ $output == *'table "Ads.Daily" does not exist, but "ads.daily" does'* ]]
	run -0 into K --create <in.mam
	[[ $output == *'table "K" does not exist and is made by --create, although there is "k"'* ]]
	run -69 into nothing_like_it <in.mam
	[[ $output == *'table "nothing_like_it" does not exist; --create makes it from the schema'* ]]
}

@test "load-mysql: a table whose name differs in case alone is named" {
	need_mysql
	mysql_sql 'CREATE TABLE k (id int)'
	[ "$(mysql_sql 'SELECT @@lower_case_table_names')" = 0 ] || skip 'SKIPPED: names of tables have no case'
	stream 'schema id:int' 'row 1' >in.mam
	run -69 into_mysql K <in.mam
	[[ $output == *'table "K" does not exist, but "k" does: names keep their case'* ]]
}

@test "--to: an @ in a parameter is no password, one in a password is found" {
	sql 'CREATE TABLE at (id int, name text DEFAULT current_setting($$application_name$$))'
	stream 'schema id:int' 'row 1' >in.mam
	load-pg --to "$MAM_TEST_PG?application_name=http://a:b@c" --table at <in.mam
	load-pg --to "$MAM_TEST_PG?application_name=a:b@c" --table at <in.mam
	[ "$(sql 'SELECT name FROM at ORDER BY name')" = $'a:b@c\nhttp://a:b@c' ]
	for to in postgresql://u:secret@h/db postgresql://u:sec/ret@h/db postgresql://u:sec?ret@h/db 'postgresql://u:s@cret@h/db' \
		postgresql://u@h/db?password=secret 'host=h password=secret' postgresql://u:sec#ret@h/db; do
		run -64 load-pg --to "$to" --table at <in.mam
		[[ $output == *'--to holds a password'* ]] || { echo "$to: $output"; false; }
		[[ $output != *ret@* ]]
	done
	run -64 load-mysql --to 'mysql://u:sec/ret@h/db' --table at <in.mam
	[[ $output == *'--to holds a password'* ]]
	# A port and a parameter with an @ are neither: it is the connection that fails.
	run -75 load-pg --to 'postgresql://u@127.0.0.1:1/db?application_name=a:b@c' --table at <in.mam
	run -75 load-mysql --to 'mysql://u@127.0.0.1:1/db?ssl-ca=/no:such@file' --table at <in.mam
}

@test "text for a number: the message says which normalize converts it; a view has no index to make" {
	sql 'CREATE TABLE typed (id bigint PRIMARY KEY, cost numeric, name text); CREATE VIEW seen AS SELECT * FROM typed'
	printf '{"id":"5"}\n' | from-json >in.mam
	run -65 into typed <in.mam
	[[ $output == *'record 1: id: "5" is text and does not go into a column of type bigint: put normalize with "id":int before'* ]]
	stream 'schema id:int cost:text' 'row 1 x' >in.mam
	run -65 into typed <in.mam
	[[ $output == *'put normalize with "cost":decimal before'* ]]
	stream 'schema id:int name:text' 'row 1 x' >in.mam
	run -69 into seen --mode upsert --key name <in.mam
	[[ $output == *'"seen" is a view, and the table that it selects from has no unique index on exactly the fields of --key ("name"): make one there'* ]]
	into seen --mode upsert --key id <in.mam
}
