# SPDX-License-Identifier: MIT
# report-batches: the page, the metrics and the events, from histories that run-batch wrote and from planted ones.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p pipelines
	export MAM_STATE_DIR=$PWD/state MAM_BATCHES=$PWD/pipelines MAM_HISTORY=$PWD/state/history.db
	now=$(date +%s)
	unset FROM TO MAM_LAUNCHER PREFECT__FLOW_RUN_ID SLURM_JOB_ID AWS_BATCH_JOB_ID INVOCATION_ID
}

# A batch: its name, then lines of its head; it does the commands after "--".
batch() {
	local file=pipelines/$1
	shift
	echo '#!/bin/bash' >"$file"
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		echo "# $1" >>"$file"
		shift
	done
	printf '%s\n' "${@:2}" >>"$file"
	chmod +x "$file"
}

plant() { # NAME=VALUE...; times may be minutes from now
	"$MAM_ROOT/tests/history" add "$MAM_HISTORY" "$@"
}

# The text of the page, one element a line, without its style.
text_of() { # FILE
	sed -e '/<style>/,/<\/style>/d' -e 's/<[^>]*>/\n/g' "$1" | sed -e '/^ *$/d' -e 's/&quot;/"/g'
}

# The signs of one batch in the grid, in one word.
signs() { # FILE BATCH
	grep -F '<th role="rowheader"' "$1" | grep -F "<bdi>$2</bdi>" | grep -oE '>[^<]+<span class="unseen">' | sed -e 's/^>//' -e 's/<.*//' | tr -d '\n'
}

# A schedule whose last slot was so many minutes ago, to the minute.
daily_before() { # MINUTES
	date -u -d "@$((now - $1 * 60))" '+schedule: %-M %-H * * * UTC'
}

@test "runs of run-batch are on the page: states, durations, messages, logs" {
	batch good 'schedule: * * * * * UTC' 'about: it works' 'owner: ads' 'target: sqlite t' -- true
	batch bad 'owner: crm' -- 'echo the reason; exit 65'
	batch warned 'owner: x' -- 'exit 79'
	run-batch --quiet good
	run -65 run-batch --quiet bad
	run -79 run-batch --quiet warned
	run -0 --separate-stderr report-batches
	[ -z "$stderr" ]
	printf '%s\n' "$output" >page
	[ "$(signs page bad)" = F ]
	[ "$(signs page warned)" = W ]
	[[ $(signs page good) == *+* ]]
	run -0 text_of page
	[[ $output == *'3 batches:'*'1 ok'*'1 warned'*'1 failed'* ]]
	[[ $output == *'Needs attention: 1'$'\n''failed'*bad*'exit status 65'*log*'the reason'*'owner: '$'\n'crm* ]]
	grep -qF "href=\"file://$PWD/state/runs/bad/" page
	grep -qF '<dt>target</dt><dd><bdi>sqlite t</bdi></dd>' page
	# Standard output is for the page, and only if no other file is asked for.
	run -0 report-batches --prometheus x.prom
	[ -z "$output" ]
	[ -s x.prom ]
}

@test "late, missing, lost, running and due slots" {
	batch gone "$(daily_before 90)"
	batch due "$(daily_before 30)"
	batch slow "$(daily_before 90)"
	batch soon "$(daily_before 90)" 'late: 2h'
	batch lost "$(daily_before 90)"
	batch never "$(daily_before 90)"
	batch quick "$(daily_before 10)" 'late: 5m'
	minute=$(date -u -d "@$((now - 90 * 60))" +%FT%H:%M:00.000Z)
	for name in gone due; do
		plant batch=$name slot=-4500 state=ok started=-4500 ended=-4499
	done
	plant batch=slow slot="$minute" state=running started=-89
	plant batch=soon slot="$minute" state=running started=-89
	plant batch=lost slot="$minute" state=lost started=-89
	plant batch=quick slot=-5000 state=ok started=-5000 ended=-4999
	report-batches --slots 2 --output page
	[ "$(signs page gone)" = MM ]
	[ "$(signs page due)" = M… ]
	[ "$(signs page slow)" = –L ]
	[ "$(signs page soon)" = –R ]
	[ "$(signs page lost)" = –X ]
	[ "$(signs page never)" = –M ]
	[ "$(signs page quick)" = MM ]
	run -0 text_of page
	# quick 10, the others 90 minutes ago; "soon" and "due" are on time, older slots are listed apart.
	[[ $output == *'Needs attention: 6'* ]]
	[[ $output == *'earlier slots without a good run'* ]]
	[[ $output == *'4 missing'*'1 late'* ]] || [[ $output == *'1 lost'*'5 missing'* ]]
}

