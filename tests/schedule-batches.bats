# SPDX-License-Identifier: MIT
# schedule-batches: the heads of the batches as a crontab, systemd timers, EventBridge schedules and
# Prefect deployments. Judged by systemd-analyze, croniter and botocore.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir pipelines
	export MAM_BATCHES=$PWD/pipelines
	unset MAM_STATE_DIR
}

batch() { # NAME SCHEDULE
	printf '#!/bin/sh\n# schedule: %s\n' "$2" >"pipelines/$1"
	chmod +x "pipelines/$1"
}

schedule() {
	run -"${wanted:-0}" --separate-stderr schedule-batches --run-batch /opt/mam-etl/bin/run-batch "$@"
}

crontab_line() { # SCHEDULE ZONE
	batch one "$1"
	schedule --format crontab --zone "$2"
	echo "$output"
	line=$(grep -v -e '^#' -e '^MAM_BATCHES=' <<<"$output")
}

ecs() {
	schedule --format eventbridge --cluster arn:aws:ecs:ap-northeast-1:1:cluster/c --role arn:aws:iam::1:role/start \
		--task-definition arn:aws:ecs:ap-northeast-1:1:task-definition/mam-etl --subnets subnet-1,subnet-2 "$@"
}

@test "crontab: the host's own zone keeps the fields" {
	crontab_line '30 6 * * 1-5 Asia/Tokyo' Asia/Tokyo
	[ "$line" = '30 6 * * 1-5 /opt/mam-etl/bin/run-batch one' ]
	[[ $output == *"MAM_BATCHES=\"$PWD/pipelines\""* ]]
	[[ $output == *'# one: 30 6 * * 1-5 Asia/Tokyo'* ]]
	# Another name of the same clock, even one that changes.
	crontab_line '30 2 * * * Europe/Berlin' Europe/Vienna
	[ "$line" = '30 2 * * * /opt/mam-etl/bin/run-batch one' ]
	# A step after a number and names of days in a list are not for every cron.
	crontab_line '5/20 6 * jan mon,fri Asia/Tokyo' Asia/Tokyo
	[ "$line" = '5,25,45 6 * 1 1,5 /opt/mam-etl/bin/run-batch one' ]
}

@test "crontab: a constant difference moves times and days of the week" {
	crontab_line '30 6 * * * Asia/Tokyo' UTC
	[ "$line" = '30 21 * * * /opt/mam-etl/bin/run-batch one' ]
	crontab_line '30 6 * * 1-5 Asia/Tokyo' UTC
	[ "$line" = '30 21 * * 0-4 /opt/mam-etl/bin/run-batch one' ]
	crontab_line '0 9,23 * * 7 Asia/Tokyo' UTC
	[ "$line" = '0 0,14 * * 7 /opt/mam-etl/bin/run-batch one' ]
	crontab_line '0 8,9 * * 1 Asia/Tokyo' UTC
	[ "$line" = $'0 23 * * 0 /opt/mam-etl/bin/run-batch one\n0 0 * * 1 /opt/mam-etl/bin/run-batch one' ]
	crontab_line '*/15 * * * * Asia/Tokyo' UTC
	[ "$line" = '0,15,30,45 * * * * /opt/mam-etl/bin/run-batch one' ]
	# Half an hour splits the minutes.
	crontab_line '0,45 5 * * * Asia/Kolkata' UTC
	[ "$line" = $'15 0 * * * /opt/mam-etl/bin/run-batch one\n30 23 * * * /opt/mam-etl/bin/run-batch one' ]
	crontab_line '15 12 1 * * Asia/Tokyo' UTC
	[ "$line" = '15 3 1 * * /opt/mam-etl/bin/run-batch one' ]
	crontab_line '0 20 * * 6 UTC' Asia/Tokyo
	[ "$line" = '0 5 * * 0 /opt/mam-etl/bin/run-batch one' ]
	crontab_line '0 6 * * * +09:00' UTC
	[ "$line" = '0 21 * * * /opt/mam-etl/bin/run-batch one' ]
}

# "NAME SECONDS" of the next run of each batch, in order.
next_runs() { # KEY FOLDER TIME
	list-batches --json --at "$3" --batches "$2" >list.json
	paste -d ' ' <(jq -r ".$1" list.json) <(jq -r .next list.json | date -f - +%s) | sort -k1,1 -k2,2n
}

