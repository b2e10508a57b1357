# SPDX-License-Identifier: MIT
# SmartNews Ads: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup smartnews smartnews-campaign-daily
	export SMARTNEWS_API_KEY=practice-key SMARTNEWS_ACCOUNT_ID=10000000
}

teardown() {
	media_stop
}

storm=('at=insights do=status status=500' 'at=insights do=status status=503 skip=1' 'at=insights do=status status=429 skip=2'
	'at=insights do=truncate bytes=2000 skip=4' 'at=insights do=reset bytes=3000 skip=6')

@test "SQLite: with faults, twice, restated, without data" {
	media_loads sqlite "${storm[@]}"
	# One request a day; the days are never added up.
	[ "$(media_log '.days | select(. != null and . != 1)')" = "" ]
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	media_loads postgresql "${storm[@]}"
}

@test "MariaDB, all of Ads Manager V1: with faults, twice, restated, without data" {
	media_loads mysql --amv2=0 "${storm[@]}"
}

@test "by publisher, SQLite: with faults, twice, restated, without data" {
	export batch=smartnews-publisher-daily
	media_loads sqlite --expect=publisher "${storm[@]}"
}

@test "by publisher, PostgreSQL, all of Ads Manager V1: with faults, twice, restated, without data" {
	export batch=smartnews-publisher-daily
	media_loads postgresql --expect=publisher --amv2=0 "${storm[@]}"
}

@test "by publisher, MariaDB: with faults, twice, restated, without data" {
	export batch=smartnews-publisher-daily
	media_loads mysql --expect=publisher "${storm[@]}"
}

@test "the default window is the last seven days of Japan, each asked for by itself" {
	media_default_window 7 Asia/Tokyo
	[ "$(media_asked insights)" = 7 ]
}

@test "what the medium refuses: key, account, level, age of a day; nothing is loaded" {
	media_start
	media_hurry
	media_batch
	SMARTNEWS_API_KEY=practice-stale media_fails 77 'the API key is not valid'
	[[ $stderr != *practice-stale* ]]
	SMARTNEWS_ACCOUNT_ID=7 media_fails 69 404
	FROM=2022-07-01 TO=2022-07-02 media_fails 69 'last 1098 days'
	TO=2026-07-01 media_fails 64 'the window is empty'
	media_edit 's/level=campaign/level=ad/' smartnews-campaign-daily
	media_fails 69 'level: the practice server has campaign'
	media_edit 's/^--api-key-header .*/--api-key-header X-Api-Key/' smartnews.api
	media_fails 77 'the API key is not valid'
}

@test "errors that do not pass are 75, a 404 in HTML is 69; nothing is loaded" {
	media_start
	media_hurry
	media_batch
	media_outlasts insights 'status status=503' 75
	media_outlasts insights 'status status=429' 75
	media_outlasts insights html 69 404
	media_outlasts insights 'truncate bytes=900' 75
	media_outlasts insights 'cut bytes=900' 65
}