@test "a good run makes its slot good, whatever came before or after; backfills that failed are listed" {
	batch daily 'schedule: 0 0 * * * UTC'
	today=$(date -u +%FT00:00:00.000Z)
	plant batch=daily slot="$today" state=failed started=-30 ended=-29 status=75
	plant batch=daily slot="$today" state=ok started=-20 ended=-19 status=0
	plant batch=daily slot="$today" state=failed started=-10 ended=-9 status=65
	plant batch=daily slot=2026-01-02T12:00:00.000Z window_from=2026-01-01 window_to=2026-01-02 state=failed started=-8 ended=-7 status=65 message='old day'
	plant batch=daily slot=2026-01-03T12:00:00.000Z window_from=2026-01-02 window_to=2026-01-03 state=failed started=-8 ended=-7
	plant batch=daily slot=2026-01-03T12:00:00.000Z window_from=2026-01-02 window_to=2026-01-03 state=ok started=-6 ended=-5
	report-batches --slots 1 --output page
	[ "$(signs page daily)" = + ]
	run -0 text_of page
	[[ $output == *'Needs attention: 1'$'\n'failed$'\n'daily* ]]
	[[ $output == *'off the schedule, 2026-01-01 to 2026-01-02'*'old day'* ]]
}

@test "row counts: outliers of the same weekday are marked, others are not" {
	batch rows 'schedule: 0 0 * * * UTC' 'target: sqlite t'
	# Saturdays and Sundays have a tenth of the rows, every week.
	for back in $(seq 70 -1 0); do
		day=$(date -u -d "-$back days" +%F)
		n=$((1000 + back % 5))
		[ "$(date -u -d "$day" +%u)" -lt 6 ] || n=$((100 + back % 3))
		[ "$back" != 0 ] || n=$((n / 3))
		[ "$back" != 3 ] || n=$((n * 5))
		echo "INSERT INTO mam_run (id, batch, slot, state, started, ended, records, rows_deleted, rejected) VALUES ('$back', 'rows',
			'${day}T00:00:00.000Z', 'ok', '${day}T00:00:0$((back % 7)).000Z', '${day}T00:01:00.000Z', $n, 12345, 7);"
	done >rows.sql
	plant batch=rows slot=2020-01-01T00:00:00.000Z started=2020-01-01T00:00:00.000Z state=ok
	sqlite3 "$MAM_HISTORY" <rows.sql
	report-batches --output page
	[ "$(grep -o 'class="odd"' page | wc -l)" -eq 2 ]
	grep -qE '<g class="odd"><title>[A-Z][a-z]{2} [0-9-]{10} 00:00: [0-9,]+ rows</title>' page
	run -0 text_of page
	[[ $output == *'Needs attention: 1'$'\n'rows$'\n'rows*' rows, usually '*' to '* ]]
	[[ $output == *'rows of 32 slots, 2 unusual'* ]]
	[[ $output == *deleted$'\n'12,345$'\n'* ]]
	[[ $output == *rejected$'\n'7$'\n'* ]]
}

