# SPDX-License-Identifier: MIT
# compare-builds: two builds with the same captured input, rolled back; what differs is named.

load helper
load ads

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export MAM_STATE_DIR=$PWD/state
	unset MAM_HISTORY MAM_BATCHES MAM_MEDIA FROM TO
	for build in old new; do
		mkdir -p $build/pipelines
		ln -s "$MAM_BIN" $build/bin
	done
	printf '%s\n' '[{"id":1,"cost":2.5,"name":"漢字"},{"id":2,"cost":null,"name":"b"},{"id":3,"cost":7.25,"name":"c"}]' >body.json
}

teardown() {
	ads_stop
	[ -z "${medium:-}" ] || kill "$medium" 2>/dev/null || true
}

# A medium that answers with body.json.
start_medium() {
	python3 - >port 3>&- <<-'END' &
		import http.server
		class Quiet(http.server.SimpleHTTPRequestHandler):
		    def log_message(self, *a): pass
		s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Quiet)
		print(s.server_port, flush=True)
		s.serve_forever()
	END
	medium=$!
	for _ in $(seq 100); do
		[ ! -s port ] || break
		sleep 0.1
	done
	URL=http://127.0.0.1:$(cat port)/body.json
	export URL
}

stop_medium() {
	kill "$medium"
	medium=
	export URL=http://127.0.0.1:1/
}

batch() { # BUILD NAME FIELDS... -- LOADER OPTION...
	local build=$1 name=$2 fields=()
	shift 2
	while [ "$1" != -- ]; do
		fields+=("$1")
		shift
	done
	shift
	{
		printf '%s\n' '#!/bin/bash' "# batch: $name" 'set -eo pipefail'
		printf '%s' 'fetch-api --url "$URL" | normalize'
		printf " '%s'" "${fields[@]}"
		echo " | load-sqlite --to $BATS_TEST_TMPDIR/t.db --table $name --create $*"
	} >"$build/pipelines/$name"
	chmod +x "$build/pipelines/$name"
}

# Both builds have the batch, and the old one ran once.
both() { # NAME FIELDS... -- OPTION...
	batch old "$@"
	batch new "$@"
}

run_old() { # NAME...
	start_medium
	for name in "$@"; do
		run-batch --quiet --capture all --batches old/pipelines "$name"
	done
	stop_medium
}

rows() {
	sqlite3 t.db "SELECT count(*) FROM $1"
}

events() { # EXPRESSION
	sqlite3 state/history.db "SELECT body FROM mam_event WHERE kind = 'comparison' ORDER BY happened, id" | jq -r "$1"
}

@test "identical builds: 0, nothing is loaded or asked, and it is on the page" {
	both daily id:int cost:decimal name:text -- --mode append
	both weekly id:int -- --mode append
	run_old daily weekly
	[ "$(rows daily)" = 3 ]
	run -0 --separate-stderr compare-builds --old old --new new
	[ "$output" = $'identical    daily: 3 records\nidentical    weekly: 3 records' ]
	[[ $stderr == *"identical on 2 of 2 batches, 0 different, 0 not compared"* ]]
	[ "$(rows daily)" = 3 ]
	[ -z "$(ls -d state/compare-* 2>/dev/null)" ]
	[ "$(events '[.batch, .verdict, .old, .new, .records] | join(" ")')" = $'daily identical old new 3\nweekly identical old new 3' ]
	[ "$(events '.streams[0].digest | .[0] == .[1] and (.[0] | length) == 32' | sort -u)" = true ]
	report-batches --batches new/pipelines --output page.html
	grep -q 'identical on 2 of 2 batches</span> <bdi>old</bdi> and <bdi>new</bdi>' page.html
	# Runs of a test are not in the history of runs.
	[ "$(sqlite3 state/history.db 'SELECT count(*) FROM mam_run')" = 2 ]
}

