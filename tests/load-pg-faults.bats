# SPDX-License-Identifier: MIT
# load-pg: logins, secrets, locks, permissions, streams that are cut, a server that goes away.
# Dollars in single quotes are SQL's; a test that sets MAM_TEST_PG means itself alone.
# shellcheck disable=SC2016,SC2030,SC2031

load helper
load pg

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

copying() {
	until_true "SELECT count(*) = 1 FROM pg_stat_activity
		WHERE application_name = 'mam-etl load-pg' AND query LIKE 'COPY%' AND state = 'active'"
}

# Who, where, and what goes wrong there.

@test "a literal password is 64 and not repeated, in every spelling" {
	rows '1|2026-11-20|a' | spell >in.mam
	for to in postgresql://mam:Geheim7@h/d 'postgresql://h/d?password=Geheim7' 'host=h password=Geheim7' \
		'postgresql://h/d?p%61ssword=Geheim7'; do
		run -64 load-pg --to "$to" --table t <in.mam
		[[ $output == *'--to holds a password'* ]]
		[[ $output != *Geheim7* ]]
	done
	for to in 'postgresql://h/d?sslpassword=Geheim7' 'host=h sslpassword=Geheim7' 'host=h sslpassword Geheim7' 'postgresql://h/d?sslp%61ssword=Geheim7'; do
		run -64 load-pg --to "$to" --table t <in.mam
		[[ $output == *'--to holds sslpassword, which every user of the machine can see: '*'service=NAME' ]]
		[[ $output != *Geheim7* ]]
	done
	run -64 load-pg --to "$MAM_TEST_PG" --password Geheim7 --table t <in.mam
	[[ $output != *Geheim7* ]]
}

@test "a malformed --to is 64" {
	rows '1|2026-11-20|a' | spell >in.mam
	for to in '' mysql://h/d dbname 'postgresql://h:x:y/d' 'nothing=x'; do
		run -64 load-pg --to "$to" --table t <in.mam
		[[ $output == *"--to"* ]]
	done
	run -64 load-pg --to "$MAM_TEST_PG" <in.mam
	[[ $output == *'--table is missing'* ]]
}

@test "logins: no password 77, a wrong one 77, no such role 77, no such database 69" {
	rows '1|2026-11-20|a' | spell >in.mam
	at=127.0.0.1:$MAM_TEST_PG_PORT
	run -77 load-pg --to "postgresql://locked@$at/postgres" --table t <in.mam
	[[ $output == *'cannot connect: '*'no password supplied; name it with --password env:NAME or file:PATH, or put it into ~/.pgpass' ]]
	WRONG=no run -77 load-pg --to "postgresql://locked@$at/postgres" --password env:WRONG --table t <in.mam
	[[ $output == *'password authentication failed for user "locked" (SQLSTATE 28P01)' ]]
	run -77 load-pg --to "postgresql://nobody_here@$at/postgres" --table t <in.mam
	[[ $output == *'role "nobody_here" does not exist (SQLSTATE 28000)' ]]
	run -69 load-pg --to "postgresql://mam@$at/no_database" --table t <in.mam
	[[ $output == *'database "no_database" does not exist (SQLSTATE 3D000)' ]]
}

@test "the password by file, by environment, by .pgpass and by a service" {
	sql 'GRANT CREATE ON SCHEMA public TO locked'
	rows '1|2026-11-20|a' | spell >in.mam
	printf 'let me in\n' >secret
	url=postgresql://locked@127.0.0.1:$MAM_TEST_PG_PORT/postgres
	load-pg --to "$url" --password file:secret --table by_secret --create <in.mam
	PGPASSWORD='let me in' load-pg --to "$url" --table by_secret <in.mam
	echo "127.0.0.1:$MAM_TEST_PG_PORT:postgres:locked:let me in" >pgpass
	chmod 600 pgpass
	PGPASSFILE=pgpass load-pg --to "$url" --table by_secret <in.mam
	printf '[ads]\nhost=127.0.0.1\nport=%s\nuser=mam\ndbname=postgres\n' "$MAM_TEST_PG_PORT" >services
	PGSERVICEFILE=services load-pg --to service=ads --table by_secret <in.mam
	PGHOST=127.0.0.1 PGPORT=$MAM_TEST_PG_PORT PGUSER=mam PGDATABASE=postgres load-pg --table by_secret <in.mam
	[ "$(sql 'SELECT count(*) FROM by_secret')" = 5 ]
	PGSERVICEFILE=services run -78 load-pg --to service=none --table by_secret <in.mam
	[[ $output == *'definition of service "none" not found' ]]
}