@test "systems, targets, sunsets and heads with mistakes" {
	for name in a b c; do
		batch $name "target: postgresql t_$name" "sunset: $(date -u -d '+10 days' +%F)" 'api: medium v3'
		plant batch=$name slot=-9 started=-9 ended=-8 state=ok os=debian-12
	done
	batch d 'target: mysql t' "sunset: $(date -u -d '+70 days' +%F)" 'os: debian-12 debian-11'
	plant batch=d slot=-9 started=-9 ended=-8 state=ok os=debian-11
	batch e 'tiemout: 9m' 'owner: x'
	batch f 'schedule: 0 0 * * * Asia/Nowhere' "sunset: $(date -u -d '-2 days' +%F)"
	batch g 'batch: a'
	plant batch=only-history slot=-9 started=-9 ended=-8 state=ok os=debian-11
	report-batches --output page
	run -0 text_of page
	[[ $output == *'Heads with mistakes'* ]]
	[[ $output == *'line 2: "tiemout" is not a key, did you mean "timeout"?'* ]]
	[[ $output == *'its name is also that of '*'/pipelines/g'* ]]
	[[ $output == *'the zone "Asia/Nowhere" '* ]]
	[[ $output == *'end within 60 days'$'\n''2 days ago'*'in 10 days'*'in 10 days'*'in 10 days'* ]]
	[[ $output != *'in 70 days'* ]]
	[[ $output == *$'\n'system$'\n'batches$'\n'share$'\n'mysql$'\n''no target'$'\n'postgresql$'\n'debian-11$'\n'2$'\n''29 %'$'\n'1$'\n'1$'\n'0$'\n'debian-12$'\n'3$'\n''43 %'* ]]
	[[ $output == *'none: only the history knows this batch'* ]]
	[[ $output == *'meant for'$'\n'debian-12$'\n, \n'debian-11* ]] || [[ $output == *'meant for'*debian-12*debian-11* ]]
}

@test "planted markup stays text in every field, and no link leads where it must not" {
	evil='</bdi></td><script>alert(1)</script><img src=x onerror=alert(2)>" onmouseover="alert(3)' bidi=$'\u202e\u2066 \e[31m'
	batch evil "about: $evil" "owner: $evil$bidi" "target: $evil" "api: $evil" "os: <b>" 'schedule: 0 0 * * * UTC'
	batch wrong "tiemout: $evil" 'owner: x'
	plant batch="$evil$bidi" slot=-9 started=-9 ended=-8 state="$evil" os="$evil" target="$evil" message="$evil$bidi" \
		launcher="$evil" window_from="$evil" window_to="$evil" host="$evil" folder='javascript:alert(4)' id="$evil"
	plant batch=evil slot=-9 started=-9 ended=-8 state=failed folder='//evil.example/x" onclick="y' message="$evil$bidi"
	plant batch=evil slot="$evil" started=-7 state=failed folder="/a'b <c>"
	plant batch=evil slot="$(date -u +%FT00:00:00.000Z)" started=-7 state=lost folder="/a'b <c>" message="$evil" records=-5
	report-batches --output page --openlineage lineage --prometheus prom 2>messages
	grep -q '1 runs are left out, since their ids are not UUIDs' messages
	# Parsed as a browser would: no element but ours, no attribute that runs anything, no other scheme.
	python3 - page <<-'END'
		import html.parser, sys
		allowed = set("html head meta title style body header h1 h2 h3 p span main section ul li a bdi time br code details summary "
		              "table caption thead tbody tr th td article dl dt dd div svg path rect g".split())
		class Check(html.parser.HTMLParser):
		    def handle_starttag(self, tag, attributes):
		        assert tag in allowed, tag
		        for name, value in attributes:
		            assert not name.startswith("on"), name
		            if name in ("href", "src"):
		                assert value.startswith("#") or (value.startswith("file:///") and not value.startswith("file:////")), value
		text = open(sys.argv[1], encoding="utf-8").read()
		Check().feed(text)
		assert not set(text) & set("\u202e\u2066\x1b\x00"), "an invisible character"
		assert text.count("<script") == 0
	END
	grep -qF 'href="file:///evil.example/x%22%20onclick%3D%22y/log"' page
	grep -qF 'javascript:alert(4)' page
	run ! grep -F 'href="javascript' page
	jq -es 'length > 0' lineage
	report-batches --output page --log-url 'https://logs.example/at?x="y"&p='
	grep -qF 'href="https://logs.example/at?x=&quot;y&quot;&amp;p=/a%27b%20%3Cc%3E/log"' page
	run -64 report-batches --log-url 'javascript:x'
}

