# SPDX-License-Identifier: MIT
# A network that dies under a load: the loaders end with 75 in bounded time, and nothing is loaded.
# Each loader and a proxy to the server run in a network of their own, whose one link is then cut.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	[ -n "${MAM_TEST_MYSQL:-}" ] || skip "SKIPPED: no MySQL server (MAM_TEST_MYSQL)"
	[ -n "${MAM_TEST_PG:-}" ] || skip "SKIPPED: no PostgreSQL server (MAM_TEST_PG)"
	unshare -n true 2>/dev/null || skip "SKIPPED: no network of our own is allowed here (unshare -n)"
	command -v ip >/dev/null || skip "SKIPPED: ip(8) is not installed"
}

teardown() {
	[ -z "${outside:-}" ] || kill "$outside"
}

my() { # STATEMENTS
	mariadb --no-defaults --batch --skip-column-names -S "$MAM_TEST_MYSQL_SOCKET" -u mam <<<"$1"
}

pg() { # STATEMENT
	psql -XAtq -v ON_ERROR_STOP=1 "$MAM_TEST_PG" -c "$1"
}

# Forwards connections. A socket that is a file can be reached from every network; PostgreSQL's port gets one
# by another of these outside. LISTEN is the path of a socket, or port:FILE for the number of a free port;
# CONNECT is a path, or port=N.
forward() { # LISTEN CONNECT
	exec python3 - "$1" "$2" 3>&- <<-'END'
		import os, select, socket, sys, threading
		def listen(where):
		    if where.startswith("port:"):
		        door = socket.create_server(("127.0.0.1", 0))
		        open(where[5:] + ".new", "w").write(str(door.getsockname()[1]))
		        os.rename(where[5:] + ".new", where[5:])
		        return door
		    door = socket.socket(socket.AF_UNIX)
		    door.bind(where)
		    door.listen()
		    return door
		def connect(where):
		    if where.startswith("port="):
		        return socket.create_connection(("127.0.0.1", int(where[5:])))
		    s = socket.socket(socket.AF_UNIX)
		    s.connect(where)
		    return s
		def serve(a, b):
		    while True:
		        for ready in select.select([a, b], [], [])[0]:
		            data = ready.recv(65536)
		            if not data:
		                a.close()
		                b.close()
		                return
		            (b if ready is a else a).sendall(data)
		door = listen(sys.argv[1])
		while True:
		    a, _ = door.accept()
		    threading.Thread(target=serve, args=(a, connect(sys.argv[2])), daemon=True).start()
	END
}

# Runs in the new network: the proxy, the loader with the address in place of @PORT@, and the cut when "cut" appears.
# Writes the loader's status to "status" and its messages to "said".
loads_in_network() { # SOCKET LOADER OPTION...
	export -f forward
	# shellcheck disable=SC2016 # expanded by the bash in the network
	unshare -n bash -c '
		ip link set lo up
		forward port:port "$1" &
		proxy=$!
		until [ -s port ]; do sleep 0.05; done
		shift
		timeout 120 "${@//@PORT@/$(cat port)}" <in >said 2>&1 &
		loader=$!
		until [ -e cut ] || ! kill -0 $loader 2>/dev/null; do sleep 0.05; done
		ip link set lo down
		status=0
		wait $loader || status=$?
		kill $proxy
		echo $status >status
	' bash "$@" 3>&- &
	network=$!
}

# The loader has not ended by itself, which would cut nothing.
cut_network() {
	[ ! -e status ]
	touch cut
	wait "$network"
	echo "status $(cat status): $(cat said)"
}

# Rows until the loader closes the pipe; or so many, and silence.
rows() { # [COUNT]
	printf 'schema\tid:int\ta:text\n'
	if [ $# = 0 ]; then
		yes | awk '{ printf "row\t%d\t%0200d\n", NR, NR; if (NR % 2000 == 0) { fflush(); system("sleep 0.1") } }'
	else
		seq 1 "$1" | sed 's/.*/row\t&\ta/'
	fi
}

@test "load-mysql: the network dies while rows are sent, and while an answer is awaited: 75" {
	for way in 1 0; do
		my 'DROP DATABASE IF EXISTS network; CREATE DATABASE network; CREATE TABLE network.t (id int PRIMARY KEY, a text)'
		rm -f in port status cut
		mkfifo in
		loads_in_network "$MAM_TEST_MYSQL_SOCKET" load-mysql --to "mysql://mam@127.0.0.1:@PORT@/network?network-timeout=3&local-infile=$way" \
			--table t --lock-timeout 1s
		rows | spell >in 2>/dev/null &
		sleep 2
		cut_network
		[ "$(cat status)" = 75 ]
		[ "$(my 'SELECT count(*) FROM network.t')" = 0 ]

		# The server sleeps in a trigger, and all rows have been sent.
		my 'CREATE TRIGGER network.nap BEFORE INSERT ON network.t FOR EACH ROW SET @nap = IF(NEW.id = 3, SLEEP(60), 0)'
		rm -f in port status cut
		rows 3 | spell >in
		loads_in_network "$MAM_TEST_MYSQL_SOCKET" load-mysql --to "mysql://mam@127.0.0.1:@PORT@/network?network-timeout=3&local-infile=$way" \
			--table t --lock-timeout 1s
		until [ "$(my "SELECT count(*) FROM information_schema.PROCESSLIST WHERE DB = 'network' AND STATE = 'User sleep'")" = 1 ] || [ -e status ]; do sleep 0.1; done
		cut_network
		[ "$(cat status)" = 75 ]
		my "$(my "SELECT CONCAT('KILL ', ID) FROM information_schema.PROCESSLIST WHERE DB = 'network'")"
		until [ "$(my "SELECT count(*) FROM information_schema.PROCESSLIST WHERE DB = 'network'")" = 0 ]; do sleep 0.1; done
		[ "$(my 'SELECT count(*) FROM network.t')" = 0 ]
	done
	my 'DROP DATABASE network'
}

@test "load-pg: the network dies while rows are sent, and while an answer is awaited: 75" {
	rm -f socket
	forward "$PWD/socket" "port=$MAM_TEST_PG_PORT" &
	outside=$!
	until [ -S socket ]; do sleep 0.05; done
	address='postgresql://mam@127.0.0.1:@PORT@/postgres?keepalives_idle=2&keepalives_interval=1&keepalives_count=2&tcp_user_timeout=4000'
	pg 'DROP TABLE IF EXISTS network'
	pg 'CREATE TABLE network (id int PRIMARY KEY, a text)'
	mkfifo in
	loads_in_network "$PWD/socket" load-pg --to "$address" --table network
	rows | spell >in 2>/dev/null &
	sleep 2
	cut_network
	status_sending=$(cat status)

	pg "CREATE FUNCTION network_nap() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.id = 3 THEN PERFORM pg_sleep(60); END IF; RETURN NEW; END'"
	pg 'CREATE TRIGGER nap BEFORE INSERT ON network FOR EACH ROW EXECUTE FUNCTION network_nap()'
	rm -f in port status cut
	rows 3 | spell >in
	loads_in_network "$PWD/socket" load-pg --to "$address" --table network
	until [ "$(pg "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%network%'")" = 1 ] || [ -e status ]; do sleep 0.1; done
	cut_network
	[ "$status_sending" = 75 ]
	[ "$(cat status)" = 75 ]
	pg "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%network%'"
	[ "$(pg 'SELECT count(*) FROM network')" = 0 ]
	pg 'DROP TABLE network; DROP FUNCTION network_nap'
}