@test "a secret that cannot be read is 78, or 77 where it may not be" {
	rows '1|2026-11-20|a' | spell >in.mam
	run -78 load-pg --to "$MAM_TEST_PG" --password env:NOT_THERE --table t <in.mam
	[[ $output == *NOT_THERE* ]]
	run -78 load-pg --to "$MAM_TEST_PG" --password file:nowhere --table t <in.mam
	[[ $output == *nowhere* ]]
	[ "$(id -u)" != 0 ] || return 0
	echo x >closed
	chmod 000 closed
	run -77 load-pg --to "$MAM_TEST_PG" --password file:closed --table t <in.mam
}

@test "nobody listens, or no such host: 75" {
	rows '1|2026-11-20|a' | spell >in.mam
	run -75 load-pg --to postgresql://mam@127.0.0.1:1/postgres --table t <in.mam
	[[ $output == 'load-pg: cannot connect: '*'Connection refused'* ]]
	run -75 load-pg --to postgresql://mam@nowhere.invalid/postgres --table t <in.mam
	[[ $output == 'load-pg: cannot connect: '*'nowhere.invalid'* ]]
	# Of several hosts the first that answers is taken.
	load-pg --to "postgresql://mam@127.0.0.1:1,127.0.0.1:$MAM_TEST_PG_PORT/postgres" --table by_host --create <in.mam
	[ "$(sql 'SELECT count(*) FROM by_host')" = 1 ]
}

@test "without --to and PGHOST the message names both" {
	rows '1|2026-11-20|a' | spell >in.mam
	run -75 env -u PGHOST PGPORT=1 load-pg --table t <in.mam
	[[ $output == *'cannot connect: '*'; --to or PGHOST specifies the database' ]]
	PGHOST=127.0.0.1 PGPORT=1 run -75 load-pg --table t <in.mam
	[[ $output != *--to* ]]
}

# The config of a PgBouncer in front of the server; PORT is its own.
pooler_config() { # PORT
	cat <<-END
		[databases]
		postgres = host=127.0.0.1 port=$MAM_TEST_PG_PORT
		missing = host=127.0.0.1 port=$MAM_TEST_PG_PORT dbname=no_database
		[pgbouncer]
		listen_addr = 127.0.0.1
		listen_port = $1
		unix_socket_dir =
		auth_type = scram-sha-256
		auth_file = users
		pool_mode = transaction
		logfile = log
	END
}

