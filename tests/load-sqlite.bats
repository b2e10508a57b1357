# SPDX-License-Identifier: MIT
# load-sqlite: what stands in the table afterwards, and every refusal.

load helper

# Lines of spell, "\t" for the tabs, into a load of table t of a.db.
into_t() { # SPELL-TEXT OPTION...
	local text=$1
	shift
	printf '%b' "$text" | spell >in.mam
	load-sqlite --to a.db --table t "$@" <in.mam
}

rows() {
	sqlite3 a.db "${1:-SELECT * FROM t ORDER BY 1}"
}

# A load that fails leaves the table's rows and no journal behind.
unchanged() {
	rows | cmp - before
	[ ! -e a.db-journal ]
}

# Waits until the process has read all that is in the pipe and waits for more.
idle() { # PID FD
	python3 -c 'import fcntl, struct, sys, termios, time
process, fd, calm = sys.argv[1], int(sys.argv[2]), 0
while calm < 3:
    waiting = struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, b"    "))[0]
    calm = calm + 1 if waiting == 0 and "State:\tS" in open(f"/proc/{process}/status").read() else 0
    time.sleep(0.005)' "$1" "$2"
}

@test "--create makes a STRICT table of the schema, and every type comes back as it was" {
	into_t 'schema\tb:bool\ti:int\tf:float\td:decimal\tt:text\tx:bytes\tday:date\tw:datetime\tat:timestamp\tj:json
row\ttrue\t-9223372036854775808\t0.1\t12.50\tä\t00ff\t2026-11-01\t2026-11-01T09:30:00.5\t2026-11-01T00:30:00Z\ta|b
row\tfalse\t9223372036854775807\t-1e300\t-123456789012345678901234567890.10\t\t\t1969-12-31\t1600-01-01T00:00:00\t2026-11-01T00:30:00.000001Z\ta
row\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N
' --create
	run -0 rows "SELECT quote(b), i, f, d, quote(t), quote(x), day, w, at, j FROM t"
	[ "${lines[0]}" = "1|-9223372036854775808|0.1|12.50|'ä'|X'00FF'|2026-11-01|2026-11-01T09:30:00.500|2026-11-01T00:30:00Z|{\"list\":[\"a\",\"b\"]}" ]
	[ "${lines[1]}" = "0|9223372036854775807|-1.0e+300|-123456789012345678901234567890.10|''|X''|1969-12-31|1600-01-01T00:00:00|2026-11-01T00:30:00.000001Z|{\"list\":[\"a\"]}" ]
	[ "${lines[2]}" = 'NULL||||NULL|NULL||||' ]
	[ "$(rows "SELECT strict FROM pragma_table_list('t')")" = 1 ]
}

@test "append appends; the same key twice is the unique index's refusal with the record's number" {
	into_t 'schema\tid:int\tname:text\nrow\t1\ta\nrow\t2\tb\n' --create --key id
	into_t 'schema\tid:int\tname:text\nrow\t3\tc\n'
	rows >before
	run -65 into_t 'schema\tid:int\tname:text\nrow\t4\td\nrow\t3\tx\n'
	[ "$output" = 'load-sqlite: record 2: UNIQUE constraint failed: t.id' ]
	unchanged
}

@test "upsert updates and inserts, and a second time changes nothing" {
	into_t 'schema\tid:int\tname:text\nrow\t1\ta\nrow\t2\tb\n' --create --key id
	for _ in 1 2; do
		into_t 'schema\tid:int\tname:text\nrow\t2\tB\nrow\t3\tc\n' --mode upsert --key id
	done
	[ "$(rows | tr '\n' ' ')" = '1|a 2|B 3|c ' ]
}

@test "upsert leaves columns that no field goes into" {
	rows "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, note TEXT DEFAULT 'new'); INSERT INTO t VALUES (1, 'a', 'kept')"
	into_t 'schema\tID:int\tName:text\nrow\t1\tA\nrow\t2\tb\n' --mode upsert --key ID
	[ "$(rows | tr '\n' ' ')" = '1|A|kept 2|b|new ' ]
}

@test "upsert refuses two records of one key, also one that only the index's collation finds equal" {
	rows "CREATE TABLE t (name TEXT COLLATE NOCASE PRIMARY KEY, n INTEGER); INSERT INTO t VALUES ('z', 1)"
	rows >before
	run -65 into_t 'schema\tname:text\tn:int\nrow\ta\t1\nrow\tA\t2\n' --mode upsert --key name
	[[ $output == 'load-sqlite: two records have the same key, name="'[aA]'": put dedupe before, or name more fields with --key' ]]
	unchanged
	into_t 'schema\tname:text\tn:int\nrow\tZ\t7\n' --mode upsert --key name
	[ "$(rows)" = 'Z|7' ]
}

@test "upsert without a unique index says so before the records are read" {
	rows 'CREATE TABLE t (id INTEGER, n INTEGER)'
	rows >before
	run -69 into_t 'schema\tid:int\tn:int\nrow\t1\t1\nfail\t75\tlater\n' --mode upsert --key id
	[ "${lines[-1]}" = 'load-sqlite: --key: the table has no primary key or unique index of exactly these fields, and an upsert needs one' ]
	unchanged
}

@test "upsert: a key that is equal and spelled otherwise ends up as the record has it" {
	rows "CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY, v INT); INSERT INTO t VALUES ('abc', 1)"
	into_t 'schema\tk:text\tv:int\nrow\tABC\t2\n' --mode upsert --key k
	[ "$(rows)" = 'ABC|2' ]
	into_t 'schema\tk:text\nrow\tabC\n' --mode upsert --key k
	[ "$(rows)" = 'abC|2' ]
}

