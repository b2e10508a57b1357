# SPDX-License-Identifier: MIT
# make-datapipeline: heads of batches as definitions; what a period cannot express is refused.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir pipelines
	export MAM_BATCHES=$PWD/pipelines
	cat >settings <<-'END'
	--image-id ami-0123456789abcdef0
	--artifact s3://b/amzn-2/main/mam-etl.tar.gz
	--log-uri s3://b/logs/
	--topic arn:aws:sns:ap-northeast-1:1:t
	--start 2026-11-20T13:00:00Z
	END
}

batch() { # NAME SCHEDULE [LINE...]
	printf '#!/bin/sh\n# batch: %s\n# schedule: %s\n' "$1" "$2" >"pipelines/$1"
	printf '# %s\n' "${@:3}" >>"pipelines/$1"
	chmod +x "pipelines/$1"
}

make_one() {
	run -"${wanted:-0}" --separate-stderr make-datapipeline @settings "$@"
}

field() { # OBJECT FIELD
	jq -r ".objects[] | select(.id == \"$1\") | .$2" <<<"$output"
}

@test "a definition: schedule, machine, command, times, alarms; the lint finds nothing" {
	batch daily '30 6 * * * Asia/Tokyo' 'timeout: 1h' 'retries: 2' 'retry-wait: 10m' 'late: 90m'
	make_one --subnet subnet-1 --security-groups sg-1,sg-2 --key-pair k --region ap-northeast-1 --instance-type m6i.large daily
	[ -z "$stderr" ]
	[ "$(field Schedule period) $(field Schedule startDateTime)" = '1 days 2026-11-20T21:30:00' ]
	[ "$(field Run command)" = "MAM_LAUNCHER=datapipeline MAM_LAUNCH_ID=#{@pipelineId} /opt/mam-etl/deploy/launcher s3://b/amzn-2/main/mam-etl.tar.gz --slot #{format(@scheduledStartTime,'YYYY-MM-dd')}T#{format(@scheduledStartTime,'HH:mm:ss')}Z daily" ]
	[ "$(field Default 'role + " " + .resourceRole')" = 'DataPipelineDefaultRole DataPipelineDefaultResourceRole' ]
	# 3 attempts of 60 minutes, waits of 10 and 20, 15 to fetch the build; the machine lives longer.
	[ "$(field Run attemptTimeout) $(field Machine terminateAfter)" = '225 Minutes 255 Minutes' ]
	[ "$(field Run maximumRetries) $(field Run lateAfterTimeout)" = '0 90 Minutes' ]
	[ "$(field Machine 'imageId + " " + .subnetId + " " + .instanceType + " " + (.securityGroupIds | join(","))')" = 'ami-0123456789abcdef0 subnet-1 m6i.large sg-1,sg-2' ]
	[ "$(field Failed subject) $(field Late subject)" = 'failed: daily late: daily' ]
	echo "$output" >daily.json
	run -0 lint-datapipeline --at 2026-11-20T13:00:00Z daily.json
	[ -z "$output" ]
	run -0 --separate-stderr show-datapipeline daily.json --at 2026-11-21T00:00:00Z --pipeline-id df-1
	[ "${lines[-1]}" = 'MAM_LAUNCHER=datapipeline MAM_LAUNCH_ID=df-1 /opt/mam-etl/deploy/launcher s3://b/amzn-2/main/mam-etl.tar.gz --slot 2026-11-20T21:30:00Z daily' ]
	[ -z "$stderr" ]
	# A batch without a timeout gets that of the option; the roles have names of their own.
	batch daily '30 6 * * * Asia/Tokyo' 'retries: 0'
	make_one --timeout 30m --role ours --resource-role machines daily
	[ "$(field Run attemptTimeout)" = '45 Minutes' ]
	[ "$(field Default 'role + " " + .resourceRole')" = 'ours machines' ]
}

@test "the command that would run starts the batch for its slot, in a shell" {
	batch daily '30 6 * * * Asia/Tokyo'
	printf '#!/bin/sh\nprintf "%%s|" "$MAM_LAUNCHER" "$@"\n' >"it's a launcher"
	chmod +x "it's a launcher"
	make_one --launcher "$PWD/it's a launcher" daily
	echo "$output" >daily.json
	show-datapipeline daily.json --at 2026-11-22T00:00:00Z --pipeline-id df-1 >script
	for shell in sh bash; do
		run -0 "$shell" script
		[ "$output" = 'datapipeline|s3://b/amzn-2/main/mam-etl.tar.gz|--slot|2026-11-21T21:30:00Z|daily|' ]
	done
}

