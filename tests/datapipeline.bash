# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Ten pipelines of two targets for tests, and the server that has them.

OLD_IMAGE=ami-0aaaaaaaaaaaaaaaa NEW_IMAGE=ami-0bbbbbbbbbbbbbbbb
OLD_BUILD=s3://builds/al2/main/mam-etl.tar.gz NEW_BUILD=s3://builds/al2023/main/mam-etl.tar.gz
export OLD_IMAGE NEW_IMAGE OLD_BUILD NEW_BUILD

# The file form of a definition as the API has it.
wire() {
	jq '{pipelineObjects: [.objects[] | {id, name: (.name // .id), fields: [to_entries[] | select(.key != "id" and .key != "name") |
		.key as $k | (.value | if type == "array" then .[] else . end) |
		if type == "object" then {key: $k, refValue: .ref} else {key: $k, stringValue: .} end]}],
		parameterObjects: [(.parameters // [])[] | {id, attributes: [to_entries[] | select(.key != "id") | {key, stringValue: .value}]}],
		parameterValues: [(.values // {}) | to_entries[] | {id: .key, stringValue: .value}]}' "$1"
}

batch() { # NAME TARGET
	mkdir -p jobs
	printf '#!/bin/sh\n# batch: %s\n# schedule: 30 6 * * * Asia/Tokyo\n# target: %s\n' "$1" "$2" >"jobs/$1"
	chmod +x "jobs/$1"
}

settings() {
	cat <<-END
	--system al2,$OLD_IMAGE,$OLD_BUILD
	--system al2023,$NEW_IMAGE,$NEW_BUILD
	END
}

# Five batches of mysql team_x and four of postgresql team_y with definitions of ours, and a foreign one of mysql team_x.
ten_definitions() {
	local i target
	for i in 1 2 3 4 5 6 7 8 9; do
		target='mysql team_x.t'
		[ "$i" -lt 6 ] || target='postgresql team_y.t'
		batch "report-$i" "$target$i"
	done
	export MAM_BATCHES=$PWD/jobs
	make-datapipeline --image-id $OLD_IMAGE --artifact $OLD_BUILD --topic arn:aws:sns:ap-northeast-1:1:t --log-uri s3://b/logs/ \
		--start 2026-11-20T13:00:00Z --output definitions
	foreign >definitions/foreign.json
}

# Not made by us: parameters, fields that we do not know, a script of its own.
foreign() {
	cat <<-END
	{"values": {"myImageId": "$OLD_IMAGE", "myNote": "keep \\u00e9 this"},
	 "objects": [
	 {"id":"Default","name":"Default","scheduleType":"cron","failureAndRerunMode":"CASCADE","schedule":{"ref":"Daily"},"role":"r","resourceRole":"rr",
	  "pipelineLogUri":"s3://b/logs/","maximumRetries":"2","inventedField":"of tomorrow"},
	 {"id":"Daily","type":"Schedule","period":"1 days","startDateTime":"2026-01-01T18:00:00"},
	 {"id":"Ec2","type":"Ec2Resource","imageId":"#{myImageId}","instanceType":"t3.medium","terminateAfter":"2 Hours","securityGroupIds":["sg-1","sg-2"]},
	 {"id":"Run","type":"ShellCommandActivity","runsOn":{"ref":"Ec2"},"command":"aws s3 cp $OLD_BUILD - | tar xz && ./bin/run \\"\$1\\" \\"\$2\\"",
	  "scriptArgument":["mysql://h/team_x","#{format(minusDays(@scheduledStartTime,1),'YYYY-MM-dd')}"],"attemptTimeout":"1 Hours","onFail":{"ref":"Alarm"}},
	 {"id":"Alarm","type":"SnsAlarm","topicArn":"arn:aws:sns:ap-northeast-1:1:t","subject":"fail #{node.name}","message":"#{node.errorMessage}","role":"r"}],
	 "parameters":[{"id":"myImageId","type":"String","description":"AMI","default":"$OLD_IMAGE"},{"id":"myNote","type":"String","default":"#{id}"}]}
	END
}

# What the server has: all ten definitions, activated, df-101 to df-110 by name. Once for a file of tests.
ten_pipelines() {
	local file number=100
	ten_definitions
	settings >settings
	mkdir server
	: >server/log
	for file in definitions/*.json; do
		number=$((number + 1))
		wire "$file" | jq --arg id "df-$number" --arg name "$(basename "$file" .json)" \
			'{($id): {name: $name, state: "SCHEDULED", latest: ., active: .}}'
	done | jq -s add >server/state.json
}

serve() {
	"$MAM_ROOT/tests/servers/datapipeline" --parent $$ --folder "$PWD/server" >server/url 2>server/err 3>&- &
	SERVER=$!
	local tries=0
	until [ -s server/url ]; do
		[ $((tries++)) -lt 1200 ] || { cat server/err; return 1; }
		sleep 0.05
	done
	AWS_ENDPOINT_URL=$(cat server/url)
	export AWS_ENDPOINT_URL AWS_REGION=ap-northeast-1 AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_EC2_METADATA_DISABLED=true
	export HOME=$BATS_TEST_TMPDIR MAM_STATE_DIR=$BATS_TEST_TMPDIR/state
}

serve_stop() {
	[ -z "${SERVER:-}" ] || kill "$SERVER" 2>/dev/null || true
}

# The image of each pipeline by its name, "report-1 new": state or active.
images() { # latest|active
	jq -r --arg v "$1" 'to_entries[] | .value | .name + " " + (if (.[$v] | tostring | contains($ENV.NEW_IMAGE)) then "new" else "" end)
		+ (if (.[$v] | tostring | contains($ENV.OLD_IMAGE)) then "old" else "" end)' server/state.json
}

calls() { # OPERATION
	jq -r --arg o "$1" 'select(.operation == $o) | .body.pipelineId' server/log | wc -l
}
