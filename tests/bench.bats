# SPDX-License-Identifier: MIT
# The benchmark itself, on very few rows: that its data are what they are said
# to be, that it runs and that it notices a program which does less than it should.

load helper

setup_file() {
	load helper
	export BENCH_ROWS=2000 BENCH_RUNS=1 BENCH_KEYS=1000 BENCH_GROWTH=10000 PYTHONDONTWRITEBYTECODE=1
	export MAM_BUILD=${MAM_BIN%/bin} TMPDIR=$BATS_FILE_TMPDIR
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	[ -x "$MAM_BUILD/bench/rows" ] || skip "SKIPPED: make bench-tools was not run"
	PATH=$MAM_BUILD/bench:$PATH
}

@test "the data are the same each time and the same in all formats" {
	rows json 1000 >a
	rows json 1000 | cmp - a
	rows csv 1000 | from-csv | to-json | jq -cS 'map_values(tostring)' >of-csv
	from-json <a | to-json | jq -cS 'map_values(tostring)' >of-json
	[ "$(wc -l <of-json)" = 1000 ]
	# jq 1.6 reads numbers as doubles and writes 53.70 as 53.7: cost and names are enough to tell rows.
	cmp <(jq -c '[.day, .adgroup_name, .cost]' of-csv) <(jq -c '[.day, .adgroup_name, .cost]' of-json)
	[ "$(sort -u a | wc -l)" = 990 ]
	[ "$(rows pg 1000 | wc -l)" = 990 ]
	run -64 rows xml
	run -64 rows json 0
}

@test "all subjects that need no server run, and the goals are told" {
	run -0 "$MAM_ROOT/bench/run" tokens from-json from-csv normalize filter describe dedupe keys sort-records diff-records load-sqlite
	echo "$output"
	[[ $output == *"records/s a core in memory: "* ]]
	[[ $output == *"1,000 in "*" of 8 MiB, exactly"* ]]
	# Nothing is left behind.
	[ -z "$(find "$TMPDIR" -maxdepth 1 -name 'mam-bench.*')" ]
}

@test "growth runs, without the loaders too" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's memory tells nothing"
	PATH=${PATH//"$MAM_BIN:"/}
	mkdir -p build/bin
	ln -s "$MAM_BUILD/bench" build/bench
	for program in from-json normalize dedupe to-json; do ln -s "$MAM_BUILD/bin/$program" build/bin/; done
	run -0 env MAM_BUILD="$PWD/build" "$MAM_ROOT/bench/run" growth
	echo "$output"
	[[ $output == *"memory stays the same whatever the size: from 10,000 to 10,000 rows"* ]]
}

@test "a stage that loses rows fails the benchmark" {
	mkdir -p build/bin
	ln -s "$MAM_BUILD/bench" build/bench
	ln -s "$MAM_BUILD/bin/"* build/bin/
	rm build/bin/dedupe
	cat >build/bin/dedupe <<-END
		#!/bin/sh
		exec "$MAM_BUILD/bin/dedupe" --memory 8M --key id,none --rejects /dev/null --max-rejects 1000
	END
	chmod +x build/bin/dedupe
	run -1 env MAM_BUILD="$PWD/build" "$MAM_ROOT/bench/run" keys
	[[ $output == *"duplicates, not 100"* ]]
	run -64 "$MAM_ROOT/bench/run" no-such-subject
}
