# SPDX-License-Identifier: MIT
# move-batches: ten pipelines of two targets from one system to another, stopped half way, resumed,
# undone, finished; and all that can come between.

load helper
load datapipeline

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	ten_pipelines
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cp -r "$BATS_FILE_TMPDIR"/{jobs,definitions,server,settings} .
	export MAM_BATCHES=$PWD/jobs
	export MAM_STATE_DIR=$PWD/state
}

teardown() {
	serve_stop
}

move() {
	run -"${wanted:-0}" --separate-stderr move-batches @settings "$@"
}

state() { # FILTER: of the server
	jq -c "$1" server/state.json
}

recorded() { # SQL
	sqlite3 state/history.db "$1"
}

@test "two targets on two days: killed half way, resumed, undone, moved again" {
	serve
	cp server/state.json before.json
	# A look at it changes nothing.
	move --target mysql:team_x --to al2023 --dry-run
	[ "$(grep -c ': move from al2 to al2023$' <<<"$output")" = 6 ]
	[[ $output == *"- Machine.imageId: $OLD_IMAGE"$'\n'"+ Machine.imageId: $NEW_IMAGE"* ]]
	cmp <(jq -S . before.json) <(jq -S . server/state.json)
	[ "$(calls PutPipelineDefinition)" = 0 ]
	[ ! -e state/moves ]

	# The third pipeline is put and never activated: the process is killed while it waits.
	echo '{"operation":"ActivatePipeline","skip":2,"do":"hang"}' >server/faults
	move-batches @settings --target mysql:team_x --to al2023 >killed.out 2>&1 3>&- &
	local mover=$!
	for _ in $(seq 400); do [ "$(calls ActivatePipeline)" = 3 ] && break; sleep 0.05; done
	# Another one at the same time is refused.
	wanted=75 move --target mysql:team_x --to al2023
	[[ $stderr == *"another move-batches runs (process $mover)"* ]]
	kill -9 "$mover"
	wait "$mover" || true
	[ "$(images latest | grep -c new)" = 3 ]
	[ "$(images active | grep -c new)" = 2 ]
	[ "$(recorded 'SELECT group_concat(state, " ") FROM (SELECT state FROM mam_move ORDER BY id)')" = 'done done put' ]

	# The same again goes on.
	move --target mysql:team_x --to al2023
	[ "$(grep -c ': nothing to do$' <<<"$output")" = 2 ]
	[ "$(grep -c ': go on with the move from al2 to al2023$' <<<"$output")" = 1 ]
	[[ $stderr == *'4 of 4 are moved'* ]]
	[ "$(images latest)" = "$(images active)" ]
	[ "$(images active | grep new | tr '\n' ' ')" = 'foreign new report-1 new report-2 new report-3 new report-4 new report-5 new ' ]
	[ "$(images active | grep -c old)" = 4 ]
	[ "$(recorded 'SELECT count(*) FROM mam_move WHERE state = "done" AND system_from = "al2" AND system_to = "al2023"')" = 6 ]

	# Back, and nothing is left of it.
	move --target mysql:team_x --undo
	[[ $stderr == *'6 of 6 are back'* ]]
	cmp <(jq -S 'map_values(del(.runs) | map_values(if type == "object" then map_values(sort_by(.id)) else . end))' before.json) \
		<(jq -S 'map_values(del(.runs) | map_values(if type == "object" then map_values(sort_by(.id)) else . end))' server/state.json)
	[ "$(recorded 'SELECT count(*) FROM mam_move WHERE state = "undone"')" = 6 ]
	move --target mysql:team_x --undo
	[[ $stderr == *'0 of 0 are back'* ]]

	# To the end, the other target as well.
	move --target mysql:team_x --to al2023
	move --target postgresql:team_y --to al2023
	[[ $stderr == *'4 of 4 are moved'* ]]
	[ "$(images active | grep -c new)" = 10 ]
	[ "$(images active | grep -c old)" = 0 ]
	run -0 list-datapipelines @settings --os al2 --csv
	[ "${#lines[@]}" = 1 ]
	[ "$(recorded 'SELECT count(*) FROM mam_move WHERE state = "done"')" = 10 ]
	[ "$(recorded 'SELECT target FROM mam_move WHERE state = "done" AND name = "report-7"')" = 'postgresql team_y.t7' ]
}