@test "a planted difference is named: record, field, both values; 65; the page lists it" {
	both same id:int -- --mode append
	both daily id:int cost:decimal name:text -- --mode append
	run_old same daily
	batch new daily id:int 'cost:decimal;scale=1;round=half-up' name:text -- --mode append
	run -65 --separate-stderr compare-builds --old old --new new
	[[ $output == *'different    daily: load-sqlite: record 3, field "cost": 7.25 in the old build, 7.3 in the new build; 1 of 3 records differ'* ]]
	[[ $stderr == *"identical on 1 of 2 batches, 1 different, 0 not compared"* ]]
	run -65 compare-builds --old old --new new --json daily
	[ "$(jq -r 'select(.batch) | .streams[0] | [.record, .field, .old, .new, .different] | @tsv' <<<"${lines[1]}")" = $'3\t"cost"\t7.25\t7.3\t1' ]
	report-batches --batches new/pipelines --output page.html
	grep -q 'identical on 1 of 2 batches' page.html
	grep -q 'different</span>.*daily.*7.3 in the new build' page.html
	# When it is mended, the page has the last comparison.
	batch new daily id:int cost:decimal name:text -- --mode append
	run -0 compare-builds --old old --new new daily
	report-batches --batches new/pipelines --output page.html
	grep -q 'identical on 2 of 2 batches' page.html
	run ! grep -q 'different</span>' page.html
}

@test "without --old the stream that the captured run loaded is the measure" {
	both daily id:int name:text -- --mode append
	run_old daily
	rm -r old
	run -0 compare-builds --new new
	[[ $output == *'identical    daily: 3 records'* ]]
	batch new daily id:int 'name:text;map=b:B,c:c,漢字:漢字' -- --mode append
	run -65 compare-builds --new new
	[[ $output == *'record 2, field "name": "b" in the captured run, "B" in the new build; 1 of 3'* ]]
	report-batches --batches new/pipelines --output page.html
	grep -q '<bdi>the captured runs</bdi> and <bdi>new</bdi>' page.html
	# Runs that were copied from another host.
	mkdir copied
	mv state/runs copied
	run -75 compare-builds --new new
	[[ $output == *'not compared daily: no run that succeeded has captured streams here'* ]]
	run -65 compare-builds --new new --captures copied/runs
	[[ $output == *'field "name"'* ]]
}

@test "every kind of difference in streams" {
	both daily id:int name:text -- --mode append
	sqlite3 t.db 'CREATE TABLE daily (id INTEGER, name TEXT, cost NUMERIC)'
	run_old daily
	check() { # WHAT FIELDS...
		batch new daily "${@:2}" -- --mode append
		run -65 compare-builds --old old --new new
		[[ $output == *"$1"* ]] || { echo "$output"; return 1; }
	}
	check 'field "name" is in the old build only' id:int
	check 'field "cost" is in the new build only' id:int name:text cost:decimal
	check 'the fields come in another order' name:text id:int
	batch old daily cost:decimal -- --mode append
	check 'field "cost": type decimal in the old build, float in the new build' cost:float
	both daily id:int name:text -- --mode append
	sed -i 's/fetch-api --url "$URL"/& | to-json | tac | from-json/' new/pipelines/daily
	run -65 compare-builds --old old --new new
	[[ $output == *'the same records in another order, from record 1 on; 2 of 3 records differ'* ]]
	sed -i 's/tac/head -n 2/' new/pipelines/daily
	run -65 compare-builds --old old --new new
	[[ $output == *'record 3 is in the old build only; 1 of 3 records differ'* ]]
	sed -i 's/| to-json | head -n 2 | from-json/--cover id=1/' new/pipelines/daily
	run -0 compare-builds --old old --new new
	sed -i 's/fetch-api/dedupe --key id <covered.mam | cat; #/' new/pipelines/daily
	printf 'schema\tid:int\tname:text\nrow\t1\t漢字\nrow\t2\tb\nrow\t3\tc\ncoverage\tid:int=1\n' | spell >covered.mam
	printf '%s\n' '#!/bin/bash' '# batch: daily' \
		"load-sqlite --to $PWD/t.db --table daily --create --mode append <$PWD/covered.mam" >new/pipelines/daily
	run -65 compare-builds --old old --new new
	[[ $output == *'the coverage differs'* ]]
}

