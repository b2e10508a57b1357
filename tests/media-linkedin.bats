# SPDX-License-Identifier: MIT
# LinkedIn: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup linkedin linkedin-campaign-daily
	export LINKEDIN_CLIENT_ID=practice-client LINKEDIN_CLIENT_SECRET=practice-secret
	export LINKEDIN_REFRESH_TOKEN=practice-refresh LINKEDIN_ACCOUNT_ID=518121035
}

teardown() {
	media_stop
}

storm=('at=token do=status status=503' 'at=token do=truncate bytes=10 skip=1' 'at=account do=status status=500'
	'at=account do=expire skip=1' 'at=analytics do=status status=504' 'at=analytics do=status status=429'
	'at=analytics do=expire skip=2' 'at=analytics do=truncate bytes=2000 skip=3' 'at=analytics do=reset bytes=3000 skip=4')

@test "SQLite: with faults, twice, restated, without data" {
	media_loads sqlite "${storm[@]}"
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	media_loads postgresql "${storm[@]}"
}

@test "MariaDB: with faults, twice, restated, without data" {
	media_loads mysql "${storm[@]}"
}

@test "the default window is the last seven days of UTC; a new token is not used at once" {
	media_edit 's/^--token-delay 30s/--token-delay 600ms/' linkedin.api
	media_default_window 7 UTC --token-ready=0.5
	[ "$(media_log .op | tr -d '"' | tr '\n' ' ')" = 'token account analytics ' ]
}

@test "what the medium refuses: account, version, fields, credentials; nothing is loaded" {
	media_start
	media_hurry
	media_batch
	# Without access to it a report is empty: the account itself says so.
	LINKEDIN_ACCOUNT_ID=7 media_fails 77 'Not enough permissions'
	[ "$(media_asked analytics)" = 1 ]
	media_edit 's/version=202605/version=202301/; s/^# version: .*/# version: 202301/' linkedin.api
	media_fails 69 'version is not active'
	media_edit 's/202301/202605/' linkedin.api
	media_edit 's/X-Restli-Protocol-Version: 2.0.0/X-Restli-Protocol-Version: 1.0.0/' linkedin.api
	media_fails 69 X-Restli-Protocol-Version
	media_edit 's/X-Restli-Protocol-Version: 1.0.0/X-Restli-Protocol-Version: 2.0.0/' linkedin.api
	media_edit 's/,clicks,/,clics,/' linkedin-campaign-daily
	media_fails 69 'fields: more than 20, repeated or unknown'
	LINKEDIN_REFRESH_TOKEN=stale HOME=$PWD/elsewhere media_fails 77 invalid_grant
	[[ $stderr != *stale* ]]
}

@test "an answer as long as the medium gives is asked for in halves, as there may be more" {
	media_start --cap 100
	media_hurry
	media_edit 's/elements\.14999/elements.99/' linkedin-campaign-daily
	run -0 media_batch
	[[ $output == *'elements.99 -> split-window); asking for less'* ]]
	media_expected all "$FROM" "$TO"
	media_holds all
	# Fewer than a day has.
	rm ads.db
	media_edit 's/elements\.99/elements.3/' linkedin-campaign-daily
	run -69 media_batch
	[[ $output == *'the window cannot be split any further'* ]]
	[ ! -e ads.db ]
}

@test "a longer window is asked for in parts" {
	media_start --rows 3
	media_hurry
	FROM=2026-06-05 media_batch
	media_expected all 2026-06-05 "$TO"
	media_holds all
	[ "$(media_asked analytics)" = 5 ]
}
