# SPDX-License-Identifier: MIT
# The first promise, by force: whatever stage of the batch is killed at whatever
# moment, whatever server goes away, nothing is loaded in part and the pipe says so.

load helper
load ads

kills=20
stages=5

# The batch's pipe, as plain sh runs it: only the last stage's status counts there.
pipe_of() { # LOADER TARGET [DEDUPE OPTION...]
	echo "media='$MAM_ROOT/pipelines/media' api='$ADS/api/v20/ReportDefinitionService'"
	echo "LOADER=$1 TARGET='$2' TABLE=faults BASE_URL='$ADS' account=11111111 base_account=10000001"
	shift 2
	sed -n '/^fetch-api /,/--create$/p' "$MAM_ROOT/pipelines/yahoo-search-campaign-daily" |
		sed -e 's/--token-url/--rate 1000\/1s --backoff 20ms --interval 20ms &/' -e "s|dedupe --key|dedupe $* --key|"
}

# For each database: what it is loaded with, where it is, what it holds.
sqlite_is() {
	loader=load-sqlite target=$BATS_TEST_TMPDIR/faults.db
	state="sqlite3 $target 'SELECT * FROM faults ORDER BY 1, 2, 3'"
}

postgresql_is() {
	loader=load-pg target=$MAM_TEST_PG
	state="psql -XAtq '$MAM_TEST_PG' -c 'SELECT * FROM faults ORDER BY 1, 2, 3'"
}

mysql_is() {
	loader=load-mysql target=$MAM_TEST_MYSQL
	state="$(command -v mariadb || command -v mysql) --no-defaults --socket '$MAM_TEST_MYSQL_SOCKET' --user mam \
		--default-character-set=utf8mb4 -NB mam -e 'SELECT * FROM faults ORDER BY 1, 2, 3'"
}

databases() {
	echo sqlite
	[ -z "${MAM_TEST_PG:-}" ] || echo postgresql
	[ -z "${MAM_TEST_MYSQL:-}" ] || echo mysql
}

reset_of() {
	echo "$loader --to '$target' --table faults --mode truncate-insert --create <'$BATS_FILE_TMPDIR/before.mam'"
}

setup_file() {
	load helper
	load ads
	cd "$BATS_FILE_TMPDIR" || return 1
	export HOME=$BATS_FILE_TMPDIR FROM=2026-06-30 TO=2026-07-08
	export YAHOO_CLIENT_ID=practice-client YAHOO_CLIENT_SECRET=practice-secret YAHOO_REFRESH_TOKEN=practice-refresh
	local ads=(ads_start --today 2026-07-10 --polls 1 --rate 0 --rows 4000 --open-reports 100000)
	# What was loaded yesterday: one day more than will be replaced, all values others.
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR "${ads[@]}" --seed 1
	sh -c "$(pipe_of cat '' | sed 's/|$/|/; /"${LOADER:-load-pg}"/,$d' | sed '$s/|$//')" >before.mam
	ads_stop
	export FROM=2026-07-01
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR "${ads[@]}" --seed 2
	export ADS_PID
}

