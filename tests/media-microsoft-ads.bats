# SPDX-License-Identifier: MIT
# Microsoft Advertising: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup microsoft-ads microsoft-ads-campaign-daily
	export MICROSOFT_ADS_DEVELOPER_TOKEN=practice-developer MICROSOFT_ADS_CLIENT_ID=practice-client
	export MICROSOFT_ADS_CLIENT_SECRET=practice-secret MICROSOFT_ADS_REFRESH_TOKEN=practice-refresh
	export MICROSOFT_ADS_CUSTOMER_ID=251186883 MICROSOFT_ADS_ACCOUNT_ID=180519267
}

teardown() {
	media_stop
}

# Submitted, and failed once; submitted again, found unfinished twice, and cut on its way.
storm=(--polls=2 'at=token do=status status=503' 'at=submit do=error code=117' 'at=submit do=status status=500 skip=1'
	'at=submit do=reset bytes=10 skip=2' 'at=poll do=error code=117' 'at=poll do=job-error skip=1' 'at=poll do=error code=0 skip=2'
	'at=poll do=expire skip=3' 'at=poll do=truncate bytes=9 skip=5' 'at=download do=status status=503'
	'at=download do=truncate bytes=2000 skip=1' 'at=download do=reset bytes=3000 skip=2')

@test "SQLite: with faults, twice, restated, without data" {
	media_loads sqlite "${storm[@]}"
}

@test "PostgreSQL, a file without totals: with faults, twice, restated, without data" {
	media_loads postgresql --total=0 "${storm[@]}"
}

@test "MariaDB, a file with NUL bytes: with faults, twice, restated, without data" {
	media_loads mysql --nul=5 "${storm[@]}"
}

@test "the default window is the last 30 days; submit, ask, download, and the other host gets neither token nor headers" {
	media_edit 's/^--interval 2s/--interval 20ms/' microsoft-ads.job
	media_default_window 30 Asia/Tokyo
	[ "$(media_log .op | tr -d '"' | tr '\n' ' ')" = 'token submit poll poll download ' ]
}

@test "a report without its last line is not whole: nothing is loaded" {
	media_start
	media_hurry
	media_batch
	media_edit 's/"ExcludeReportFooter": false/"ExcludeReportFooter": true/' microsoft-ads-campaign-daily.json
	media_fails 76 --stop-at
	media_edit 's/"ExcludeColumnHeaders": false/"ExcludeColumnHeaders": true/' microsoft-ads-campaign-daily.json
	media_fails 65 --skip-until
}

@test "the refresh token that an answer replaces is kept for the next run" {
	media_start
	media_hurry
	media_batch
	curl -sS --fail -X POST "$BASE_URL/practice/expire"
	media_batch
	[ "$(media_asked token)" -ge 2 ]
	HOME=$PWD/elsewhere media_fails 77 invalid_grant
}

@test "what the medium refuses: tokens, account, column, zone, days as text; nothing is loaded" {
	media_start
	media_hurry
	media_batch
	MICROSOFT_ADS_DEVELOPER_TOKEN=stale-token media_fails 77 'Authentication failed'
	[[ $stderr != *stale-token* ]]
	MICROSOFT_ADS_ACCOUNT_ID=7 media_fails 77 'not represent'
	FROM=2026-07-09 TO=2026-07-12 media_fails 69 'ends in the future'
	media_edit 's/"Clicks",/"Clics",/' microsoft-ads-campaign-daily.json
	media_fails 69 'Clics is not a column'
	media_edit 's/"Clics",/"Clicks",/; s/OsakaSapporoTokyo/Tokyo/' microsoft-ads-campaign-daily.json
	media_fails 69 'ReportTimeZone'
	media_edit 's/"Tokyo"/"OsakaSapporoTokyo"/; s/\{from:%-d\}/"{from:%-d}"/' microsoft-ads-campaign-daily.json
	media_fails 69 'as numbers'
}

@test "a report that fails for good, a limit, a file that breaks off are 75; one that is cut is 65; nothing is loaded" {
	media_start
	media_hurry
	media_batch
	media_outlasts poll job-error 75 Error
	media_outlasts submit 'error code=117' 75
	media_outlasts poll 'error code=109' 77
	media_outlasts submit 'error code=2004' 69
	media_outlasts download 'status status=503' 75
	media_outlasts download 'truncate bytes=900' 75
	media_outlasts download 'cut bytes=900' 75
	media_outlasts download 'status status=403' 77
}
