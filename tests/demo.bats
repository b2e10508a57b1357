# SPDX-License-Identifier: MIT
# What make demo shows to somebody new, and that the commands it names do what it says.

load helper

@test "the demo shows rows, counters and three commands, which do what it says" {
	command -v to-table
	TMPDIR=$PWD run --separate-stderr "$MAM_ROOT/tests/demo" "${MAM_BIN%/bin}"
	# shellcheck disable=SC2154 # bats sets stderr
	[ "$status" -eq 0 ] || { echo "$stderr"; return 1; }
	work=$(echo "$PWD"/mam-demo.*)
	[[ $output == *"The database is $work/ads.db"* ]]
	[[ $output == *"The page about all batches is $work/batches.html"* ]]
	grep -q 'yahoo-search-campaign-daily-sqlite' "$work/batches.html"
	grep -q 'tiktok-campaign-daily' "$work/batches.html"
	[ "$(sqlite3 "$work/state/history.db" 'SELECT batch, state, rows_inserted FROM mam_run ORDER BY 1')" = \
		$'tiktok-campaign-daily|ok|260\nyahoo-search-campaign-daily-sqlite|ok|1000' ]
	[[ $output == *'ブランド_指名⑳'* ]]
	[[ $output == *'(992 more records)'*'(252 more records)'* ]]
	[ "$(sed -n 's/^\(yahoo\|tiktok\) *\([^ ]*\) .*/\1 \2/p' <<<"$output" | xargs)" = \
		"$(printf 'yahoo %s ' fetch-api from-csv normalize dedupe load-sqlite)$(printf 'tiktok %s ' \
			'fetch-api[report]' normalize dedupe load-sqlite | sed 's/ $//')" ]
	# The limit and the answer that breaks off are survived, and said.
	[[ $stderr == *'fetch-api[report]: '*'QPS limit'*'trying again in'*'(1 of 5)'*'(2 of 5)'* ]]
	[ "$(sqlite3 "$work/ads.db" 'SELECT count(*) FROM yahoo_search_campaign_daily')" -eq 1000 ]

	mapfile -t commands < <(sed -n 's/^  \([^ ].*\)$/\1/p' <<<"$output")
	[ "${#commands[@]}" -eq 3 ]
	cd "$MAM_ROOT"
	[ "$(bash -c "${commands[0]}" | wc -l)" -eq 3 ]
	[ "$(bash -c "${commands[1]}" 2>/dev/null | tail -n 1)" = 76 ]
	[ -z "$(sqlite3 "$work/ads.db" "SELECT name FROM sqlite_schema WHERE name = 'again'")" ]
	bash -c "${commands[2]}"
	[ "$(sqlite3 "$work/ads.db" 'SELECT count(*) FROM yahoo_search_campaign_daily')" -eq 1000 ]
	[ "$(sqlite3 "$work/ads.db" 'SELECT count(*) FROM tiktok_campaign_daily')" -eq 260 ]
}

@test "the demo fails when the batch fails" {
	mkdir -p broken/bin
	cp -r "$MAM_BIN/." broken/bin
	rm broken/bin/load-sqlite
	printf '#!/bin/sh\ncat >/dev/null; exit 69\n' >broken/bin/load-sqlite
	chmod +x broken/bin/load-sqlite
	TMPDIR=$PWD run -69 "$MAM_ROOT/tests/demo" "$PWD/broken"
}