@test "through PgBouncer: a wrong password and no such user 77, no such database 69, a good load 0" {
	pgbouncer=$(PATH=$PATH:/usr/sbin command -v pgbouncer) || skip 'no pgbouncer here'
	as=()
	[ "$(id -u)" != 0 ] || as=(setpriv --reuid nobody --clear-groups)
	mkdir "$SERVER/pool"
	chmod 777 "$SERVER/pool"
	cd "$SERVER/pool" || return 1
	printf '"locked" "let me in"\n"mam" "mam"\n' >users
	local port
	for _ in 1 2 3 4 5; do
		port=$((15000 + RANDOM % 4000))
		pooler_config "$port" >config
		"${as[@]}" "$pgbouncer" config >/dev/null 2>&1 3>&- &
		pooler=$!
		for _ in {1..40}; do
			! grep -q 'process up' log 2>/dev/null || break 2
			kill -0 "$pooler" 2>/dev/null || break
			sleep 0.05
		done
	done
	rows '1|2026-11-20|a' | spell >in.mam
	export GOOD='let me in' WRONG=no MINE=mam
	at=127.0.0.1:$port
	pool() { # USER DATABASE NAME-OF-PASSWORD
		load-pg --to "postgresql://$1@$at/$2" --password "env:$3" --table pooled --create <in.mam
	}
	sql 'GRANT CREATE ON SCHEMA public TO locked'
	run pool locked postgres GOOD
	good=$status
	run pool locked postgres WRONG
	wrong=$status
	run pool nobody_here postgres WRONG
	unknown=$status
	run pool locked nowhere GOOD
	no_database=$status
	run pool mam missing MINE
	missing=$status
	kill "$pooler"
	[ "$good $wrong $unknown $no_database $missing" = '0 77 77 69 69' ]
	[ "$(sql 'SELECT count(*) FROM pooled')" = 1 ]
}

# A dead network.

@test "the server looks for a client that is gone, unless the owner has said how" {
	sql "CREATE TABLE alive (id int PRIMARY KEY, idle text DEFAULT current_setting('tcp_keepalives_idle'),
		step text DEFAULT current_setting('tcp_keepalives_interval'), n text DEFAULT current_setting('tcp_keepalives_count'),
		waits text DEFAULT current_setting('tcp_user_timeout')); CREATE ROLE patient LOGIN; ALTER ROLE patient SET tcp_keepalives_idle = 300;
		GRANT ALL ON alive TO patient"
	printf 'schema\tid:int\nrow\t1\n' | spell >in.mam
	for mode in append upsert; do
		into alive --mode "$mode" --key id <in.mam
		[ "$(sql 'SELECT * FROM alive')" = '1|60|10|6|120000' ]
		sql 'TRUNCATE alive'
	done
	load-pg --to "${MAM_TEST_PG/mam@/patient@}?options=-c%20tcp_user_timeout%3D7000" --table alive <in.mam
	[ "$(sql 'SELECT * FROM alive')" = '1|300|10|6|7000' ]
}

@test "the client looks for a server that is gone, unless --to has said how" {
	command -v strace >/dev/null || skip 'no strace here'
	strace -o /dev/null true 2>/dev/null || skip 'strace may not trace here'
	sql 'CREATE TABLE watched (id int)'
	printf 'schema\tid:int\nrow\t1\n' | spell >in.mam
	strace -qq -o calls -e trace=setsockopt load-pg --to "$MAM_TEST_PG" --table watched --lock-timeout 10s <in.mam
	grep -q 'TCP_USER_TIMEOUT, \[130000\]' calls
	grep -q 'TCP_KEEPIDLE, \[60\]' calls
	strace -qq -o calls -e trace=setsockopt load-pg --to "$MAM_TEST_PG?tcp_user_timeout=9000&keepalives_idle=30" --table watched <in.mam
	grep -q 'TCP_USER_TIMEOUT, \[9000\]' calls
	grep -q 'TCP_KEEPIDLE, \[30\]' calls
	run ! grep -qE '[1-4][0-9]{5}' calls
}

# A window that the server does not open counts, though its kernel answers probes.
@test "a server that takes no data for longer than tcp_user_timeout ends the load: 75, and nothing is loaded" {
	sql 'CREATE TABLE napping (id int, pad text)'
	sql "CREATE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.id = 1 THEN PERFORM pg_sleep(8); END IF; RETURN NEW; END'"
	sql 'CREATE TRIGGER nap BEFORE INSERT ON napping FOR EACH ROW EXECUTE FUNCTION nap()'
	# More than the buffers of both kernels hold.
	seq 1 30000 | awk 'BEGIN { print "schema\tid:int\tpad:text" } { printf "row\t%d\t%01000d\n", $1, $1 }' | spell >in.mam
	run -75 load-pg --to "$MAM_TEST_PG?tcp_user_timeout=1000" --table napping <in.mam
	[[ $output == *'the connection to the server was lost, nothing was loaded: '* ]]
	[ "$(sql 'SELECT count(*) FROM napping')" = 0 ]
	load-pg --to "$MAM_TEST_PG?tcp_user_timeout=100000" --table napping <in.mam
	[ "$(sql 'SELECT count(*) FROM napping')" = 30000 ]
	sql 'DROP TABLE napping; DROP FUNCTION nap'
}