@test "what the table says of conflicts does not make a row vanish" {
	for clause in IGNORE REPLACE; do
		rows "DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY ON CONFLICT $clause, u INT UNIQUE on conflict $clause); INSERT INTO t VALUES (1, 1)"
		rows >before
		run -65 into_t 'schema\tid:int\tu:int\nrow\t2\t2\nrow\t1\t3\n'
		[[ $output == *'record 2: UNIQUE constraint failed: t.id' ]]
		unchanged
		run -65 into_t 'schema\tid:int\tu:int\nrow\t2\t1\n' --mode upsert --key id
		[[ $output == *'UNIQUE constraint failed: t.u' ]]
		unchanged
		into_t 'schema\tid:int\tu:int\nrow\t1\t7\nrow\t2\t8\n' --mode upsert --key id
		[ "$(rows | tr '\n' ' ')" = '1|7 2|8 ' ]
	done
}

@test "rows that a trigger leaves out are told" {
	rows "CREATE TABLE t (id INT); CREATE TRIGGER odd BEFORE INSERT ON t WHEN NEW.id % 2 BEGIN SELECT RAISE(IGNORE); END"
	run -0 into_t 'schema\tid:int\nrow\t1\nrow\t2\nrow\t3\n'
	[[ $output == *'table "t" took 1 of 3 rows'* ]]
	[ "$(rows)" = 2 ]
}

@test "truncate-insert empties the table first, also for a stream without records" {
	into_t 'schema\tid:int\nrow\t1\nrow\t2\n' --create
	into_t 'schema\tid:int\nrow\t3\n' --mode truncate-insert
	[ "$(rows)" = 3 ]
	into_t 'schema\tid:int\n' --mode truncate-insert
	[ -z "$(rows)" ]
}

@test "delete-insert replaces what the coverage proves complete, and nothing else" {
	into_t 'schema\tday:date\tid:int\nrow\t2026-11-01\t1\nrow\t2026-11-02\t1\nrow\t2026-11-02\t2\nrow\t2026-11-03\t1\n' --create --key day,id
	for _ in 1 2; do
		into_t 'schema\tday:date\tid:int\nrow\t2026-11-02\t2\nrow\t2026-11-02\t3\ncoverage\tday:date=2026-11-01..2026-11-03\n' --mode delete-insert --key day,id
	done
	[ "$(rows 'SELECT day || id FROM t ORDER BY 1' | tr '\n' ' ')" = '2026-11-022 2026-11-023 2026-11-031 ' ]
}

@test "delete-insert of a window without records deletes it" {
	into_t 'schema\tday:date\tid:int\nrow\t2026-11-01\t1\nrow\t2026-11-02\t1\n' --create
	into_t 'schema\tday:date\tid:int\ncoverage\tday:date=2026-11-01..2026-11-02\tid:int=1\n' --mode delete-insert
	[ "$(rows)" = '2026-11-02|1' ]
}

@test "delete-insert refuses a record outside of the coverage" {
	into_t 'schema\tday:date\tid:int\nrow\t2026-11-01\t1\n' --create
	rows >before
	run -65 into_t 'schema\tday:date\tid:int\nrow\t2026-11-03\t1\ncoverage\tday:date=2026-11-01..2026-11-03\n' --mode delete-insert
	[[ $output == *'a record with day="2026-11-03" lies in none of the windows'* ]]
	unchanged
}

@test "a window of instants takes the fractions of its first second, and none of the second that it ends before" {
	rows "CREATE TABLE t (at TEXT, id INT)"
	rows "INSERT INTO t VALUES ('2026-10-31T23:59:59.9Z', 1), ('2026-11-01T00:00:00Z', 2), ('2026-11-01T00:00:00.5Z', 3),
		('2026-11-01T23:59:59.999Z', 4), ('2026-11-02T00:00:00Z', 5), ('2026-11-02T00:00:00.5Z', 6)"
	into_t 'schema\tat:timestamp\tid:int\nrow\t2026-11-01T00:00:00.25Z\t7\ncoverage\tat:timestamp=2026-11-01T00:00:00Z..2026-11-02T00:00:00Z\n' --mode delete-insert
	[ "$(rows 'SELECT id FROM t ORDER BY 1' | tr '\n' ' ')" = '1 5 6 7 ' ]
	rows >before
	run -65 into_t 'schema\tat:timestamp\tid:int\ncoverage\tat:timestamp=2026-11-01T00:00:00.5Z..2026-11-02T00:00:00Z\n' --mode delete-insert
	[[ $output == *'"at": a window that begins or ends within a second cannot be used with a column of text' ]]
	unchanged
}

@test "a window of numbers in a column of text is refused: 9 would come behind 10" {
	rows 'CREATE TABLE t (id TEXT, cost TEXT)'
	run -65 into_t 'schema\tid:text\tcost:decimal\nrow\t7\t1.5\ncoverage\tid:int=5..10\n' --mode delete-insert
	[[ $output == *'"id": a window of numbers cannot be used with a column of text' ]]
	run -65 into_t 'schema\tid:text\tcost:decimal\nrow\t7\t1.50\ncoverage\tcost:decimal=1.5\n' --mode delete-insert
	[[ $output == *'"cost": a window of numbers'* ]]
}

@test "--window replaces what the records have" {
	into_t 'schema\tday:date\tid:int\nrow\t2026-11-01\t1\nrow\t2026-11-02\t1\nrow\t2026-11-02\t2\n' --create
	into_t 'schema\tday:date\tid:int\nrow\t2026-11-02\t9\n' --mode delete-insert --window day
	[ "$(rows | tr '\n' ' ')" = '2026-11-01|1 2026-11-02|9 ' ]
}