@test "values in longer forms of msgpack are the same" {
	printf '%s\n' '#!/bin/bash' '# batch: daily' \
		"load-sqlite --to $PWD/t.db --table daily --create --mode append <$PWD/\$FORM.mam" >old/pipelines/daily
	chmod +x old/pipelines/daily
	cp old/pipelines/daily new/pipelines
	printf 'schema\tid:int\traw:text\nraw\t9201a161\n' | spell >short.mam
	printf 'schema\tid:int\traw:text\nraw\tdc0002cd0001d90161\n' | spell >long.mam
	FORM=short run-batch --quiet --capture all --batches old/pipelines daily
	FORM=long run -0 compare-builds --new new
	[ "$(events '.streams[0].digest | .[0] == .[1]')" = false ]
	printf 'schema\tid:int\traw:text\nraw\tdc0002cd0002d90161\n' | spell >long.mam
	FORM=long run -65 compare-builds --new new
	[[ $output == *'record 1, field "id": 1 in the captured run, 2 in the new build'* ]]
}

@test "rows and rejects count as well" {
	both daily id:int name:text -- --mode append
	run_old daily
	batch new daily id:int name:text -- --mode truncate-insert
	run -65 compare-builds --old old --new new
	[[ $output == *'different    daily: rows deleted: 0 in the old build, 3 in the new build'* ]]
	[ "$(rows daily)" = 3 ]
	# Rejects that leave the same records.
	both strict id:int 'name:text' -- --mode append
	run_old strict
	sed -i 's/| load-sqlite/| normalize --max-rejects 1 id:int name:text | load-sqlite/' old/pipelines/strict new/pipelines/strict
	run -0 compare-builds --old old --new new strict
}

@test "what cannot be compared is named, is 75, and does not stop the others" {
	both daily id:int -- --mode append
	both never id:int -- --mode append
	both failing id:int -- --mode append
	batch old only-old id:int -- --mode append
	both broken id:int -- --mode append
	run_old daily failing broken
	for build in old new; do
		sed -i 's/^set -eo/echo "the reason" >\&2; exit 69 #/' $build/pipelines/failing
	done
	truncate -s -40 state/runs/broken/*/capture/load-sqlite.mam
	run -75 --separate-stderr compare-builds --old old --new new
	[[ $output == *'not compared failing: the old build ended with 69: the reason'* ]]
	[[ $output == *'not compared never: no run that succeeded'*'--capture all'* ]]
	[[ $output == *'not compared only-old: the new build has no such batch'* ]]
	[[ $output == *'identical    daily'* ]]
	[[ $output == *'identical    broken'* ]]
	[[ $stderr == *'identical on 2 of 5 batches, 0 different, 3 not compared'* ]]
	run -75 compare-builds --new new broken
	[[ $output == *'not compared broken: load-sqlite: input ended after '*' without its end mark'* ]]
	truncate -s -40 state/runs/broken/*/capture/fetch-api.mam
	run -75 compare-builds --old old --new new broken
	[[ $output == *'not compared broken: the captured stream fetch-api.mam: '*'end mark'* ]]
	run -0 report-batches --batches old/pipelines --output page.html
	grep -q 'not compared</span>.*never' page.html
	# The new build alone judges the same input otherwise: that is a difference.
	cp old/pipelines/daily old/pipelines/failing
	sed -i 's/daily/failing/' old/pipelines/failing
	run -65 compare-builds --old old --new new failing
	[[ $output == *'different    failing: the new build ended with 69: the reason'* ]]
}

@test "wrong folders, unknown batches and programs that do not start are 78 before anything runs" {
	both daily id:int -- --mode append
	run -64 compare-builds --old old
	[[ $output == *"--new is required"* ]]
	run -78 compare-builds --new gone
	[[ $output == *"--new: cannot find the build gone"* ]]
	mkdir -p empty/bin
	run -78 compare-builds --new empty
	[[ $output == *"--new: empty is not an installation of mam-etl"* ]]
	printf '%s\n' '#!/bin/sh' 'echo "libc.so.6: version GLIBC_2.99 not found" >&2' 'exit 1' >empty/bin/run-batch
	chmod +x empty/bin/run-batch
	mkdir empty/pipelines
	run -78 compare-builds --new empty
	[[ $output == *"does not start here: "*"GLIBC_2.99"* ]]
	run -78 compare-builds --new new dayly
	[[ $output == *'no build has a batch "dayly"'* ]]
	run -78 compare-builds --new new --captures gone
}

