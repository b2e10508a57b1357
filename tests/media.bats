# SPDX-License-Identifier: MIT
# Media files as data: the versions and sunsets in their heads, a folder of them in place of the
# build's own, and their own tarball.

load helper
load ads

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p jobs/media
	export MAM_BATCHES=$PWD/jobs MAM_STATE_DIR=$PWD/state
	batch daily '@$media/shop.api' '@$media/daily.fields'
	printf '%s\n' '# version: v2' '# sunset: 2027-03-01' '--set version=v2' '--method POST' >jobs/media/shop.api
	printf '%s\n' '# version: v2' 'day:date' 'cost:decimal' >jobs/media/daily.fields
}

teardown() {
	ads_stop
}

batch() { # NAME LINE...
	printf '%s\n' '#!/bin/bash' "# batch: $1" '# about: a test' \
		'media=${MAM_MEDIA:-$(dirname "$0")/media}' "echo ${*:2}" >"jobs/$1"
	chmod +x "jobs/$1"
}

list() {
	list-batches --at 2026-11-27T00:00:00Z "$@"
}

@test "a batch has the version and the first sunset of the media files that it names" {
	run -0 --separate-stderr list --json
	[ "$(jq -r '.api, .sunset' <<<"$output" | xargs)" = 'shop v2 2027-03-01' ]
	[ -z "$stderr" ]
	# The head's own line counts before that of a file, the earlier day before the later one.
	sed -i '2a # api: shop of old\n# sunset: 2027-04-01' jobs/daily
	run -0 list --json
	[ "$(jq -r '.api, .sunset' <<<"$output" | xargs)" = 'shop of old 2027-03-01' ]
	sed -i 's/2027-04-01/2027-02-01/' jobs/daily
	run -0 list --json
	[ "$(jq -r .sunset <<<"$output")" = 2027-02-01 ]
}

@test "files are found through variables and other batches, not through comments" {
	cp jobs/media/daily.fields jobs/media/weekly.fields
	batch weekly '@$media/$name.fields'
	batch by-variable 'name=weekly.2;' '@$media/$name.fields' '@$media/${name}.api'
	cp jobs/media/daily.fields jobs/media/weekly.2.fields
	batch by-batch 'exec "$(dirname "$0")/daily"'
	batch by-comment
	echo '# see shop.api and daily.fields' >>jobs/by-comment
	batch by-option
	printf '%s\n' 'fetch-api \' '	--accept-json "@$media/shop.api"' >>jobs/by-option
	run -0 list --media --json
	[ "$(jq -r 'select(.file == "shop.api").batches' <<<"$output")" = 3 ]
	[ "$(jq -r 'select(.file == "daily.fields").batches' <<<"$output")" = 2 ]
	[ "$(jq -r 'select(.file == "weekly.fields").batches' <<<"$output")" = 1 ]
	[ "$(jq -r 'select(.file == "weekly.2.fields").batches' <<<"$output")" = 1 ]
	run -0 list --json
	[ "$(jq -r 'select(.batch == "by-batch").api' <<<"$output")" = 'shop v2' ]
	[ "$(jq -r 'select(.batch == "by-comment").api' <<<"$output")" = null ]
}

@test "60 days before its sunset a version is reported, by list-batches and on the page" {
	run -0 --separate-stderr list --at 2026-12-30T23:59:59Z
	[ -z "$stderr" ]
	run -0 --separate-stderr list --at 2026-12-31T00:00:00Z
	[ "$stderr" = "list-batches: $PWD/jobs/media/shop.api: version v2 ends on 2027-03-01, in 60 days" ]
	run -0 --separate-stderr list --at 2027-03-05T00:00:00Z --sunset 0
	[[ $stderr == *"version v2 ended on 2027-03-01, 4 days ago" ]]
	[[ $output == *daily* ]]
	soon=$(date -u -d '+50 days' +%F)
	sed -i "s/2027-03-01/$soon/" jobs/media/shop.api
	report-batches --output page.html
	grep -q "shop v2</bdi> ends on $soon" page.html
	[[ $(<page.html) != *'Media files that need attention'* ]]
}

@test "mistakes are named with their line and are 78; a missing version is on the page and in --media" {
	sed -i 1d jobs/media/daily.fields
	run -0 --separate-stderr list
	[ -z "$stderr" ]
	run -0 list --media
	[[ $output == *'daily.fields'*'no version  it has no line "# version: ..."'* ]]
	report-batches --output page.html
	grep -q 'daily.fields.*it has no line' page.html
	sed -i 's/2027-03-01/2027-02-30/' jobs/media/shop.api
	run -78 --separate-stderr list
	[[ $stderr == *'shop.api: line 2: sunset: "2027-02-30" is not a date, YYYY-MM-DD'* ]]
	[[ $output == *daily* ]]
	report-batches --output page.html
	grep -q 'shop.api.*line 2: sunset' page.html
	printf '%s\n' '# version: v3' '--set version=v2' >jobs/media/shop.api
	run -78 --separate-stderr list
	[[ $stderr == *'line 2: --set version=v2, but the head has "version: v3"'* ]]
}

