# SPDX-License-Identifier: MIT
# lint-datapipeline: each rule, by a good definition with one thing changed.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cat >good.json <<-'END'
	{"objects":[
	 {"id":"Default","name":"Default","scheduleType":"cron","failureAndRerunMode":"CASCADE","schedule":{"ref":"Daily"},
	  "role":"DataPipelineDefaultRole","resourceRole":"DataPipelineDefaultResourceRole","pipelineLogUri":"s3://b/logs/"},
	 {"id":"Daily","type":"Schedule","period":"1 Day","startDateTime":"2026-11-20T21:30:00"},
	 {"id":"Ec2","type":"Ec2Resource","imageId":"#{myImage}","instanceType":"t3.medium","terminateAfter":"2 Hours",
	  "actionOnTaskFailure":"terminate","securityGroupIds":["sg-1","sg-2"],"maximumRetries":"2","retryDelay":"10 Minutes"},
	 {"id":"In","type":"S3DataNode","directoryPath":"s3://b/in/#{format(@scheduledStartTime,'YYYY-MM-dd')}/"},
	 {"id":"Run","type":"ShellCommandActivity","runsOn":{"ref":"Ec2"},"input":{"ref":"In"},"stage":"true",
	  "command":"run \"$1\" \"${INPUT1_STAGING_DIR}\"","scriptArgument":["a"],"attemptTimeout":"1 Hour","myOwn":"x",
	  "onFail":{"ref":"Alarm"},"precondition":{"ref":"There"}},
	 {"id":"There","type":"S3KeyExists","s3Key":"s3://b/#{format(node.@scheduledStartTime,'HH')}","role":"r"},
	 {"id":"Alarm","type":"SnsAlarm","topicArn":"arn:aws:sns:ap-northeast-1:1:t","subject":"#{node.name}",
	  "message":"#{node.errorMessage}","role":"r"}],
	"parameters":[{"id":"myImage","type":"String","description":"the image"}],
	"values":{"myImage":"ami-0123456789abcdef0"}}
	END
}

lint() {
	run -"${wanted:-0}" --separate-stderr lint-datapipeline --at 2026-11-20T13:00:00Z "$@"
}

# One thing changed in the good definition gives one finding: CHANGE is a program of jq.
finds() { # CHANGE SEVERITY OBJECT.FIELD TEXT RULE
	jq "$1" good.json >changed.json
	local wanted=0
	[ "$2" = warning ] || wanted=65
	lint changed.json
	[[ $output == "changed.json: $2: $3: "*"$4"*" [$5]" ]] || { echo "$1: $output"; return 1; }
	[ "${#lines[@]}" = 1 ]
}

# The same, among others that follow from the change.
among() { # CHANGE SEVERITY OBJECT.FIELD TEXT RULE
	jq "$1" good.json >changed.json
	run lint-datapipeline --at 2026-11-20T13:00:00Z changed.json
	[[ $output == *"changed.json: $2: $3"*"$4"*" [$5]"* ]] || { echo "$1: $output"; return 1; }
}

object() { # ID CHANGE
	echo ".objects[] |= (if .id == \"$1\" then $2 else . end)"
}

# The form of the API.
wire() {
	jq '{pipelineObjects: [.objects[] | {id, name: (.name // .id), fields: [to_entries[] | select(.key != "id" and .key != "name") |
		.key as $k | (.value | if type == "array" then .[] else . end) |
		if type == "object" then {key: $k, refValue: .ref} else {key: $k, stringValue: .} end]}],
		parameterObjects: [.parameters[] | {id, attributes: [to_entries[] | select(.key != "id") | {key, stringValue: .value}]}],
		parameterValues: [.values | to_entries[] | {id: .key, stringValue: .value}]}' "$1"
}

