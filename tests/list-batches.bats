# SPDX-License-Identifier: MIT
# list-batches: the heads of all batches, beside the real launches. The team's batches are bash, Ruby
# and Python.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p pipelines/media pipelines/old
	batch pipelines/daily '#!/bin/bash' 'schedule: 30 6 * * 1-5 Asia/Tokyo' 'target: postgresql ads.daily' 'owner: ads-data' \
		'os: amazonlinux-2 debian-12' 'api: yahoo-search v20' 'sunset: 2026-12-10'
	echo 'normalize "@$media/daily.fields"' >>pipelines/daily
	batch pipelines/sync.rb '#!/usr/bin/env ruby' 'batch: sync' 'schedule: 0 3 * * * America/New_York' 'target: mysql users' \
		'owner: crm' 'os: amazonlinux-2' 'sunset: 2027-06-30'
	batch pipelines/old/report.py '#!/usr/bin/env python3' 'batch: report' 'target: sqlite report' 'owner: crm'
	echo campaign_id:int >pipelines/media/daily.fields
	echo '{}' >pipelines/media/forgotten.json
	echo 'echo helper without a head' >pipelines/helper
	export MAM_BATCHES=$PWD/pipelines MAM_STATE_DIR=$PWD/state
	unset MAM_HISTORY
}

batch() { # FILE SHEBANG LINE...
	local file=$1
	shift
	printf '%s\n' "$1" "${@/#/# }" | sed '2d' >"$file"
	chmod +x "$file"
}

list() {
	run -"${wanted:-0}" --separate-stderr list-batches --at 2026-11-20T13:00:00Z "$@"
}

@test "a table: schedule in its zone, target, owner, next run, os, api and its sunset" {
	list
	[ "${#lines[@]}" -eq 5 ]
	[[ ${lines[0]} == batch*schedule*target*owner*last*next*os*api*sunset ]]
	[[ ${lines[2]} == 'daily   30 6 * * 1-5 Asia/Tokyo '*'postgresql ads.daily  ads-data        2026-11-23 06:30  amazonlinux-2 debian-12  yahoo-search v20  2026-12-10' ]]
	[[ ${lines[3]} == report*'sqlite report'*crm ]]
	# Clocks of New York: 03:00 there, in any zone of the host.
	[[ ${lines[4]} == sync*'2026-11-21 03:00'*amazonlinux-2* ]]
}

@test "JSON, CSV and Markdown have the same rows" {
	list --json
	[ "${#lines[@]}" -eq 3 ]
	[ "$(jq -r 'select(.batch == "daily") | .next' <<<"$output")" = 2026-11-23T06:30:00+09:00 ]
	[ "$(jq -r 'select(.batch == "daily") | .slot' <<<"$output")" = 2026-11-20T06:30:00+09:00 ]
	[ "$(jq -r 'select(.batch == "sync") | .next' <<<"$output")" = 2026-11-21T03:00:00-05:00 ]
	[ "$(jq -c 'select(.batch == "daily") | .os' <<<"$output")" = '["amazonlinux-2","debian-12"]' ]
	[ "$(jq -c 'select(.batch == "report") | [.schedule, .next, .os, .sunset, .launched]' <<<"$output")" = '[null,null,[],null,[]]' ]
	list --csv
	[ "$(from-csv <<<"$output" | to-json | jq -r 'select(.batch == "sync") | .schedule')" = '0 3 * * * America/New_York' ]
	list --markdown
	[ "${lines[1]}" = '| --- | --- | --- | --- | --- | --- | --- | --- | --- |' ]
	[[ ${lines[2]} == '| daily | 30 6 \* \* 1-5 Asia/Tokyo |'* ]]
	wanted=64 list --json --csv
}

@test "filters: os, target, owner, sunset" {
	list --os amazonlinux-2 --csv
	[ "$(cut -d, -f1 <<<"$output" | tr '\n' ' ')" = 'batch daily sync ' ]
	list --target mysql --csv
	[ "$(cut -d, -f1 <<<"$output" | tr '\n' ' ')" = 'batch sync ' ]
	list --target ads.daily --csv
	[ "$(cut -d, -f1 <<<"$output" | tr '\n' ' ')" = 'batch daily ' ]
	list --owner crm --csv
	[ "$(cut -d, -f1 <<<"$output" | tr '\n' ' ')" = 'batch report sync ' ]
	list --sunset 19 --csv
	[ "$(cut -d, -f1 <<<"$output" | tr '\n' ' ')" = 'batch ' ]
	list --sunset 20 --csv
	[ "$(cut -d, -f1 <<<"$output" | tr '\n' ' ')" = 'batch daily ' ]
	# One that was switched off already is the most urgent.
	run -0 list-batches --at 2026-12-24T00:00:00Z --sunset 0 --csv
	[[ $output == *daily* ]]
}