@test "an interrupted move can be undone, before and after the put" {
	serve
	cp server/state.json before.json
	for fault in '{"operation":"ActivatePipeline","do":"hang"}' '{"operation":"PutPipelineDefinition","do":"hang"}'; do
		: >server/log
		echo "$fault" >server/faults
		move-batches @settings --pipeline df-102 --to al2023 >killed.out 2>&1 3>&- &
		local mover=$!
		for _ in $(seq 400); do [ "$(calls "$(jq -r .operation <<<"$fault")")" = 1 ] && break; sleep 0.05; done
		kill -9 "$mover"
		wait "$mover" || true
		move --pipeline df-102 --undo
		[ "$(images latest | grep -c old)" = 10 ]
		[ "$(images active | grep -c old)" = 10 ]
		move --pipeline df-102 --undo
		[[ $output == *'df-102 (report-1), mysql team_x.t1: nothing to do'* ]]
	done
	# An undo that was interrupted goes on.
	move --pipeline df-102 --to al2023
	: >server/log
	echo '{"operation":"ActivatePipeline","do":"hang"}' >server/faults
	move-batches @settings --pipeline df-102 --undo >killed.out 2>&1 3>&- &
	mover=$!
	for _ in $(seq 400); do [ "$(calls ActivatePipeline)" = 1 ] && break; sleep 0.05; done
	kill -9 "$mover"
	wait "$mover" || true
	wanted=78 move --pipeline df-102 --to al2023
	[[ $output == *'its undo was interrupted; run --undo again'* ]]
	move --pipeline df-102 --undo
	[ "$(images active | grep -c old)" = 10 ]
}

@test "a definition that we did not make: only the image and the build change" {
	serve
	state '.["df-101"].latest' >before.json
	move --target mysql:team_x --to al2023
	state '.["df-101"].latest' | sed "s/$NEW_IMAGE/$OLD_IMAGE/g; s|$NEW_BUILD|$OLD_BUILD|g" >after.json
	canonical='map_values(sort_by(.id)) | tojson'
	[ "$(jq -r "$canonical" before.json)" = "$(jq -r "$canonical" after.json)" ]
	[[ $(state '.["df-101"].latest') == *'"inventedField","stringValue":"of tomorrow"'* ]]
	[[ $(state '.["df-101"].latest') == *'keep é this'* ]]
	# Its unknown field was an error before, too: it is reported, and no reason to stay.
	[[ $stderr == *'df-101 (foreign): as it is, before any change: Default.inventedField: is not a field of any object'* ]]
	# The old definition is in a folder of its own, and in the record is where.
	folder=$(recorded 'SELECT folder FROM mam_move WHERE pipeline = "df-101"')
	[ "$(jq -r "$canonical" "$folder/old.json")" = "$(jq -r "$canonical" before.json)" ]
	[ "$(stat -c %a "$folder")" = 700 ]
}

@test "files: every other byte stays, and the undo gives the same file" {
	cp -r definitions copy
	chmod 640 definitions/foreign.json
	move --target mysql:team_x --to al2023 definitions
	[ "$(diff -r definitions copy | grep -c '^<')" = 13 ]
	cmp <(sed "s/$NEW_IMAGE/$OLD_IMAGE/; s|$NEW_BUILD|$OLD_BUILD|" definitions/foreign.json) copy/foreign.json
	[ "$(stat -c %a definitions/foreign.json)" = 640 ]
	cmp definitions/report-7.json copy/report-7.json
	move --target mysql:team_x --undo definitions
	diff -r definitions copy
	[ "$(recorded 'SELECT count(*) FROM mam_move WHERE state = "undone" AND file LIKE "definitions/%"')" = 6 ]
}