@test "a good definition has no findings, in both forms and from standard input" {
	lint good.json
	[ -z "$output$stderr" ]
	wire good.json >wire.json
	lint wire.json
	[ -z "$output$stderr" ]
	lint - <good.json
	[ -z "$output$stderr" ]
	# A live definition has begun in the past, and that is right.
	run -0 lint-datapipeline --at 2027-11-20T13:00:00Z wire.json
	[ -z "$output" ]
}

@test "objects: ids, types, fields, references" {
	among "$(object Ec2 '.id = "Default"')" error Default "used by objects 1 and 3" id
	among '.objects += [{"id":"Ec2"}]' error Ec2 "the id is used by objects 3 and 8" id
	finds "$(object Daily '.type = "Schedul"')" error Daily.type 'did you mean Schedule?' type
	finds "$(object Ec2 '.imageid = "x"')" error Ec2.imageid 'did you mean imageId?' field
	finds "$(object Ec2 '.mycolor = "x"')" error Ec2.mycolor 'begins with my and a capital' user-field
	finds "$(object Run '.onSuccess = {ref: "Gone"}')" error Run.onSuccess 'not there' reference
	finds "$(object Run '.onSuccess = {ref: "Ec2"}')" error Run.onSuccess 'refers to a resource, not to an action' reference
	finds "$(object Run '.onSuccess = "Alarm"')" error Run.onSuccess 'must be a reference' reference
	among "$(object Run '.stdout = {ref: "Alarm"}')" error Run.stdout 'is text' reference
	finds "$(object Run '.dependsOn = {ref: "Run"}')" error Run.dependsOn 'back to the object itself' reference
	among "$(object Run 'del(.onFail)')" warning Run 'has no onFail' alarm
	among "$(object Run 'del(.onFail)')" warning Alarm 'no other object refers to it' unused
	finds "$(object Alarm 'del(.role)') | $(object Default 'del(.role)') | $(object Ec2 '.role = "r"')" error Alarm.role 'is required' required
	finds '.extra = 1' warning extra 'not a member' member
	among 'del(.objects[] | select(.id == "Run"))' error 'the definition has no activity, so nothing would run' '' type
}

@test "values: strings, periods, words, times, limits, retries" {
	finds "$(object Ec2 '.maximumRetries = 2')" error Ec2.maximumRetries 'must be a string' string
	finds "$(object Ec2 '.maximumRetries = "6"')" error Ec2.maximumRetries '5 retries are the limit' retry
	finds "$(object Ec2 '.maximumRetries = "two"')" error Ec2.maximumRetries 'not a whole number' number
	finds "$(object Ec2 '.retryDelay = "1 Minute"')" error Ec2.retryDelay '2 minutes' retry
	finds "$(object Ec2 '.retryDelay = "10m"')" error Ec2.retryDelay 'not a period' period
	finds "$(object Ec2 '.keyPair = ""')" error Ec2.keyPair 'is empty' string
	finds "$(object Ec2 '.associatePublicIpAddress = "yes"')" error Ec2.associatePublicIpAddress 'neither true nor false' word
	finds "$(object Default '.scheduleType = "daily"')" error Default.scheduleType 'cron|timeseries|ondemand' word
	finds "$(object Daily '.period = "14 minutes"')" error Daily.period '15 minutes' period
	finds "$(object Daily '.period = "4 years"')" error Daily.period '3 years' period
	finds "$(object Daily '.startDateTime = "2026-11-20T21:30:00Z"')" error Daily.startDateTime 'in UTC and without a zone' utc
	finds "$(object Daily '.startDateTime = "2026-11-18T21:30:00"')" warning Daily.startDateTime 'more than a day ago' schedule
	finds "$(object Daily '.startDateTime = "2026-11-20T06:30:00"')" warning Daily.startDateTime 'in the past' schedule
	finds "$(object Daily '.startAt = "FIRST_ACTIVATION_DATE_TIME"')" error Daily 'exclude each other' one-of
	finds "$(object Daily 'del(.startDateTime)')" error Daily 'one of startAt and startDateTime is required' one-of
	finds "$(object Daily '.occurrences = "2" | .endDateTime = "2027-01-01T00:00:00"')" error Daily.occurrences 'exclude each other' one-of
	finds "$(object Daily '.endDateTime = "2026-11-20T21:30:00"')" error Daily.endDateTime 'not later' schedule
	finds "$(object Run '.myLong = ("x" * 10241)')" error Run.myLong '10240 is the limit' limit
	finds "$(object Run '.myLong = ("x" * 10000) | .myMore = ("x" * 6000)')" error Run '15360 is the limit' limit
	finds "$(object Run '. + ([range(45) | {key: "my\("A")\(.)", value: "x"}] | from_entries)')" error Run 'fields, and 50 is the limit' limit
	finds "$(object Run '.maxActiveInstances = "6"')" error Run.maxActiveInstances 'from 1 to 5' limit
	among "$(object Run ".[\"my$(printf 'A%.0s' {1..260})\"] = \"x\"")" error 'Run.myA' 'longer than 256' limit
	jq '.objects += [range(100) | {id: "N\(.)", type: "Terminate"}]' good.json >many.json
	wanted=65 lint --errors many.json
	[ "$output" = 'many.json: error: the definition has 107 objects, and 100 is the limit [limit]' ]
}