@test "the metrics pass promtool, and are written whole" {
	batch a 'target: postgresql "t"\x' -- 'exit 65'
	batch b 'schedule: 0 0 * * * UTC'
	run -65 run-batch --quiet a
	plant batch=b slot=-9 started=2026-11-20T00:00:00.500Z ended=2026-11-20T00:00:02.750Z state=ok records=1042 rows_deleted=3 rejected=0
	plant batch=$'n\n"' slot=-9 started=-9 state=lost
	umask 022
	report-batches --days 3660 --prometheus x.prom
	[ "$(stat -c %a x.prom)" = 644 ]
	[ "$(ls)" = "$(printf '%s\n' pipelines state x.prom)" ]
	grep -qxF 'mam_etl_last_success_timestamp_seconds{batch="b",target=""} 1763596802.750' x.prom || grep -qE '^mam_etl_last_success_timestamp_seconds\{batch="b",target=""\} [0-9]+\.750$' x.prom
	grep -qxF 'mam_etl_last_run_rows{batch="b",target=""} 1042' x.prom
	grep -qxF 'mam_etl_last_run_deleted_rows{batch="b",target=""} 3' x.prom
	grep -qxF 'mam_etl_last_run_duration_seconds{batch="b",target=""} 2.250' x.prom
	grep -qxF 'mam_etl_last_run_state{batch="a",target="postgresql \"t\"\\x"} 3' x.prom
	grep -qxF 'mam_etl_last_run_state{batch="n\n\"",target=""} 6' x.prom
	grep -qxF 'mam_etl_overdue{batch="b",target=""} 1' x.prom
	run ! grep 'last_success.*batch="a"' x.prom
	command -v promtool >/dev/null || skip 'SKIPPED: promtool is not installed'
	run -0 promtool check metrics <x.prom
	[ -z "$output" ]
}