@test "a media file that a batch names and that is not there is 78" {
	batch more '"$media/body.json"' '@${media}/none.fields' '@$media/part-$x.json' '$media/*.api' jq .issue.fields
	run -78 --separate-stderr list
	[[ $stderr == *"media/body.json: does not exist, and more names it"* ]]
	[[ $stderr == *"media/none.fields: does not exist, and more names it"* ]]
	[ "${#stderr_lines[@]}" = 2 ]
}

@test "--media asks the programs of this build whether they can read the files" {
	run -0 list --media
	[[ $output == *'shop.api'*'v2'*'2027-03-01'*'1'*'good'* ]]
	echo '--not-yet 5' >>jobs/media/shop.api
	echo 'clicks:whole' >>jobs/media/daily.fields
	run -78 list --media --json
	[[ $(jq -r 'select(.file == "shop.api").why' <<<"$output") == "this build cannot read it: "*"--not-yet"* ]]
	[[ $(jq -r 'select(.file == "daily.fields").why' <<<"$output") == "this build cannot read it: "*whole* ]]
	[ "$(jq -r .state <<<"$output" | sort -u)" = mistake ]
	# A name that a shell would take for more.
	mkdir "it's \$(here)"
	cp jobs/media/shop.api "it's \$(here)"
	sed -i '$d' "it's \$(here)/shop.api"
	MAM_MEDIA="$PWD/it's \$(here)" run -78 list --media --json
	[ "$(jq -r 'select(.file == "shop.api").state' <<<"$output")" = good ]
	run -64 list --media --files
}

@test "fetch-api and normalize --check look at the options and do nothing else" {
	run -0 fetch-api --check @jobs/media/shop.api
	[ -z "$output" ]
	run -64 fetch-api --check --on 'status=4x5 fail'
	run -64 fetch-api --check --rate often
	run -0 normalize --check @jobs/media/daily.fields
	run -64 normalize --check 'cost:decimal;sign=never'
	[[ $output == *never* ]]
}

@test "MAM_MEDIA names another folder: for run-batch, the lists and the batch" {
	cp -r jobs/media v3
	sed -i 's/v2/v3/; s/2027-03-01/2028-03-01/' v3/*
	MAM_MEDIA=v3 run -0 list --json
	[ "$(jq -r '.api, .sunset' <<<"$output" | xargs)" = 'shop v3 2028-03-01' ]
	batch shows '$media'
	cd /
	MAM_MEDIA=$BATS_TEST_TMPDIR/v3 run -0 run-batch --dry-run shows
	[[ $output == *"$BATS_TEST_TMPDIR/v3"* ]]
	cd "$BATS_TEST_TMPDIR"
	# A relative one is made absolute, since a batch may change its folder.
	MAM_MEDIA=v3 run -0 run-batch --dry-run shows
	[[ $output == *"$BATS_TEST_TMPDIR/v3"* ]]
	for command in 'run-batch shows' 'list-batches' 'report-batches'; do
		MAM_MEDIA=gone run -78 $command
		[[ $output == *"cannot read the folder of media files gone"* ]]
	done
}

@test "the first batch takes the version of its URLs from the media file" {
	export YAHOO_CLIENT_ID=practice-client YAHOO_CLIENT_SECRET=practice-secret YAHOO_REFRESH_TOKEN=practice-refresh
	export YAHOO_ACCOUNT_ID=11111111 YAHOO_BASE_ACCOUNT_ID=10000001
	export HOME=$PWD TARGET=$PWD/ads.db FROM=2026-07-01 TO=2026-07-04
	ads_start --today 2026-07-10 --polls 0 --rate 0
	export BASE_URL=$ADS
	mkdir root
	ln -s "$MAM_BIN" root/bin
	cp -r "$MAM_ROOT/pipelines" root
	cp -r root/pipelines/media new
	sed -i 's/v20/v21/' new/*
	run -0 root/pipelines/yahoo-search-campaign-daily-sqlite
	MAM_MEDIA=$PWD/new run root/pipelines/yahoo-search-campaign-daily-sqlite
	ads_stop
	[ "$status" != 0 ]
	[[ $output == *"/api/v21/ReportDefinitionService/add"* ]]
}

@test "make dist-media: a tarball of the media files, byte for byte the same at any time" {
	pack() {
		env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u SOURCE_DATE_EPOCH make -s -C "$MAM_ROOT" \
			B="$PWD/build" MEDIA_TARBALL="$PWD/$1" "${@:2}" dist-media
	}
	pack one.tar.gz
	(umask 077; touch "$MAM_ROOT/pipelines/media/yahoo-search.api"; pack two.tar.gz)
	cmp one.tar.gz two.tar.gz
	pack three.tar.gz MEDIA_VERSION=next
	mkdir unpacked
	tar -xzf three.tar.gz -C unpacked
	[ "$(<unpacked/mam-media-next/VERSION)" = next ]
	for file in "$MAM_ROOT"/pipelines/media/*; do
		cmp "$file" "unpacked/mam-media-next/$(basename "$file")"
	done
	MAM_BATCHES=$MAM_ROOT/pipelines MAM_MEDIA=$PWD/unpacked/mam-media-next run -0 list --media
	[[ $output == *'yahoo-search.api'*good* ]]
}
