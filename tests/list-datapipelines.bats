# SPDX-License-Identifier: MIT
# list-datapipelines: live pipelines, from the API and from files, beside the batches.

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
}

teardown() {
	serve_stop
}

list() {
	run -"${wanted:-0}" --separate-stderr list-datapipelines @settings "$@"
}

@test "the API: pages, definitions, states; each pipeline with its batches, target, system" {
	serve
	list --json
	[ "${#lines[@]}" = 10 ]
	[ "$(calls ListPipelines)" = 4 ]
	[ "$(jq -c 'select(.name == "report-7")' <<<"$output")" = "{\"target\":[\"postgresql team_y.t7\"],\"pipeline\":\"df-108\",\"name\":\"report-7\",\"state\":\"SCHEDULED\",\"schedule\":\"1 days from 2026-11-20T21:30:00Z\",\"os\":[\"al2\"],\"image\":[\"$OLD_IMAGE\"],\"artifact\":[\"$OLD_BUILD\"],\"batches\":[\"report-7\"]}" ]
	# A foreign one: the image by a parameter, the target by an argument of its script.
	[ "$(jq -c 'select(.name == "foreign") | [.target, .image, .artifact, .os]' <<<"$output")" = "[[\"mysql team_x\"],[\"$OLD_IMAGE\"],[\"$OLD_BUILD\"],[\"al2\"]]" ]
	# What moves together is together.
	[ "$(jq -r '.target[0]' <<<"$output")" = "$(jq -r '.target[0]' <<<"$output" | LC_ALL=C sort)" ]
	list --json --target mysql:team_x
	[ "${#lines[@]}" = 6 ]
	list --json --target postgresql
	[ "${#lines[@]}" = 4 ]
	list --json --target mysql:team
	[ -z "$output" ]
}

@test "files and folders; launched but not in the folders, and the reverse" {
	list --csv definitions
	[ "$(wc -l <<<"$output")" = 11 ]
	rm jobs/report-2
	batch new 'mysql team_x.new'
	list --csv --missing definitions
	[ "$output" = $'batch,pipeline,name\nreport-2,report-2,report-2' ]
	list --csv --unused definitions/report-1.json definitions/report-3.json
	[ "$(cut -d, -f1 <<<"$output" | tr '\n' ' ')" = 'batch new report-4 report-5 report-6 report-7 report-8 report-9 ' ]
	list --json definitions/report-2.json
	[ "$(jq -c '.batches' <<<"$output")" = '["report-2"]' ]
}

@test "which system: old, new, mixed, other; a file of targets" {
	sed -i "s/$OLD_IMAGE/$NEW_IMAGE/; s|$OLD_BUILD|$NEW_BUILD|" definitions/report-1.json
	sed -i "s/$OLD_IMAGE/$NEW_IMAGE/" definitions/report-2.json
	sed -i "s/$OLD_IMAGE/ami-0ccccccccccccccc0/; s|$OLD_BUILD|s3://x/y.tar.gz|" definitions/report-3.json
	list --json definitions
	[ "$(jq -c 'select(.name | test("report-[123]")) | .os' <<<"$output")" = $'["al2023"]\n["al2","al2023"]\n["other"]' ]
	list --csv --os al2 definitions
	[[ $output != *report-1,* && $output == *report-2,* && $output != *report-3,* ]]
	list --csv --os other definitions
	[ "$(wc -l <<<"$output")" = 2 ]
	printf '# foreign ones\n\nfore* mysql:other\ndf-999 mysql x\n' >targets
	list --json --targets targets definitions/foreign.json
	[ "$(jq -c .target <<<"$output")" = '["mysql:other"]' ]
	list --json --targets targets --target mysql:other definitions
	[ "${#lines[@]}" = 1 ]
	echo foreign >targets
	wanted=78 list --targets targets definitions
	[[ $stderr == *'targets, line 1: "foreign" has no target'* ]]
}

@test "--save keeps the definitions, which lint and show read" {
	serve
	list --save saved
	[ "$(ls saved | wc -l)" = 10 ]
	[ "$(jq -c .parameterValues[0] saved/df-101.json)" = "{\"id\":\"myImageId\",\"stringValue\":\"$OLD_IMAGE\"}" ]
	run -0 show-datapipeline saved/df-102.json --at 2026-11-25T22:00:00Z --pipeline-id df-102
	[[ ${lines[-1]} == *"--slot 2026-11-25T21:30:00Z report-1" ]]
	list-batches --launched datapipeline:saved --unused --csv >unused
	[ "$(wc -l <unused)" = 1 ]
}

@test "throttling is waited for; what the service refuses, and options" {
	serve
	echo '{"operation":"GetPipelineDefinition","skip":2,"status":400,"type":"ThrottlingException","message":"Rate exceeded"}' >server/faults
	list --json
	[ "${#lines[@]}" = 10 ]
	echo '{"operation":"ListPipelines","status":400,"type":"AccessDeniedException","message":"not authorized"}' >server/faults
	wanted=77 list
	[[ $stderr == *'ListPipelines: datapipeline answered 400 AccessDeniedException: not authorized'* ]]
	echo '{"operation":"GetPipelineDefinition","status":400,"type":"PipelineDeletedException","message":"deleted"}' >server/faults
	wanted=69 list
	[[ $stderr == *'df-101 (foreign): GetPipelineDefinition: '*PipelineDeletedException* ]]
	wanted=64 list --json --csv definitions
	wanted=64 list --missing --unused definitions
	run -64 list-datapipelines --os al2 definitions
	run -64 list-datapipelines --system al2,ami-1 definitions
	run -64 list-datapipelines --system al2,ami-1,s3://x,y definitions
	run -64 list-datapipelines @settings @settings definitions
	echo '[]' >definitions/bad.json
	wanted=65 list definitions
	[[ $stderr == *'definitions/bad.json: it is not a JSON object'* ]]
	wanted=74 list gone.json
}