@test "show-datapipeline gives the times of the schedule itself" {
	batch hours '15 */8 * * * Asia/Kolkata'
	batch weekly '0 9 * * 1 Asia/Tokyo'
	batch quarter '0 12 15 1,4,7,10 * Asia/Tokyo'
	make_one --output made
	for name in hours weekly quarter; do
		show-datapipeline "made/$name.json" --at 2026-11-20T13:00:00Z --next 3 2>/dev/null | sed -n 's/^# next: //p' >theirs
		at=2026-11-20T13:00:00Z
		for _ in 1 2 3; do
			next=$(list-batches --json --at "$at" | jq -r "select(.batch == \"$name\").next")
			at=$(date -u -d "$next" +%FT%TZ)
			echo "$at"
		done >ours
		diff ours theirs
	done
}

@test "all batches into a folder; those without a schedule are passed over" {
	batch a '0 6 * * * UTC'
	batch b '0 7 1 * * UTC'
	printf '#!/bin/sh\n# batch: never\n' >pipelines/never
	chmod +x pipelines/never
	make_one --output made
	[ "$(ls made | tr '\n' ' ')" = 'a.json b.json ' ]
	wanted=78 make_one never
	[[ $stderr == *'pipelines/never has no schedule'* ]]
	wanted=78 make_one nevr
	[[ $stderr == *'did you mean "never"?'* ]]
}

@test "refused with the reason, and nothing is written" {
	batch good '0 6 * * * UTC'
	for case in '0 9 * * 1-5 Asia/Tokyo|its runs are not the same time apart' '*/5 * * * * UTC|it runs every 5 minutes, and 15 minutes are the shortest period' \
		'30 6 1 * * Asia/Tokyo|in UTC it runs on day 30' '30 6 * * * America/New_York|the clock of America/New_York changes before the run at 2027-03-14T10:30:00Z'; do
		batch bad "${case%|*}"
		wanted=78 make_one --output made
		[[ $stderr == *"pipelines/bad: the schedule \"${case%|*}\" cannot be a Schedule of Data Pipeline: "*"${case#*|}"* ]] || { echo "$stderr"; return 1; }
		[ ! -e made ]
	done
	batch bad '0 6 * * * Asia/Tokio'
	wanted=78 make_one --output made
	[[ $stderr == *Asia/Tokio* ]]
	printf '#!/bin/sh\n# batch: bad\n# shedule: 0 6 * * * UTC\n' >pipelines/bad
	wanted=78 make_one --output made
	[[ $stderr == *'line 3: "shedule" is not a key, did you mean "schedule"?'* ]]
}

@test "--keep-offset runs at the same time in UTC, and reports the change of the clock" {
	batch one '30 6 * * * America/New_York'
	make_one --keep-offset one
	[ "$(field Schedule period) $(field Schedule startDateTime)" = '1 days 2026-11-21T11:30:00' ]
	[[ $stderr == *'keeps the offset -05:00: from about 2027-03-14 on it runs 60 minutes later by the clock of America/New_York'* ]]
	# Not for a schedule that is refused for another reason.
	batch one '30 6 * * 1-5 America/New_York'
	wanted=78 make_one --keep-offset one
	[[ $stderr == *'not the same time apart'* ]]
}

@test "settings: what is required, what the lint refuses, where output fails" {
	batch one '0 6 * * * UTC'
	run -64 --separate-stderr make-datapipeline --artifact s3://b/x one
	[[ $stderr == *'--image-id is missing'* ]]
	run -64 --separate-stderr make-datapipeline --image-id ami-0123456789abcdef0 one
	[[ $stderr == *'--artifact is missing'* ]]
	wanted=64 make_one
	wanted=64 make_one --start tomorrow one
	wanted=78 make_one --image-id ami-x one
	[[ $stderr == *'Machine.imageId: ami-x is not the id of an image'* ]]
	[ -z "$output" ]
	wanted=78 make_one --topic mail one
	run -0 --separate-stderr make-datapipeline --image-id ami-0123456789abcdef0 --artifact s3://b/x one
	[[ $stderr == *'without --topic no message reports'*'without --log-uri'* ]]
	[ "$(jq '.objects | length' <<<"$output")" = 4 ]
	wanted=74 make_one --output /proc/made
	run bash -c 'make-datapipeline @settings one >/dev/full'
	[ "$status" = 74 ]
}