@test "expressions: fields, functions, patterns" {
	finds "$(object Run '.myOwn = "#{format(@scheduledStartTime,'"'YYYY-MM-dd hh:mm'"')}"')" warning Run.myOwn '12-hour clock' expression
	finds "$(object Run '.myOwn = "#{nope}"')" error Run.myOwn 'nope is not a field or parameter' expression
	finds "$(object Run '.myOwn = "#{fromat(@scheduledStartTime,'"'HH'"')}"')" error Run.myOwn 'did you mean format?' expression
	finds "$(object Run '.myOwn = "#{node.name}"')" error Run.myOwn 'SnsAlarm or a precondition only' expression
	finds "$(object Run '.myOwn = "#{1 +}"')" error Run.myOwn 'a value is missing' expression
	finds "$(object Run '.myOwn = "#{myOwn}"')" error Run.myOwn 'back to itself' expression
	finds "$(object Run '.name = "#{id}"')" warning Run.name 'are not evaluated' expression
}

@test "machines and commands: image, time, arguments, staging, metadata" {
	finds '.values.myImage = "ami-x"' error Ec2.imageId 'ami-x is not the id of an image' image
	finds "$(object Ec2 'del(.imageId)') | del(.parameters, .values)" warning Ec2 'has no imageId' image
	finds "$(object Ec2 'del(.terminateAfter)')" warning Ec2 'has no terminateAfter' timeout
	finds "$(object Run '.attemptTimeout = "2 Hours"')" warning Run.attemptTimeout 'the machine ends first' timeout
	finds "$(object Ec2 '.securityGroups = "a"')" error Ec2.securityGroups 'exclude each other' one-of
	finds "$(object Ec2 '.spotBidPrice = "20.00"')" error Ec2.spotBidPrice 'between 0 and 20' number
	finds "$(object Ec2 '.workerGroup = "w"')" error Ec2.workerGroup 'is not a field of Ec2Resource' field
	among "$(object Run '.scriptUri = "s3://b/x"')" error Run 'command and scriptUri exclude each other' one-of
	among "$(object Run 'del(.runsOn)')" error Run 'one of runsOn and workerGroup' one-of
	finds "$(object Run '.workerGroup = "w"')" warning Run 'runsOn counts' one-of
	finds "$(object Run '.stdout = "/tmp/x"')" error Run.stdout 'must begin with s3://' uri
	finds "$(object Run '.command += " $3"')" warning Run.command 'uses $3, and 1 scriptArgument' argument
	finds "$(object Run '.command += " $INPUT2_STAGING_DIR"')" error Run.command 'needs stage true and input 2' staging
	finds "$(object Run '.command += "\nx"')" warning Run.command 'more than one line' command
	finds "$(object Run '.command += "; curl http://169.254.169.254/latest/meta-data/"')" warning Run.command 'IMDSv2' imds
	finds "$(object Run '.command += " run-batch" | .maximumRetries = "1"')" warning Run.maximumRetries 'run-batch tries again by itself' retry
	finds "$(object Run '.onLateAction = {ref: "Alarm"}')" error Run.onLateAction 'needs lateAfterTimeout' required
	finds "$(object Run '.myPassword = "x"')" warning Run.myPassword 'in the clear' secret
	finds "$(object Alarm '.topicArn = "arn:x"')" error Alarm.topicArn 'ARN of a topic' uri
	finds "$(object Default '.pipelineLogUri = "b/logs"')" error Default.pipelineLogUri 's3://' uri
}