@test "crontab: 60 random schedules run at the same times by the host's clock" {
	local name host at number
	awk 'BEGIN {
		srand(20261120)
		n = split("Asia/Tokyo Asia/Kolkata Asia/Kathmandu Pacific/Kiritimati Etc/GMT+12 UTC", zones, " ")
		for (i = 0; i < 60; i++)
			printf "%s %s %s %s %s %s\n", minute(), hour(), r(4) ? "*" : 3 + r(20) "-27", r(5) ? "*" : 1 + r(12) ",7", r(2) ? "*" : r(7) "," r(7), zones[1 + r(n)]
	}
	function r(n) { return int(rand() * n) }
	function minute() { return r(4) ? r(60) "," r(60) : "*/" 1 + r(30) }
	function hour() { return r(4) ? r(24) "," r(24) "-23" : r(2) ? "*" : "*/" 2 + r(5) }' >schedules
	for host in UTC Asia/Kolkata; do
		rm -rf pipelines theirs host
		mkdir pipelines
		name=100
		while read -r line; do
			name=$((name + 1))
			batch "s$name" "$line"
			# What cannot be converted is refused; the others are compared.
			schedule-batches --format crontab --zone "$host" "s$name" >one 2>/dev/null || { rm "pipelines/s$name"; continue; }
			grep -v -e '^#' -e '^MAM_' one >>theirs
		done <schedules
		[ "$(ls pipelines | wc -l)" -gt 30 ]
		mkdir host
		number=1000
		while read -r minute hour day month weekday _ name; do
			number=$((number + 1))
			printf '#!/bin/sh\n# schedule: %s %s %s %s %s %s\n# owner: %s\n' "$minute" "$hour" "$day" "$month" "$weekday" "$host" "$name" >"host/l$number"
		done <theirs
		chmod +x host/*
		for at in 2026-11-20T13:00:00Z 2026-12-31T23:30:00Z 2027-02-14T07:59:00Z; do
			next_runs batch pipelines "$at" >a
			# Of the lines of one batch, the first run counts.
			next_runs owner host "$at" | awk '$1 != last { print } { last = $1 }' >b
			diff a b || { echo "host $host at $at"; cat one; return 1; }
		done
	done
}

@test "crontab: refused where the host's clock cannot express it" {
	batch one '30 6 * * * America/New_York'
	wanted=78 schedule --format crontab --zone UTC
	[[ $stderr == *'pipelines/one: the schedule "30 6 * * * America/New_York" has no crontab on a host whose clock is UTC: the difference between both clocks changes with the season; use --format systemd or cronie'* ]]
	[ -z "$output" ]
	batch one '30 6 1 * * Asia/Tokyo'
	wanted=78 schedule --format crontab --zone UTC
	[[ $stderr == *'a day of the month cannot be moved'* ]]
	batch one '30 6 * 1-3 * Asia/Tokyo'
	wanted=78 schedule --format crontab --zone UTC
	wanted=64 schedule --format crontab --zone Asia/Tokio
}

@test "cronie: CRON_TZ before the batches of each zone; a user and a program with a blank" {
	batch a '30 6 * * * Asia/Tokyo'
	batch b '30 6 1 * * America/New_York'
	batch c '0 5 * * * +09:00'
	batch d '0 5 * * * Asia/Tokyo'
	run -0 schedule-batches --format cronie --user etl --run-batch "/opt/mam etl/100%/run-batch"
	[ "$(grep -v -e '^#' -e '^MAM_B' <<<"$output")" = "CRON_TZ=Etc/GMT-9
0 5 * * * etl '/opt/mam etl/100\\%/run-batch' c
CRON_TZ=America/New_York
30 6 1 * * etl '/opt/mam etl/100\\%/run-batch' b
CRON_TZ=Asia/Tokyo
30 6 * * * etl '/opt/mam etl/100\\%/run-batch' a
0 5 * * * etl '/opt/mam etl/100\\%/run-batch' d" ]
	batch c '0 5 * * * +05:30'
	wanted=78 schedule --format cronie
}

# The first time after $1 that one of the timer's lines names, in seconds.
elapse() { # TIME FILE
	local line first='' at
	while read -r line; do
		at=$(systemd-analyze calendar --base-time "$1" "$line" | sed -n 's/^ *Next elapse: [A-Z][a-z]* //p')
		[ -n "$at" ] || continue
		at=$(date -d "$at" +%s)
		[ -n "$first" ] && [ "$first" -le "$at" ] || first=$at
	done < <(sed -n 's/^OnCalendar=//p' "$2")
	echo "$first"
}

# Our next run and the timer's are the same.
same_as_systemd() { # TIME
	local name next
	while read -r name next; do
		[ "$(elapse "$1" "units/mam-batch@$name.timer")" = "$(date -d "$next" +%s)" ] ||
			{ echo "$name: ours $next, at $1"; cat "units/mam-batch@$name.timer"; return 1; }
	done < <(list-batches --json --at "$(date -u -d "$1" +%FT%TZ)" | jq -r '"\(.batch) \(.next)"')
}

@test "systemd: the timers elapse when our schedule does" {
	command -v systemd-analyze >/dev/null || skip "SKIPPED: systemd-analyze is not installed"
	export TZ=UTC
	batch weekdays '30 6 * * 1-5 Asia/Tokyo'
	batch steps '*/7 */5 * * * Asia/Kolkata'
	batch either '0 4 13 * fri America/New_York'
	batch both '0 4 */2 * fri America/New_York'
	batch sunday '15 23 * jan,jul 7 Europe/Berlin'
	batch leap '0 0 29 2 * UTC'
	batch every '* * 1-31 * 3 UTC'
	batch offset '0 5 * * * +09:00'
	batch gap '30 2 * * * Europe/Berlin'
	batch hourly '30 * * * * Europe/Berlin'
	schedule --format systemd --output units
	[ -z "$output" ]
	[ "$(ls units | wc -l)" -eq 11 ]
	for at in '2026-11-20 13:00:00 UTC' '2027-01-31 23:59:00 UTC' '2027-11-12 09:00:00 UTC'; do
		same_as_systemd "$at"
	done
	# A time that is skipped, and an hour that occurs twice.
	same_as_systemd '2027-03-27 22:00:00 UTC'
	same_as_systemd '2027-10-31 00:29:30 UTC'
	same_as_systemd '2027-10-31 00:30:00 UTC'
}