@test "the events are those of OpenLineage's own client" {
	id=0199c1a0-0000-7000-8000-00000000000
	for run in 1:ok 2:failed 3:canceled 4:lost; do
		plant id=$id${run%:*} batch=b slot=2026-11-20T06:30:00.000Z started=2026-11-20T06:30:00.125Z ended=2026-11-20T06:31:00.250Z \
			state=${run#*:} target='postgresql ads.t' records=7 message='the "reason"'
	done
	plant id=${id}5 batch=b slot=2026-11-20T06:30:00.000Z started=2026-11-20T06:30:00.125Z state=running target='postgresql ads.t'
	report-batches --days 3660 --openlineage events
	[ "$(jq -r .eventType events | tr '\n' ' ')" = 'START COMPLETE START FAIL START ABORT START FAIL START ' ]
	[ "$(jq -c 'select(.eventType == "FAIL") | .run.facets.errorMessage.message' events | head -n 1)" = '"the \"reason\""' ]
	python3=$("$MAM_ROOT/tests/python-parts" python) || skip 'SKIPPED: openlineage-python is not installed (make deps-test installs it by uv)'
	"$python3" - events <<-'END'
		import json, sys
		from openlineage.client.event_v2 import Job, OutputDataset, Run, RunEvent, RunState, set_producer
		from openlineage.client.facet_v2 import error_message_run, nominal_time_run, output_statistics_output_dataset
		from openlineage.client.serde import Serde

		def bare(value):
		    """Without members that are null or empty, which the client writes and the schema does not need."""
		    if isinstance(value, dict):
		        return {k: bare(v) for k, v in value.items() if v not in (None, [], {})}
		    return [bare(v) for v in value] if isinstance(value, list) else value

		for line in open(sys.argv[1], encoding="utf-8"):
		    ours = json.loads(line)
		    set_producer(ours["producer"])
		    facets = {"nominalTime": nominal_time_run.NominalTimeRunFacet(nominalStartTime="2026-11-20T06:30:00.000Z")}
		    if ours["eventType"] in ("FAIL", "ABORT"):
		        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(message='the "reason"', programmingLanguage="unknown")
		    output = OutputDataset(namespace="postgresql", name="ads.t")
		    if ours["eventType"] != "START":
		        output.outputFacets = {"outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=7)}
		    theirs = RunEvent(eventType=RunState[ours["eventType"]], eventTime=ours["eventTime"],
		                      run=Run(runId=ours["run"]["runId"], facets=facets), job=Job(namespace="mam-etl", name="b"),
		                      producer=ours["producer"], inputs=[], outputs=[output])
		    theirs = json.loads(Serde.to_json(theirs))
		    assert bare(ours) == bare(theirs), f"{ours}\n{theirs}"
	END
}

@test "a page that cannot be written leaves the old one; an unreadable history is not an empty one" {
	batch a 'owner: x' -- true
	run-batch --quiet a
	mkdir out
	report-batches --output out/page
	cp out/page old
	# A folder in the way of the rename.
	mkdir taken
	run -74 report-batches --output taken
	[[ $output == 'report-batches: --output: cannot write taken: '* ]]
	run -74 report-batches --output no/such/folder
	run -74 bash -c 'ulimit -f 1; report-batches --output out/page'
	cmp out/page old
	[ "$(ls out)" = page ]
	run -74 bash -c 'report-batches >/dev/full'
	sqlite3 state/history.db 'UPDATE mam_history SET version = 99'
	run -78 report-batches --output out/page
	[[ $output == *'newer version'* ]]
	cmp out/page old
	echo 'this is not a database, but a text that is long enough' >state/history.db
	run ! report-batches --output out/page
	cmp out/page old
	run -75 report-batches --history postgresql://127.0.0.1:1/none --output out/page
	run -78 report-batches --batches /no/such/folder
	# A history that does not exist is empty: batches are there before their first run.
	run -0 report-batches --history fresh.db
	[[ $output == *'1 without a finished run'* ]]
	[ ! -e fresh.db ]
}

@test "the history in PostgreSQL and in MySQL gives the same page" {
	if [ -z "${MAM_TEST_PG:-}" ] || [ -z "${MAM_TEST_MYSQL:-}" ]; then
		skip 'SKIPPED: no database servers (MAM_TEST_PG, MAM_TEST_MYSQL)'
	fi
	batch a 'target: mysql t' -- 'echo why; exit 65'
	run -65 run-batch --quiet --history "$MAM_TEST_PG" a
	run -65 run-batch --quiet --history "$MAM_TEST_MYSQL" a
	for history in "$MAM_TEST_PG" "$MAM_TEST_MYSQL"; do
		report-batches --history "$history" --output page
		[ "$(signs page a)" = F ]
		grep -qF '<bdi>why</bdi>' page
	done
}

@test "in Chromium: axe-core finds nothing, no contrast is below 4.5, nothing is wider than a phone" {
	"$MAM_ROOT/tests/history" make practice 10
	report-batches --slots 6 --batches practice/pipelines --history practice/history.db --output page.html
	run "$MAM_ROOT/tests/browser" check page.html
	[ "$status" != 69 ] || skip 'SKIPPED: Chromium or axe-core is not installed: nobody looked at the page'
	echo "$output"
	[ "$status" -eq 0 ]
	# The check itself: too little contrast and too much width are found.
	sed -e 's/--good:#0a4a1b/--good:#c0e8c8/' -e 's/<h1>/<h1 style="width:900px">/' page.html >wrong.html
	run -1 "$MAM_ROOT/tests/browser" check wrong.html
	[[ $output == *'390 light: contrast '* ]]
	[[ $output == *'390 dark: the page is '*' px wider than the screen'* ]]
	[[ $output != *'dark: contrast'* ]]
}

@test "a hundred batches and 70 days: a page of a few MB in a moment" {
	"$MAM_ROOT/tests/history" make practice 10
	for i in $(seq 4); do
		for file in practice/pipelines/*; do
			sed "s/^# batch: .*/&-$i/" "$file" >"pipelines/$(basename "$file")-$i"
		done
	done
	chmod +x pipelines/*
	for i in $(seq 4); do
		sqlite3 practice/history.db "INSERT INTO mam_run SELECT id || '-$i', batch || '-$i', slot, state, window_from, window_to, started, ended, seen, deadline,
			target, owner, launcher, launch, host, boot, os, build, folder, message, stages, attempt, status, signal_number, pid, records, rows_inserted,
			rows_updated, rows_deleted, rejected, bytes, cpu_ms, peak_memory FROM mam_run WHERE id NOT LIKE '%-_'"
	done
	MAM_HISTORY=practice/history.db run -0 timeout 20 report-batches --output page.html
	[ "$(grep -c 'role="rowheader"' page.html)" -ge 96 ]
	[ "$(stat -c %s page.html)" -lt 4000000 ]
}