@test "parameters and schedules" {
	among '.parameters += [{id: "colour", type: "String", default: "x"}]' error colour 'begins with my' user-field
	finds '.values.myOther = "x"' error myOther 'not declared' parameter
	finds '.values = {}' error myImage 'neither a value nor a default' parameter
	finds '.parameters[0].type = "Strng"' error myImage.type 'not one of String' parameter
	finds '.parameters[0].allowedValues = ["ami-1"]' error myImage.myImage 'not one of allowedValues' parameter
	finds '.parameters[0].optional = "no"' error myImage.optional 'neither true nor false' word
	among "$(object Default 'del(.schedule)')" error Ec2 'has no schedule' schedule
	# On demand there is no schedule, and no object may have a type of its own.
	jq "del(.objects[1]) | $(object Default '.scheduleType = "ondemand" | del(.schedule)')" good.json >ondemand.json
	lint ondemand.json
	[ -z "$output" ]
	jq "$(object Run '.scheduleType = "cron"')" ondemand.json >mixed.json
	wanted=65 lint mixed.json
	[[ $output == *'Run.scheduleType: "cron": the object Default is on demand'* ]]
}

@test "files that are not definitions; several files; JSON" {
	echo '{"objects": [' >cut.json
	wanted=65 lint cut.json good.json
	[[ $output == 'cut.json: error: line 2, column 1: '*' [json]' ]]
	echo '[]' >array.json
	wanted=65 lint array.json
	[ "$output" = 'array.json: error: it is not a JSON object [json]' ]
	echo '{"objects": [{"id": "A", "id": "B"}]}' >twice.json
	wanted=65 lint twice.json
	[[ $output == *'[json]' ]]
	: >empty.json
	wanted=65 lint empty.json
	wanted=74 lint gone.json
	wanted=64 lint
	wanted=65 lint --json cut.json
	[ "$(jq -c '[.severity, .file, .rule]' <<<"$output")" = '["error","cut.json","json"]' ]
	jq "$(object Ec2 '.maximumRetries = "6" | .keyPair = "\u001b[31m"')" good.json >bad.json
	wanted=65 lint --json bad.json
	[ "$(jq -c '[.severity, .object, .field, .value, .rule]' <<<"$output")" = '["error","Ec2","maximumRetries","6","retry"]' ]
	run bash -c 'lint-datapipeline bad.json >/dev/full'
	[ "$status" = 74 ]
	# A control character is shown, not obeyed.
	jq "$(object Ec2 '.retryDelay = "\u001b[31m"')" good.json >bad.json
	wanted=65 lint bad.json
	[[ $output == *'"\u001b[31m"'* ]]
}

@test "the sketch of an earlier pipeline is read" {
	need_shared ops/datapipeline-example.json
	wanted=65 lint "$MAM_SHARED/ops/datapipeline-example.json"
	[[ $output == *'ami-0abc is not the id of an image'* ]]
	[ "$(grep -c error <<<"$output")" = 1 ]
}
