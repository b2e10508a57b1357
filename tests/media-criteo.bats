# SPDX-License-Identifier: MIT
# Criteo: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup criteo criteo-campaign-daily
	export CRITEO_CLIENT_ID=practice-client CRITEO_CLIENT_SECRET=practice-secret CRITEO_CURRENCY=JPY
}

teardown() {
	media_stop
}

storm=('at=token do=status status=503' 'at=token do=truncate bytes=10 skip=1' 'at=portfolio do=status status=500'
	'at=portfolio do=expire skip=1' 'at=report do=status status=504' 'at=report do=status status=429'
	'at=report do=expire skip=2' 'at=report do=truncate bytes=2000 skip=3' 'at=report do=reset bytes=3000 skip=5')

@test "SQLite: with faults, twice, restated, without data" {
	media_loads sqlite "${storm[@]}"
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	media_loads postgresql --numbers=1 "${storm[@]}"
}

@test "MariaDB: with faults, twice, restated, without data" {
	media_loads mysql "${storm[@]}"
}

@test "the default window is the last 30 days of Japan; one request for each advertiser" {
	media_default_window 30 Asia/Tokyo
	[ "$(media_log .op | tr -d '"' | tr '\n' ' ')" = 'token portfolio report report report ' ]
	[ "$(media_log .advertisers | tr -d '"' | tr '\n' ' ')" = 'null null 13 1352 73550 ' ]
	[ "$(media_log 'select(.over)')" = "" ]
}

@test "after 429 it waits until the time that x-ratelimit-reset has" {
	media_start --rate 1
	echo '--max-wait 10s' >>root/pipelines/media/criteo.api
	run --separate-stderr -75 media_batch
	[[ $stderr =~ 'asks to wait '([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" -gt 50 ]
	[ "$(media_log .status | tr '\n' ' ')" = '200 200 429 ' ]
}

@test "an advertiser that the credentials no longer reach keeps its rows" {
	media_start --rate 0
	media_hurry
	media_batch
	media_expected all "$FROM" "$TO"
	media_set '{"portfolio": 1, "restated": 1}'
	media_batch
	[ "$(sqlite3 ads.db "SELECT count(*) FROM $TABLE WHERE advertiser_id = 1352")" = "$(grep -c ', 1352, ' all)" ]
	media_expected now "$FROM" "$TO"
	[ "$(sqlite3 ads.db "SELECT count(*) FROM $TABLE WHERE advertiser_id = 13")" = "$(grep -c ', 13, ' now)" ]
	# No advertiser at all is an error.
	media_set '{"portfolio": 0}'
	media_fails 65 'says nothing of the windows'
}

@test "what the medium refuses: client, currency, metric, time zone, span, type of the body; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	CRITEO_CLIENT_SECRET=stale HOME=$PWD/elsewhere media_fails 77 invalid_client
	[[ $stderr != *stale* ]]
	CRITEO_CURRENCY=Yen media_fails 69 'currency: not a code'
	FROM=2024-07-01 media_fails 69 'more than two years ago'
	media_edit 's/"Clicks",/"Clics",/' criteo-campaign-daily.json
	media_fails 69 'metrics: Clics is not known'
	media_edit 's/"Clics",/"Clicks",/; s/Asia.Tokyo/UTC/' criteo-campaign-daily.json
	media_fails 69 'timezone: the practice server has Asia/Tokyo'
	media_edit 's/UTC/Asia\/Tokyo/; s/"endDate": "\{to-1d\}"/"endDate": "{to-1d:%Y\/%m\/%d}"/' criteo-campaign-daily.json
	media_fails 69 'not a range of days'
}

@test "a report as long as the medium gives may have been cut: half of the days are asked for" {
	media_start --rate 0 --cap 100
	media_hurry
	media_edit 's/Rows\.99999/Rows.99/' criteo-campaign-daily
	media_batch
	media_expected all "$FROM" "$TO"
	media_holds all
	[ "$(media_log 'select(.op == "report" and .advertisers == "13") | .days' | tr '\n' ' ')" = '3 1 2 ' ]
	# One day cannot be halved.
	media_edit 's/Rows\.99 /Rows.9 /' criteo-campaign-daily
	media_fails 69 Rows.9
}

@test "errors that do not pass are 75 or 77; a cut report is 65; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	media_outlasts report 'status status=503' 75
	media_outlasts report 'status status=429' 75
	media_outlasts report 'expire' 77
	media_outlasts report 'cut bytes=900' 65
	media_outlasts portfolio 'status status=403' 77
}