@test "a host that never answers is 75 after connect_timeout" {
	rows '1|2026-11-20|a' | spell >in.mam
	python3 -c 'import socket,sys,time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(5)
print(s.getsockname()[1], flush=True); time.sleep(30)' >port &
	while [ ! -s port ]; do sleep 0.05; done
	run -75 load-pg --to "postgresql://mam@127.0.0.1:$(cat port)/postgres?connect_timeout=1" --table t <in.mam
	kill $!
	[[ $output == *'no answer from 127.0.0.1 port'*'within 1 seconds (connect_timeout)' ]]
}

@test "no permission on the table is 77" {
	sql 'CREATE ROLE guest LOGIN; CREATE TABLE private (id int, day date, name text)'
	rows '1|2026-11-20|a' | spell >in.mam
	run -77 load-pg --to "${MAM_TEST_PG/mam@/guest@}" --table private <in.mam
	[[ $output == *'permission denied for table private (SQLSTATE 42501)' ]]
	# One that may insert and nothing else can append.
	sql 'GRANT INSERT ON private TO guest'
	load-pg --to "${MAM_TEST_PG/mam@/guest@}" --table private <in.mam
	[ "$(sql 'SELECT count(*) FROM private')" = 1 ]
}

@test "a read-only server is 75, as in load-mysql: a failover makes it writable" {
	sql 'CREATE TABLE standby (id int, day date, name text)'
	rows '1|2026-11-20|a' | spell >in.mam
	run -75 load-pg --to "$MAM_TEST_PG?options=-c%20default_transaction_read_only%3Don" --table standby <in.mam
	[[ $output == *'read-only transaction (SQLSTATE 25006)' ]]
	run -75 load-pg --to "$MAM_TEST_PG?options=-c%20default_transaction_read_only%3Don&target_session_attrs=read-write" --table standby <in.mam
	[[ $output == *'session is read-only' ]]
}

@test "a table that is locked is 75 after --lock-timeout" {
	sql 'CREATE TABLE locked_up (id int PRIMARY KEY, day date, name text)'
	rows '1|2026-11-20|a' | spell >in.mam
	psql -XAtq "$MAM_TEST_PG" -c 'BEGIN; LOCK TABLE locked_up' -c 'SELECT pg_sleep(20)' >/dev/null 2>&1 &
	holder=$!
	until_true "SELECT count(*) = 1 FROM pg_locks WHERE relation = 'locked_up'::regclass AND granted"
	run -75 into locked_up --lock-timeout 200ms <in.mam
	[[ $output == *'canceling statement due to lock timeout (SQLSTATE 55P03)' ]]
	kill "$holder"
}

@test "a stream that is cut is 76, one that was aborted hands its status on; the table is unchanged" {
	sql 'CREATE TABLE unsealed (id int PRIMARY KEY, day date, name text)'
	sql "INSERT INTO unsealed VALUES (1, '2026-01-01', 'old')"
	for mode in append upsert truncate-insert 'delete-insert --window day'; do
		{ rows '1|2026-11-20|a' '2|2026-11-20|b'; echo cut; } | spell >in.mam
		# shellcheck disable=SC2086 # a mode with its option
		run -76 into unsealed --mode $mode --key id <in.mam
		[[ $output == *'load-pg: '* ]]
		{ rows '2|2026-11-20|b'; printf 'fail\t77\tno token\n'; } >in.txt
		run -77 bash -c 'spell <in.txt 2>/dev/null | load-pg --to "$MAM_TEST_PG" --table unsealed --key id --mode '"$mode"
		[[ $output == *'no token'* ]]
	done
	[ "$(sql 'SELECT * FROM unsealed')" = '1|2026-01-01|old' ]
}