@test "a value that its column cannot hold is refused with record, field, value and rule" {
	rows 'CREATE TABLE t (i BIGINT, n DECIMAL(10,2), r REAL, s VARCHAR(3), x)'
	rows >before
	refused() { # FIELD:TYPE VALUE MESSAGE
		run -65 into_t "schema\t$1\nrow\t$2\n"
		[ "$output" = "load-sqlite: record 1: ${1%:*}: $3" ] || { echo "$output"; return 1; }
		unchanged
	}
	refused i:int 9223372036854775808 '"9223372036854775808" is out of range of BIGINT'
	refused i:text 12 '"12" is text and does not go into a column of type BIGINT: put normalize with "i":int before'
	refused i:decimal 12.5 '"12.5" is not an integer, as BIGINT wants it, or is too large'
	refused n:decimal 12.34 '"12.34" would be rounded by the binary floating point that a column of type DECIMAL(10,2) keeps it in; declare it TEXT'
	refused n:text ' 12 ' '" 12 " would be stored as a number by a column of type DECIMAL(10,2); declare it TEXT'
	refused r:float nan '"NaN" is not a number that REAL can hold'
	refused r:int 9007199254740993 '"9007199254740993" would be rounded by the binary floating point of REAL; a decimal type holds it exactly'
	refused s:text 'a\\0b' '"a\u0000b" holds a NUL byte, which VARCHAR(3) cannot'
	refused x:text 'a\\0b' '"a\u0000b" holds a NUL byte, which (none) cannot'
}

@test "a value that its column keeps goes in, whatever its type" {
	rows 'CREATE TABLE t (i BIGINT, n DECIMAL(10,2), r REAL, s VARCHAR(3), x, day DATE)'
	into_t 'schema\ti:decimal\tn:decimal\tr:decimal\ts:bool\tx:decimal\tday:date\nrow\t12.00\t12.50\t0.5\ttrue\t1.10\t2026-11-01\n'
	into_t 'schema\ti:bool\tn:int\tr:int\ts:float\tx:bytes\tday:text\nrow\ttrue\t7\t2\t0.1\t00ff\t日曜\n'
	[ "$(rows "SELECT quote(i), quote(n), quote(r), quote(s), quote(x), quote(day) FROM t" | tr '\n' ' ')" = \
		"12|12.5|0.5|'true'|'1.10'|'2026-11-01' 1|7|2.0|'0.1'|X'00FF'|'日曜' " ]
}

@test "a STRICT table's ANY keeps text that looks like a number, in every mode" {
	rows 'CREATE TABLE t (id INT PRIMARY KEY, a ANY, b BLOB) STRICT'
	into_t 'schema\tid:int\ta:text\tb:bytes\nrow\t1\t0012\t00\n'
	into_t 'schema\tid:int\ta:text\tb:bytes\nrow\t2\t1e3\t01\n' --mode upsert --key id
	[ "$(rows 'SELECT quote(a), quote(b) FROM t' | tr '\n' ' ')" = "'0012'|X'00' '1e3'|X'01' " ]
	run -65 into_t 'schema\tid:int\tb:text\nrow\t3\tx\n'
	[ "$output" = 'load-sqlite: record 1: b: "x" is text and does not go into a column of type BLOB' ]
}

@test "NOT NULL: by record, and for a column without a field" {
	rows 'CREATE TABLE t (id INTEGER NOT NULL, n INTEGER NOT NULL, d INTEGER NOT NULL DEFAULT 7)'
	run -65 into_t 'schema\tid:int\tn:int\nrow\t1\t\\N\n'
	[ "$output" = 'load-sqlite: record 1: n: is null, and the column is NOT NULL' ]
	run -65 into_t 'schema\tid:int\nrow\t1\n'
	[ "$output" = 'load-sqlite: column "n" of table "t" is NOT NULL without a default, and the records have no such field' ]
	into_t 'schema\tid:int\tn:int\nrow\t1\t2\n'
	[ "$(rows)" = '1|2|7' ]
}

@test "a null for INTEGER PRIMARY KEY is refused: SQLite would make a number up" {
	rows 'CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)'
	run -65 into_t 'schema\tid:int\tn:int\nrow\t\\N\t1\n'
	[ "$output" = 'load-sqlite: record 1: id: is null, and the column is NOT NULL' ]
	into_t 'schema\tn:int\nrow\t5\n'
	[ "$(rows)" = '1|5' ]
}

@test "CHECK, foreign keys and triggers refuse with 65, and nothing is loaded" {
	rows 'CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);
		CREATE TABLE t (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p, n INTEGER CHECK (n >= 0));
		CREATE TRIGGER g BEFORE INSERT ON t WHEN new.n = 99 BEGIN SELECT raise(ABORT, "no 99"); END'
	rows >before
	run -65 into_t 'schema\tid:int\tp:int\tn:int\nrow\t1\t1\t1\nrow\t2\t1\t-1\n'
	[[ $output == 'load-sqlite: record 2: CHECK constraint failed: n >= 0' ]]
	unchanged
	run -65 into_t 'schema\tid:int\tp:int\tn:int\nrow\t1\t1\t1\nrow\t2\t1\t-1\n' --mode upsert --key id
	[[ $output == 'load-sqlite: "a.db": CHECK constraint failed: n >= 0' ]]
	unchanged
	run -65 into_t 'schema\tid:int\tp:int\tn:int\nrow\t1\t7\t1\n'
	[ "$output" = 'load-sqlite: "a.db": FOREIGN KEY constraint failed' ]
	unchanged
	run -65 into_t 'schema\tid:int\tp:int\tn:int\nrow\t1\t1\t99\n'
	[ "$output" = 'load-sqlite: record 1: no 99' ]
	unchanged
}

