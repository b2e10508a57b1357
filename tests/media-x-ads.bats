# SPDX-License-Identifier: MIT
# X Ads: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup x-ads x-ads-campaign-daily
	export X_ADS_CONSUMER_KEY=practice-consumer X_ADS_CONSUMER_SECRET=practice-consumer-secret
	export X_ADS_ACCESS_TOKEN=practice-access X_ADS_ACCESS_TOKEN_SECRET=practice-access-secret
	export X_ADS_ACCOUNT_ID=18ce54d4x5t X_ADS_TIME_ZONE=America/Los_Angeles CHANGED_TO=2026-07-11
}

teardown() {
	media_stop
}

# Jobs that are not listed at first, and one that fails; every kind of request meets errors, limits and cuts.
storm=(--polls=2 --hidden=1 'at=active do=status status=503' 'at=active do=calm' 'at=active do=truncate bytes=500 skip=1'
	'at=create do=status status=500' 'at=create do=status status=429' 'at=create do=reset bytes=40 skip=1'
	'at=list do=status status=502' 'at=list do=account-limit skip=1' 'at=list do=job-end end=FAILED skip=3'
	'at=list do=truncate bytes=60 skip=5' 'at=download do=status status=503' 'at=download do=truncate bytes=300 skip=1'
	'at=download do=reset bytes=200 skip=2')

@test "SQLite: with faults, twice, restated, without data" {
	media_loads sqlite "${storm[@]}"
	# One job for up to 20 campaigns of one placement.
	[ "$(media_log 'select(.op == "create" and .status == 200) | .ids <= 20' | sort -u)" = true ]
	[ "$(media_log 'select(.op == "create" and .status == 200) | .placement' | sort -u | wc -l)" = 2 ]
	[ "$(media_log 'select(.oauth) | .oauth')" = "" ]
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	media_loads postgresql "${storm[@]}"
}

@test "MariaDB: with faults, twice, restated, without data" {
	media_loads mysql "${storm[@]}"
}

@test "the default window is the last 30 days of the account; as it is, within the limits" {
	media_edit 's/^--interval 10s/--interval 20ms/' x-ads.job
	unset CHANGED_TO
	media_default_window 30 America/Los_Angeles
	[ "$(media_asked active)" = 1 ]
	[ "$(media_log 'select(.op == "create") | .ids' | sort -n | xargs)" = '10 20 20' ]
	[ "$(media_log 'select(.over)')" = "" ]
}

@test "days are those of the account's zone where clocks change; a longer window is several jobs" {
	media_start --rate 0 --rows 9 --repeat 4
	media_hurry
	FROM=2026-03-01 TO=2026-06-10 media_batch
	media_expected all 2026-03-01 2026-06-10
	media_holds all
	[ "$(media_log 'select(.op == "active") | .hours' | xargs)" = '2135 1032' ]
	media_stop
	rm ads.db
	today=2025-11-20 media_start --rate 0 --rows 9
	FROM=2025-10-20 TO=2025-11-10 CHANGED_TO=2025-11-21 media_batch
	media_expected all 2025-10-20 2025-11-10
	media_holds all
	[ "$(media_log 'select(.op == "active") | .hours')" = 769 ]
}

@test "what happened on a day may have been recorded days later" {
	media_start --rate 0
	media_hurry
	FROM=2026-07-02 TO=2026-07-03
	media_batch
	media_expected all "$FROM" "$TO"
	media_holds all
	# If changes were asked for up to that day only, campaigns would be missing.
	CHANGED_TO=$TO media_batch
	run ! media_holds all
	[ "$(wc -l <all)" -gt "$(($(wc -l <table.now) + 10))" ]
}

@test "a campaign whose changes are of other days is not asked for" {
	asked() { media_log 'select(.op == "create") | .ids' | jq -s add; }
	media_start --rate 0
	media_hurry
	FROM=2026-07-02 TO=2026-07-03 media_batch
	few=$(asked)
	curl -sS -X DELETE "$BASE_URL/practice/log"
	FROM=2026-07-02 TO=2026-07-10 media_batch
	[ "$few" -gt 20 ] && [ "$few" -lt "$(asked)" ]
}

@test "a job whose id is twice in its object is found by the first of them" {
	media_start --rate 0 --twice 1
	media_hurry
	media_fails 65 'repeated name'
	echo '--duplicate-keys first' >>root/pipelines/media/x-ads.job
	media_edit 's/create.data.id_str/create.data.id/' x-ads.job
	media_batch
	media_expected all "$FROM" "$TO"
	media_holds all
	# As a number it keeps its 18 digits.
	media_edit 's/^--duplicate-keys first/--duplicate-keys last/' x-ads.job
	media_batch
	media_holds all
}

@test "two batches at once keep to the limit of the user" {
	media_start --rate 12 --span 1
	media_edit 's|^--rate .*|--rate 12/2s|' x-ads.api
	media_edit 's/^--interval 10s/--interval 200ms/; s/^--max-interval 1m/--max-interval 400ms/' x-ads.job
	TABLE=other TARGET=$PWD/other.db LIMITER=$PWD/limiter media_batch 2>other.log &
	LIMITER=$PWD/limiter media_batch
	wait $!
	[ "$(media_log .op | wc -l)" -gt 24 ]
	[ "$(media_log 'select(.over)')" = "" ]
}

@test "a limit that is used up is paused for until its reset, and one job too many is tried again" {
	media_start --rate 8 --span 2
	media_hurry
	media_batch
	[ "$(media_log 'select(.op != "download")' | wc -l)" -gt 8 ]
	[ "$(media_log 'select(.over)')" = "" ]
	media_expected all "$FROM" "$TO"
	media_holds all
	media_set '{"rate": 0, "others": 100}'
	media_fails 75 'open jobs'
}

@test "what the medium refuses: secrets, account, zone, metrics, ids; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	X_ADS_ACCESS_TOKEN_SECRET=practice-stale media_fails 77 'not properly authenticated'
	[[ $stderr != *practice-stale* ]]
	[ "$(media_log .oauth | grep -v null | tail -n 1)" = '"wrong signature"' ]
	X_ADS_CONSUMER_KEY=other-key media_fails 77 'not properly authenticated'
	X_ADS_ACCOUNT_ID=7 media_fails 77 'account was not found'
	X_ADS_TIME_ZONE=Asia/Tokyo media_fails 69 'America/Los_Angeles'
	media_edit 's/--step 89d/--step 91d/' x-ads-campaign-daily
	FROM=2026-03-01 media_fails 69 '90 days'
	media_edit 's/--step 91d/--step 89d/; s/--group 20/--group 21/' x-ads-campaign-daily
	media_fails 69 '1 to 20'
	media_edit 's/--group 21/--group 20/; s/BILLING/BILLINGS/' x-ads-campaign-daily
	media_fails 69 'unknown group'
	media_edit 's/BILLINGS/BILLING/; s/ --group-by placement//' x-ads-campaign-daily
	media_fails 69 'placement'
}

@test "what does not pass: jobs, files and limits; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	media_outlasts create calm 75 420
	media_outlasts list 'job-end end=FAILED' 75 FAILED
	media_outlasts list 'job-end end=LOST' 65 LOST
	media_outlasts download 'status status=404' 69
	media_outlasts download 'truncate bytes=300' 75
	media_outlasts download 'cut bytes=300' 75
	media_outlasts active 'cut bytes=300' 65
	media_set '{"hidden": 100000}'
	media_edit 's/^--timeout 2h/--timeout 1s/' x-ads.job
	media_fails 75 timeout
}