@test "systemd: the unit files are good, and files of batches that are gone are named" {
	batch one '30 6 * * * Asia/Tokyo'
	schedule --format systemd --output units --user root
	[ -z "$stderr" ]
	grep -qx 'ExecStart="/opt/mam-etl/bin/run-batch" %i' units/mam-batch@.service
	grep -qx 'User=root' units/mam-batch@.service
	grep -qx "Environment=\"MAM_BATCHES=$PWD/pipelines\"" units/mam-batch@.service
	grep -qx 'Persistent=true' units/mam-batch@one.timer
	# Without a home, run-batch finds its state in /var/lib.
	grep -qx 'StateDirectory=mam-etl' units/mam-batch@.service
	grep -qx 'Environment=MAM_STATE_DIR=%S/mam-etl' units/mam-batch@.service
	mv pipelines/one pipelines/two
	schedule --format systemd --output units --user root
	[[ $stderr == *'units/mam-batch@one.timer is there from before'* ]]
	wanted=64 schedule --format systemd
	wanted=74 schedule --format systemd --output /proc/units
	command -v systemd-analyze >/dev/null || skip "SKIPPED: systemd-analyze is not installed"
	sed -i 's|^ExecStart=.*|ExecStart=/bin/true %i|' units/mam-batch@.service
	run -0 systemd-analyze verify --man=no "$PWD/units/mam-batch@two.timer" "$PWD/units/mam-batch@two.service"
	[[ $output != *units/mam-batch* ]]
}

@test "the state folder is passed on to run-batch" {
	batch one '30 6 * * * Asia/Tokyo'
	schedule --format cronie --state '/srv/state of 100%'
	[[ $output == *'MAM_STATE_DIR="/srv/state of 100%"'* ]]
	export MAM_STATE_DIR=/srv/state
	schedule --format systemd --output units
	grep -qx 'Environment="MAM_STATE_DIR=/srv/state"' units/mam-batch@.service
	run ! grep StateDirectory units/mam-batch@.service
	wanted=64 schedule --format cronie --state state
}

