# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of all media share. A file tests/media-NAME.bats is:
#
#     load helper
#     load media
#     setup() { media_setup SERVER BATCH; export THE_SECRETS=practice-...; }
#     teardown() { media_stop; }
#     storm=(...)   # faults for the first run, in the words of practice/web.py and the server's FAULTS
#     @test "SQLite" { media_loads sqlite "${storm[@]}"; }
#     @test "PostgreSQL" { media_loads postgresql "${storm[@]}"; }
#     @test "MariaDB" { media_loads mysql "${storm[@]}"; }
#
# and tests of what is particular to the medium. media_loads compares every value with the server's and
# runs the batch with the storm, again without it, on restated days, and on days without data. It takes
# the days 2026-07-01 to 2026-07-03 unless the file sets FROM and TO.

# media_setup SERVER BATCH: the batch as a tarball has it, somewhere else, and its practice server.
media_setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	server=$1 batch=$2
	mkdir root
	ln -s "$MAM_BIN" root/bin
	cp -r "$MAM_ROOT/pipelines" root
	unset BASE_URL MAM_MEDIA MAM_BATCH_PID
	export HOME=$PWD FROM=2026-07-01 TO=2026-07-04
	export LOADER=load-sqlite TARGET=$PWD/ads.db TABLE=media_$$_$BATS_TEST_NUMBER
}

# media_start OPTION...: sets BASE_URL to a server of this test's own, which ends with it. It is the 10th of July there.
media_start() {
	rm -f media.url
	"$MAM_ROOT/tests/servers/$server" --parent $$ --today "${today:-2026-07-10}" "$@" >media.url 2>server.err 3>&- &
	media_pid=$!
	local tries=0
	until [ -s media.url ]; do
		[ $((tries++)) -lt 200 ] && kill -0 "$media_pid" || { cat server.err; return 1; }
		sleep 0.05
	done
	BASE_URL=$(cat media.url)
	export BASE_URL
}

media_stop() {
	[ -z "${media_pid:-}" ] || kill "$media_pid" 2>/dev/null || true
	case ${media_in:-} in
	postgresql) psql -Xq "$MAM_TEST_PG" -c "DROP TABLE IF EXISTS $TABLE" ;;
	mysql) media_mysql "DROP TABLE IF EXISTS $TABLE" ;;
	esac
}