@test "the server is stopped in mid-load: 75 at once, nothing loaded" {
	sql 'CREATE TABLE stopped (id int, day date, name text)'
	mkfifo text
	spell --repeat 20000 <text | into stopped 2>said &
	load=$!
	exec 9>text
	rows '1|2026-11-20|a' >&9
	# The stream goes on until the load has ended.
	(while kill -0 $load 2>/dev/null; do printf 'row\t2\t2026-11-20\tb\n'; sleep 0.02; done >&9 2>/dev/null) &
	exec 9>&-
	copying
	"$MAM_ROOT/tests/servers/postgres" restart "$SERVER" >/dev/null
	status=0
	wait $load || status=$?
	cat said
	[ $status = 75 ]
	grep -q 'load-pg: ' said
	[ "$(sql 'SELECT count(*) FROM stopped')" = 0 ]
}

@test "the backend is terminated, or the statement canceled, in mid-load: 75, nothing loaded" {
	sql 'CREATE TABLE canceled (id int, day date, name text)'
	for function in pg_terminate_backend pg_cancel_backend; do
		mkfifo "text.$function"
		spell --repeat 20000 <"text.$function" | into canceled 2>said &
		load=$!
		exec 9>"text.$function"
		rows '1|2026-11-20|a' >&9
		(while kill -0 $load 2>/dev/null; do printf 'row\t2\t2026-11-20\tb\n'; sleep 0.02; done >&9 2>/dev/null) &
		exec 9>&-
		copying
		sql "SELECT $function(pid) FROM pg_stat_activity WHERE application_name = 'mam-etl load-pg'"
		status=0
		wait $load || status=$?
		cat said
		[ $status = 75 ]
		grep -q 'SQLSTATE 57' said
	done
	[ "$(sql 'SELECT count(*) FROM canceled')" = 0 ]
}

@test "the backend is terminated while the rows go from the stage into the table: 75, nothing loaded" {
	sql 'CREATE TABLE publishing (id int PRIMARY KEY, day date, name text);
		CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $f$;
		CREATE TRIGGER doze AFTER INSERT ON publishing FOR EACH STATEMENT EXECUTE FUNCTION doze()'
	rows '1|2026-11-20|a' | spell >in.mam
	into publishing --mode upsert --key id <in.mam 2>said &
	load=$!
	until_true "SELECT count(*) = 1 FROM pg_stat_activity
		WHERE application_name = 'mam-etl load-pg' AND query LIKE 'INSERT%' AND wait_event = 'PgSleep'"
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mam-etl load-pg'"
	status=0
	wait $load || status=$?
	cat said
	[ $status = 75 ]
	grep -q 'lost, nothing was loaded: .*terminating connection due to administrator command' said
	[ "$(sql 'SELECT count(*) FROM publishing')" = 0 ]
}

@test "load-pg is killed in mid-load: nothing loaded, the next run loads" {
	sql 'CREATE TABLE killed (id int PRIMARY KEY, day date, name text)'
	for mode in append upsert truncate-insert; do
		mkfifo "text.$mode"
		# No function: the process to kill is the program itself.
		spell <"text.$mode" | load-pg --to "$MAM_TEST_PG" --table killed --mode "$mode" --key id &
		load=$!
		exec 9>"text.$mode"
		{ rows '1|2026-11-20|a'; printf 'sleep\t0\n'; } >&9
		copying
		kill -KILL $load
		exec 9>&-
		status=0
		wait $load || status=$?
		[ $status = 137 ]
		[ "$(sql 'SELECT count(*) FROM killed')" = 0 ]
	done
	rows '1|2026-11-20|a' | spell | into killed --mode upsert --key id
	[ "$(sql 'SELECT count(*) FROM killed')" = 1 ]
}

