# SPDX-License-Identifier: MIT
# Google Ads: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup google-ads google-ads-campaign-daily
	export GOOGLE_ADS_DEVELOPER_TOKEN=practice-developer GOOGLE_ADS_CLIENT_ID=practice-client
	export GOOGLE_ADS_CLIENT_SECRET=practice-secret GOOGLE_ADS_REFRESH_TOKEN=practice-refresh
}

teardown() {
	media_stop
}

# The searches are 3 for accounts, then one for each of 3 accounts.
storm=('at=token do=status status=503' 'at=token do=truncate bytes=10 skip=1' 'at=reached do=status status=500'
	'at=reached do=expire skip=1' 'at=search do=quota reason=RESOURCE_TEMPORARILY_EXHAUSTED'
	'at=search do=reset bytes=50 skip=1' 'at=search do=expire skip=2' 'at=search do=status status=429 skip=5'
	'at=search do=truncate bytes=5000 skip=6' 'at=search do=stream-error code=503 skip=7'
	'at=search do=quota reason=EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION skip=8' 'at=search do=reset bytes=9000 skip=9')

@test "SQLite: with faults, twice, restated, without data" {
	media_loads sqlite "${storm[@]}"
}

@test "PostgreSQL, no data as a batch without results: with faults, twice, restated, without data" {
	media_loads postgresql --empty=1 "${storm[@]}"
}

@test "MariaDB: with faults, twice, restated, without data" {
	media_loads mysql "${storm[@]}"
}

@test "the default window is the last 30 days, asked for in parts of 14; an account reached in two ways is asked once" {
	media_default_window 30 Asia/Tokyo --rows 3
	[ "$(media_log 'select(.customer == "2223334440") | .days // empty' | tr '\n' ' ')" = '14 14 2 ' ]
	[ "$(media_log 'select(.customer == "3334445550") | [.login, .days]' | head -n 1)" = '["1112223330",14]' ]
	[ "$(media_asked reached)" = 1 ]
}

@test "an account that is closed keeps its rows; the others are replaced" {
	media_start
	media_hurry
	media_batch
	media_expected all "$FROM" "$TO"
	media_set '{"closed": "3334445550", "restated": 1}'
	run --separate-stderr -0 media_batch
	[[ $stderr == *CUSTOMER_NOT_ENABLED*ignored* ]]
	media_expected now "$FROM" "$TO"
	{ grep -v ', 3334445550, ' now; grep ', 3334445550, ' all; } >mixed
	media_holds mixed
}

@test "what the medium refuses: developer token, credentials, field, resource; nothing is loaded" {
	media_start
	media_hurry
	media_batch
	GOOGLE_ADS_DEVELOPER_TOKEN=stale-token media_fails 77 'The developer token is not valid'
	[[ $stderr != *stale-token* ]]
	GOOGLE_ADS_REFRESH_TOKEN=stale HOME=$PWD/elsewhere media_fails 77 invalid_grant
	[[ $stderr != *stale* ]]
	media_edit 's/metrics.clicks/metrics.clics/' google-ads-campaign-daily.json
	media_fails 69 "Unrecognized field in the query: 'metrics.clics'"
	media_edit 's/metrics.clics/metrics.clicks/; s/FROM campaign/FROM campain/' google-ads-campaign-daily.json
	media_fails 69 'invalid resource type'
	media_edit 's/--header .login-customer-id: \{login\}. //' google-ads-campaign-daily
	media_fails 77 "doesn't have permission"
}

@test "errors that do not pass are 75 or 77, a cut answer is 65; nothing is loaded" {
	media_start
	media_hurry
	media_batch
	media_outlasts search 'quota reason=RESOURCE_EXHAUSTED' 75 'Too many requests'
	media_outlasts search 'status status=503' 75
	media_outlasts search 'truncate bytes=400' 75
	media_outlasts search 'stream-error code=503' 75 'ended early'
	media_outlasts search 'stream-error code=400' 69 'ended early'
	media_outlasts search expire 77
	media_outlasts search 'cut bytes=400' 65
	media_outlasts reached 'status status=403' 77
}