@test "somebody else changes a definition: before, during and after the move" {
	serve
	# Between our look and our put.
	echo '{"operation":"ValidatePipelineDefinition","do":"other"}' >server/faults
	wanted=75 move --pipeline df-102 --to al2023
	[[ $stderr == *'df-102 (report-1): the definition was changed since it was read; nothing was put'* ]]
	[ "$(images latest | grep -c new)" = 0 ]
	[[ $(state '.["df-102"].latest') == *'of another client'* ]]
	# What is there now is neither old nor new.
	wanted=78 move --pipeline df-102 --to al2023
	[[ $output == *'its definition was changed since its move was interrupted; compare it with old.json and new.json in '* ]]
	rm -r state/moves/*
	# The other client put it and did not activate it.
	wanted=78 move --pipeline df-102 --to al2023
	[[ $output == *'its last definition was not activated'* ]]
	# After our move: the undo would lose the change.
	move --pipeline df-103 --to al2023
	jq '.["df-103"].latest.pipelineObjects[0].fields += [{key: "myNote", stringValue: "x"}]' server/state.json >next && mv next server/state.json
	wanted=78 move --pipeline df-103 --undo
	[[ $output == *'its definition was changed since it was moved, and the undo would lose that'* ]]
	# At the same time as our put.
	echo '{"operation":"PutPipelineDefinition","do":"lie"}' >server/faults
	wanted=75 move --pipeline df-104 --to al2023
	[[ $stderr == *'the service has another definition than the one that was put'* ]]
	[ "$(recorded 'SELECT state FROM mam_move WHERE pipeline = "df-104"')" = planned ]
}

@test "what the service refuses stops the move, and says where it stopped" {
	serve
	echo '{"operation":"ValidatePipelineDefinition","skip":2,"do":"errors"}' >server/faults
	wanted=65 move --target mysql:team_x --to al2023
	[[ $stderr == *'df-103 (report-2): ValidatePipelineDefinition: Run: a planted error'*'2 of 6 are moved; run the same again to go on, or with --undo'* ]]
	[ "$(images active | grep -c new)" = 2 ]
	# Its own check of the definition is left out on demand; a refused put leaves the old one.
	echo '{"operation":"PutPipelineDefinition","do":"errors"}' >server/faults
	wanted=65 move --no-validate --pipeline df-103 --to al2023
	[ "$(recorded 'SELECT state || " " || (message LIKE "%planted%") FROM mam_move WHERE pipeline = "df-103"')" = 'refused 1' ]
	echo '{"operation":"PutPipelineDefinition","status":400,"type":"AccessDeniedException"}' >server/faults
	wanted=77 move --pipeline df-104 --to al2023
	move --target mysql:team_x --to al2023
	[ "$(images active | grep -c new)" = 6 ]
	[[ $stderr == *"the service warns: Default: 'pipelineLogUri' is missing."* ]]
}

@test "pipelines that must not be activated: on demand, never started, stopped; one that has finished" {
	serve
	jq '.["df-102"].state = "PENDING" | .["df-102"].active = null | .["df-103"].state = "INACTIVE" |
		(.["df-104"].latest.pipelineObjects[] | select(.id == "Default") | .fields[] | select(.key == "scheduleType") | .stringValue) = "ondemand" |
		.["df-105"].state = "FINISHED"' server/state.json >next && mv next server/state.json
	move --pipeline df-102 --pipeline df-103 --pipeline df-104 --to al2023
	[ "$(images latest | grep -c new)" = 3 ]
	[ "$(calls ActivatePipeline)" = 0 ]
	move --pipeline df-102 --pipeline df-103 --pipeline df-104 --undo
	[ "$(images latest | grep -c new)" = 0 ]
	[ "$(calls ActivatePipeline)" = 0 ]
	wanted=78 move --pipeline df-105 --to al2023
	[[ $output == *'it has finished'* ]]
}

@test "what cannot be moved is named before anything changes" {
	serve
	jq --arg old "$OLD_IMAGE" '(.["df-103"] | .. | strings | select(. == $old)) |= "ami-0ddddddddddddddd0" | .["df-103"].active = .["df-103"].latest' server/state.json >next && mv next server/state.json
	wanted=78 move --target mysql:team_x --to al2023
	[[ $output == *'df-103 (report-2), mysql team_x.t2: not moved: a machine would still have the image ami-0ddddddddddddddd0'* ]]
	[[ $stderr == *'1 of 6 cannot be moved, so nothing is changed'* ]]
	[ "$(calls PutPipelineDefinition)" = 0 ]
	jq --arg old "$OLD_BUILD" --arg new s3://x/y.tar.gz '.["df-104"] |= (tostring | gsub($old; $new) | fromjson)' server/state.json >next && mv next server/state.json
	wanted=78 move --pipeline df-104 --to al2023
	[[ $output == *'the build of no --system is in it'* ]]
	jq '(.["df-106"].latest.pipelineObjects[] | select(.id == "Run") | .fields) += [{key: "*password", stringValue: "********"}] |
		.["df-106"].active = .["df-106"].latest' server/state.json >next && mv next server/state.json
	wanted=78 move --pipeline df-106 --to al2023
	[[ $output == *'an encrypted value that is read as asterisks'* ]]
	wanted=78 move --target mysql:gone --to al2023
	[[ $stderr == *'no pipeline has the target "mysql:gone"; list-datapipelines shows their targets'* ]]
	wanted=78 move --pipeline df-999 --to al2023
	# A pipeline of two targets.
	batch report-1 'mysql team_x.t1'
	jq '(.["df-102"].latest.pipelineObjects[] | select(.id == "Run") | .fields) += [{key: "scriptArgument", stringValue: "report-7"}] |
		.["df-102"].active = .["df-102"].latest' server/state.json >next && mv next server/state.json
	wanted=78 move --target postgresql --to al2023
	[[ $output == *'it has other targets, too; name it with --pipeline'* ]]
	run -0 move-batches @settings --pipeline df-102 --to al2023
}

@test "options, state and history" {
	wanted=64 move --to al2023 definitions
	wanted=64 move --target mysql definitions
	wanted=64 move --target mysql --to al2024 definitions
	[[ $stderr == *'there is no --system "al2024"'* ]]
	wanted=64 move --target mysql --to al2 --from al2 definitions
	run -64 move-batches --system "al2,$OLD_IMAGE,$OLD_BUILD" --target mysql --to al2 definitions
	wanted=75 move --target mysql --to al2023 --history postgresql://127.0.0.1:1/x definitions
	[[ $stderr == *'cannot open the history'* ]]
	run ! grep -q "$NEW_IMAGE" definitions/report-1.json
	# Nowhere to save the old definitions: nothing changes.
	: >nowhere
	wanted=74 move --target mysql --to al2023 --saved nowhere definitions
	[[ $stderr == *'cannot make the folder nowhere/'*'; nothing was changed'* ]]
	run ! grep -q "$NEW_IMAGE" definitions/report-1.json
	run bash -c "move-batches @settings --target mysql --to al2023 definitions >/dev/full"
	[ "$status" = 74 ]
	run ! grep -q "$NEW_IMAGE" definitions/report-1.json
	# Only what is on one system.
	move --target mysql:team_x --to al2023 --from al2 definitions
	[[ $stderr == *'6 of 6 are moved'* ]]
}

@test "the record of a move is the same in PostgreSQL and MySQL" {
	[ -n "${MAM_TEST_PG:-}${MAM_TEST_MYSQL:-}" ] || skip 'SKIPPED: neither PostgreSQL nor MariaDB runs'
	local ask url
	for url in ${MAM_TEST_PG:-} ${MAM_TEST_MYSQL:-}; do
		case $url in
		mysql*) ask=ask_mysql ;;
		*) ask=ask_pg ;;
		esac
		move --target mysql:team_x --to al2023 --history "$url" definitions
		move --pipeline report-1 --undo --history "$url" definitions
		"$ask" "$url" query "SELECT name, state, target, system_from, system_to FROM mam_move WHERE name LIKE 'report-%'" 0 | grep '^row ' | sort >got
		[ "$(head -n 2 got)" = $'row report-1|undone|mysql team_x.t1|al2|al2023\nrow report-2|done|mysql team_x.t2|al2|al2023' ]
		[ "$(wc -l <got)" = 5 ]
		"$ask" "$url" run 'DROP TABLE mam_move' run 'DROP TABLE mam_run' run 'DROP TABLE mam_history' >/dev/null
		move --target mysql:team_x --undo definitions
	done
}

@test "the requests have the shape of botocore's model" {
	"$BATS_TEST_DIRNAME/servers/moto" python -c 'import botocore' 2>/dev/null || skip 'SKIPPED: botocore is not installed (make deps-test)'
	serve
	move --target mysql:team_x --to al2023
	move --pipeline df-102 --undo
	run -0 "$BATS_TEST_DIRNAME/servers/moto" python - server/log <<-'END'
	import json, sys
	import botocore.session
	from botocore.validate import ParamValidator
	model = botocore.session.get_session().get_service_model("datapipeline")
	seen = set()
	for line in open(sys.argv[1]):
	    entry = json.loads(line)
	    seen.add(entry["operation"])
	    report = ParamValidator().validate(entry["body"], model.operation_model(entry["operation"]).input_shape)
	    if report.has_errors():
	        sys.exit(f"{entry['operation']}: {report.generate_report()}")
	print(" ".join(sorted(seen)))
	END
	[ "$output" = 'ActivatePipeline DescribePipelines GetPipelineDefinition ListPipelines PutPipelineDefinition ValidatePipelineDefinition' ]
}

@test "moto stores what is put" {
	"$BATS_TEST_DIRNAME/servers/moto" python -c 'import moto, boto3' 2>/dev/null || skip 'SKIPPED: moto is not installed (make deps-test)'
	"$BATS_TEST_DIRNAME/servers/moto" serve --parent $$ >moto.url 2>moto.err 3>&- &
	export SERVER=$!
	local tries=0
	until [ -s moto.url ]; do
		[ $((tries++)) -lt 1800 ] || { cat moto.err; return 1; }
		sleep 0.1
	done
	AWS_ENDPOINT_URL=$(cat moto.url)
	export AWS_ENDPOINT_URL AWS_DEFAULT_REGION=ap-northeast-1 AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b
	wire definitions/report-1.json >wire.json
	cat >client.py <<-'END'
	import boto3, json, sys
	client = boto3.client("datapipeline")
	if sys.argv[1] == "make":
	    pipeline = client.create_pipeline(name="report-1", uniqueId="u")["pipelineId"]
	    client.put_pipeline_definition(pipelineId=pipeline, pipelineObjects=json.load(open("wire.json"))["pipelineObjects"])
	    client.activate_pipeline(pipelineId=pipeline)
	    client.create_pipeline(name="empty", uniqueId="v")
	    print(pipeline)
	else:
	    print(json.dumps(client.get_pipeline_definition(pipelineId=sys.argv[2])["pipelineObjects"]))
	END
	# A pipeline without a definition does not disturb.
	id=$("$BATS_TEST_DIRNAME/servers/moto" python client.py make)
	run -0 list-datapipelines @settings --json
	[ "$(jq -c 'select(.name == "report-1") | [.pipeline, .target, .state, .os, .batches]' <<<"$output")" = "[\"$id\",[\"mysql team_x.t1\"],\"SCHEDULED\",[\"al2\"],[\"report-1\"]]" ]
	[ "${#lines[@]}" = 2 ]
	move --no-validate --target mysql --to al2023
	[[ $stderr == *'1 of 1 are moved'* ]]
	now=$("$BATS_TEST_DIRNAME/servers/moto" python client.py get "$id")
	[[ $now == *"$NEW_IMAGE"* && $now == *"$NEW_BUILD"* && $now != *"$OLD_IMAGE"* ]]
	move --no-validate --target mysql --undo
	now=$("$BATS_TEST_DIRNAME/servers/moto" python client.py get "$id")
	[[ $now == *"$OLD_IMAGE"* && $now != *"$NEW_IMAGE"* ]]
}
