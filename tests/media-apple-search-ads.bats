# SPDX-License-Identifier: MIT
# Apple Search Ads: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup apple-search-ads apple-search-ads-campaign-daily
	openssl ecparam -name prime256v1 -genkey -noout -out key.pem
	openssl ec -in key.pem -pubout -out public.pem 2>/dev/null
	APPLE_ADS_PRIVATE_KEY=$(cat key.pem)
	export APPLE_ADS_PRIVATE_KEY APPLE_ADS_CLIENT_ID=SEARCHADS.practice-client APPLE_ADS_TEAM_ID=SEARCHADS.practice-team
	export APPLE_ADS_KEY_ID=practice-key-id APPLE_ADS_ORG_ID=40669820
}

teardown() {
	media_stop
}

# The pages are small, so that there are three.
storm=("--public-key=public.pem" 'at=token do=status status=503' 'at=token do=truncate bytes=10 skip=1'
	'at=report do=status status=500' 'at=report do=status status=429' 'at=report do=expire skip=2'
	'at=report do=truncate bytes=2000 skip=3' 'at=report do=reset bytes=3000 skip=5')

small_pages() {
	media_edit 's/^--page-size 1000/--page-size 16/' apple-search-ads.api
}

@test "SQLite: with faults, twice, restated, without data" {
	small_pages
	media_loads sqlite "${storm[@]}"
	media_log .page | grep -q '\[32,16\]'
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	small_pages
	media_loads postgresql "${storm[@]}"
}

@test "MariaDB: with faults, twice, restated, without data" {
	small_pages
	media_loads mysql "${storm[@]}"
}

@test "the default window is the last 30 days" {
	media_default_window 30 Asia/Tokyo --public-key public.pem
	[ "$(media_log .op | tr -d '"' | tr '\n' ' ')" = 'token report ' ]
}

@test "a day without metrics is no row; if asked for, it is one of nulls" {
	media_start --rate 0 --public-key public.pem
	media_batch
	media_expected all "$FROM" "$TO"
	media_holds all
	media_edit 's/WithNoMetrics": false/WithNoMetrics": true/' apple-search-ads-campaign-daily.json
	media_batch
	[ "$(sqlite3 ads.db "SELECT count(*) FROM $TABLE")" = 120 ]
	[ "$(sqlite3 ads.db "SELECT count(*) FROM $TABLE WHERE impressions IS NULL AND cost IS NULL")" = $((121 - $(wc -l <all))) ]
}

@test "what the medium refuses: key, key id, team, organization, span, size of a page; nothing is loaded" {
	media_start --rate 0 --public-key public.pem
	media_hurry
	media_batch
	openssl ecparam -name prime256v1 -genkey -noout -out other.pem
	APPLE_ADS_PRIVATE_KEY=$(cat other.pem) HOME=$PWD/other media_fails 77 invalid_client
	[ "$(media_log .jwt | grep -v null | tail -n 1)" = '"wrong signature"' ]
	APPLE_ADS_KEY_ID=7 HOME=$PWD/other media_fails 77 invalid_client
	APPLE_ADS_TEAM_ID=SEARCHADS.7 HOME=$PWD/other media_fails 77 invalid_client
	APPLE_ADS_PRIVATE_KEY=practice-words HOME=$PWD/other media_fails 78 'signing-key'
	[[ $stderr != *practice-words* ]]
	APPLE_ADS_ORG_ID=7 media_fails 77 'no access to organization 7'
	FROM=2026-04-01 media_fails 69 'at most 90 days ago'
	media_edit 's/^--page-size 1000/--page-size 1001/' apple-search-ads.api
	media_fails 69 'limit 1 to 1000'
	media_edit 's/^--page-size 1001/--page-size 1000/' apple-search-ads.api
	media_edit 's/"returnGrandTotals": false/"returnGrandTotals": true/' apple-search-ads-campaign-daily.json
	media_fails 69 'returnGrandTotals: must be false'
	media_edit 's/^--scope .*//' apple-search-ads.api
	HOME=$PWD/other media_fails 77 invalid_scope
}

@test "errors that do not pass are 75 or 77; a cut report is 65; nothing is loaded" {
	media_start --rate 0 --public-key public.pem
	media_hurry
	media_batch
	media_outlasts report 'status status=503' 75
	media_outlasts report 'status status=429' 75 'too many requests'
	media_outlasts report 'expire' 77 'has expired'
	media_outlasts report 'cut bytes=900' 65
}
