# SPDX-License-Identifier: MIT
# LINE Ads: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup line-ads line-ads-campaign-daily
	export LINE_ADS_ACCESS_KEY=practice-access LINE_ADS_SECRET_KEY=practice-secret-key LINE_ADS_ACCOUNT_ID=A123456789
}

teardown() {
	media_stop
}

# Created, and failed once; created again, found unfinished twice, and cut on its way.
storm=(--polls=2 'at=create do=status status=503' 'at=create do=status status=429' 'at=list do=status status=500'
	'at=list do=job-error skip=1' 'at=list do=truncate bytes=9 skip=2' 'at=create do=reset bytes=20 skip=2'
	'at=download do=status status=502' 'at=download do=truncate bytes=2000 skip=1' 'at=download do=reset bytes=3000 skip=2'
	'at=delete do=status status=500 skip=1')

@test "SQLite: with faults, twice, restated, without data" {
	media_loads sqlite "${storm[@]}"
	# A report whose answer was lost is created twice, and the medium has one of them still.
	[ "$(media_log 'select(.op == "create" and .status == 200) | .open' | tail -n 1)" = 2 ]
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	media_loads postgresql --custom=0 "${storm[@]}"
}

@test "MariaDB, as UTF-16: with faults, twice, restated, without data" {
	media_edit 's/"CSV"/"CSV_EXCEL"/' line-ads-campaign-daily.json
	media_loads mysql "${storm[@]}"
}

@test "the default window is the last 30 days; create, ask, download, remove, within the medium's limit" {
	media_edit 's/^--interval 2s/--interval 20ms/' line-ads.job
	media_default_window 30 Asia/Tokyo
	[ "$(media_log .op | tr -d '"' | tr '\n' ' ')" = 'create list list download delete ' ]
	[ "$(media_log 'select(.over)')" = "" ]
}

@test "what the medium refuses: keys, account, format, span; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	LINE_ADS_SECRET_KEY=practice-stale media_fails 77 INVALID_TOKEN
	[[ $stderr != *practice-stale* ]]
	[ "$(media_log .jws | tail -n 1)" = '"wrong signature"' ]
	LINE_ADS_ACCESS_KEY=other-key media_fails 77 INVALID_TOKEN
	LINE_ADS_ACCOUNT_ID=A7 media_fails 77 NO_AUTHORITY
	FROM=2020-07-01 media_fails 69 EXCEED_DATE_RANGE
	media_edit 's/"CSV"/"XLSX"/' line-ads-campaign-daily.json
	media_fails 69 INVALID_FILE_FORMAT
	media_edit 's/"XLSX"/"CSV"/; s/"until": "\{to-1d\}"/"until": "{to-1d:%Y%m%d}"/' line-ads-campaign-daily.json
	media_fails 69 INVALID_DATE
}

@test "a report that fails for good, or never gets ready, is 75; a file that is none is 65 or 69; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	media_outlasts list job-error 75 ERROR
	media_outlasts download 'status status=503' 75
	media_outlasts download 'truncate bytes=900' 75
	media_outlasts download 'cut bytes=900' 65
	media_outlasts create 'status status=400' 69
	media_set '{"polls": 100000}'
	media_edit 's/^--timeout 2h/--timeout 1s/' line-ads.job
	media_fails 75 timeout
}

@test "a report that cannot be removed does not fail the batch" {
	media_start --rate 0
	media_hurry
	media_fault 'at=delete do=status status=403 count=0'
	run --separate-stderr -0 media_batch
	[[ $stderr == *403* ]]
	media_expected all "$FROM" "$TO"
	media_holds all
}