@test "killed at random moments: all rows or none, whatever the mode" {
	sql 'CREATE TABLE random (id int PRIMARY KEY, day date, name text); INSERT INTO random VALUES (0)'
	awk 'BEGIN { print "schema\tid:int\tday:date\tname:text"; for (i = 1; i <= 20000; i++) print "row\t" i "\t2026-11-20\tx" }' |
		spell >in.mam
	local mode killed=0
	for _ in {1..10}; do
		for mode in upsert truncate-insert; do
			load-pg --to "$MAM_TEST_PG" --table random --mode $mode --key id <in.mam &
			sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
			kill -KILL $! 2>/dev/null || true
			status=0
			wait $! || status=$?
			[ "$status" = 0 ] || killed=$((killed + 1))
			count=$(sql 'SELECT count(*) FROM random')
			echo "$mode: status $status, $count rows"
			# A kill behind the commit has the rows and no status; without the status there may be none.
			[[ $count =~ ^(1|20000|20001)$ ]]
			[ "$status" != 0 ] || [ "$count" != 1 ]
			sql 'TRUNCATE random; INSERT INTO random VALUES (0)'
		done
	done
	[ "$killed" -gt 0 ]
	into random --mode truncate-insert <in.mam
	[ "$(sql 'SELECT count(*) FROM random')" = 20000 ]
}

# A proxy that lets COMMIT through to the server and its answer not back.
commit_cutter() {
	python3 - "$MAM_TEST_PG_PORT" <<-'END'
		import socket, sys, threading
		listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen(1)
		print(listener.getsockname()[1], flush=True)
		client, _ = listener.accept()
		server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		committed = threading.Event()
		def back():
		    while data := server.recv(65536):
		        if committed.is_set():
		            client.shutdown(socket.SHUT_RDWR)
		            return
		        client.sendall(data)
		threading.Thread(target=back, daemon=True).start()
		while data := client.recv(65536):
		    if b"COMMIT\0" in data:
		        committed.set()
		    server.sendall(data)
	END
}

@test "the answer to COMMIT is lost: said to be unknown, and how to find out" {
	sql 'CREATE TABLE answered (id int PRIMARY KEY, day date, name text)'
	rows '1|2026-11-20|a' | spell >in.mam
	for mode in append upsert; do
		rm -f port
		commit_cutter >port &
		while [ ! -s port ]; do sleep 0.05; done
		run load-pg --to "postgresql://mam@127.0.0.1:$(cat port)/postgres" --table answered --mode $mode --key id <in.mam
		[ $mode = append ] && wanted=69 || wanted=75
		[ "$status" = "$wanted" ]
		[[ $output == *'the connection was lost before COMMIT was answered: whether the rows were loaded is not known.'* ]]
		[[ $output =~ txid_status\(([0-9]+)\) ]]
		[ "$(sql "SELECT txid_status(${BASH_REMATCH[1]})")" = committed ]
	done
	[ "$(sql 'SELECT count(*) FROM answered')" = 1 ]
}

@test "a table that is altered while the load begins is not loaded with the old types" {
	sql 'CREATE TABLE altered (id int, day date, name text)'
	rows '1|2026-11-20|a' | spell >in.mam
	psql -XAtq "$MAM_TEST_PG" -c 'BEGIN; ALTER TABLE altered ALTER id TYPE real; SELECT pg_sleep(1); COMMIT' >/dev/null &
	until_true "SELECT count(*) = 1 FROM pg_locks WHERE relation = 'altered'::regclass AND mode = 'AccessExclusiveLock' AND granted"
	run -75 into altered <in.mam
	[[ $output == *'table "altered" was altered while the load began' ]]
	wait
	[ "$(sql 'SELECT count(*) FROM altered')" = 0 ]
}