@test "eventbridge: a request for each batch, in the scheduler's own form of cron" {
	batch weekdays '30 6 * * 1-5 Asia/Tokyo'
	batch month '5/20 0 1,15 */3 * Asia/Tokyo'
	batch daily '0 5 * * * +09:00'
	ecs --security-groups sg-1
	[ "$(jq -r 'select(.Name == "weekdays") | .ScheduleExpression' <<<"$output")" = 'cron(30 6 ? * 2-6 *)' ]
	[ "$(jq -r 'select(.Name == "month") | .ScheduleExpression' <<<"$output")" = 'cron(5,25,45 0 1,15 1,4,7,10 ? *)' ]
	[ "$(jq -r 'select(.Name == "daily") | .ScheduleExpression' <<<"$output")" = 'cron(0 5 * * ? *)' ]
	[ "$(jq -r 'select(.Name == "daily") | .ScheduleExpressionTimezone' <<<"$output")" = 'Etc/GMT-9' ]
	[ "$(jq -c 'select(.Name == "daily") | .Target.Input | fromjson | .containerOverrides' <<<"$output")" = \
		'[{"name":"mam-etl","command":["run-batch","daily","--slot","<aws.scheduler.scheduled-time>"]}]' ]
	[ "$(jq -c 'select(.Name == "daily") | .Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration' <<<"$output")" = \
		'{"Subnets":["subnet-1","subnet-2"],"SecurityGroups":["sg-1"]}' ]
	ecs --container etl
	[ "$(jq -r 'select(.Name == "daily") | .Target.Input | fromjson | .containerOverrides[].name' <<<"$output")" = etl ]
	ecs --output requests
	[ "$(ls requests | tr '\n' ' ')" = 'daily.json month.json weekdays.json ' ]
	batch month '0 0 1 * 1 UTC'
	wanted=78 ecs
	[[ $stderr == *'month: the schedule "0 0 1 * 1" restricts the day of the month and the day of the week'* ]]
	rm pipelines/month
	batch "$(printf '%065d' 0)" '0 0 * * * UTC'
	wanted=78 ecs
	wanted=64 schedule --format eventbridge --cluster c
}

# A Python with these packages, from the cache of uv; loudly skipped without it.
need_python() { # PACKAGE...
	command -v uv >/dev/null || skip "SKIPPED: uv is not installed, $* cannot be asked"
	uv venv -q "$BATS_TEST_TMPDIR/python" || skip "SKIPPED: uv makes no environment"
	uv pip install -q --python "$BATS_TEST_TMPDIR/python/bin/python" "$@" 2>/dev/null ||
		skip "SKIPPED: $* cannot be installed"
	python=$BATS_TEST_TMPDIR/python/bin/python
}

@test "eventbridge: botocore takes the requests" {
	need_python botocore
	batch weekdays '30 6 * * 1-5 Asia/Tokyo'
	ecs --security-groups sg-1
	echo "$output" >request.json
	cat >judge.py <<-'END'
		import json, botocore.session, botocore.validate
		model = botocore.session.get_session().get_service_model("scheduler")
		shape = model.operation_model("CreateSchedule").input_shape
		request = json.load(open("request.json"))
		report = botocore.validate.ParamValidator().validate(request, shape)
		print(report.generate_report())
		assert not report.has_errors()
		request["Target"]["EcsParameters"]["Nonsense"] = 1
		assert botocore.validate.ParamValidator().validate(request, shape).has_errors()
	END
	run -0 "$python" judge.py
}

