# SPDX-License-Identifier: MIT
# Amazon Ads: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup amazon-ads amazon-ads-campaign-daily
	export AMAZON_ADS_CLIENT_ID=practice-client AMAZON_ADS_CLIENT_SECRET=practice-secret
	export AMAZON_ADS_REFRESH_TOKEN=practice-refresh
}

teardown() {
	media_stop
}

# The answer to a created report is lost, so the next try finds it there. Two of the questions are refused one after the
# other with a good token, one report has failed, and the files break off.
storm=(--polls=3 'at=token do=status status=503' 'at=profiles do=status status=500' 'at=profiles do=expire skip=1'
	'at=create do=status status=429' 'at=create do=reset bytes=10 skip=1' 'at=create do=status status=500 skip=2'
	'at=poll do=status status=401 count=2' 'at=poll do=job-error skip=3' 'at=poll do=truncate bytes=9 skip=6'
	'at=poll do=expire skip=7' 'at=download do=status status=503' 'at=download do=truncate bytes=1000 skip=1'
	'at=download do=reset bytes=2000 skip=2')

@test "SQLite: with faults, twice, restated, without data" {
	media_loads sqlite "${storm[@]}"
	[ -n "$(media_log 'select(.op == "create" and .status == 425)')" ]
}

@test "PostgreSQL, ids as texts: with faults, twice, restated, without data" {
	media_loads postgresql --texts=1 "${storm[@]}"
}

@test "MariaDB: with faults, twice, restated, without data" {
	media_loads mysql "${storm[@]}"
}

@test "the default window is the last 17 days; profiles, create, ask, download, and the other host gets no headers" {
	media_edit 's/^--interval 10s/--interval 20ms/' amazon-ads.job
	media_default_window 17 Asia/Tokyo --profiles 1
	[ "$(media_log .op | tr -d '"' | tr '\n' ' ')" = 'token profiles create poll poll download ' ]
}

@test "many profiles side by side, at most ten reports open at once; more than 31 days are two reports" {
	media_start --profiles 14 --polls 4 --rows 3
	media_hurry
	FROM=2026-06-01 media_batch
	media_expected all 2026-06-01 "$TO"
	media_holds all
	[ "$(media_asked create)" = 28 ]
	[ "$(media_log 'select(.op == "create") | .days' | sort -n | uniq -c | tr -s ' \n' ' ')" = ' 14 2 14 31 ' ]
	[ "$(media_log 'select(.over)')" = "" ]
	[ "$(media_log '.open // 0' | sort -n | tail -n 1)" -gt 3 ]
}

@test "a report that another run has made is adopted, and not made again" {
	media_start --duplicates any
	media_hurry
	media_batch
	media_expected all "$FROM" "$TO"
	media_set '{"restated": 1}'
	run --separate-stderr -0 media_batch
	[[ $stderr == *'The Request is a duplicate of : '*'going on with that job'* ]]
	[ "$(media_log 'select(.op == "create") | .status' | sort | uniq -c | xargs)" = '2 200 2 425' ]
	# It has the numbers of when it was made.
	media_holds all
}

@test "a profile that the user may not read keeps its rows; the others are replaced" {
	media_start
	media_hurry
	media_batch
	media_expected all "$FROM" "$TO"
	media_set '{"barred": 1, "restated": 1}'
	run --separate-stderr -0 media_batch
	[[ $stderr == *'Not authorized to access scope'*ignored* ]]
	media_expected now "$FROM" "$TO"
	{ grep -v ', 2345678901234567, ' now; grep ', 2345678901234567, ' all; } >mixed
	media_holds mixed
	# The same words about a report that is there are an error: no profile may be left out by a refusal that passes.
	media_set '{"barred": 0}'
	media_fault 'at=poll do=barred count=0'
	media_fails 77 'Not authorized to access scope'
	media_calm
	# No profile at all is an error.
	media_set '{"profiles": 1, "barred": 1}'
	media_fails 65 'says nothing of the windows'
}

@test "what the medium refuses: client, column, unit, type of the body, days too old; nothing is loaded" {
	media_start
	media_hurry
	media_batch
	AMAZON_ADS_CLIENT_SECRET=stale-secret HOME=$PWD/elsewhere media_fails 77 invalid_client
	[[ $stderr != *stale-secret* ]]
	FROM=2026-04-01 TO=2026-04-03 media_fails 69 '95 days of retention'
	media_edit 's/"clicks",/"clics",/' amazon-ads-campaign-daily.json
	media_fails 69 'invalid values: (clics)'
	media_edit 's/"clics",/"clicks",/; s/DAILY/SUMMARY/' amazon-ads-campaign-daily.json
	media_fails 69 'not of SUMMARY'
	media_edit 's/SUMMARY/DAILY/' amazon-ads-campaign-daily.json
	media_edit 's/^--step 31d/&/; s/--step 31d/--step 32d/' amazon-ads-campaign-daily
	FROM=2026-06-01 media_fails 69 'must not exceed 31 days'
	media_edit 's/,vendor/,agency/' amazon-ads-campaign-daily
	media_fails 69 'the profile of an agency has no reports'
	media_edit 's/,agency/,vendor/' amazon-ads-campaign-daily
	media_edit 's/^--create-header .*/--create-header Content-Type: application\/json/' amazon-ads.job
	media_fails 69 'Content-Type must be application/vnd.createasyncreportrequest.v3+json'
}

@test "a report that fails for good or is never made, a token that is refused, a file that breaks off; nothing is loaded" {
	media_start
	media_hurry
	media_batch
	media_outlasts poll job-error 75 'practice failure'
	media_outlasts poll 'status status=401' 77 'practice fault'
	media_outlasts poll 'status status=503' 75
	media_outlasts create 'status status=429' 75
	media_outlasts download 'truncate bytes=900' 75
	media_outlasts download 'cut bytes=900' 75
	media_outlasts download 'status status=403' 77
	media_outlasts profiles 'status status=403' 77
	media_set '{"polls": 100000}'
	media_edit 's/^--timeout 4h/--timeout 1s/' amazon-ads.job
	media_fails 75 timeout
}