@test "several loaders of one name are paired by their streams, not by the order of their start" {
	for build in old new; do
		printf '%s\n' '#!/bin/bash' '# batch: two' 'set -e' \
			"one() { fetch-api --url \"\$URL\" | normalize id:int | load-sqlite --to $PWD/a.db --table t --create; }" \
			"two() { MAM_STEP=b fetch-api --url \"\$URL\" | normalize name:text | load-sqlite --to $PWD/b.db --table t --create; }" \
			>$build/pipelines/two
		chmod +x $build/pipelines/two
	done
	printf '%s\n' one two >>old/pipelines/two
	printf '%s\n' two one >>new/pipelines/two
	run_old two
	run -0 compare-builds --old old --new new
	sed -i 's/^two$/true/' new/pipelines/two
	run -65 compare-builds --old old --new new
	[[ $output == *'load-sqlite loads a stream in the old build only'* ]]
}

@test "--keep keeps both streams and logs, for their owner only; a signal leaves nothing else" {
	both daily id:int -- --mode append
	run_old daily
	run -0 compare-builds --old old --new new --keep kept
	cmp <(to-json <kept/daily/old/capture/load-sqlite.mam) <(to-json <kept/daily/new/capture/load-sqlite.mam)
	[ "$(stat -c %a kept kept/daily kept/daily/old | sort -u)" = 700 ]
	[ -n "$(ls kept/daily/old/stages)" ]
	# Builds that are older than this rule roll back because the stream itself says so.
	run -65 bash -c 'cat kept/daily/input/fetch-api.mam state/runs/daily/*/capture/fetch-api.mam | pass --null'
	[[ $output == *"a rehearsal (dry run) and a real stream"* ]]
	run -74 compare-builds --old old --new new --keep kept
	[[ $output == *"kept/daily"* ]]
	sed -i 's/^set -eo/sleep 60; &/' new/pipelines/daily
	compare-builds --old old --new new 2>err 3>&- &
	pid=$!
	for _ in $(seq 100); do
		! pgrep -f "$PWD/new/pipelines/daily" >/dev/null || break
		sleep 0.1
	done
	kill -TERM $pid
	wait $pid || status=$?
	[ "$status" = 143 ]
	[ -z "$(ls -d state/compare-* 2>/dev/null)" ]
	run ! pgrep -f "$PWD/new/pipelines/daily"
}

@test "a full disk is named, in the copy of the input and in what a rehearsal keeps" {
	both daily id:int -- --mode append
	seq 100000 | sed 's/.*/{"id":&}/' | paste -sd, | sed 's/^/[/;s/$/]/' >body.json
	run_old daily
	# Nothing but a limit on file sizes can be had everywhere.
	run -75 bash -c 'ulimit -f 200; compare-builds --old old --new new'
	[[ $output == *'not compared daily: the captured stream fetch-api.mam: '*'File too large'* ]]
	printf '%s\n' '#!/bin/bash' '# batch: daily' 'set -e' \
		"from-json <body.json | normalize id:int | (ulimit -f 200; load-sqlite --to $PWD/t.db --table daily --create --dry-run || true)" >new/pipelines/daily
	run -75 compare-builds --new new
	[[ $output == *'without its end mark'*'the new build wrote last: '* ]]
	[ "$(rows daily)" = 100000 ]
}

@test "windows and slots are those of the captured run" {
	for build in old new; do
		printf '%s\n' '#!/bin/bash' '# batch: daily' '# schedule: 30 6 * * * Asia/Tokyo' '# window: 2d' 'set -eo pipefail' \
			"printf '{\"id\":1,\"day\":\"%s..%s\",\"slot\":\"%s\"}' \$FROM \$TO | from-json | normalize id:int day:text | load-sqlite --to $PWD/t.db --table daily --create" \
			>$build/pipelines/daily
		chmod +x $build/pipelines/daily
	done
	run-batch --quiet --capture all --batches old/pipelines --from 2026-01-01 --to 2026-01-04 daily
	run -0 compare-builds --new new
	[ "$(sqlite3 t.db 'SELECT day FROM daily')" = 2026-01-01..2026-01-04 ]
}

