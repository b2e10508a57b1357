# SPDX-License-Identifier: MIT
# Snapchat: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup snapchat snapchat-campaign-daily
	export SNAPCHAT_CLIENT_ID=practice-client SNAPCHAT_CLIENT_SECRET=practice-secret
	export SNAPCHAT_REFRESH_TOKEN=practice-refresh SNAPCHAT_TIME_ZONE=America/Los_Angeles
	export SNAPCHAT_AD_ACCOUNT_ID=8adc3db7-8148-4fbf-999c-8d2266369d74
}

teardown() {
	media_stop
}

# Three pages.
storm=(--page-size=15 'at=token do=status status=503' 'at=token do=truncate bytes=10 skip=1' 'at=account do=status status=500'
	'at=account do=expire skip=1' 'at=stats do=status status=504' 'at=stats do=status status=429' 'at=stats do=expire skip=2'
	'at=stats do=truncate bytes=2000 skip=4' 'at=stats do=reset bytes=3000 skip=6')

@test "SQLite: with faults, twice, restated, without data" {
	media_loads sqlite "${storm[@]}"
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	media_loads postgresql "${storm[@]}"
}

@test "MariaDB, days of Japan: with faults, twice, restated, without data" {
	SNAPCHAT_TIME_ZONE=Asia/Tokyo media_loads mysql --zone=Asia/Tokyo "${storm[@]}"
}

@test "as it is, within the medium's limit; the default window is the last 28 days of the account's zone" {
	media_default_window 28 America/Los_Angeles --page-size=3
	[ "$(media_asked stats)" = 14 ]
	[ "$(media_log 'select(.over)')" = "" ]
}

@test "days at which clocks change" {
	FROM=2026-10-30 TO=2026-11-04
	media_start --today 2026-11-10 --rate 0
	media_batch
	media_expected all "$FROM" "$TO"
	media_holds all
	FROM=2026-03-06 TO=2026-03-11
	media_batch
	media_expected spring "$FROM" "$TO"
	media_holds all spring
}

@test "what the medium refuses: account, zone, fields, span, credentials; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	SNAPCHAT_AD_ACCOUNT_ID=x media_fails 77 'E1001 None of the requested actions'
	SNAPCHAT_TIME_ZONE=Asia/Tokyo media_fails 69 "start of day (00:00:00) for the account's timezone"
	media_edit 's/--step 30d/--step 32d/' snapchat-campaign-daily
	FROM=2026-05-01 media_fails 69 'cover 1 to 31 days'
	media_edit 's/--step 32d/--step 30d/' snapchat-campaign-daily
	media_edit 's/,swipes,/,swypes,/' snapchat-campaign-daily
	media_fails 69 'fields: unknown or repeated'
	SNAPCHAT_REFRESH_TOKEN=stale HOME=$PWD/elsewhere media_fails 77 invalid_grant
	[[ $stderr != *stale* ]]
}

@test "errors in an answer with status 200 are errors, and load nothing" {
	media_start --rate 0
	media_hurry
	media_batch
	media_outlasts stats request-error 69 'E1001 practice fault'
	media_outlasts stats sub-error 69 sub_request_status
	media_outlasts account request-error 69 request_status
	media_outlasts stats 'status status=429' 75
	media_outlasts stats 'cut bytes=900' 65
}

@test "a longer window is asked for in parts, which the medium allows" {
	media_start --rate 0 --rows 3 --today 2026-11-20
	media_hurry
	FROM=2026-09-20 TO=2026-11-20
	media_batch
	media_expected all "$FROM" "$TO"
	media_holds all
	[ "$(media_asked stats)" = 3 ]
}