unused() {
	list --unused --json "$@"
	unused=$(jq -r .batch <<<"$output" | tr '\n' ' ')
}

@test "--unused: crontab -l, and the form with a user" {
	cat >jobs.txt <<-'END'
		MAILTO = ops@example.com
		# 0 3 * * * run-batch sync
		30 6 * * 1-5   . /etc/env; run-batch daily >/dev/null 2>&1
		@reboot /usr/bin/true
	END
	unused --launched crontab:jobs.txt
	[ "$unused" = 'report sync ' ]
	mkdir cron.d
	echo '0 3 * * * batch cd /opt/mam-etl/pipelines && ruby sync.rb' >cron.d/sync
	unused --launched crontab:jobs.txt --launched crontab:cron.d
	[ "$unused" = 'report ' ]
	list --json --launched crontab:jobs.txt --launched crontab:cron.d
	[ "$(jq -c 'select(.batch == "sync") | .launched' <<<"$output")" = '["crontab:cron.d/sync:1"]' ]
	echo '30 6 * * run-batch' >jobs.txt
	wanted=65 list --unused --launched crontab:jobs.txt
	[[ $stderr == *'jobs.txt: line 1 is not a line of crontab(5)'* ]]
}

@test "--unused: a number sign within a line may be in quotes, one at its beginning is a comment" {
	cat >jobs.txt <<-'END'
		0 1 * * * echo "#1"; run-batch daily
		0 2 * * * run-batch sync # not run-batch gone, /opt/pipelines/gone
	END
	unused --launched crontab:jobs.txt
	[ "$unused" = 'report ' ]
	list --missing --csv --launched crontab:jobs.txt
	[ "${#lines[@]}" -eq 1 ]
	printf '#!/bin/sh\n  # run-batch sync\nrun-batch daily\n#run-batch report\n' >nightly
	unused --launched script:nightly
	[ "$unused" = 'report sync ' ]
}

@test "--unused: a batch that a launched batch calls is living, one that is only mentioned is not" {
	echo '"$here/old/report.py" --table sync' >>pipelines/daily
	echo '# calls sync.rb later: pipelines/sync.rb' >>pipelines/daily
	echo daily >names
	unused --launched file:names
	[ "$unused" = 'sync ' ]
	# A Python script's way to call one.
	echo 'subprocess.run(["run-batch", "sync"], check=True)' >>pipelines/old/report.py
	unused --launched file:names
	[ "$unused" = '' ]
}

@test "--unused: systemd timers, a template and Unit=" {
	mkdir units
	printf '[Timer]\nOnCalendar=daily\n' >units/mam-batch@daily.timer
	printf '[Service]\nType=oneshot\nExecStart=/opt/mam-etl/bin/run-batch \\\n  %%i\n' >units/mam-batch@.service
	printf '[Timer]\nOnCalendar=daily\nUnit=nightly.service\n' >units/other.timer
	printf '[Service]\nExecStart=/bin/sh -c "run-batch report"\n' >units/nightly.service
	# A service that no timer starts launches nothing.
	printf '[Service]\nExecStart=run-batch sync\n' >units/sync.service
	# A masked timer starts nothing either.
	ln -s /dev/null units/sync.timer
	unused --launched systemd:units
	[ "$unused" = 'sync ' ]
	[ -z "$stderr" ]
	printf '[Timer]\n' >units/lost.timer
	list --launched systemd:units
	[[ $stderr == *'units/lost.timer starts "lost.service", which is not in that folder'* ]]
}