@test "WITHOUT ROWID, generated columns, odd names" {
	rows 'CREATE TABLE t ("日 ""付" TEXT, "select" INTEGER, twice INTEGER GENERATED ALWAYS AS ("select" * 2) STORED,
		thrice INTEGER AS ("select" * 3), PRIMARY KEY ("select")) WITHOUT ROWID'
	into_t 'schema\t日 "付:text\tselect:int\nrow\ta\t4\n' --mode upsert --key select
	[ "$(rows)" = 'a|4|8|12' ]
	run -65 into_t 'schema\tselect:int\ttwice:int\nrow\t5\t10\n'
	[ "$output" = 'load-sqlite: field "twice": the column is generated by the database' ]
	rows 'CREATE TABLE "odd.t""x" (mam_stage INTEGER); CREATE TABLE mam_stage (id INTEGER PRIMARY KEY)'
	printf 'schema\tmam_stage:int\nrow\t1\n' | spell | load-sqlite --to a.db --table 'main."odd.t""x"'
	[ "$(rows 'SELECT * FROM "odd.t""x"')" = 1 ]
	printf 'schema\tid:int\nrow\t1\n' | spell | load-sqlite --to a.db --table mam_stage --mode upsert --key id
	[ "$(rows 'SELECT * FROM mam_stage')" = 1 ]
}

@test "unknown fields, missing tables, views, other schemas" {
	rows 'CREATE TABLE t (a INTEGER); CREATE VIEW v AS SELECT a FROM t; CREATE VIRTUAL TABLE f USING fts5(a)'
	run -65 into_t 'schema\ta:int\tb:int\nrow\t1\t2\n'
	[ "$output" = 'load-sqlite: field "b": table "t" has no such column (it has a)' ]
	run -69 load-sqlite --to a.db --table nothing <in.mam
	[ "$output" = 'load-sqlite: table "nothing" does not exist; --create makes it from the schema' ]
	run -69 load-sqlite --to a.db --table v <in.mam
	[ "$output" = 'load-sqlite: "v" is a view, not a table' ]
	run -69 load-sqlite --to a.db --table f <in.mam
	[ "$output" = 'load-sqlite: "f" is a virtual, not a table' ]
	run -64 load-sqlite --to a.db --table ads.t <in.mam
	[ "$output" = 'load-sqlite: --table: an SQLite file has no schema "ads" (main is the only one)' ]
	run -69 load-sqlite --to a.db --table sqlite_x --create <in.mam
	[[ $output == *'object name reserved for internal use: sqlite_x' ]]
}

@test "what --to may be" {
	printf 'schema\tid:int\nrow\t1\n' | spell >in.mam
	run -64 load-sqlite --table t <in.mam
	[[ $output == 'load-sqlite: --to is missing'* ]]
	run -64 load-sqlite --to '' --table t <in.mam
	[[ $output == 'load-sqlite: --to is empty'* ]]
	run -64 load-sqlite --to :memory: --table t --create <in.mam
	[[ $output == *'would be gone at once' ]]
	run -69 load-sqlite --to none.db --table t <in.mam
	[ "$output" = 'load-sqlite: "none.db": there is no such file; --create makes it' ]
	run -74 load-sqlite --to no/such/x.db --table t --create <in.mam
	[ "$output" = 'load-sqlite: "no/such/x.db": No such file or directory' ]
	run -74 load-sqlite --to . --table t --create <in.mam
	[ "$output" = 'load-sqlite: ".": it is a folder' ]
	run -74 load-sqlite --to /dev/null --table t --create <in.mam
	[ "$output" = 'load-sqlite: "/dev/null": it is no regular file' ]
	seq 1000 >text.db
	run -69 load-sqlite --to text.db --table t --create <in.mam
	[ "$output" = 'load-sqlite: "text.db": file is not a database' ]
	[ "$(seq 1000 | cksum)" = "$(cksum <text.db)" ]
	load-sqlite --to file:x.db?mode=memory --table t --create <in.mam
	[ "$(sqlite3 './file:x.db?mode=memory' 'SELECT * FROM t')" = 1 ]
	[ ! -e none.db ]
}

@test "a file that may not be written is 77, before the stream is read" {
	folder=$(mktemp -d)
	cp "$MAM_BIN/load-sqlite" "$folder"
	printf 'schema\tid:int\nrow\t1\n' | spell >"$folder/in.mam"
	cd "$folder"
	./load-sqlite --to a.db --table t --create <in.mam
	as_other=()
	if [ "$(id -u)" = 0 ]; then
		as_other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		chmod 755 .
	else
		chmod 444 a.db
	fi
	mkfifo never
	sleep 1000 >never 3>&- &
	run -77 "${as_other[@]}" ./load-sqlite --to a.db --table t <never
	kill $!
	[ "$output" = 'load-sqlite: "a.db": it can be read, but not written' ]
	chmod 000 a.db
	run -77 "${as_other[@]}" ./load-sqlite --to a.db --table t <in.mam
	[ "$output" = 'load-sqlite: "a.db": Permission denied' ]
	rm -rf "$folder"
}

@test "a database that another process has locked is 75 after --lock-timeout" {
	into_t 'schema\tid:int\nrow\t1\n' --create
	rows >before
	mkfifo hold
	sqlite3 a.db <hold >held 3>&- &
	exec 4>hold
	printf 'BEGIN IMMEDIATE;\nSELECT 1;\n' >&4
	until [ -s held ]; do sleep 0.02; done
	run -75 load-sqlite --to a.db --table t --lock-timeout 50ms <in.mam
	[ "$output" = 'load-sqlite: "a.db": another process has kept the database locked for 50 ms (--lock-timeout)' ]
	run -75 load-sqlite --to a.db --table t --lock-timeout 50ms --mode delete-insert --window id <in.mam
	# One that waits gets it.
	load-sqlite --to a.db --table t --lock-timeout 60s <in.mam 3>&- 4>&- &
	exec 4>&-
	wait $!
	[ "$(rows 'SELECT count(*) FROM t')" = 2 ]
}

