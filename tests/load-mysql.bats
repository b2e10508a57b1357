# SPDX-License-Identifier: MIT
# load-mysql: what goes in comes out, by both ways; what does not fit is told;
# a load that fails leaves nothing.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	[ -n "${MAM_TEST_MYSQL:-}" ] || skip "SKIPPED: no MySQL server (MAM_TEST_MYSQL)"
	database=lm_$BATS_SUITE_TEST_NUMBER
	url=${MAM_TEST_MYSQL%/*}/$database
	sql "DROP DATABASE IF EXISTS $database; CREATE DATABASE $database" mysql
}

teardown() {
	[ -z "${database:-}" ] || sql "DROP DATABASE $database" mysql
}

# Both ways into the server: a file that it pulls, and INSERT where it takes none.
ways="local-infile=1 local-infile=0"

sql() { # STATEMENTS [DATABASE]
	mariadb --no-defaults --default-character-set=utf8mb4 --batch --raw --skip-column-names \
		-S "$MAM_TEST_MYSQL_SOCKET" -u mam "${2:-$database}" <<<"SET time_zone='+00:00';
$1"
}

# Lines of spell, with spaces for tabs.
stream() {
	printf '%s\n' "$@" | tr ' ' '\t' | spell
}

loads() { # OPTION... <STREAM
	load-mysql --to "$url" "$@"
}

# Values.

# TYPE|FIELD-TYPE|VALUE|WHAT-TO-SELECT|EXPECTED; by both ways.
check_round_trips() {
	local type field value select expected way n=0
	while IFS='|' read -r type field value select expected; do
		sql "DROP TABLE IF EXISTS v; CREATE TABLE v (v $type) DEFAULT CHARSET utf8mb4"
		for way in $ways; do
			printf 'schema\tv:%s\nrow\t%s\n' "$field" "$value" | spell |
				load-mysql --to "$url?$way" --table v --mode truncate-insert ||
				{ echo "$way: $type <- $field $value"; return 1; }
			got=$(sql "SELECT $select FROM v")
			[ "$got" = "$expected" ] ||
				{ echo "$way: $type <- $field $value: have $got, want $expected"; return 1; }
		done
		n=$((n + 1))
	done
	[ $n -gt 0 ]
}

@test "integers come back at the borders of every size" {
	check_round_trips <<-'END'
		tinyint|int|-128|v|-128
		tinyint|int|127|v|127
		tinyint unsigned|int|255|v|255
		tinyint(1)|bool|true|v|1
		boolean|bool|false|v|0
		smallint|int|-32768|v|-32768
		smallint unsigned|int|65535|v|65535
		mediumint|int|-8388608|v|-8388608
		mediumint unsigned|int|16777215|v|16777215
		int|int|-2147483648|v|-2147483648
		int unsigned zerofill|int|4294967295|v|4294967295
		bigint|int|-9223372036854775808|v|-9223372036854775808
		bigint|int|9223372036854775807|v|9223372036854775807
		bigint unsigned|int|18446744073709551615|v|18446744073709551615
		int|decimal|12.00|v|12
		int|float|-3|v|-3
		int|int|\N|v|NULL
		year|int|1901|v|1901
		year|int|2155|v|2155
		bit(1)|bool|true|v+0|1
		bit(10)|int|1023|v+0|1023
		bit(12)|int|49|v+0|49
		bit(64)|int|18446744073709551615|v+0|18446744073709551615
	END
}

@test "decimals and floats come back exactly" {
	check_round_trips <<-'END'
		decimal(65,30)|decimal|12345678901234567890123456789012345.123456789012345678901234567891|v|12345678901234567890123456789012345.123456789012345678901234567891
		decimal(65,0)|decimal|-99999999999999999999999999999999999999999999999999999999999999999|v|-99999999999999999999999999999999999999999999999999999999999999999
		decimal(10,2)|decimal|-12345678.90|v|-12345678.90
		decimal(10,2)|decimal|1.5000|v|1.50
		decimal(4,2) unsigned|decimal|-0.00|v|0.00
		decimal(20,0)|int|18446744073709551615|v|18446744073709551615
		decimal(12,4)|float|0.1|v|0.1000
		double|float|0.1|v|0.1
		double|float|1.7976931348623157e308|v|1.7976931348623157e308
		double|float|5e-324|v|5e-324
		double|float|-2.2250738585072014e-308|v|-2.2250738585072014e-308
		double|float|0.30000000000000004|v=0.30000000000000004e0|1
		double|int|9007199254740992|v=9007199254740992e0|1
		double|decimal|0.5|v|0.5
		double(10,2)|float|12345678.91|v|12345678.91
		double(10,2) unsigned|float|0.05|v|0.05
		float|float|0.15625|v|0.15625
		float|float|999999|v|999999
		float|int|-16777200|v|-16777200
		float(10,2)|float|16777215|v|16777215.00
		double|float|\N|v|NULL
	END
}

@test "text and bytes come back byte by byte" {
	check_round_trips <<-'END'
		varchar(5)|text|日本語😀é|HEX(v)|E697A5E69CACE8AA9EF09F9880C3A9
		varchar(20)|text|\t\n\\\0'"|HEX(v)|090A5C002722
		varchar(20)|text|\\N|HEX(v)|5C4E
		varchar(20)|text|N|v|N
		varchar(20)|text|NULL|v|NULL
		varchar(20)|text||CONCAT('<',v,'>')|<>
		varchar(20)|text|trailing  |HEX(v)|747261696C696E672020
		varchar(200)|text|0123456789abcdef\t0123456\n789abcdef01234\\567|HEX(v)|3031323334353637383961626364656609303132333435360A37383961626364656630313233345C353637
		char(3)|text|日本語|v|日本語
		varchar(20)|int|-5|v|-5
		varchar(20)|decimal|1.50|v|1.50
		varchar(10) character set latin1|text|Müller€|HEX(CONVERT(v USING utf8mb4))|4DC3BC6C6C6572E282AC
		varchar(10) character set sjis|text|日本ｱｲ|HEX(v)|93FA967BB1B2
		varchar(10) character set cp932|text|①表晢|HEX(CONVERT(v USING utf8mb4))|E291A0E8A1A8E699A2
		varchar(10) character set utf16|text|a😀|HEX(v)|0061D83DDE00
		tinytext|text|日|v|日
		longtext|text|x|v|x
		varbinary(300)|bytes|000102090a0d5c27ff80e38100|HEX(v)|000102090A0D5C27FF80E38100
		varbinary(3)|bytes||CONCAT('<',HEX(v),'>')|<>
		binary(4)|bytes|00ff0000|HEX(v)|00FF0000
		longblob|bytes|f09f98|HEX(v)|F09F98
		blob|bytes|\N|v|NULL
		enum('a','it''s','日本','x,y')|text|it's|v|it's
		enum('a','it''s','日本','x,y')|text|x,y|v|x,y
		enum('1','0')|text|0|v+0|2
		set('a','b','c')|text|a,c|v|a,c
		set('a','b')|text||CONCAT('<',v,'>')|<>
	END
}

@test "dates and times come back at the ends of their ranges" {
	check_round_trips <<-'END'
		date|date|1000-01-01|v|1000-01-01
		date|date|9999-12-31|v|9999-12-31
		date|date|2024-02-29|v|2024-02-29
		date|text|2026-11-25|v|2026-11-25
		datetime|datetime|1000-01-01T00:00:00|v|1000-01-01 00:00:00
		datetime(6)|datetime|9999-12-31T23:59:59.999999|v|9999-12-31 23:59:59.999999
		datetime(3)|datetime|1969-12-31T23:59:59.123|v|1969-12-31 23:59:59.123
		datetime(6)|datetime|1969-12-31T23:59:59.000001|v|1969-12-31 23:59:59.000001
		timestamp null|timestamp|1970-01-01T00:00:01Z|v|1970-01-01 00:00:01
		timestamp(6) null|timestamp|2038-01-19T03:14:07.999999Z|v|2038-01-19 03:14:07.999999
		timestamp null|timestamp|2026-03-29T01:30:00Z|UNIX_TIMESTAMP(v)|1774747800
		timestamp null|text|2026-11-25T09:00:00+09:00|v|2026-11-25 00:00:00
		time|text|23:59:59|v|23:59:59
		time|text|24:00:00|v|24:00:00
		time|text|838:59:59|v|838:59:59
		time(6)|text|-838:59:58.999999|v|-838:59:58.999999
		time(1)|text|-00:00:00.5|v|-00:00:00.5
		time(6)|text|00:00:00.000001|v|00:00:00.000001
		date|date|\N|v|NULL
	END
}

@test "json, uuid and inet columns" {
	check_round_trips <<-'END'
		json|json|a"b\\c|v|{"list":["a\"b\\c"]}
		json|text|x|v|"x"
		json|decimal|9007199254740993.10|v|9007199254740993.10
		uuid|text|00112233-4455-6677-8899-AABBCCDDEEFF|v|00112233-4455-6677-8899-aabbccddeeff
		uuid|bytes|00112233445566778899aabbccddeeff|v|00112233-4455-6677-8899-aabbccddeeff
		inet6|text|2001:db8::ff00:42:8329|v|2001:db8::ff00:42:8329
		inet6|text|2001:0DB8:0000:0000:0000:FF00:0042:8329|v|2001:db8::ff00:42:8329
		inet6|text|::FFFF:1.2.3.4|v|::ffff:1.2.3.4
		inet6|text|1:2:3:4:5:6:7::|HEX(v)|00010002000300040005000600070000
		inet6|text|\N|v|NULL
		inet4|text|255.0.10.1|v|255.0.10.1
	END
}

# TYPE|FIELD-TYPE|VALUE|TEXT-OF-THE-MESSAGE; by both ways, always 65 and nothing in the table.
check_refusals() {
	local type field value text way n=0
	while IFS='|' read -r type field value text; do
		sql "DROP TABLE IF EXISTS v; CREATE TABLE v (v $type) DEFAULT CHARSET utf8mb4"
		for way in $ways; do
			run bash -c "printf 'schema\tv:%s\nrow\t%s\n' \"\$1\" \"\$2\" | spell |
				load-mysql --to '$url?$way' --table v" sh "$field" "$value"
			[ "$status" = 65 ] || { echo "$way: $type <- $field $value: $status $output"; return 1; }
			[[ $output == *"$text"* ]] || { echo "$way: $type <- $field $value: $output"; return 1; }
			[ "$(sql 'SELECT count(*) FROM v')" = 0 ] || { echo "$type: there is a row"; return 1; }
		done
		n=$((n + 1))
	done
	[ $n -gt 0 ]
}

@test "numbers that do not fit are told with record, field and rule" {
	check_refusals <<-'END'
		tinyint|int|128|record 1: v: "128" is out of range of tinyint
		tinyint unsigned|int|-1|record 1: v: "-1" is out of range
		mediumint|int|8388608|out of range
		bigint|int|9223372036854775808|out of range
		bigint unsigned|int|-1|out of range
		int|decimal|1.5|is not an integer
		int|text|12|is text and does not go into a column of type int
		int not null|int|\N|is null, and the column is NOT NULL
		year|int|0|out of range
		year|int|2156|out of range
		bit(10)|int|1024|out of range
		decimal(5,2)|decimal|1000|too many digits before the point
		decimal(5,2)|decimal|1.001|more than the 2 fraction digits
		decimal(5,2) unsigned|decimal|-0.01|out of range
		double|decimal|0.1|would be rounded
		double|float|nan|is not a number
		double|float|inf|is not a number
		float|float|0.1|would be rounded
		float|float|16777215|would be read with 6 digits
		float|int|8388607|would be read with 6 digits
		float|decimal|1234567.5|would be read with 6 digits
		float|float|1.401298464324817e-45|would be read with 6 digits
		double(5,2)|float|1.125|more than the 2 fraction digits
	END
}

@test "text and bytes that do not fit" {
	check_refusals <<-'END'
		varchar(3)|text|日本語é|longer than the 3 characters
		char(3)|text|ab |ends in a space
		tinytext|text|日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日|longer than the 255 bytes
		varbinary(2)|bytes|000102|longer than the 2 bytes
		binary(3)|bytes|0001|shorter than the 3 bytes
		varchar(9) character set utf8mb3|text|a😀|a character that the column's encoding does not have
		varchar(9) character set ascii|text|é|a character that the column's encoding does not have
		varchar(9) character set tis620|text|𠀁|a character that the column's encoding does not have
		varchar(9) character set cp932|text|日晡|record 1: v: "日晡" holds the character U+6661
		varchar(9) character set latin1|text|日|Incorrect string value
		varchar(9) character set sjis|text|é|Incorrect string value
		tinytext character set latin1|bytes|00|is bytes
		enum('a','b')|text|c|is not one of the values of enum('a','b')
		enum('a','b')|text||is not one of the values
		enum('a','b')|text|A|is not one of the values
		set('a','b')|text|a,c|has a part that is not one
		set('a','b')|text|b,a|has its parts in another order than set('a','b'), or one twice
		set('a','b')|text|a,a|has its parts in another order than set('a','b'), or one twice
		varbinary(9)|text|x|is text and does not go
		json|float|nan|not a number (NaN), which JSON cannot
		varchar(9)|json|a|is json and does not go
	END
}

@test "dates and times that do not fit" {
	check_refusals <<-'END'
		date|text|0000-00-00|is not a date
		date|text|2026-02-30|is not a date
		date|date|-400000|out of range
		date|datetime|2026-11-25T00:00:00|is datetime and does not go
		datetime|datetime|2026-11-25T00:00:00.5|more than the 0 fraction digits
		datetime|timestamp|2026-11-25T00:00:00Z|is an instant
		datetime|datetime|0999-12-31T23:59:59|out of range
		timestamp null|datetime|2026-11-25T00:00:00|has no zone
		timestamp null|timestamp|1970-01-01T00:00:00Z|out of range
		timestamp null|timestamp|2106-02-07T06:28:16Z|out of range
		timestamp(6) null|timestamp|2026-11-25T00:00:00.0000001Z|has nanoseconds
		time|text|838:59:59.1|out of range
		time|text|839:00:00|out of range
		time|text|-839:00:00|out of range
		time|text|24:60:00|is not a time
		time|text|1:00:00|is not a time
		time(3)|text|00:00:00.0001|more than the 3 fraction digits
		point|text|x|is text and does not go
	END
	# MariaDB has one bit more from 11.5 on.
	case $(sql 'SELECT VERSION()') in
	10.*MariaDB* | 11.[0-4].*MariaDB* | [89].*)
		check_refusals <<<'timestamp null|timestamp|2038-01-19T03:14:08Z|out of range'
		;;
	esac
}

@test "a wrong encoding names the row and its record" {
	sql "CREATE TABLE t (v varchar(9) character set latin1)"
	for way in $ways; do
		run -65 bash -c "printf 'schema\tv:text\nrow\ta\nrow\tb\nrow\t日\n' | spell | load-mysql --to '$url?$way' --table t"
		[[ $output == *"at row 3"*"row 1 is record 1"* ]]
		[ "$(sql 'SELECT count(*) FROM t')" = 0 ]
	done
}

@test "records that do not fit go to --rejects" {
	sql "CREATE TABLE t (v tinyint)"
	stream 'schema v:int' 'row 1' 'row 300' 'row 2' | loads --table t --rejects bad.mam --max-rejects 1
	[ "$(sql 'SELECT group_concat(v) FROM t')" = 1,2 ]
	[ "$(to-json <bad.mam | jq -r '._reject.record, ._reject.field, ._reject.rule')" = $'2\nv\nrange' ]
	run -65 bash -c "printf 'schema\tv:int\nrow\t300\nrow\t301\n' | spell | load-mysql --to '$url' --table t --max-rejects 1"
	[ "$(sql 'SELECT count(*) FROM t')" = 2 ]
}

# MariaDB reads 010.0.0.1 as 10.0.0.1, where other programs read 8.0.0.1, and drops a NUL.
@test "an address that is none, or that the server would change, is refused with its record" {
	check_refusals <<-'END'
		inet4|text|1.1.1.999|record 1: v: "1.1.1.999" is not an IPv4 address
		inet4|text|010.0.0.1|record 1: v: "010.0.0.1" is not an IPv4 address
		inet4|text|1.1.1.1\0|record 1: v: "1.1.1.1
		inet4|int|16843009|record 1: v: "16843009" is int and does not go into a column of type inet4
		inet6|text|1.1.1.1|record 1: v: "1.1.1.1" is not an IPv6 address
		inet6|text|fe80::1%eth0|record 1: v: "fe80::1%eth0" is not an IPv6 address
		inet6|text|::1\0|record 1: v: "::1
		uuid|text|00112233-4455-6677-8899-aabbccddeefg|record 1: v: "00112233-4455-6677-8899-aabbccddeefg" is not
	END
	sql "CREATE TABLE t (id int, ip inet6)"
	for way in $ways; do
		stream 'schema id:int ip:text' 'row 1 ::1' 'row 2 ::x' 'row 3 \N' 'row 4 ::2' |
			load-mysql --to "$url?$way" --table t --mode truncate-insert --rejects bad.mam --max-rejects 1
		[ "$(sql 'SELECT id, ip FROM t ORDER BY id')" = $'1\t::1\n3\tNULL\n4\t::2' ]
		[ "$(to-json <bad.mam | jq -r '.ip, ._reject.record, ._reject.field, ._reject.rule')" = $'::x\n2\nip\ninet' ]
	done
}

# Modes.

@test "append adds, and a key that is there already is 65 and undoes all" {
	sql "CREATE TABLE t (id int PRIMARY KEY, v varchar(9)) DEFAULT CHARSET utf8mb4"
	for way in $ways; do
		sql "DELETE FROM t; INSERT INTO t VALUES (3, 'old')"
		stream 'schema id:int v:text' 'row 1 a' 'row 2 b' | load-mysql --to "$url?$way" --table t
		run -65 bash -c "printf 'schema\tid:int\tv:text\nrow\t4\td\nrow\t3\tc\nrow\t5\te\n' | spell | load-mysql --to '$url?$way' --table t"
		[[ $output == *"Duplicate entry '3' for key 'PRIMARY'"* ]]
		[ "$(sql 'SELECT group_concat(id,v ORDER BY id) FROM t')" = 1a,2b,3old ]
	done
}

@test "a check, a foreign key and a trigger's refusal are 65 and undo all" {
	sql "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1);
		CREATE TABLE t (id int CHECK (id < 10), p int, FOREIGN KEY (p) REFERENCES p (id));
		DELIMITER //
		CREATE TRIGGER t_bi BEFORE INSERT ON t FOR EACH ROW
		IF NEW.id = 7 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'seven is refused'; END IF//"
	for way in $ways; do
		for row in 11,1:CONSTRAINT 2,2:foreign 7,1:seven; do
			run -65 bash -c "printf 'schema\tid:int\tp:int\nrow\t1\t1\nrow\t%s\t%s\n' $(tr , ' ' <<<"${row%:*}") | spell | load-mysql --to '$url?$way' --table t"
			[[ $output == *"${row#*:}"* ]] || { echo "$way $row: $output"; return 1; }
			[ "$(sql 'SELECT count(*) FROM t')" = 0 ]
		done
	done
}

@test "upsert updates and inserts, and a second time changes nothing" {
	sql "CREATE TABLE t (id int, day date, v varchar(9), other int DEFAULT 7,
		changed timestamp(6) DEFAULT '2000-01-01' ON UPDATE CURRENT_TIMESTAMP(6), PRIMARY KEY (id, day));
		INSERT INTO t (id, day, v, other) VALUES (1, '2026-11-01', 'old', 1), (9, '2026-11-01', 'stays', 9)"
	for way in $ways; do
		for time in 1 2; do
			stream 'schema day:date id:int v:text' 'row 2026-11-01 1 new' 'row 2026-11-02 1 more' |
				load-mysql --to "$url?$way" --table t --mode upsert --key id,day
			sql "SELECT * FROM t ORDER BY id, day" >"after.$time.$way"
		done
	done
	cmp "after.1.local-infile=1" "after.2.local-infile=1"
	cmp "after.1.local-infile=1" "after.2.local-infile=0"
	[ "$(cut -f 1-4 "after.1.local-infile=1")" = $'1\t2026-11-01\tnew\t1\n1\t2026-11-02\tmore\t7\n9\t2026-11-01\tstays\t9' ]
}

@test "upsert of nothing but keys" {
	sql "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"
	stream 'schema id:int' 'row 1' 'row 2' | loads --table t --mode upsert --key id
	[ "$(sql 'SELECT group_concat(id) FROM t')" = 1,2 ]
	run -65 bash -c "printf 'schema\tid:int\nrow\t1\nrow\t1\n' | spell | load-mysql --to '$url' --table t --mode upsert --key id"
	[[ $output == *'two records have the same key, id="1"'* ]]
}

@test "two records with one key under upsert are 65, new or known, in the column's collation" {
	sql "CREATE TABLE t (k varchar(9) COLLATE utf8mb4_general_ci PRIMARY KEY, v int) DEFAULT CHARSET utf8mb4;
		INSERT INTO t VALUES ('known', 0)"
	for keys in 'new new' 'known known' 'a A' 'known KNOWN'; do
		run -65 bash -c "printf 'schema\tk:text\tv:int\nrow\t%s\t1\nrow\t%s\t2\n' $keys | spell | load-mysql --to '$url' --table t --mode upsert --key k"
		[[ $output == *'two records have the same key, k="'* ]] || { echo "$keys: $output"; return 1; }
		[ "$(sql 'SELECT k, v FROM t')" = $'known\t0' ]
	done
}

@test "upsert: a key that the collation finds equal ends up as the record has it" {
	for other in '' ', w int UNIQUE'; do
		sql "DROP TABLE IF EXISTS t; CREATE TABLE t (k varchar(9) COLLATE utf8mb4_general_ci PRIMARY KEY, v int$other) DEFAULT CHARSET utf8mb4"
		sql "INSERT INTO t (k, v) VALUES ('a', 1)"
		stream 'schema k:text v:int' 'row A 2' | loads --table t --mode upsert --key k
		[ "$(sql 'SELECT k, v FROM t')" = "A	2" ]
		printf 'schema\tk:text\nrow\ta \n' | spell | loads --table t --mode upsert --key k
		[ "$(sql "SELECT CONCAT(k, '|'), v FROM t")" = "a |	2" ]
	done
}

@test "texts of a table that --create makes are equal only when they are the same" {
	local text
	for text in か が a A 'a ' á; do
		printf 'schema\tk:text\tv:text\nrow\t%s\t%s\n' "$text" "$text" | spell | loads --table t --mode upsert --key k --create
	done
	[ "$(sql 'SELECT count(*) FROM t WHERE BINARY k = BINARY v')" = 6 ]
	sql "ALTER DATABASE $database CHARACTER SET latin1; DROP TABLE t"
	stream 'schema k:text v:text' 'row 日本 本日' | loads --table t --create --key k
	[ "$(sql 'SELECT k, v FROM t')" = "日本	本日" ]
}

@test "another unique index stops an upsert with the server's words" {
	sql "CREATE TABLE t (id int PRIMARY KEY, u int UNIQUE); INSERT INTO t VALUES (1, 1), (2, 2)"
	for row in '3 1' '2 1'; do
		run -65 bash -c "printf 'schema\tid:int\tu:int\nrow\t%s\t%s\n' $row | spell | load-mysql --to '$url' --table t --mode upsert --key id"
		[[ $output == *"Duplicate entry '1' for key 'u'"* ]] || { echo "$row: $output"; return 1; }
		[ "$(sql 'SELECT group_concat(id, u) FROM t')" = 11,22 ]
	done
}

@test "upsert wants a unique index within the key" {
	sql "CREATE TABLE t (a int, b int, v int, INDEX (a, b), UNIQUE (a, v))"
	run -69 bash -c "printf 'schema\ta:int\tb:int\tv:int\nrow\t1\t1\t1\n' | spell | load-mysql --to '$url' --table t --mode upsert --key a,b"
	[[ $output == *"no unique index whose columns all are part of --key"* ]]
	sql "ALTER TABLE t ADD UNIQUE (b)"
	stream 'schema a:int b:int v:int' 'row 1 1 1' | loads --table t --mode upsert --key a,b
	[ "$(sql 'SELECT count(*) FROM t')" = 1 ]
}

@test "an upsert never takes a row with another key for its own" {
	# The index is less than the key: row (1, 1) is not the row (2, 1), and both cannot be.
	sql "CREATE TABLE t (a int, b int, v int, UNIQUE (b)); INSERT INTO t VALUES (1, 1, 1)"
	run -65 bash -c "printf 'schema\ta:int\tb:int\tv:int\nrow\t2\t1\t2\n' | spell | load-mysql --to '$url' --table t --mode upsert --key a,b"
	[[ $output == *"Duplicate entry '1' for key 'b'"* ]]
	[ "$(sql 'SELECT * FROM t')" = $'1\t1\t1' ]
	# And an index of a part of a text: what only begins alike is another key.
	sql "CREATE TABLE p (k varchar(99), v int, UNIQUE (k(3))); INSERT INTO p VALUES ('abcd', 1)"
	run -65 bash -c "printf 'schema\tk:text\tv:int\nrow\tabcx\t2\n' | spell | load-mysql --to '$url' --table p --mode upsert --key k"
	[[ $output == *"Duplicate entry 'abc' for key 'k'"* ]]
	[ "$(sql 'SELECT * FROM p')" = $'abcd\t1' ]
}

@test "upserts of one statement and of two do the same" {
	sql "CREATE TABLE one (id int, k varchar(9), v int, w text, PRIMARY KEY (k, id)); CREATE TABLE two LIKE one;
		ALTER TABLE two ADD n int AUTO_INCREMENT UNIQUE"
	for half in 1 2; do
		seq $half 3 3000 | awk -v half=$half '{ printf "{\"k\":\"k%d\",\"id\":%d,\"v\":%d,\"w\":\"%d\"}\n", $1 % 7, $1 / half, $1 * half, $1 }' |
			from-json >half.mam
		for table in one two; do loads --table $table --mode upsert --key id,k <half.mam; done
		[ "$(sql 'SELECT count(*) FROM one')" -gt 999 ]
		[ "$(sql 'SELECT count(*) FROM (SELECT id, k, v, w FROM one UNION SELECT id, k, v, w FROM two) AS u')" = "$(sql 'SELECT count(*) FROM one')" ]
		[ "$(sql 'SELECT count(*) FROM two')" = "$(sql 'SELECT count(*) FROM one')" ]
	done
}

@test "truncate-insert replaces all, and keeps all when it fails" {
	sql "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)"
	for way in $ways; do
		run -65 bash -c "printf 'schema\tid:int\nrow\t5\nrow\t5\n' | spell | load-mysql --to '$url?$way' --table t --mode truncate-insert"
		run -76 bash -c "printf 'schema\tid:int\nrow\t5\ncut\n' | spell | load-mysql --to '$url?$way' --table t --mode truncate-insert"
	done
	[ "$(sql 'SELECT group_concat(id) FROM t')" = 1,2 ]
	stream 'schema id:int' 'row 2' 'row 3' | loads --table t --mode truncate-insert
	[ "$(sql 'SELECT group_concat(id) FROM t')" = 2,3 ]
	stream 'schema id:int' | loads --table t --mode truncate-insert
	[ "$(sql 'SELECT count(*) FROM t')" = 0 ]
}

@test "delete-insert by the stream's coverage and by --window" {
	sql "CREATE TABLE t (day date, id int, v int);
		INSERT INTO t VALUES ('2026-10-31', 1, 1), ('2026-11-01', 1, 1), ('2026-11-01', 2, 1), ('2026-11-02', 1, 1), ('2026-11-03', 1, 1)"
	for way in $ways; do
		for time in 1 2; do
			stream 'schema day:date id:int v:int' 'row 2026-11-01 1 2' \
				'coverage day:date=2026-11-01..2026-11-03 id:int=1' |
				load-mysql --to "$url?$way" --table t --mode delete-insert
			[ "$(sql 'SELECT group_concat(day, " ", id, " ", v ORDER BY day, id) FROM t')" = \
				'2026-10-31 1 1,2026-11-01 1 2,2026-11-01 2 1,2026-11-03 1 1' ]
		done
	done
	stream 'schema day:date id:int v:int' 'row 2026-10-31 5 5' 'row 2026-11-03 5 5' |
		loads --table t --mode delete-insert --window day
	[ "$(sql 'SELECT group_concat(day, " ", id, " ", v ORDER BY day, id) FROM t')" = \
		'2026-10-31 5 5,2026-11-01 1 2,2026-11-01 2 1,2026-11-03 5 5' ]
	run -65 bash -c "printf 'schema\tday:date\tid:int\tv:int\nrow\t2026-12-01\t1\t1\ncoverage\tday:date=2026-11-01..2026-11-03\n' | spell | load-mysql --to '$url' --table t --mode delete-insert"
	[[ $output == *"lies in none of the windows"* ]]
	run -65 bash -c "printf 'schema\tday:date\nrow\t2026-12-01\n' | spell | load-mysql --to '$url' --table t --mode delete-insert"
	[[ $output == *"says nothing of the windows"* ]]
}

@test "--create makes the table of the schema, with its key, once" {
	for time in 1 2; do
		stream 'schema id:int day:date cost:decimal name:text data:bytes f:float b:bool at:timestamp local:datetime j:json k:text' \
			'row 1 2026-11-01 1.5 n 00ff 0.25 true 2026-11-25T00:00:00Z 2026-11-25T01:00:00.5 x key' |
			loads --table t --mode upsert --key k,id --create
	done
	[ "$(sql 'SELECT id, day, cost, name, HEX(data), f, b, at, local, j, k FROM t')" = \
		$'1\t2026-11-01\t1.500000000\tn\t00FF\t0.25\t1\t2026-11-25 00:00:00.000000\t2026-11-25 01:00:00.500000\t{"list":["x"]}\tkey' ]
	[[ $(sql 'SHOW CREATE TABLE t') == *'PRIMARY KEY (`k`,`id`)'* ]]
}

@test "a dry run changes nothing and says what would be" {
	sql "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"
	run -0 bash -c "printf 'schema\tid:int\nrow\t5\n' | spell | load-mysql --to '$url' --table t --mode truncate-insert --dry-run"
	[[ $output == *"1 records fit, 1 rows would be deleted; nothing was changed"* ]]
	run -0 bash -c "printf 'schema\tid:int\nrow\t5\n' | spell --dry | load-mysql --to '$url' --table n --create"
	[[ $output == *'CREATE TABLE `n` (`id` bigint NULL)'* ]]
	[ "$(sql 'SELECT id FROM t')" = 1 ]
	[ "$(sql 'SHOW TABLES')" = t ]
}

@test "names are quoted, a schema may stand before, columns have no case" {
	sql 'CREATE TABLE `a.b``c"d` (`Öl x` int, `select` int)'
	printf 'schema\tÖl x:int\tSELECT:int\nrow\t1\t2\n' | spell |
		load-mysql --to "${url%/*}/" --table "$database.\"a.b\`c\"\"d\""
	[ "$(sql 'SELECT * FROM `a.b``c"d`')" = $'1\t2' ]
	run -69 bash -c "printf 'schema\tx:int\nrow\t1\n' | spell | load-mysql --to '$url' --table 'A.B\`C'"
	[[ $output == *"does not exist"* ]]
}

@test "0 goes into an AUTO_INCREMENT column as 0" {
	sql "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY)"
	for way in $ways; do
		stream 'schema id:int' 'row 0' | load-mysql --to "$url?$way" --table t --mode truncate-insert
		[ "$(sql 'SELECT id FROM t')" = 0 ]
	done
}

@test "columns with defaults, generated and invisible ones" {
	sql "CREATE TABLE t (id int, d int NOT NULL DEFAULT 5, g int AS (id + 1), i int INVISIBLE DEFAULT 6)"
	stream 'schema id:int' 'row 1' | loads --table t
	stream 'schema id:int i:int' 'row 2 3' | loads --table t --mode delete-insert --window id
	[ "$(sql 'SELECT id, d, g, i FROM t ORDER BY id')" = $'1\t5\t2\t6\n2\t5\t3\t3' ]
	run -65 bash -c "printf 'schema\tg:int\nrow\t1\n' | spell | load-mysql --to '$url' --table t"
	[[ $output == *"generated by the database"* ]]
}

@test "many rows, wide rows and a large one, by both ways" {
	sql "CREATE TABLE t (id int, a longtext, b longblob)"
	for way in $ways; do
		seq 1 20000 | awk '{ printf "{\"id\":%d,\"a\":\"%s\\t%d\"}\n", $1, substr("日本語のテキスト", 1, $1 % 8), $1 }' >rows.jsonl
		head -c 3000000 /dev/zero | tr '\0' '\134' | jq -Rc '{id: 0, a: .}' >>rows.jsonl
		from-json <rows.jsonl | load-mysql --to "$url?$way" --table t --mode truncate-insert
		sql 'SELECT count(*), sum(id), sum(length(a)), md5(group_concat(md5(a) ORDER BY id)) FROM t' >"sum.$way"
	done
	cmp sum.local-infile=1 sum.local-infile=0
	[[ $(cat sum.local-infile=1) == 20001$'\t'200010000$'\t'* ]]
}

# Failures.

@test "what cannot be reached or is refused, by status" {
	local rows="printf 'schema\tid:int\nrow\t1\n' | spell |"
	port=${MAM_TEST_MYSQL##*:}
	port=${port%/*}
	sql "DROP USER IF EXISTS lm_locked@'%', lm_locked@localhost; CREATE USER lm_locked@'%' IDENTIFIED BY 'pass word', lm_locked@localhost IDENTIFIED BY 'pass word'; GRANT SELECT ON $database.* TO lm_locked@'%';
		CREATE TABLE t (id int)"
	export PASSWORD='pass word' WRONG=wrong
	run -77 bash -c "$rows load-mysql --to 'mysql://lm_locked@127.0.0.1:$port/$database' --table t"
	[[ $output == *"cannot connect: Access denied"* ]]
	run -77 bash -c "$rows load-mysql --to 'mysql://lm_locked@127.0.0.1:$port/$database' --table t --password env:WRONG"
	run -77 bash -c "$rows load-mysql --to 'mysql://lm_locked@127.0.0.1:$port/$database' --table t --password env:PASSWORD"
	[[ $output == *"INSERT command denied"* || $output == *"command denied to user"* ]]
	run -78 bash -c "$rows load-mysql --to '$url' --table t --password env:NOT_THERE"
	run -64 bash -c "$rows load-mysql --to '$url' --table t --password open-sesame"
	[[ $output != *sesame* ]]
	run -64 bash -c "$rows load-mysql --to 'mysql://mam:hidden@127.0.0.1:$port/$database' --table t"
	[[ $output == *"--to holds a password"* ]]
	[[ $output != *hidden* ]]
	run -75 bash -c "$rows load-mysql --to 'mysql://mam@no-such-host.invalid/x' --table t"
	[[ $output == *"cannot connect"* ]]
	run -75 bash -c "$rows load-mysql --to 'mysql://mam@127.0.0.1:1/x' --table t"
	run -75 bash -c "$rows load-mysql --to 'mysql://mam@/x?socket=/no/such/socket' --table t"
	run -69 bash -c "$rows load-mysql --to '${url%/*}/no_such_database' --table t"
	[[ $output == *"Unknown database"* ]]
	run -69 bash -c "$rows load-mysql --to '$url' --table no_such_table"
	[[ $output == *'table "no_such_table" does not exist; --create makes it'* ]]
	run -64 bash -c "$rows load-mysql --to '${url%/*}/' --table t"
	[[ $output == *"neither --to nor --table names a database"* ]]
	run -78 bash -c "$rows load-mysql --to '$url?ssl-ca=/no/such/file' --table t"
	[[ $output == *"cannot connect"* ]]
	sql "DROP USER lm_locked@'%', lm_locked@localhost"
	[ "$(sql 'SELECT count(*) FROM t')" = 0 ]
}

@test "the exit status of an error number is that of its cause" {
	sql "CREATE TABLE t (id int)"
	printf 'schema\tid:int\nrow\t1\n' | spell >in.mam
	while read -r status numbers; do
		for number in $numbers; do
			sql "CREATE OR REPLACE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no', MYSQL_ERRNO = $number"
			for way in $ways; do
				result=0
				load-mysql --to "$url?$way" --table t <in.mam 2>said || result=$?
				[ $result = "$status" ] || { echo "$number: $result"; cat said; return 1; }
			done
		done
	done <<-'END'
		75 28 126 1021 1026 1030 1034 1036 1040 1047 1053 1114 1135 1205 1206 1207 1213 1223 1290 1297 1317
		75 1412 1615 1637 1792 1836 1874 1927 1969 3024 3058 3101 3572 4031
		77 1044 1045 1142 1227 1370 3118 4151
		78 1115 1153 1197
		69 1105 1054 1146 1305 1442
		65 1062 1118 1172 1242 1365 1369 1406 1557 1644 1761 3819 4025
	END
	[ "$(sql 'SELECT count(*) FROM t')" = 0 ]
}

# A proxy that closes both connections after so many bytes to the server.
cutting_proxy() { # BYTES-FILE PORT-FILE
	exec python3 - "$1" "$2" "$MAM_TEST_MYSQL_SOCKET" 3>&- <<-'END'
		import select, socket, sys
		door = socket.create_server(("127.0.0.1", 0))
		print(door.getsockname()[1], file=open(sys.argv[2], "w"), flush=True)
		while True:
		    client, _ = door.accept()
		    left = int(open(sys.argv[1]).read())
		    server = socket.socket(socket.AF_UNIX)
		    server.connect(sys.argv[3])
		    while left > 0:
		        for ready in select.select([client, server], [], [])[0]:
		            data = ready.recv(left if ready is client else 65536)
		            if not data:
		                left = 0
		            elif ready is client:
		                left -= len(data)
		                server.sendall(data)
		            else:
		                client.sendall(data)
		    client.close()
		    server.close()
	END
}

# A server that takes the connection, and then answers nothing or only the first word of the login.
@test "a server that never answers is 75 after connect-timeout" {
	stream 'schema id:int' 'row 1' >in.mam
	for words in 0 1; do
		rm -f port
		python3 - "$words" "$MAM_TEST_MYSQL_SOCKET" >port 3>&- <<-'END' &
			import socket, sys, time
			door = socket.create_server(("127.0.0.1", 0))
			print(door.getsockname()[1], flush=True)
			client, _ = door.accept()
			if sys.argv[1] == "1":
			    server = socket.socket(socket.AF_UNIX)
			    server.connect(sys.argv[2])
			    client.sendall(server.recv(65536))
			time.sleep(60)
		END
		until [ -s port ]; do sleep 0.05; done
		run -75 timeout 50 load-mysql --to "mysql://mam@127.0.0.1:$(cat port)/$database?connect-timeout=1" --table t <in.mam
		kill $!
		[[ $output == *'cannot connect: '* ]]
	done
}

@test "a connection that breaks before the first statement is 75" {
	sql "CREATE TABLE t (id int)"
	printf 'schema\tid:int\nrow\t1\n' | spell >in.mam
	cutting_proxy "$PWD/bytes" "$PWD/port" &
	proxy=$!
	until [ -s port ]; do sleep 0.05; done
	result=0
	for ((bytes = 1; bytes < 300 && result == 0; bytes += 7)); do
		echo $bytes >bytes
		status=0
		load-mysql --to "mysql://mam@127.0.0.1:$(cat port)/$database" --table t <in.mam 2>said || status=$?
		[ $status = 75 ] || { echo "$bytes bytes: $status"; cat said; result=1; }
	done
	kill $proxy
	[ $result = 0 ]
}

@test "the answer to COMMIT is lost: 69 for append, 75 where a second run is right, and the rows are in" {
	sql "CREATE TABLE t (id int PRIMARY KEY)"
	printf 'schema\tid:int\nrow\t1\n' | spell >in.mam
	cat >cutter.py <<-'END'
		import socket, sys, threading
		door = socket.create_server(("127.0.0.1", 0))
		print(door.getsockname()[1], flush=True)
		client, _ = door.accept()
		server = socket.socket(socket.AF_UNIX)
		server.connect(sys.argv[1])
		committed = threading.Event()
		def back():
		    while data := server.recv(65536):
		        if committed.is_set():
		            client.shutdown(socket.SHUT_RDWR)
		            return
		        client.sendall(data)
		threading.Thread(target=back, daemon=True).start()
		while data := client.recv(65536):
		    if b"\x03COMMIT" in data:
		        committed.set()
		    server.sendall(data)
	END
	for mode in append upsert; do
		rm -f port
		python3 cutter.py "$MAM_TEST_MYSQL_SOCKET" >port 3>&- &
		until [ -s port ]; do sleep 0.05; done
		run load-mysql --to "mysql://mam@127.0.0.1:$(cat port)/$database" --table t --mode $mode --key id <in.mam
		[ $mode = append ] && wanted=69 || wanted=75
		[ "$status" = "$wanted" ] || { echo "$mode: $status $output"; return 1; }
		[[ $output == *'COMMIT was sent and the connection was lost before its answer'* ]]
		[ "$(sql 'SELECT count(*) FROM t')" = 1 ]
	done
}

@test "a socket that cannot be made is 75" {
	command -v strace >/dev/null || skip 'no strace here'
	strace -o /dev/null true 2>/dev/null || skip 'strace may not trace here'
	printf 'schema\tid:int\n' | spell >in.mam
	run -75 strace -f -qq -o calls -e inject=socket:error=EMFILE load-mysql --to "${url/localhost/127.0.0.1}" --table t <in.mam
	[[ $output == *"cannot connect: "* ]]
}

# Sets words to the options of a mode.
mode_words() { # MODE
	words=(--mode "$1")
	[ "$1" != upsert ] || words+=(--key id)
	[ "$1" != delete-insert ] || words+=(--window id)
}

@test "DEFAULTs, triggers and generated columns see the clock of the session, and a TIMESTAMP stays exact" {
	for zone in +09:00 -12:00 SYSTEM; do
		printf '[client]\ninit-command="SET time_zone = '"'%s'"'"\n' $zone >my.cnf
		for mode in append upsert truncate-insert delete-insert; do
			mode_words "$mode"
			for way in $ways; do
				sql "CREATE OR REPLACE TABLE t (id int PRIMARY KEY, at timestamp(6) NULL, day date, loaded datetime DEFAULT CURRENT_TIMESTAMP);
					CREATE TRIGGER day BEFORE INSERT ON t FOR EACH ROW SET NEW.day = date(NEW.at)"
				stream 'schema id:int at:timestamp' 'row 1 2026-11-01T20:00:00.25Z' 'row 2 1970-01-01T00:00:01Z' 'row 3 2038-01-19T03:14:07Z' \
					'row 4 2026-03-29T01:30:00Z' 'row 5 2026-10-25T01:30:00Z' >in.mam
				load-mysql --to "$url?$way&defaults-file=$PWD/my.cnf" --table t "${words[@]}" <in.mam
				got=$(sql "SELECT at FROM t ORDER BY id")
				[ "$got" = "2026-11-01 20:00:00.250000
1970-01-01 00:00:01.000000
2038-01-19 03:14:07.000000
2026-03-29 01:30:00.000000
2026-10-25 01:30:00.000000" ]
				sql "SET time_zone = '$zone'; INSERT INTO t (id, at) SELECT 10, at FROM t WHERE id = 1"
				[ "$(sql "SELECT count(DISTINCT day) FROM t WHERE id IN (1, 10)")" = 1 ]
				[ "$(sql "SELECT abs(timestampdiff(SECOND, min(loaded), max(loaded))) < 60 FROM t")" = 1 ]
			done
		done
	done
}

@test "a table with the name of a temporary one of ours is loaded or refused, never passed over" {
	for table in mam_stage mam_window_0; do
		for mode in upsert delete-insert; do
			mode_words "$mode"
			sql "CREATE OR REPLACE TABLE $table (id int PRIMARY KEY)"
			stream 'schema id:int' 'row 1' | loads --table $table "${words[@]}"
			[ "$(sql "SELECT id FROM $table")" = 1 ]
		done
	done
	sql 'CREATE TABLE `Mam-etl stage` (id int PRIMARY KEY)'
	run -69 bash -c "printf 'schema\tid:int\nrow\t1\n' | spell | load-mysql --to '$url' --table 'Mam-etl stage' --mode upsert --key id"
	[[ $output == *'names that begin with "mam-etl " belong to the temporary tables'* ]]
}

@test "a time limit of the server does not count the pauses of the source" {
	[[ $(sql 'SELECT version()') == *MariaDB* ]] || skip 'MariaDB only'
	sql 'CREATE TABLE t (id int PRIMARY KEY)'
	printf '[client]\ninit-command="SET max_statement_time = 1, idle_transaction_timeout = 1"\n' >my.cnf
	for way in $ways; do
		for mode in append upsert; do
			mode_words "$mode"
			sql 'DELETE FROM t'
			{ echo '{"id":1}'; sleep 2.5; echo '{"id":2}'; } | from-json | normalize id:int |
				load-mysql --to "$url?$way&defaults-file=$PWD/my.cnf" --table t "${words[@]}"
			[ "$(sql 'SELECT count(*) FROM t')" = 2 ]
		done
	done
}

@test "a dead network is noticed: keepalives, and a limit for data that nobody takes" {
	command -v strace >/dev/null || skip 'no strace here'
	strace -o /dev/null true 2>/dev/null || skip 'strace may not trace here'
	sql 'CREATE TABLE t (id int)'
	stream 'schema id:int' 'row 1' >in.mam
	strace -f -qq -o calls -e trace=setsockopt load-mysql --to "${url/localhost/127.0.0.1}" --table t --lock-timeout 10s <in.mam
	grep -q 'TCP_KEEPIDLE, \[60\]' calls
	grep -q 'TCP_KEEPINTVL, \[10\]' calls
	grep -q 'TCP_KEEPCNT, \[6\]' calls
	grep -q 'TCP_USER_TIMEOUT, \[130000\]' calls
	strace -f -qq -o calls -e trace=setsockopt load-mysql --to "${url/localhost/127.0.0.1}?network-timeout=60" --table t --lock-timeout 10s <in.mam
	grep -q 'TCP_KEEPIDLE, \[30\]' calls
	grep -q 'TCP_KEEPINTVL, \[5\]' calls
	grep -q 'TCP_USER_TIMEOUT, \[70000\]' calls
}

# A server counts and logs each connection that ends without a farewell.
@test "a load that succeeds ends its connection in order" {
	aborted() {
		sql "SHOW GLOBAL STATUS LIKE 'Aborted_clients'"
	}
	sql 'CREATE TABLE t (id int)'
	before=$(aborted)
	for _ in 1 2 3; do
		stream 'schema id:int' 'row 1' | loads --table t
	done
	until [ "$(sql "SELECT count(*) FROM information_schema.PROCESSLIST WHERE DB = '$database'")" = 1 ]; do sleep 0.05; done
	[ "$(aborted)" = "$before" ]
}

# A window that the server does not open counts, though its kernel answers probes.
@test "a server that takes no data for longer than network-timeout ends the load: 75, and nothing is loaded" {
	sql 'CREATE TABLE t (id int, pad text); CREATE TRIGGER nap BEFORE INSERT ON t FOR EACH ROW SET @nap = IF(NEW.id = 1, SLEEP(8), 0)'
	# More than the buffers of both kernels hold.
	seq 1 30000 | awk 'BEGIN { print "schema\tid:int\tpad:text" } { printf "row\t%d\t%01000d\n", $1, $1 }' | spell >in.mam
	run -75 load-mysql --to "$url?network-timeout=1" --table t --lock-timeout 1s <in.mam
	[[ $output == *'(error 20'* ]]
	until [ "$(sql "SELECT count(*) FROM information_schema.PROCESSLIST WHERE DB = '$database'")" = 1 ]; do sleep 0.1; done
	[ "$(sql 'SELECT count(*) FROM t')" = 0 ]
	load-mysql --to "$url?network-timeout=100" --table t --lock-timeout 1s <in.mam
	[ "$(sql 'SELECT count(*) FROM t')" = 30000 ]
}

@test "a surrogate in UTF-8 is refused by both ways" {
	sql 'CREATE TABLE t (a text)'
	printf 'schema\ta:text\nraw\t91a3eda080\n' | spell >bad.mam
	for way in $ways; do
		run -65 load-mysql --to "$url?$way" --table t <bad.mam
	done
	[ "$(sql 'SELECT count(*) FROM t')" = 0 ]
}

@test "a URL that is none is 64" {
	for bad in host/db postgresql://x/y 'mysql://h:99999/d' 'mysql://h:x/d' 'mysql://[::1/d' 'mysql://[::1]x/d' 'mysql://h/d?nonsense=1' 'mysql://%zz/d' 'mysql://h/d?local-infile=2'; do
		run -64 bash -c "printf 'schema\tid:int\n' | spell | load-mysql --table t --to '$bad'"
		[[ $output == "load-mysql: --to"* ]] || { echo "$bad: $output"; return 1; }
	done
	run -64 bash -c "printf 'schema\tid:int\n' | spell | load-mysql --table t"
	[[ $output == *"--to is missing"* ]]
}

@test "my.cnf gives what --to leaves out, the password too" {
	sql "DROP USER IF EXISTS lm_cnf@localhost; CREATE USER lm_cnf@localhost IDENTIFIED BY 'from my.cnf'; GRANT ALL ON $database.* TO lm_cnf@localhost;
		CREATE TABLE t (u varchar(99) DEFAULT (CURRENT_USER()), id int)"
	printf '[client]\nuser=nobody_at_all\nsocket=%s\n[mam-etl]\nuser=lm_cnf\npassword="from my.cnf"\ndatabase=%s\n' \
		"$MAM_TEST_MYSQL_SOCKET" "$database" >.my.cnf
	stream 'schema id:int' 'row 1' | HOME=$PWD load-mysql --to mysql:// --table t
	stream 'schema id:int' 'row 2' | load-mysql --to "mysql:///?defaults-file=$PWD/.my.cnf" --table t
	sql "DROP USER lm_cnf@localhost"
	[ "$(sql 'SELECT group_concat(u, id) FROM t')" = lm_cnf@localhost1,lm_cnf@localhost2 ]
}

@test "what my.cnf and the server set cannot loosen the session" {
	sql "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, c varchar(9) character set latin1, at timestamp NULL)"
	printf '[mam-etl]\nreconnect=1\ndefault-character-set=latin1\ninit-command="SET sql_mode=\\"NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH\\", time_zone=\\"+09:00\\", autocommit=1, sql_notes=0, max_error_count=0, foreign_key_checks=0"\n' >my.cnf
	stream 'schema id:int c:text at:timestamp' 'row 0 é\\\n 2026-11-25T00:00:00Z' |
		load-mysql --to "$url?defaults-file=$PWD/my.cnf" --table t
	[ "$(sql 'SELECT id, HEX(c), at FROM t')" = $'0\tE95C0A\t2026-11-25 00:00:00' ]
	run -65 bash -c "printf 'schema\tc:text\nrow\tx\nrow\t日\n' | spell | load-mysql --to '$url?defaults-file=$PWD/my.cnf' --table t"
	[[ $output == *"Incorrect string value"* ]]
	[ "$(sql 'SELECT count(*) FROM t')" = 1 ]
}

@test "the fields must be columns, and columns that must be given be fields" {
	sql "CREATE TABLE t (id int, must int NOT NULL)"
	run -65 bash -c "printf 'schema\tid:int\tno:int\nrow\t1\t1\n' | spell | load-mysql --to '$url' --table t"
	[[ $output == *'field "no": table "t" has no such column (it has id, must)'* ]]
	run -65 bash -c "printf 'schema\tid:int\nrow\t1\n' | spell | load-mysql --to '$url' --table t"
	[[ $output == *'column "must" of table "t" is NOT NULL without a default'* ]]
}

@test "a table that no transaction holds, and a view, are 69" {
	sql "CREATE TABLE m (id int) ENGINE=MyISAM; CREATE TABLE i (id int); CREATE VIEW w AS SELECT * FROM i"
	run -69 bash -c "printf 'schema\tid:int\nrow\t1\n' | spell | load-mysql --to '$url' --table m"
	[[ $output == *"has the engine MyISAM, which has no transactions"* ]]
	run -69 bash -c "printf 'schema\tid:int\nrow\t1\n' | spell | load-mysql --to '$url' --table w"
	[[ $output == *"is a view"* ]]
}

@test "a stream that is cut or aborted loads nothing and keeps its status" {
	sql "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"
	for way in $ways; do
		for mode in append 'upsert --key id' truncate-insert 'delete-insert --window id'; do
			run -76 bash -c "(printf 'schema\tid:int\n'; seq -f 'row%g' 2 30000 | sed 's/row/row\t/'; echo cut) | spell | load-mysql --to '$url?$way' --table t --mode $mode"
			[[ $output == *"without its end mark"* ]]
			run -69 bash -c "printf 'schema\tid:int\nrow\t2\nfail\t69\tno report\n' | spell | load-mysql --to '$url?$way' --table t --mode $mode"
			[[ ${lines[-1]} == *"no report"* ]]
		done
	done
	[ "$(sql 'SELECT id FROM t')" = 1 ]
}

@test "two loads of one table: the second waits, or gives up with 75" {
	sql "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"
	{ printf 'schema\tid:int\nrow\t2\nsleep\t3\n' | spell | loads --table t --mode truncate-insert; echo $? >first; } &
	while [ "$(sql "SELECT count(*) FROM information_schema.PROCESSLIST WHERE DB = '$database' AND INFO LIKE '%LOAD DATA%' AND ID <> CONNECTION_ID()")" = 0 ]; do sleep 0.05; done
	run -75 bash -c "printf 'schema\tid:int\nrow\t3\n' | spell | load-mysql --to '$url' --table t --mode truncate-insert --lock-timeout 1s"
	[[ $output == *"another load has kept the table"* ]]
	run -75 bash -c "printf 'schema\tid:int\nrow\t1\n' | spell | load-mysql --to '$url' --table t --mode append --lock-timeout 1s"
	[[ $output == *"Lock wait timeout"*'--lock-timeout is how long to wait' ]]
	wait
	[ "$(cat first)" = 0 ]
	[ "$(sql 'SELECT id FROM t')" = 2 ]
}

@test "a table that is altered between the schema and the first record is 75: it would round now" {
	for mode in append upsert; do
		sql "DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, f double)"
		printf 'schema\tid:int\tf:float\nrow\t1\t0.1234567890123\n' | spell >in.mam
		rm -f slow
		mkfifo slow
		loads --table t --mode $mode --key id <slow 2>said 3>&- &
		loader=$!
		exec 4>slow
		# The header and the schema: all before the record, an array of 2.
		at=$(LC_ALL=C grep -obUaP '\x92\x01\xcb' in.mam | head -n 1)
		head -c "${at%%:*}" in.mam >&4
		# It waits for the record, and not for the server, when that is so for a while.
		for _ in 1 2 3 4 5; do
			until grep -q '^State:.S' /proc/$loader/status &&
				[ "$(sql "SELECT count(*) FROM information_schema.PROCESSLIST WHERE DB = '$database' AND COMMAND = 'Sleep'")" = 1 ]; do sleep 0.05; done
			sleep 0.1
		done
		sql "ALTER TABLE t MODIFY f float"
		tail -c +$((${at%%:*} + 1)) in.mam >&4
		exec 4>&-
		status=0
		wait $loader || status=$?
		cat said
		[ $status = 75 ]
		[[ $(cat said) == *'table "t" was altered while the load began' ]]
		[ "$(sql 'SELECT count(*) FROM t')" = 0 ]
	done
}

# An authority and a server's certificate of it, and an authority that has nothing to do with them.
make_certificates() { # FOLDER
	(
		cd "$1"
		for name in ca other; do
			openssl req -x509 -newkey rsa:2048 -nodes -keyout $name.key -out $name.pem -days 2 -subj /CN=$name
		done
		openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost
		openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out server.pem
		chmod 644 -- *
	) 2>/dev/null
}

@test "a server of its own: TLS, forbidden files, small packets, primary keys, death in mid-load" {
	folder=$(mktemp -d "${TMPDIR:-/tmp}/mam-lm.XXXXXX")
	chmod 755 "$folder"
	# What the shared server is, this one is too, but for its rules.
	make_certificates "$folder"
	rules=(--local-infile=0 --max-allowed-packet=64K "--ssl-cert=$folder/server.pem" "--ssl-key=$folder/server.key")
	eval "$("$MAM_ROOT/tests/servers/mysql" start "$folder/server" "${rules[@]}")"
	database=mam
	set +e
	(
		set -e
		url=$MAM_TEST_MYSQL
		sql "CREATE TABLE t (id int PRIMARY KEY, a longtext)"
		seq 1 5000 | awk '{ printf "{\"id\":%d,\"a\":\"%0100d\"}\n", $1, $1 }' | from-json | loads --table t
		[ "$(sql 'SELECT count(*), sum(id) FROM t')" = $'5000\t12502500' ]
		sql "CREATE TABLE tls (id int); CREATE USER tls@'%' REQUIRE SSL; GRANT ALL ON mam.* TO tls@'%'"
		tls=${url/mam@/tls@}
		run -77 bash -c "printf 'schema\tid:int\nrow\t1\n' | spell | load-mysql --to '$tls' --table tls"
		run -78 bash -c "printf 'schema\tid:int\nrow\t1\n' | spell | load-mysql --to '$tls?ssl-ca=$folder/other.pem' --table tls"
		stream 'schema id:int' 'row 7' | load-mysql --to "$tls?ssl-ca=$folder/ca.pem" --table tls
		[ "$(sql 'SELECT id FROM tls')" = 7 ]
		# A server that demands a primary key takes every mode.
		sql "CREATE TABLE keyed (id int PRIMARY KEY, v int)"
		! sql "SET GLOBAL innodb_force_primary_key = 1" 2>/dev/null || {
			for mode in append upsert delete-insert truncate-insert; do
				mode_words "$mode"
				stream 'schema id:int v:int' 'row 1 2' | load-mysql --to "$url" --table keyed "${words[@]}"
			done
			[ "$(sql 'SELECT id, v FROM keyed')" = $'1\t2' ]
			sql "SET GLOBAL innodb_force_primary_key = 0"
		}
		head -c 100000 /dev/zero | tr '\0' x | jq -Rc '{id: 0, a: .}' | from-json >large.mam
		run -65 load-mysql --to "$url" --table t <large.mam
		[[ $output == *"record 1: it has 1000"*"max_allowed_packet is 65536"* ]]
		for way in insert load; do
			[ $way = insert ] || sql "SET GLOBAL local_infile = 1"
			mkfifo "pipe.$way"
			load-mysql --to "$url" --table t --mode truncate-insert <"pipe.$way" >"log.$way" 2>&1 &
			loader=$!
			{
				printf 'schema\tid:int\n'
				seq 1 20000 | sed 's/^/row\t/'
				printf 'sleep\t1\n'
				seq 20001 40000 | sed 's/^/row\t/'
				printf 'sleep\t2\n'
				seq 40001 90000 | sed 's/^/row\t/'
			} | spell >"pipe.$way" &
			sleep 2
			"$MAM_ROOT/tests/servers/mysql" stop "$folder/server"
			status=0
			wait $loader || status=$?
			[ "$status" = 75 ] || { echo "$way: status $status"; cat "log.$way"; exit 1; }
			"$MAM_ROOT/tests/servers/mysql" start "$folder/server" "${rules[@]}" >/dev/null
			[ "$(sql 'SELECT count(*), sum(id) FROM t')" = $'5000\t12502500' ]
		done
	)
	result=$?
	"$MAM_ROOT/tests/servers/mysql" stop "$folder/server"
	rm -rf "$folder"
	database=
	[ "$result" = 0 ]
}