@test "--unused and --missing: AWS Data Pipeline, as a file and as its API answers" {
	cat >definition.json <<-'END'
		{"objects": [
		 {"id": "Default", "scheduleType": "cron"},
		 {"id": "Run", "type": "ShellCommandActivity", "command": "aws s3 cp s3://BUCKET/mam.tar.gz - | tar xz && ./bin/run \"$1\" \"$2\"",
		  "scriptArgument": ["#{myJob}", "#{format(minusDays(@scheduledStartTime,1),'YYYY-MM-dd')}"]},
		 {"id": "Gone", "type": "ShellCommandActivity", "command": "./bin/run ${1}", "scriptArgument": ["gone"]},
		 {"id": "Ruby", "type": "ShellCommandActivity", "scriptUri": "s3://BUCKET/master/pipelines/sync.rb"}],
		 "parameters": [{"id": "myJob", "type": "String", "default": "report"}], "values": {"myJob": "daily"}}
	END
	unused --launched datapipeline:definition.json --launcher run
	[ "$unused" = 'report ' ]
	list --missing --launched datapipeline:definition.json --launcher run --csv
	[ "${lines[1]}" = 'gone,datapipeline:definition.json:Gone,there is no batch of this name' ]
	[ "${#lines[@]}" -eq 2 ]
	cat >answer.json <<-'END'
		{"pipelineObjects": [{"id": "Run", "name": "Run", "fields": [
		  {"key": "type", "stringValue": "ShellCommandActivity"}, {"key": "schedule", "refValue": "Daily"},
		  {"key": "scriptArgument", "stringValue": "#{myJob}"}, {"key": "scriptArgument", "stringValue": "x"},
		  {"key": "command", "stringValue": "./bin/run $1"}]}],
		 "parameterObjects": [{"id": "myJob", "attributes": [{"key": "default", "stringValue": "report"}]}], "parameterValues": []}
	END
	unused --launched datapipeline:answer.json --launcher run
	[ "$unused" = 'daily sync ' ]
	mkdir definitions
	cp definition.json answer.json definitions
	unused --launched datapipeline:definitions
	[ "$unused" = '' ]
	echo '{"objects": [' >definition.json
	wanted=65 list --unused --launched datapipeline:definition.json
	[[ $stderr == *'definition.json: line 2, column 1: '* ]]
}

@test "--unused and --missing: prefect.yaml, without deployments that are paused" {
	cat >prefect.yaml <<-'END'
		name: mam-etl
		pull:
		- prefect.deployments.steps.set_working_directory: {directory: /opt/mam-etl}
		definitions:
		  job: &job {batch: nothing}
		deployments:
		- name: a
		  entrypoint: flows/batch.py:batch
		  parameters: {job: daily, shards: 2}
		  schedules:
		  - {cron: "0 3 * * *", timezone: Asia/Tokyo, active: true}
		- name: slot
		  parameters:
		    batches:
		    - report   # a comment
		    - gone
		  tags: [pg]
		- name: off
		  paused: true
		  parameters: {job: sync}
		work: {batch: nothing}
	END
	unused --launched prefect:prefect.yaml
	[ "$unused" = 'sync ' ]
	list --missing --csv --launched prefect:prefect.yaml
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[1]} == gone,prefect:prefect.yaml:16,* ]]
	sed -i 's/^/  /; s/^  \(name\|pull\|definitions\|deployments\|work\):/\1:/' prefect.yaml
	unused --launched prefect:prefect.yaml
	[ "$unused" = 'sync ' ]
}

@test "--missing: names, files that are gone, files without a head" {
	cat >jobs.txt <<-'END'
		0 1 * * * run-batch --log json dayly --from 2026-01-01
		0 2 * * * /opt/mam-etl/pipelines/removed && /opt/mam-etl/bin/run-batch sync
		0 3 * * * bash /opt/mam-etl/pipelines/helper; cp -r /opt/mam-etl/pipelines/media /backup
		0 4 * * * /usr/bin/apt-get update
	END
	list --missing --csv --launched crontab:jobs.txt
	[ "${#lines[@]}" -eq 4 ]
	[ "${lines[1]}" = 'dayly,crontab:jobs.txt:1,there is no batch of this name' ]
	[ "${lines[2]}" = '/opt/mam-etl/pipelines/removed,crontab:jobs.txt:2,there is no such file' ]
	[ "${lines[3]}" = '/opt/mam-etl/pipelines/helper,crontab:jobs.txt:3,"the file is not a batch: no head, or not executable"' ]
}

@test "a source without a single launch is a failure, not an answer" {
	: >jobs.txt
	wanted=65 list --unused --launched crontab:jobs.txt
	[[ $stderr == *'crontab:jobs.txt: nothing is launched in it'* ]]
	wanted=74 list --unused --launched crontab:absent
	wanted=64 list --unused --launched cron:jobs.txt
	[[ $stderr == *'"cron" is not a kind: crontab, systemd,'* ]]
	wanted=64 list --unused
	[[ $stderr == *'--unused needs --launched'* ]]
	wanted=64 list --missing
	wanted=64 list --todo remove
	wanted=64 list --todo os
}