@test "upsert does not lock the file while its records still come" {
	into_t 'schema\tid:int\nrow\t1\n' --create --key id
	mkfifo slow
	load-sqlite --to a.db --table t --mode upsert --key id <slow 3>&- &
	loader=$!
	exec 4>slow
	printf 'schema\tid:int\nrow\t2\nrow\t3\n' | spell >late.mam
	head -c 100 late.mam >&4
	idle $loader 4
	sqlite3 -cmd '.timeout 5000' a.db 'INSERT INTO t VALUES (9)'
	tail -c +101 late.mam >&4
	exec 4>&-
	wait $loader
	[ "$(rows | tr '\n' ' ')" = '1 2 3 9 ' ]
}

@test "a table that another process changed meanwhile is 75; another table does not matter" {
	into_t 'schema\tid:int\tn:text\nrow\t1\ta\n' --create --key id
	printf 'schema\tid:int\tn:text\nrow\t2\tb\n' | spell >late.mam
	changed_by() { # SQL STATUS
		rm -f slow said
		mkfifo slow
		load-sqlite --to a.db --table t --mode upsert --key id <slow 2>said 3>&- &
		loader=$!
		exec 4>slow
		head -c -40 late.mam >&4
		idle $loader 4
		sqlite3 -cmd '.timeout 5000' a.db "$1"
		tail -c 40 late.mam >&4
		exec 4>&-
		status=0
		wait $loader || status=$?
		[ "$status" = "$2" ] || { cat said; return 1; }
	}
	changed_by 'CREATE TABLE other (x)' 0
	changed_by 'ALTER TABLE t ADD COLUMN y TEXT' 75
	[ "$(cat said)" = 'load-sqlite: another process changed the table "t" while this load ran' ]
}

@test "a database in WAL mode stays in it, and its log comes home" {
	rows 'PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY)' >/dev/null
	into_t 'schema\tid:int\nrow\t1\n' --mode upsert --key id
	[ ! -e a.db-wal ]
	[ "$(rows 'PRAGMA journal_mode')" = wal ]
	[ "$(rows)" = 1 ]
}

@test "a database in UTF-16 keeps its texts, and what it would change is refused" {
	rows "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (s TEXT)"
	into_t 'schema\ts:text\nrow\t日😀\nrow\t\xef\xbd\xb1\n'
	[ "$(rows 'SELECT s FROM t ORDER BY rowid' | tr '\n' ' ')" = '日😀 ｱ ' ]
	run -65 into_t 'schema\ts:text\nrow\ta\xef\xbf\xbf\n'
	[[ $output == 'load-sqlite: record 1: "s": '*' holds U+FFFE or U+FFFF, which SQLite changes in a database that is in UTF-16' ]]
}

@test "--dry-run and a rehearsal change nothing and make no file" {
	printf 'schema\tid:int\nrow\t1\n' | spell >in.mam
	run -0 load-sqlite --to new.db --table t --create --dry-run <in.mam
	[[ $output == *'dry run: the table would be made by: CREATE TABLE "main"."t" ("id" INTEGER NULL) STRICT'* ]]
	[[ $output == *'dry run: 1 records fit, 0 rows would be deleted; nothing was changed' ]]
	[ ! -e new.db ]
	into_t 'schema\tid:int\nrow\t1\nrow\t2\n' --create
	rows >before
	run -0 load-sqlite --to a.db --table t --mode truncate-insert --dry-run <in.mam
	unchanged
	printf 'schema\tid:int\nrow\t1\n' | spell --dry >dry.mam
	load-sqlite --to a.db --table t <dry.mam
	unchanged
}

@test "a stream that is cut or aborted loads nothing, in any mode" {
	into_t 'schema\tid:int\nrow\t1\nrow\t2\n' --create --key id
	rows >before
	for mode in append upsert truncate-insert 'delete-insert --window id'; do
		printf 'schema\tid:int\nrow\t3\ncut\n' | spell >cut.mam
		# shellcheck disable=SC2086
		run -76 load-sqlite --to a.db --table t --key id --mode $mode <cut.mam
		unchanged
		printf 'schema\tid:int\nrow\t3\nfail\t77\tno key\n' | { spell || true; } >aborted.mam 2>/dev/null
		# shellcheck disable=SC2086
		run -77 load-sqlite --to a.db --table t --key id --mode $mode <aborted.mam
		unchanged
	done
}

@test "a file that was made for a load that failed is empty, and the next load goes through" {
	printf 'schema\tid:int\nrow\t3\ncut\n' | spell >cut.mam
	run -76 load-sqlite --to a.db --table t --create <cut.mam
	[ "$(stat -c %s a.db)" -eq 0 ]
	[ ! -e a.db-journal ]
	into_t 'schema\tid:int\nrow\t1\n' --create
	[ "$(rows)" = 1 ]
}

