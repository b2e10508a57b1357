# SPDX-License-Identifier: MIT
# show-datapipeline: the command line of a run, and everything around it.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cat >d.json <<-'END'
	{"objects":[
	 {"id":"Default","scheduleType":"cron","schedule":{"ref":"Daily"},"pipelineLogUri":"s3://b/logs/","myMode":"from default"},
	 {"id":"Daily","type":"Schedule","period":"1 Day","startDateTime":"2026-11-20T21:30:00"},
	 {"id":"Ec2","type":"Ec2Resource","imageId":"#{myImage}","instanceType":"t3.medium"},
	 {"id":"Base","myMode":"from base"},
	 {"id":"In","type":"S3DataNode","directoryPath":"s3://b/#{format(plusHours(@scheduledStartTime,9),'YYYY/MM/dd')}/"},
	 {"id":"Out","type":"S3DataNode","directoryPath":"s3://b/out/"},
	 {"id":"Run","type":"ShellCommandActivity","parent":{"ref":"Base"},"runsOn":{"ref":"Ec2"},"input":{"ref":"In"},"output":{"ref":"Out"},
	  "stage":"true","command":"run \"$1\" \"$2\" #{myMode}","scriptArgument":["it's","#{format(minusDays(@scheduledEndTime,1),'YYYY-MM-dd HH:mm')}"],
	  "schedule":{"ref":"Daily"},"onFail":{"ref":"Alarm"},"*password":"secret"},
	 {"id":"Script","type":"ShellCommandActivity","workerGroup":"w","scriptUri":"s3://b/#{id}.sh"},
	 {"id":"Alarm","type":"SnsAlarm","topicArn":"arn:aws:sns:r:1:t","subject":"#{node.id} failed","message":"#{node.@scheduledStartTime} #{node.errorMessage}"}],
	"parameters":[{"id":"myImage","type":"String","default":"ami-1"}],"values":{"myImage":"ami-2"}}
	END
}

show() {
	run -"${wanted:-0}" --separate-stderr show-datapipeline d.json "$@"
}

@test "the command of each activity, with fields of parents, parameters and times" {
	show --at 2026-11-25T22:00:00Z
	[ "$output" = "# activity: Run
# run: 2026-11-25T21:30:00Z, for 2026-11-25T21:30:00Z to 2026-11-26T21:30:00Z
set -- 'it'\\''s' '2026-11-25 21:30'
run \"\$1\" \"\$2\" from base
# activity: Script
# run: 2026-11-25T21:30:00Z, for 2026-11-25T21:30:00Z to 2026-11-26T21:30:00Z
# the script s3://b/Script.sh" ]
	[ -z "$stderr" ]
	# As a script it runs.
	run -0 bash -c 'run() { printf "%s|" "$@"; }; . <(show-datapipeline d.json --object Run --at 2026-11-25T22:00:00Z)'
	[ "$output" = "it's|2026-11-25 21:30|from|base|" ]
}

@test "the environment: staging, machine, alarms; no secret" {
	show --at 2026-11-25T22:00:00Z --object Run --environment
	[[ $output == *'# INPUT1_STAGING_DIR: s3://b/2026/11/26/'*'# OUTPUT1_STAGING_DIR: s3://b/out/'* ]]
	[[ $output == *'# runsOn: Ec2'*'#   imageId: ami-2'* ]]
	[[ $output == *'# pipelineLogUri: s3://b/logs/'* ]]
	[[ $output == *'#   subject: Run failed'*'#   message: 2026-11-25T21:30:00 #{node.errorMessage}'* ]]
	[[ $output != *secret* && $output != *Script* ]]
}

@test "times: the next ones, cron and timeseries, months, the end, on demand" {
	show --at 2026-11-25T22:00:00Z --object Run --next 2
	[[ $output == *$'# next: 2026-11-26T21:30:00Z\n# next: 2026-11-27T21:30:00Z\n'* ]]
	sed -i 's/"cron"/"timeseries"/' d.json
	show --at 2026-11-25T22:00:00Z --object Run --next 1
	[[ $output == *$'# run: 2026-11-25T21:30:00Z, for 2026-11-24T21:30:00Z to 2026-11-25T21:30:00Z\n# next: 2026-11-26T21:30:00Z'* ]]
	sed -i 's/"timeseries"/"cron"/; s/1 Day/1 month/; s/2026-11-20T/2026-08-31T/' d.json
	show --at 2026-11-20T00:00:00Z --object Run --next 2
	[[ $output == *$'# run: 2026-10-31T21:30:00Z'*$'# next: 2026-11-30T21:30:00Z\n# next: 2026-12-31T21:30:00Z'* ]]
	sed -i 's/"period"/"occurrences":"3","period"/' d.json
	show --at 2026-11-20T00:00:00Z --object Run --next 2
	[[ $output == *'# run: 2026-10-31T21:30:00Z'*'# no further runs'* ]]
	show --at 2027-11-20T00:00:00Z --object Run
	[[ $output == *'# run: 2026-10-31T21:30:00Z'* ]]
	show --at 2026-08-01T00:00:00Z --object Run --next 1
	[[ $stderr == *'Run has its first run later than that'* ]]
	[ "$output" = $'# activity: Run\n# next: 2026-08-31T21:30:00Z' ]
	sed -i 's/"cron"/"ondemand"/' d.json
	show --at 2026-11-20T00:00:00Z --object Run
	[[ $output == *'# run: 2026-11-20T00:00:00Z'* ]]
}

@test "a start with the first activation; values that only the service knows" {
	sed -i 's/"startDateTime":"[^"]*"/"startAt":"FIRST_ACTIVATION_DATE_TIME"/; s/from base/#{@actualStartTime} #{@pipelineId}/' d.json
	show --at 2026-11-25T22:00:00Z --object Run
	[[ $stderr == *'begins with its first activation'* ]]
	[[ $stderr == *'Run.command: a value is known to the service only'* ]]
	[[ ${lines[-1]} == *'#{myMode}' ]]
	show --at 2026-11-25T22:00:00Z --activated 2026-11-01T03:00:00Z --object Run
	[[ $output == *'# run: 2026-11-25T03:00:00Z'* ]]
	[[ $stderr != *activation* ]]
}

@test "errors: not a definition, no activity, an expression, no schedule, output" {
	wanted=65 show --object Gone
	[[ $stderr == *'d.json has no activity Gone'* ]]
	wanted=64 show --at yesterday
	run -64 show-datapipeline
	run -74 show-datapipeline gone.json
	run -65 show-datapipeline - <<<'[]'
	run bash -c 'show-datapipeline d.json >/dev/full'
	[ "$status" = 74 ]
	sed -i 's/from base/#{nope}/; s/"schedule":{"ref":"Daily"},"pipe/"pipe/' d.json
	wanted=65 show --at 2026-11-25T22:00:00Z
	[[ $stderr == *'Run.command: myMode has a value whose expression is wrong'* ]]
	[[ $stderr == *'Script has no schedule'* ]]
}

@test "a list in a parameter gives several arguments" {
	jq '.objects[6].scriptArgument = "#{myList}" | .parameters += [{id: "myList", type: "String", isArray: "true"}] | .values.myList = ["a b", "c"]' d.json >list.json
	run -0 --separate-stderr show-datapipeline list.json --object Run --at 2026-11-25T22:00:00Z
	[[ $output == *"set -- 'a b' 'c'"* ]]
}