@test "a stream of a real run is a rehearsal under MAM_DRY_RUN, in filters, loaders and replays" {
	echo '{"id":1}' | from-json | normalize id:int >real.mam
	run -0 env MAM_DRY_RUN=1 load-sqlite --to t.db --table t --create <real.mam
	[[ $output == *'nothing was changed'* ]]
	run -0 bash -c 'MAM_DRY_RUN=1 dedupe --key id <real.mam | load-sqlite --to t.db --table t --create'
	[[ $output == *'nothing was changed'* ]]
	# Captured streams are joined with one of a real run only where both are rehearsals.
	MAM_DRY_RUN=1 pass <real.mam >dry.mam
	run -65 bash -c 'cat real.mam dry.mam | pass --null'
	run -0 env MAM_DRY_RUN=1 bash -c 'cat real.mam dry.mam | pass --null'
	both daily id:int -- --mode append
	run_old daily
	run -0 run-batch --batches old/pipelines --replay "$(echo state/runs/daily/*/capture)" --dry-run --results results daily
	[ "$(rows daily)" = 3 ]
	[ "$(to-json <results/capture/load-sqlite.mam | wc -l)" = 3 ]
	[ "$(jq -r .digest results/stages/load-sqlite.*.json)" = "$(MAM_LOG=json pass --null <results/capture/load-sqlite.mam 2>&1 | jq -r .digest)" ]
	run -74 run-batch --batches old/pipelines --replay "$(echo state/runs/daily/*/capture)" --dry-run --results results daily
	[[ $output == *'--results: cannot make the folder results/stages'* ]]
	run -64 run-batch --batches old/pipelines --results other daily
	[[ $output == *'--results is for one test'* ]]
}

@test "the results are in a history of PostgreSQL and of MySQL as well" {
	[ -n "${MAM_TEST_PG:-}" ] && [ -n "${MAM_TEST_MYSQL:-}" ] || skip 'SKIPPED: no database servers (MAM_TEST_PG, MAM_TEST_MYSQL)'
	both daily id:int -- --mode append
	for url in "$MAM_TEST_PG" "$MAM_TEST_MYSQL"; do
		export MAM_HISTORY=$url
		run_old daily
		# The second time the table is there; eight at once make it once.
		for i in 1 2 3 4 5 6 7 8; do
			compare-builds --new new daily >"out$i" 2>&1 3>&- &
		done
		wait
		[ "$(cat out? | grep -c '^identical    daily: 3 records')" = 8 ] || { cat out?; return 1; }
		report-batches --batches new/pipelines --output page.html
		grep -q 'identical on 1 of 1 batches' page.html
		case $url in
		mysql*) ask_mysql "$url" run 'DROP TABLE mam_run' run 'DROP TABLE mam_history' run 'DROP TABLE mam_event' >/dev/null ;;
		*) ask_pg "$url" run 'DROP TABLE mam_run' run 'DROP TABLE mam_history' run 'DROP TABLE mam_event' >/dev/null ;;
		esac
		rm -r state t.db
	done
}

@test "the first batch: identical with itself, a value that is mapped otherwise, and no secret in what is kept" {
	export HOME=$PWD TARGET=$PWD/ads.db YAHOO_ACCOUNT_ID=11111111 YAHOO_BASE_ACCOUNT_ID=10000001
	export YAHOO_CLIENT_ID=practice-client YAHOO_CLIENT_SECRET=practice-secret YAHOO_REFRESH_TOKEN=practice-refresh
	name=yahoo-search-campaign-daily-sqlite
	for build in old new; do cp -r "$MAM_ROOT/pipelines" $build; done
	ads_start --today 2026-07-10 --polls 0 --rate 0
	BASE_URL=$ADS run-batch --quiet --capture all --batches old/pipelines --from 2026-07-01 --to 2026-07-04 $name
	ads_stop
	export BASE_URL=http://127.0.0.1:1
	run -0 compare-builds --old old --new new --keep kept $name
	[[ $output == *"identical    $name: "* ]]
	run ! grep -rqE 'practice-(secret|refresh)|Bearer' state kept
	sed -i 's/標準:STANDARD/標準:NORMAL/' new/pipelines/media/*.fields
	run -65 compare-builds --old old --new new $name
	[[ $output == *'field "campaign_type": "STANDARD" in the old build, "NORMAL" in the new build'* ]]
}
