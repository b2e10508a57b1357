# SPDX-License-Identifier: MIT
# Meta: its batch against the practice server, with faults, into all three databases.

load helper
load media

setup() {
	media_setup meta meta-campaign-daily
	export META_ACCESS_TOKEN=practice-token META_ACCOUNT_ID=798085168510957
}

teardown() {
	media_stop
}

# Three pages of a day, reports that are found unfinished, that fail, that cannot be read at once, and that are too large.
storm=(--polls=3 --early=2 --heavy=20 'at=create do=status status=500' 'at=create do=error code=17' 'at=create do=error code=613'
	'at=create do=error code=80004' 'at=create do=reset bytes=9' 'at=poll do=error code=32' 'at=poll do=status status=503'
	'at=poll do=truncate bytes=20 skip=2' 'at=poll do=job-end end=Job_Failed skip=1' 'at=poll do=job-end end=Job_Skipped skip=4'
	'at=insights do=error code=4' 'at=insights do=error code=80000' 'at=insights do=error code=2 skip=2'
	'at=insights do=truncate bytes=900 skip=5' 'at=insights do=reset bytes=1500 skip=7' 'at=insights do=status status=429 skip=9')

@test "SQLite: with faults, twice, restated, without data" {
	media_edit 's/^--page-size 500/--page-size 25/' meta.api
	media_loads sqlite "${storm[@]}"
	# Pages were halved, of each report anew; a job that failed was created once more.
	[ "$(media_log 'select(.op == "insights" and .status == 200) | .limit' | sort -u | tr '\n' ' ')" = '12 ' ]
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	media_loads postgresql "${storm[@]}"
}

@test "MariaDB: with faults, twice, restated, without data" {
	media_loads mysql "${storm[@]}"
}

@test "the default window is the last 28 days, a report for each: created, asked for, read" {
	media_edit 's/^--interval 3s/--interval 20ms/' meta.job
	media_edit 's|^--rate .*|--rate 1000/1s|' meta.api
	media_default_window 28 Asia/Tokyo
	[ "$(media_log 'select(.op == "create") | .days' | sort | uniq -c | xargs)" = '28 1' ]
	[ "$(media_asked poll)" = 56 ]
	[ "$(media_asked insights)" = 28 ]
	[ "$(media_log 'select(.over)')" = "" ]
}

# A limit of 100 requests in 2 s, of which each header of the four tells the percents: all stay below it.
@test "above 95 percent in any of the headers there is a pause, so the limit is never met" {
	media_edit 's/^--interval 3s/--interval 20ms/' meta.job
	media_edit 's|^--rate .*|--rate 1000/1s|; s/^(--pause-above .*=95) 1m/\1 2s/' meta.api
	for usage in business account app throttle; do
		media_start --rate 100 --span 2 --usage "$usage"
		rm -f ads.db
		FROM=2026-06-06 LIMITER=$PWD/$usage media_batch
		[ "$(media_log .op | wc -l)" -gt 100 ]
		[ "$(media_log 'select(.over)')" = "" ]
		media_expected all 2026-06-06 "$TO"
		media_holds all
		media_stop
	done
}

@test "minutes in a header are waited for, up to --max-wait" {
	media_start --rate 0
	media_hurry
	media_batch
	media_set '{"rate": 1, "regain": 3}'
	echo '--max-wait 2m' >>root/pipelines/media/meta.api
	media_fails 75 'asks to wait 180.000 s'
}

@test "what the medium refuses: token, account, field, parameter, time; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	META_ACCESS_TOKEN=practice-stale media_fails 77 '190'
	[[ $stderr != *practice-stale* ]]
	META_ACCOUNT_ID=7 media_fails 77 '(#200)'
	FROM=2023-05-01 TO=2023-05-02 media_fails 64 '--max-age'
	media_edit 's/ --max-age 37m//' meta-campaign-daily
	FROM=2023-05-01 TO=2023-05-02 media_fails 69 '37 months'
	media_edit 's/,spend,/,spent,/' meta-campaign-daily
	media_fails 69 'spent is not valid'
	media_edit 's/,spent,/,spend,/; s/time_increment=1/time_step=1/' meta-campaign-daily
	media_fails 69 'time_step is not known'
}

@test "what does not pass: limits, reports and answers are 75 or 69; nothing is loaded" {
	media_start --rate 0
	media_hurry
	media_batch
	media_outlasts create 'error code=80003' 75 80003
	media_outlasts poll 'error code=4' 75
	media_outlasts poll 'job-end end=Job_Failed' 75 'practice failure'
	media_outlasts poll 'job-end end=Job_Skipped' 75 'Job Skipped'
	media_outlasts poll 'job-end end=Job_Lost' 65 'Job Lost'
	media_outlasts insights 'error code=2637' 75 2637
	media_outlasts insights 'error code=100' 69
	media_outlasts insights 'status status=503' 75
	media_outlasts insights 'truncate bytes=900' 75
	media_outlasts insights 'cut bytes=900' 65
	media_set '{"heavy": 0}'
	media_fails 69 'reduce the amount'
	media_set '{"heavy": 5000, "polls": 100000}'
	media_edit 's/^--timeout 4h/--timeout 1s/' meta.job
	media_fails 75 timeout
}