@test "the session has a name, and a name that was asked for wins" {
	sql 'CREATE TABLE named (id int, day date, name text DEFAULT current_setting($$application_name$$))'
	printf 'schema\tid:int\nrow\t1\n' | spell >in.mam
	into named <in.mam
	load-pg --to "$MAM_TEST_PG?application_name=daily" --table named <in.mam
	[ "$(sql 'SELECT name FROM named')" = $'mam-etl load-pg\ndaily' ]
}

@test "what the server refuses ends with the status of its SQLSTATE" {
	sql 'CREATE TABLE refusing (state text);
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
		$f$ BEGIN RAISE EXCEPTION $$refused$$ USING ERRCODE = NEW.state; END $f$;
		CREATE TRIGGER refuse BEFORE INSERT ON refusing FOR EACH ROW EXECUTE FUNCTION refuse()'
	while read -r wanted states; do
		for state in $states; do
			printf 'schema\tstate:text\nrow\t%s\n' "$state" | spell >in.mam
			run into refusing <in.mam
			[ "$status" = "$wanted" ] || { echo "$state: status $status, not $wanted: $output"; return 1; }
			[[ $output == "load-pg: "*"refused (SQLSTATE $state)" ]]
		done
	done <<-END
		75 08006 25006 40001 40P01 42P07 53100 53200 53300 55006 55P03 57014 57P01 57P03 57P05 58030 25P03 25P04
		77 28000 42501
		65 21000 22003 22021 22P05 23502 23503 23505 23514 27000 44000 54000 P0001 P0002 P0003 P0004
		69 0A000 25001 42P01 42703 3D000 55000 57P04 XX000 99999
		70 42601
	END
}

@test "two loads of the same window, or the same keys, at once: as if one came after the other" {
	# Who inserts takes its time, so that the other one would not see the rows.
	sql 'CREATE TABLE twice (id int PRIMARY KEY, day date, name text); CREATE TABLE window_twice (id int, day date, name text);
		CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $f$;
		CREATE TRIGGER linger BEFORE INSERT ON window_twice FOR EACH STATEMENT EXECUTE FUNCTION linger()'
	for table in twice window_twice; do
		mode='upsert --key id'
		[ $table = twice ] || mode='delete-insert --window day'
		for run in a b; do
			mkfifo "$table.$run"
			# shellcheck disable=SC2086 # a mode with its options
			spell <"$table.$run" | into $table --mode $mode &
		done
		exec 8>"$table.a" 9>"$table.b"
		{ rows '1|2026-11-20|a' '2|2026-11-20|a'; printf 'sleep\t0\n'; } >&8
		{ rows '2|2026-11-20|b' '1|2026-11-20|b'; printf 'sleep\t0\n'; } >&9
		# Both have their rows in the stage before either may publish them.
		until_true "SELECT count(*) = 2 FROM pg_stat_activity
			WHERE application_name = 'mam-etl load-pg' AND query LIKE 'COPY%' AND state = 'active'"
		exec 8>&- 9>&-
		wait
		[ "$(sql "SELECT count(*), count(DISTINCT name) FROM $table")" = '2|1' ]
	done
}

@test "text that is not UTF-8 in a forged stream is refused, not stored" {
	sql 'CREATE TABLE forged (id int, day date, name text)'
	rows '1|2026-11-20|zzzz' | spell | sed 's/zzzz/z\xff\xfez/' >in.mam
	run into forged <in.mam
	[ "$status" != 0 ]
	[ "$(sql 'SELECT count(*) FROM forged')" = 0 ]
}

@test "a hundred thousand rows of text keep the memory small" {
	[ -z "${MAM_SANITIZED:-}" ] || skip 'the sanitizers take memory of their own'
	sql 'CREATE TABLE many (id int, day date, name text)'
	rows "1|2026-11-20|$(printf '%01000d' 7)" | spell --repeat 99999 >many.mam
	for mode in append 'delete-insert --window id'; do
		# shellcheck disable=SC2086 # a mode with its option
		(ulimit -v 100000 && into many --mode $mode <many.mam)
	done
	[ "$(sql 'SELECT count(*) FROM many')" = 100000 ]
}