@test "a load that is killed leaves the database as it was, and the next one goes through" {
	into_t 'schema\tid:int\nrow\t1\nrow\t2\n' --create --key id
	rows >before
	# Enough rows to spill from the cache into the file: a hot journal stays.
	{
		printf 'schema\tid:int\tpad:text\n'
		seq 10 30000 | awk '{ printf "row\t%d\t%02000d\n", $1, 1 }'
	} | spell >big.mam
	rows 'ALTER TABLE t ADD COLUMN pad TEXT'
	rows >before
	for mode in append truncate-insert upsert; do
		mkfifo pipe
		load-sqlite --to a.db --table t --mode "$mode" --key id <pipe 3>&- &
		loader=$!
		exec 4>pipe
		head -c 58000000 big.mam >&4
		kill -9 $loader
		wait $loader || true
		exec 4>&-
		rm pipe
		[ "$mode" = upsert ] || [ -s a.db-journal ]
		unchanged_after_kill=$(rows)
		[ "$unchanged_after_kill" = "$(cat before)" ]
		[ "$(rows 'PRAGMA integrity_check')" = ok ]
	done
	load-sqlite --to a.db --table t --mode upsert --key id <big.mam
	[ "$(rows 'SELECT count(*) FROM t')" = 29993 ]
}

@test "a full disk is 74, and the database is what it was" {
	mkdir disk
	unshare -m true 2>/dev/null && unshare -m mount -t tmpfs -o size=1m none disk 2>/dev/null ||
		skip "SKIPPED: no right to make a small file system"
	{
		printf 'schema\tid:int\tpad:text\n'
		seq 1000 | awk '{ printf "row\t%d\t%02000d\n", $1, 1 }'
	} | spell >big.mam
	run -0 unshare -m sh -c 'mount -t tmpfs -o size=1m none disk &&
		printf "schema\tid:int\tpad:text\nrow\t1\tx\n" | spell | load-sqlite --to disk/a.db --table t --create || exit 99
		sqlite3 disk/a.db .dump >before
		load-sqlite --to disk/a.db --table t <big.mam
		echo "status $?"
		sqlite3 disk/a.db .dump | cmp - before'
	[ "${lines[0]}" = 'load-sqlite: "disk/a.db": database or disk is full' ]
	[ "${lines[1]}" = 'status 74' ]
}

@test "a file that must not grow is 74 too" {
	into_t 'schema\tid:int\tpad:text\nrow\t1\tx\n' --create
	rows >before
	{
		printf 'schema\tid:int\tpad:text\n'
		seq 1000 | awk '{ printf "row\t%d\t%02000d\n", $1, 1 }'
	} | spell >big.mam
	run bash -c 'trap "" XFSZ; ulimit -f 64; load-sqlite --to a.db --table t <big.mam'
	[ "$status" = 74 ]
	# Newer versions say errno, too.
	[[ $output == 'load-sqlite: "a.db": disk I/O error'* ]]
	unchanged
}

@test "a damaged file is 74" {
	{
		printf 'schema\tid:int\tpad:text\n'
		seq 1000 | awk '{ printf "row\t%d\t%02000d\n", $1, 1 }'
	} | spell | load-sqlite --to a.db --table t --create --key id
	dd if=/dev/urandom of=a.db bs=4096 seek=1 count=400 conv=notrunc status=none
	run -74 into_t 'schema\tid:int\tpad:text\nrow\t5000\tx\n'
	[[ $output == 'load-sqlite: "a.db": database disk image is malformed' ]]
}

@test "records that do not fit are put aside as --max-rejects allows" {
	rows 'CREATE TABLE t (id INTEGER NOT NULL)'
	into_t 'schema\tid:int\nrow\t1\nrow\t\\N\nrow\t3\n' --rejects bad.mam --max-rejects 1
	[ "$(rows | tr '\n' ' ')" = '1 3 ' ]
	run -0 to-json <bad.mam
	[[ $output == *'"reason":"is null, and the column is NOT NULL"'* ]]
}

@test "a password has no place here, and no mode is guessed" {
	run -64 load-sqlite --to a.db --table t --mode replace </dev/null
	run -64 load-sqlite --to a.db --table t --mode upsert </dev/null
	[[ $output == *'--mode upsert needs --key'* ]]
	run -64 load-sqlite --to a.db --table 'a.b.c' </dev/null
	run -64 load-sqlite --to a.db </dev/null
	[[ $output == *'--table is missing'* ]]
}

@test "rejects that cannot be written are told while nothing is loaded yet" {
	rows 'CREATE TABLE t (id INTEGER NOT NULL); INSERT INTO t VALUES (9)'
	rows >before
	run -74 into_t 'schema\tid:int\nrow\t1\nrow\t\\N\n' --rejects /dev/full --max-rejects 1
	[[ $output == *'cannot write the rejects file: No space left on device' ]]
	unchanged
}

@test "a stream without schema behind one with: each value goes where its name says" {
	rows 'CREATE TABLE t (a, b, c)'
	{
		printf 'schema\ta:int\tb:int\tc:int\nrow\t1\t2\t3\n' | spell
		printf '{"c":3,"a":1}\n{"b":2,"c":3,"a":1}\n' | from-json
		printf 'schema\tc:int\ta:int\tb:int\nrow\t3\t1\t2\n' | spell
	} | load-sqlite --to a.db --table t
	[ "$(rows 'SELECT a, ifnull(b, 2), c FROM t' | sort -u)" = '1|2|3' ]
	[ "$(rows 'SELECT count(*) FROM t WHERE b IS NULL')" = 1 ]
	{
		printf 'schema\ta:int\tb:int\n' | spell
		printf '{"b":2,"a":1}\n' | from-json
	} | load-sqlite --to a.db --table new --create
	[ "$(rows 'SELECT * FROM new')" = '1|2' ]
}

# Runs load-sqlite and the command after -- while it waits for the second half of its input.
during() { # COMMAND OPTION... ; sets status
	local command=$1
	shift
	rm -f slow
	mkfifo slow
	load-sqlite --table t "$@" <slow 2>said 3>&- &
	loader=$!
	exec 4>slow
	head -c -40 in.mam >&4
	idle $loader 4
	eval "$command"
	tail -c 40 in.mam >&4
	exec 4>&-
	status=0
	wait $loader || status=$?
}