@test "--missing: options of run-batch, and commands without a head" {
	cat >jobs.txt <<-'END'
		0 1 * * * run-batch --again gone1 --slot 2026-01-01T00:00:00Z
		0 2 * * * run-batch --from=2026-01-01 gone2
		0 3 * * * run-batch --name legacy --schedule "0 3 * * * UTC" -- /opt/legacy.rb
		0 4 * * * run-batch --quiet daily --to 2026-01-01
	END
	list --missing --csv --launched crontab:jobs.txt
	[ "$(cut -d, -f1 <<<"$output" | tr '\n' ' ')" = 'name gone1 gone2 ' ]
}

@test "the last run comes from the history of run-batch" {
	list --json
	[ "$(jq -c 'select(.batch == "report") | [.last, .last_state]' <<<"$output")" = '[null,null]' ]
	sed -i '$d' pipelines/daily
	run -0 run-batch --quiet --slot 2026-11-20T06:30:00+09:00 daily
	echo exit 65 >>pipelines/daily
	run -65 run-batch --quiet --slot 2026-11-21T06:30:00+09:00 daily
	run -0 --separate-stderr list-batches --json
	[ "$(jq -r 'select(.batch == "daily") | .last_state' <<<"$output")" = failed ]
	last=$(jq -r 'select(.batch == "daily") | .last' <<<"$output")
	[[ $last == *+09:00 ]]
	[ $(($(date +%s) - $(date -d "$last" +%s))) -lt 600 ]
	[ "$(jq -c 'select(.batch == "sync") | [.last, .last_state]' <<<"$output")" = '[null,null]' ]
	run -0 list-batches
	[[ ${lines[2]} == daily*"$(TZ=Asia/Tokyo date -d "$last" '+%F %H:%M') failed  "* ]]
	# Somewhere else, and where it cannot be read.
	run -0 --separate-stderr list-batches --json --history absent.db
	[ "$(jq -r 'select(.batch == "daily") | .last_state' <<<"$output")" = null ]
	echo 'not a database, but long enough to be looked at as one' >broken.db
	run --separate-stderr list-batches --json --history broken.db
	[ "$status" -ne 0 ]
	[[ $stderr == *'cannot read the history, so last runs are not known'* ]]
	[ "$(jq -r 'select(.batch == "daily") | .last_state' <<<"$output")" = unknown ]
}

@test "--todo secrets: secrets in bash, Ruby and Python, by line and name, never the value" {
	local planted=Xq7zPlanted81
	cat >>pipelines/daily <<-END
		# an example: PGPASSWORD=not-this-one
		export PGPASSWORD=$planted
		psql "\$TARGET" --password-file /run/secret
		API_TOKEN=\$(secret get ssm:/mam/token)
	END
	cat >>pipelines/sync.rb <<-END
		client = Mysql2::Client.new(host: ENV["HOST"], password: "$planted")
		id = "AKIA${planted:0:0}ABCDEFGHIJKLMNOP"
	END
	cat >>pipelines/old/report.py <<-END
		url = "postgresql://etl:$planted@db.example/ads"
		token = os.environ["API_TOKEN"]
	END
	list --todo secrets
	[ "$(grep -c 'Move the secrets of' <<<"$output")" -eq 3 ]
	[[ $output == *'`daily` (ads-data, postgresql ads.daily, 30 6'*'- [ ] line 10: `PGPASSWORD`'* ]]
	[ "$(grep -c '] line [0-9]' <<<"$output")" -eq 4 ]
	[[ $output == *'line 5: `postgresql://`'*'line 8: `password`'*'line 9: `id of an AWS access key`'* ]]
	[[ $output == *"secret import $PWD/pipelines/sync.rb"* ]]
	[[ $output != *$planted* ]]
	# A script that has no head yet, and settings.
	echo "DB_PASSWORD='$planted'" >>pipelines/helper
	echo "{\"api_key\": \"$planted\"}" >>pipelines/media/forgotten.json
	list --todo secrets
	[[ $output == *"Move the secrets of \`files that are not batches\`"*"- [ ] \`$PWD/pipelines/helper\`, line 2: \`DB_PASSWORD\`"* ]]
	[[ $output == *"forgotten.json\`, line 2: \`api_key\`"* ]]
	[[ $output != *$planted* ]]
	list --todo secrets --output all
	[ "$(ls all | tr '\n' ' ')" = 'daily.md files-that-are-not-batches.md report.md sync.md ' ]
	list --todo secrets --owner crm --output issues
	[ "$(ls issues | tr '\n' ' ')" = 'report.md sync.md ' ]
	run ! grep -r "$planted" issues
}