teardown_file() {
	ads_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# The stage of that number, counted from 1, in all databases at once.
kill_stage() { # NUMBER
	local database pids=() failed=0
	for database in $(databases); do
		"${database}_is"
		eval "$(reset_of)"
		"$MAM_ROOT/tests/faults/kill-stage" --stage "$1" --stages "$stages" --times "$kills" --seed "$1" \
			--run "$(pipe_of "$loader" "$target")" --reset "$(reset_of)" --state "$state" >"$database.out" 2>&1 &
		pids+=($!)
	done
	for database in "${pids[@]}"; do wait "$database" || failed=1; done
	tail -n 20 -- *.out
	[ "$failed" = 0 ]
	[ "$(grep -Hc " $kills killed: " -- *.out | grep -c ':1$')" = "${#pids[@]}" ]
}

@test "the batch's pipe has the $stages stages that are killed here" {
	[ "$(pipe_of x y | grep -c '|$')" = $((stages - 1)) ]
	[ "$(pipe_of x y | sed -n "s/^\t\{0,1\}\([a-z-]*\) .*/\1/p" | grep -cE '^(fetch-api|from-csv|normalize|dedupe)$')" = 4 ]
}

@test "SIGKILL of the fetch that asks for the report, waits for it and downloads it loads nothing" {
	kill_stage 1
}

@test "SIGKILL of from-csv loads nothing" {
	kill_stage 2
}

@test "SIGKILL of normalize loads nothing" {
	kill_stage 3
}

@test "SIGKILL of dedupe loads nothing" {
	kill_stage 4
}

@test "SIGKILL of the loader loads all or nothing, and is seen" {
	kill_stage 5
}

# The server ends in mid-load, as a crash ends it.

teardown() {
	[ -z "${server:-}" ] || "$MAM_ROOT/tests/servers/$server" stop "$folder"
	[ -z "${folder:-}" ] || rm -rf "$folder"
	[ -z "${mounted:-}" ] || umount "$mounted"
	[ -z "${own_ads:-}" ] || ads_stop
}

server_does() { # start, kill or restart
	local action=$1
	# This one is always ended as by a crash, and starts again with its data.
	[ "$server $1" != "mysql kill" ] || action=stop
	[ "$server $1" != "mysql restart" ] || action=start
	"$MAM_ROOT/tests/servers/$server" "$action" "$folder"
}

# One load with the server killed somewhere in it; sets status, leaves what the table holds then in now.
load_and_kill() {
	sh pipe.sh 2>said >/dev/null &
	local pipe=$!
	sleep "$(printf '0.%03d' $((RANDOM % span + 5)))"
	server_does kill
	status=0
	wait "$pipe" || status=$?
	# Its port may have been taken meanwhile.
	eval "$(server_does restart)"
	"$database_is"
	eval "$state" >now
}

# A server of our own is killed in 20 loads; started again it holds what it held.
kill_server() { # DATABASE
	local i in_time=0 span=400 # milliseconds in which the server is killed
	folder=$(mktemp -d "${TMPDIR:-/tmp}/mam-faults.XXXXXX")
	chmod 755 "$folder"
	eval "$(server_does start)"
	database_is=$1_is
	"$database_is"
	eval "$(reset_of)"
	eval "$state" >before
	for i in $(seq 80); do
		pipe_of "$loader" "$target" >pipe.sh
		load_and_kill
		[ "$status" = 0 ] || [ "$status" = 75 ] || { cat said; return 1; }
		if [ "$status" = 75 ] && cmp -s before now; then
			in_time=$((in_time + 1))
			[ "$in_time" -lt "$kills" ] || break
			continue
		fi
		# It was committed, whether or not the loader got to know: then all of it is there.
		sh -c "$(pipe_of "$loader" "$target")"
		eval "$state" | cmp - now
		eval "$(reset_of)"
		span=$((span * 9 / 10 + 2))
	done
	echo "$in_time of $i loads were cut"
	[ "$in_time" = "$kills" ]
	sh -c "$(pipe_of "$loader" "$target")"
	eval "$state" >now
	run ! cmp -s before now
}

@test "PostgreSQL killed in mid-load: 75, nothing is loaded, and the next run completes" {
	[ -n "${MAM_TEST_PG:-}" ] || skip "SKIPPED: no PostgreSQL"
	server=postgres
	kill_server postgresql
}

@test "MariaDB killed in mid-load: 75, nothing is loaded, and the next run completes" {
	[ -n "${MAM_TEST_MYSQL:-}" ] || skip "SKIPPED: no MariaDB or MySQL"
	server=mysql
	kill_server mysql
}

# A full disk.

@test "a full disk under dedupe's spill: 74 from the whole pipe, and nothing is loaded" {
	mkdir full
	mount -t tmpfs -o size=256k none full 2>/dev/null || skip "SKIPPED: no right to mount a small file system"
	mounted=$PWD/full own_ads=yes
	# More rows than the least memory holds.
	ads_start --today 2026-07-10 --polls 0 --rate 0 --seed 3 --rows 60000
	for database in $(databases); do
		"${database}_is"
		eval "$(reset_of)"
		eval "$state" >before
		pipe_of "$loader" "$target" --memory 8M --keep last --tmp "$mounted" >pipe.sh
		run -74 sh pipe.sh
		[[ $output == *"dedupe: "*"--tmp"*"No space left"* ]]
		eval "$state" | cmp - before
	done
}