@test "a file that is renamed, removed or replaced during the load is 75, and nothing is loaded" {
	printf 'schema\tid:int\nrow\t2\n' | spell >in.mam
	for journal in delete wal; do
		for mode in append upsert truncate-insert 'delete-insert --window id'; do
			hows=('rm a.db' 'mv copy.db a.db')
			[ "$mode" != append ] || hows+=('mv a.db old.db' 'rm a.db*' 'ln -sf copy.db link.db')
			for how in "${hows[@]}"; do
				rm -f ./*.db*
				rows "PRAGMA journal_mode = $journal; CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)" >/dev/null
				rows '.backup copy.db'
				ln -s a.db link.db
				# shellcheck disable=SC2086
				during "$how" --to link.db --key id --mode $mode
				[ "$status" = 75 ] || { echo "$journal, $mode, $how: $status"; return 1; }
				[ "$(cat said)" = 'load-sqlite: "link.db": another process renamed, removed or replaced the file in the meantime; nothing was committed' ]
				for file in a.db old.db copy.db; do
					[ ! -e $file ] || [ "$(sqlite3 $file 'SELECT * FROM t')" = 1 ]
				done
			done
		done
	done
}

@test "a write-ahead log that is removed during the load is 75" {
	printf 'schema\tid:int\nrow\t2\n' | spell >in.mam
	rows 'PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)' >/dev/null
	during 'rm a.db-wal' --to a.db
	[ "$status" = 75 ]
	[ "$(rows)" = 1 ]
	# Without one there is nothing to look for.
	rows 'PRAGMA journal_mode = DELETE' >/dev/null
	during : --to a.db
	[ "$status" = 0 ]
	[ "$(rows | tr '\n' ' ')" = '1 2 ' ]
}

@test "too few file descriptors are 75, not a permission" {
	rows 'CREATE TABLE t (id INTEGER PRIMARY KEY)'
	printf 'schema\tid:int\nrow\t2\n' | spell >in.mam
	seen=
	for n in 4 5 6 7 8 9 10; do
		status=0
		bash -c "ulimit -n $n"'; exec load-sqlite --to a.db --table t --mode upsert --key id' <in.mam 2>said 3>&- || status=$?
		seen+="$status "
		[ "$status" != 75 ] || [[ $(cat said) == *'a.db"'*': Too many open files' ]]
	done
	# 127: too few to start at all.
	[[ $seen =~ ^(127\ )*(75\ )+(0\ )+$ ]] || { echo "$seen"; return 1; }
}

@test "a disk that fails when the file is opened is 74, a lock table that is full 75" {
	command -v strace >/dev/null || skip "SKIPPED: strace is not installed"
	strace -qq -o /dev/null true || skip "SKIPPED: strace may not trace"
	rows 'CREATE TABLE t (id INTEGER PRIMARY KEY)'
	printf 'schema\tid:int\nrow\t2\n' | spell >in.mam
	with() { # SYSCALL ERROR
		strace -f -qq -o /dev/null -P "$PWD/a.db" -e trace="$1" -e inject="$1:error=$2:when=1+" \
			load-sqlite --to a.db --table t --lock-timeout 50ms <in.mam
	}
	run -74 with openat EIO
	[[ $output == *'"a.db": '*'Input/output error' ]]
	run -75 with openat EMFILE
	[[ $output == *'"a.db": '*'Too many open files' ]]
	run -75 with fcntl ENOLCK
	[ -z "$(rows)" ]
}

@test "whatever lock call fails, the status says whether the rows are in" {
	command -v strace >/dev/null || skip "SKIPPED: strace is not installed"
	strace -qq -o /dev/null true || skip "SKIPPED: strace may not trace"
	printf 'schema\tid:int\nrow\t2\n' | spell >in.mam
	unlocked=0
	for n in {1..60}; do
		rm -f a.db*
		rows 'CREATE TABLE t (id INTEGER PRIMARY KEY)'
		status=0
		strace -f -qq -o trace -P "$PWD/a.db" -e trace=fcntl -e inject="fcntl:error=EINVAL:when=$n" \
			load-sqlite --to a.db --table t <in.mam 2>said || status=$?
		grep -q INJECTED trace || break
		[ "$(rows 'SELECT count(*) FROM t')" = $((status == 0)) ] || { echo "$n: $status"; cat said; return 1; }
		if grep -q 'the rows are loaded, but SQLite could not unlock the file' said; then unlocked=$((unlocked + 1)); fi
	done
	[ "$n" -gt 20 ]
	[ "$unlocked" -gt 0 ]
}

@test "a folder that takes no journal is 77, and the message names it" {
	[ "$(id -u)" = 0 ] || skip "SKIPPED: only root can act as another user here"
	folder=$(mktemp -d)
	cp "$MAM_BIN/load-sqlite" "$folder"
	printf 'schema\tid:int\nrow\t1\n' | spell >"$folder/in.mam"
	cd "$folder"
	./load-sqlite --to a.db --table t --create <in.mam
	chmod 666 a.db
	chmod 755 .
	run -77 setpriv --reuid=65534 --regid=65534 --clear-groups ./load-sqlite --to a.db --table t <in.mam
	rm -rf "$folder"
	[ "$output" = 'load-sqlite: "a.db": its folder cannot be written, and the journal belongs there' ]
}

@test "a column of NUMERIC affinity keeps the texts that SQLite keeps, and no others" {
	rows 'CREATE TABLE t (v NUMERIC); CREATE TABLE made (v NUMERIC)'
	python3 -c '
import itertools, json
for alphabet, most in (" +-.eE01x\t_", 3), (" +.e1", 6):
    for n in range(most + 1):
        for text in itertools.product(alphabet, repeat=n):
            print(json.dumps({"v": "".join(text)}))
for text in "2026.11.01", "1e400", "0x1F", "1_000", "１", "1\u00a0", "\x0b1\x0c", "Infinity", "nan":
    print(json.dumps({"v": text}))' >in.json
	from-json <in.json | load-sqlite --to a.db --table t --rejects bad.mam --max-rejects 100000
	[ "$(rows "SELECT count(*) FROM t WHERE typeof(v) <> 'text'")" = 0 ]
	[ "$(rows "SELECT v FROM t WHERE v = '2026.11.01'")" = 2026.11.01 ]
	to-json <bad.mam >bad.json
	[ -s bad.json ]
	sqlite3 a.db ".mode list" "INSERT INTO made SELECT json_extract(value, '\$.record.v') FROM json_each('[' || replace(rtrim(CAST(readfile('bad.json') AS TEXT), char(10)), char(10), ',') || ']')"
	[ "$(rows "SELECT count(*) FROM made WHERE typeof(v) = 'text'")" = 0 ]
	[ "$(rows 'SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM made)')" = "$(wc -l <in.json)" ]
}

@test "numbers at the edges of SQLite's types come back as they were, or are refused" {
	rows 'CREATE TABLE t (v REAL); CREATE TABLE i (v INTEGER); CREATE TABLE n (v NUMERIC); CREATE TABLE a (v)'
	put() { # TABLE TYPE VALUE
		printf 'schema\tv:%s\nrow\t%s\n' "$2" "$3" | spell | load-sqlite --to a.db --table "$1" --mode truncate-insert
	}
	kept() { # TABLE TYPE VALUE THE-SAME-IN-SQL
		put "$1" "$2" "$3" || { echo "$*"; return 1; }
		[ "$(rows "SELECT v = $4 AND typeof(v) = typeof($4) FROM $1")" = 1 ] || { echo "$*"; return 1; }
	}
	kept t int 9007199254740992 9007199254740992.0
	kept t decimal 0.25 0.25
	kept i float 4611686018427387904 4611686018427387904
	kept n int 9223372036854775807 9223372036854775807
	kept n decimal 9223372036854775807 9223372036854775807
	kept n float 1e300 1e300
	kept a decimal 12.50 "'12.50'"
	for refused in 't int 9007199254740993' 't int 18446744073709551615' 't decimal 0.1' 't decimal 1234567890123456789.5' \
		't text 1e3' 't text 0x10' 't text 12' 't bytes 31' 't bool true' 'i text 0x10' 'i text 1e3' 'i bytes 31' \
		'i float 9223372036854775808' 'i decimal 9223372036854775808' 'n int 9223372036854775808' 'n decimal 0.1' \
		'n decimal 12345678901234567890' 'n text 1e3' 'n text 007'; do
		# shellcheck disable=SC2086
		run -65 put $refused
	done
	for text in 0x10 1e3 007 ' 12 ' 9007199254740993 0.1; do
		put a text "$text"
		[ "$(rows "SELECT v || ' ' || typeof(v) FROM a")" = "$text text" ]
	done
	put n text 0x10
	[ "$(rows "SELECT v || ' ' || typeof(v) FROM n")" = '0x10 text' ]
	rows 'CREATE TABLE s (v TEXT)'
	run -65 put s bytes 31
}

@test "tables that have the names of the stage and the windows are loaded as any other" {
	for table in mam_stage MAM_STAGE mam_window_0 mam_window_1; do
		for mode in append truncate-insert upsert 'delete-insert --window day' delete-insert; do
			rm -f a.db*
			rows "CREATE TABLE $table (day TEXT, id INTEGER, PRIMARY KEY (day, id)); CREATE TABLE child (d TEXT, i INT, FOREIGN KEY (d, i) REFERENCES $table);
				INSERT INTO $table VALUES ('2026-11-01', 1), ('2026-11-02', 2), ('2026-11-03', 3)"
			# shellcheck disable=SC2086
			printf 'schema\tday:date\tid:int\nrow\t2026-11-02\t5\ncoverage\tday:date=2026-11-02..2026-11-04\n' | spell |
				load-sqlite --to a.db --table "$table" --key day,id --mode $mode
			found=$(rows "SELECT group_concat(id) FROM (SELECT id FROM $table ORDER BY id)")
			case $mode in
			append | upsert) [ "$found" = 1,2,3,5 ] ;;
			truncate-insert) [ "$found" = 5 ] ;;
			*) [ "$found" = 1,5 ] ;;
			esac || { echo "$table $mode: $found"; return 1; }
			# A row of the child keeps its parent's row from going, and the load from happening.
			rows "INSERT INTO child SELECT day, id FROM $table WHERE id = 5"
			run -65 bash -c "printf 'schema\tday:date\tid:int\n' | spell | load-sqlite --to a.db --table $table --mode truncate-insert"
			[[ $output == *'FOREIGN KEY constraint failed' ]]
		done
	done
}

@test "text that is not UTF-8 is refused, in a value and in a window" {
	rows 'CREATE TABLE t (s TEXT, a, b BLOB)'
	for bad in '\xff' '\x80' '\xc3' '\xed\xa0\x80' '\xf8\x88\x80\x80\x80' '\xc0\x80' '\xf4\x90\x80\x80' '\xe2\x28'; do
		for column in s a b; do
			run -65 into_t "schema\t$column:text\nrow\t$bad\n"
			[[ $output == *"$column"* ]]
			run -76 into_t "schema\t$column:text\ncoverage\t$column:text=$bad\n" --mode delete-insert
		done
	done
	[ -z "$(rows)" ]
}