@test "--files: files that no living batch uses" {
	list --files
	[[ $output == *forgotten.json* ]]
	[[ $output == *helper* ]]
	[[ $output != *daily.fields* ]]
	# A name that is put together from a variable.
	sed -i 's/daily.fields/$name.fields/' pipelines/daily
	list --files
	[[ $output != *daily.fields* ]]
	# With daily unused, its fields are too.
	echo sync >names
	list --files --launched file:names
	[[ $output == *daily.fields* ]]
	# A used file may name another one.
	echo '@forgotten.json' >>pipelines/media/daily.fields
	list --files
	[[ $output != *forgotten.json* ]]
}

@test "--todo remove and os: a checklist, or a file for each batch" {
	echo sync >names
	list --todo remove --launched file:names
	[ "${lines[0]}" = '- [ ] Remove `daily` (ads-data, postgresql ads.daily, 30 6 * * 1-5 Asia/Tokyo)' ]
	[[ $output == *"remove \`$PWD/pipelines/media/daily.fields\`, which no other living batch uses"* ]]
	[[ $output == *'Remove `files that no batch uses`'*forgotten.json* ]]
	[[ $output != *'`sync`'* ]]
	list --todo os --os amazonlinux-2 --output issues
	[ "$(ls issues)" = "$(printf 'daily.md\nsync.md')" ]
	[ "$(head -n 1 issues/sync.md)" = '# Move sync' ]
	grep -q 'compare the rows' issues/sync.md
	# This one runs on another system as well already.
	run -1 grep -q 'compare the rows' issues/daily.md
	list --todo os --os amazonlinux-2
	[ "${lines[0]}" = '## postgresql' ]
	[[ $output == *'## mysql'*'Move `sync`'* ]]
}

@test "mistakes are reported for every batch, the good ones are listed, and the status is 78" {
	batch pipelines/bad1 '#!/bin/sh' 'schedule: 61 * * * * UTC'
	batch pipelines/bad2 '#!/bin/sh' 'shedule: 0 * * * * UTC' 'owner: x'
	batch pipelines/bad3 '#!/bin/sh' 'schedule: 0 * * * * Asia/Tokio'
	wanted=78 list --csv
	[ "$(cut -d, -f1 <<<"$output" | tr '\n' ' ')" = 'batch daily report sync ' ]
	[[ $stderr == *'pipelines/bad1, line 2: schedule: "61 * * * * UTC" is not a minute of cron (0-59)'* ]]
	[[ $stderr == *'pipelines/bad2, line 2: "shedule" is not a key, did you mean "schedule"?'* ]]
	[[ $stderr == *'pipelines/bad3: schedule: "Asia/Tokio" '* ]]
	# A launch of one with a mistake is not missing.
	echo bad1 >names
	wanted=78 list --missing --csv --launched file:names
	[ "${#lines[@]}" -eq 1 ]
}

@test "two batches with one name are reported with their files" {
	batch pipelines/twin '#!/bin/sh' 'batch: daily'
	wanted=78 list --csv
	[[ $stderr == *'two batches have the name "daily": '*'/pipelines/daily and '*'/pipelines/twin'* ]]
	[ "$(cut -d, -f1 <<<"$output" | tr '\n' ' ')" = 'batch report sync ' ]
}

@test "the folders: --batches, MAM_BATCHES, or pipelines/ of the installation" {
	run -0 list-batches --csv --batches pipelines/old
	[ "${#lines[@]}" -eq 2 ]
	mkdir -p tree/opt/bin
	cp "$MAM_BIN/list-batches" tree/opt/bin
	cp -r pipelines tree/opt
	run -0 env -u MAM_BATCHES tree/opt/bin/list-batches --csv
	[ "${#lines[@]}" -eq 4 ]
	rm -r tree/opt/pipelines
	run -78 env -u MAM_BATCHES tree/opt/bin/list-batches
	run -78 list-batches --batches absent
	[[ $output == *absent* ]]
	run -74 bash -c 'list-batches --csv >/dev/full'
}

@test "a name that could command a terminal is shown, not obeyed" {
	batch pipelines/colour '#!/bin/sh' $'owner: \033[31mred'
	list
	[[ $output == *'\u001b[31mred'* || $output == *'\x1b[31mred'* ]]
	[[ $output != *$'\033'* ]]
}