@test "200 random schedules in six zones: croniter agrees about the next run" {
	need_python croniter
	cat >judge.py <<-'END'
		import datetime, json, os, random, subprocess, sys, zoneinfo
		from croniter import croniter
		random.seed(20261120)
		zones = ["UTC", "Asia/Tokyo", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney"]
		def field(low, high, star):
		    r = random.random()
		    if r < star: return "*"
		    if r < star + .1: return "*/%d" % random.choice([2, 3, 5, 7])
		    if r < star + .3:
		        a = random.randint(low, high - 1)
		        return "%d-%d%s" % (a, random.randint(a + 1, high), random.choice(["", "/2"]))
		    return ",".join(str(n) for n in sorted({random.randint(low, high) for _ in range(3)}))
		for i in range(200):
		    fields = [field(0, 59, .1), field(0, 23, .2), field(1, 28, .6), field(1, 12, .7), field(0, 6, .6)]
		    path = "pipelines/b%03d" % i
		    open(path, "w").write("#!/bin/sh\n# schedule: %s %s\n" % (" ".join(fields), random.choice(zones)))
		    os.chmod(path, 0o755)
		wrong = compared = 0
		for at in "2026-11-20T13:00:00Z", "2027-02-27T23:59:00Z", "2027-06-30T00:00:00Z":
		    for line in subprocess.run(["list-batches", "--json", "--at", at], check=True, capture_output=True).stdout.splitlines():
		        batch = json.loads(line)
		        cron, zone = batch["schedule"].rsplit(" ", 1)
		        start = datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(zoneinfo.ZoneInfo(zone))
		        # cron's own rule for both day fields is a "bug" there
		        theirs = croniter(cron, start, ret_type=datetime.datetime, implement_cron_bug=True).get_next()
		        ours = datetime.datetime.fromisoformat(batch["next"])
		        compared += 1
		        if theirs.timestamp() != ours.timestamp():
		            wrong += 1
		            print(batch["schedule"], "after", at, "croniter", theirs, "ours", ours)
		print(compared, "compared")
		sys.exit(wrong > 0 or compared != 600)
	END
	run -0 "$python" judge.py
}

@test "prefect and json: batches of one schedule together" {
	batch a '30 6 * * mon Asia/Tokyo'
	batch b '30 6 * * 1 Asia/Tokyo'
	batch c '*/15 * * * * UTC'
	schedule --format json
	[ "${lines[0]}" = '{"cron":"30 6 * * 1","timezone":"Asia/Tokyo","batches":["a", "b"]}' ]
	[ "${lines[1]}" = '{"cron":"*/15 * * * *","timezone":"UTC","batches":["c"]}' ]
	schedule --format prefect --entrypoint flows/slot.py:slot --work-pool hosts
	[ "${lines[2]}" = '- name: "30 6 * * 1 Asia~Tokyo"' ]
	[ "${lines[5]}" = '    batches: ["a", "b"]' ]
	[ "${lines[7]}" = '  - {cron: "30 6 * * 1", timezone: "Asia/Tokyo"}' ]
	# list-batches finds the launches in it.
	echo "$output" >prefect.yaml
	run -0 list-batches --launched prefect:prefect.yaml --unused --json
	[ -z "$output" ]
	schedule --format prefect --entrypoint slot.py:slot --work-pool hosts --own a=fargate
	[ "${lines[2]}" = '- name: "a"' ]
	[ "${lines[8]}" = '  work_pool: {name: "fargate"}' ]
	[ "${lines[9]}" = '- name: "30 6 * * 1 Asia~Tokyo"' ]
	[ "${lines[12]}" = '    batches: ["b"]' ]
	wanted=78 schedule --format prefect --entrypoint slot.py:slot --work-pool hosts --own aa=fargate
	wanted=64 schedule --format prefect --entrypoint slot.py:slot --work-pool hosts --own a
	wanted=64 schedule --format prefect
	# Prefect would run this one on days that fit either field.
	batch c '0 6 */2 * 1 UTC'
	wanted=78 schedule --format prefect --entrypoint flows/slot.py:slot --work-pool hosts
}

@test "list-batches finds the launches in a crontab and in timers" {
	batch a '30 6 * * 1 Asia/Tokyo'
	batch b '30 7 * * 1 Asia/Tokyo'
	schedule --format crontab --zone UTC a
	echo "$output" >crontab.txt
	run -0 list-batches --launched crontab:crontab.txt --unused --csv
	[[ ${lines[1]} == b,* ]]
	schedule --format systemd --output units
	run -0 list-batches --launched systemd:units --unused --json
	[ -z "$output" ]
}

@test "a mistake writes nothing, and all of them are reported" {
	batch good '30 6 * * * Asia/Tokyo'
	batch bad1 '30 6 * * *'
	batch bad2 '30 6 * * * Asia/Tokio'
	wanted=78 schedule --format systemd --output units
	[[ $stderr == *'pipelines/bad1, line 2: schedule: '*'has no time zone'* ]]
	[[ $stderr == *'pipelines/bad2: schedule: "Asia/Tokio" '* ]]
	[[ $stderr == *'nothing is written'* ]]
	[ ! -e units ]
	# A good one by its name.
	schedule --format cronie good
	wanted=78 schedule --format cronie goood
	[[ $stderr == *'did you mean "good"?'* ]]
	printf '#!/bin/sh\n# owner: x\n' >pipelines/idle
	chmod +x pipelines/idle
	wanted=78 schedule --format cronie idle
	[[ $stderr == *'pipelines/idle has no schedule'* ]]
	rm pipelines/good pipelines/bad*
	wanted=78 schedule --format cronie
	[[ $stderr == *'no batch has a schedule'* ]]
}

@test "words that would break a line are refused" {
	batch one '30 6 * * * Asia/Tokyo'
	wanted=64 schedule --format cronie --user 'root run'
	wanted=64 schedule --format cronie --user $'root\n* * * * * x'
	run -64 schedule-batches --format cronie --run-batch run-batch
	wanted=64 schedule
	wanted=64 schedule --format cronie --output x
	wanted=64 schedule --format cronie --zone UTC
	run -74 bash -c 'schedule-batches --format cronie >/dev/full'
}
