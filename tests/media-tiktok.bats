# SPDX-License-Identifier: MIT
# TikTok: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup tiktok tiktok-campaign-daily
	export TIKTOK_ACCESS_TOKEN=practice-token TIKTOK_ADVERTISER_ID=7123456789012345678
}

teardown() {
	media_stop
}

# The pages are small, so that there are three. Each kind of error that passes comes once, five in a row at most.
storm=("at=report do=error code=40100" "at=report do=error code=40200" "at=report do=error code=40201"
	"at=report do=error code=40202 skip=4" "at=report do=error code=40700 skip=5" "at=report do=error code=50000 skip=6"
	"at=report do=error code=50002 skip=7" "at=report do=status status=502 skip=9" "at=report do=status status=429 skip=10"
	"at=report do=truncate bytes=300 skip=11" "at=report do=reset bytes=100 skip=12")

small_pages() {
	media_edit 's/^--page-size 1000/--page-size 50/' tiktok.api
}

@test "SQLite: with faults, twice, restated, without data" {
	small_pages
	media_loads sqlite "${storm[@]}"
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	small_pages
	media_loads postgresql "${storm[@]}"
}

@test "MariaDB: with faults, twice, restated, without data" {
	small_pages
	media_loads mysql "${storm[@]}"
}

@test "as it is, within the medium's limit; the default window is the last seven days" {
	media_default_window 7 Asia/Tokyo
	[ "$(media_log 'select(.over)')" = "" ]
	[ "$(media_asked report)" = 1 ]
}

@test "a window longer than the medium takes is several requests" {
	media_start --rate 0
	media_hurry
	FROM=2026-05-20 media_batch
	[ "$(media_log 'select(.op == "report")' | grep -c .)" -ge 2 ]
	media_expected all 2026-05-20 "$TO"
	media_holds all
}

@test "what the medium refuses: token, advertiser, metric, size of a page, span; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	TIKTOK_ACCESS_TOKEN=stale media_fails 77 '40105'
	[[ $stderr != *stale* ]]
	TIKTOK_ADVERTISER_ID=7 media_fails 69 '40001 No permission'
	media_edit 's/--step 30d/--step 31d/' tiktok-campaign-daily
	FROM=2026-05-20 media_fails 69 'longer than 30 days'
	media_edit 's/--step 31d/--step 30d/' tiktok-campaign-daily
	media_edit 's/"clicks",/"clics",/' tiktok-campaign-daily
	media_fails 69 'metrics: clics is not supported'
	media_edit 's/"clics",/"clicks",/' tiktok-campaign-daily
	media_edit 's/^--page-size 1000/--page-size 1001/' tiktok.api
	media_fails 69 'page_size: must be 1 to 1000'
	media_edit 's/^--page-size 1001/--page-size 1000/' tiktok.api
	media_edit 's/^--header Access-Token: /--header X-Token: /' tiktok.api
	media_fails 77 40105
}

@test "errors that do not pass are 75, one that is not known is 69; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	media_outlasts report 'error code=40100' 75 'QPS limit'
	media_outlasts report 'error code=50000' 75 50000
	media_outlasts report 'error code=40002' 69 40002
	media_outlasts report 'status status=503' 75
	media_outlasts report 'truncate bytes=900' 75
	media_outlasts report 'cut bytes=900' 65
}

@test "two batches at once keep to the limit of the application" {
	media_start
	media_edit 's/^--page-size 1000/--page-size 15/' tiktok.api
	TABLE=other TARGET=$PWD/other.db media_batch 2>other.log &
	media_batch
	wait $!
	[ "$(media_asked report)" -gt 14 ]
	[ "$(media_log 'select(.over)')" = "" ]
	[ -s limiter ]
}