# Waits of seconds and minutes become 20 ms: in the media files of this test, which are otherwise as they are.
media_hurry() {
	sed -i -E -e '/^--on /s/ (rate-limited|retry|refresh-token-then-retry) [0-9.]+(ms|s|m|h)$/ \1 20ms/' \
		-e 's/^(--(interval|max-interval|token-delay)) .*/\1 20ms/' -e 's|^--rate .*|--rate 1000/1s|' root/pipelines/media/*.{api,job}
	for file in root/pipelines/media/*.api; do
		echo '--backoff 20ms' >>"$file"
	done
}

media_edit() { # SED-SCRIPT FILE: in the copy of the batch or of a media file, and it must change something
	local file=root/pipelines/$2
	[ -e "$file" ] || file=root/pipelines/media/$2
	cp -p "$file" before.edit
	sed -i -E "$1" "$file"
	! cmp -s "$file" before.edit || { echo "$1 changes nothing in $file"; return 1; }
}

media_fault() { # FAULT...
	printf '%s\n' "$@" | curl -sS --fail --data-binary @- "$BASE_URL/practice/faults"
}

# No fault waits any more. With "done", all of them must have come to pass.
media_calm() {
	local left
	left=$(curl -sS --fail "$BASE_URL/practice/faults")
	curl -sS --fail -X DELETE "$BASE_URL/practice/faults"
	[ "${1:-}" != 'done' ] || [ -z "$left" ] || { printf 'faults that no request met:\n%s\n' "$left"; return 1; }
}

media_set() { # JSON
	curl -sS --fail --data "$1" "$BASE_URL/practice/set"
}

media_log() { # JQ-FILTER
	curl -sS --fail "$BASE_URL/practice/log" | jq -c "$1"
}

media_asked() { # OPERATION: how often
	media_log "select(.op == \"$1\")" | wc -l
}

media_batch() {
	root/pipelines/"$batch"
}

media_mysql() { # QUERY
	"$(command -v mariadb || command -v mysql)" --no-defaults --socket "$MAM_TEST_MYSQL_SOCKET" --user mam \
		--default-character-set=utf8mb4 -NB mam -e "$1"
}

# media_in_database DIALECT: loads into that from here on.
media_in_database() {
	case $1 in
	postgresql)
		[ -n "${MAM_TEST_PG:-}" ] || skip "SKIPPED: no PostgreSQL (tests/run starts one)"
		export LOADER=load-pg TARGET=$MAM_TEST_PG PGTZ=UTC
		;;
	mysql)
		[ -n "${MAM_TEST_MYSQL:-}" ] || skip "SKIPPED: no MariaDB (tests/run starts one)"
		export LOADER=load-mysql TARGET=$MAM_TEST_MYSQL
		;;
	esac
	media_in=$1
}

# media_expected FILE FROM TO: what the table must have of these days.
media_expected() {
	curl -sS --fail "$BASE_URL/practice/expected?from=$2&to=$3" >"$1"
}

# media_rows EXPECTED: the rows of the table, with the columns that the file names.
media_rows() {
	local query
	query=$("$MAM_ROOT/tests/servers/practice/table.py" select "${media_in:-sqlite}" "$TABLE" "$1")
	case ${media_in:-sqlite} in
	sqlite) sqlite3 -tabs "$TARGET" "$query" ;;
	postgresql) psql -XAtq -F $'\t' "$MAM_TEST_PG" -c "$query" ;;
	mysql) media_mysql "$query" ;;
	esac
}

# media_holds EXPECTED...: the table has these rows, every value, and no others.
media_holds() {
	media_rows "$1" | sort >table.now
	"$MAM_ROOT/tests/servers/practice/table.py" compare table.now "$@"
}

# media_loads DIALECT [--SERVER-OPTION=VALUE...] FAULT...: the whole life of a batch, see above.
media_loads() {
	local word options=() faults=()
	for word in "${@:2}"; do
		case $word in
		--*) options+=("$word") ;;
		*) faults+=("$word") ;;
		esac
	done
	media_in_database "$1"
	media_start --rate 0 --repeat 7 "${options[@]}"
	media_hurry
	media_fault "${faults[@]}"
	media_batch
	media_calm 'done'
	media_expected all "$FROM" "$TO"
	[ "$(wc -l <all)" -gt 20 ]
	media_holds all
	cp table.now first
	media_batch
	media_holds all
	cmp table.now first
	# The medium restates all days but the first: other values, fewer campaigns, other days without a row.
	local later
	later=$(date -d "$FROM + 1 day" +%F)
	media_expected kept "$FROM" "$later"
	media_set '{"restated": 1, "rows": 30}'
	FROM=$later media_batch
	media_expected new "$later" "$TO"
	media_holds kept new
	run ! cmp table.now first
	# A day without data has no rows; the others stay.
	media_set '{"rows": 0}'
	FROM=$later media_batch
	media_holds kept
	media_batch
	media_expected none "$FROM" "$TO"
	[ "$(wc -l <none)" = 1 ]
	media_holds none
}

# media_fails STATUS TEXT: the batch ends so, its messages have TEXT, and the table is as before.
media_fails() {
	media_expected any "$FROM" "$TO"
	media_rows any 2>/dev/null | sort >before.run
	run --separate-stderr media_batch
	[ "$status" = "$1" ] && [[ $stderr == *"$2"* ]] || {
		printf 'status %s, not %s, or no "%s" in:\n%s\n' "$status" "$1" "$2" "$stderr"
		return 1
	}
	media_rows any 2>/dev/null | sort | cmp before.run -
}

# media_outlasts OPERATION FAULT STATUS: this fault for good fails the batch, and nothing is loaded; then it is over.
media_outlasts() {
	media_fault "at=$1 do=$2 count=0"
	media_fails "$3" "${4:-}"
	media_calm
}

# media_default_window DAYS ZONE [SERVER-OPTION...]: without FROM and TO, the batch loads as many days up to yesterday in the zone.
# The column of the day is "day".
media_default_window() {
	media_start --today "$(TZ=$2 date +%F)" "${@:3}"
	unset FROM TO
	media_batch
	[ "$(sqlite3 ads.db "SELECT min(day), max(day) FROM $TABLE")" = \
		"$(TZ=$2 date -d "$1 days ago" +%F)|$(TZ=$2 date -d yesterday +%F)" ]
}

# media_storm OPERATION...: prints a storm that every medium has to weather, for "mapfile -t storm < <(media_storm ...)":
# each operation meets errors of the server, a limit, an answer that is cut and one that is reset.
media_storm() {
	local at
	for at in "$@"; do
		printf '%s\n' "at=$at do=status status=500" "at=$at do=status status=503 retry-after=0" \
			"at=$at do=status status=429" "at=$at do=truncate bytes=11 skip=3" "at=$at do=reset bytes=7 skip=4"
	done
}
