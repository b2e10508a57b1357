# SPDX-License-Identifier: MIT
# mam-moving(7), step by step with its own commands: ten batches of two targets go from one
# installation to another, a planted difference is found, the move undone, and finished.

load helper
load datapipeline

teardown() {
	serve_stop
}

# Two installations, ten batches that load into SQLite, and the pipelines that launch them.
two_roots() {
	local i target number=100
	mkdir -p feed server
	: >server/log
	for i in 1 2 3 4 5 6 7 8 9 10; do
		target="mysql team_x.t$i"
		[ "$i" -lt 6 ] || target="postgresql team_y.t$i"
		printf '{"id":%d,"cost":"%d.25"}\n' 1 "$i" 2 "$i" >"feed/$i.json"
		mkdir -p jobs
		cat >"jobs/report-$i" <<-END
		#!/bin/bash
		# batch: report-$i
		# schedule: 30 6 * * * Asia/Tokyo
		# target: $target
		set -eo pipefail
		from-json <"\$FEED/$i.json" | normalize id:int cost:decimal |
			load-sqlite --to "\$ADS" --table t$i --create --mode upsert --key id
		END
		chmod +x "jobs/report-$i"
	done
	for root in old new; do
		mkdir $root
		cp -r "$MAM_BIN" $root/bin
		cp -r jobs $root/pipelines
	done
	make-datapipeline --batches jobs --image-id "$OLD_IMAGE" --artifact "$OLD_BUILD" --topic arn:aws:sns:ap-northeast-1:1:t \
		--log-uri s3://b/logs/ --start 2026-11-20T13:00:00Z --output live
	for file in live/*.json; do
		number=$((number + 1))
		wire "$file" | jq --arg id "df-$number" --arg name "$(basename "$file" .json)" \
			'{($id): {name: $name, state: "SCHEDULED", latest: ., active: .}}'
	done | jq -s add >server/state.json
	serve
	OLD=$PWD/old NEW=$PWD/new FEED=$PWD/feed ADS=$PWD/ads.db MAM_STATE_DIR=$PWD/state MAM_BATCHES=$PWD/jobs
	export OLD NEW FEED ADS MAM_STATE_DIR MAM_BATCHES
	unset MAM_HISTORY FROM TO
}

# The commands of one of the page's blocks, counted from 0: the settings.
step() { # NUMBER
	awk -v wanted="$1" '
		/^\.Bd -literal/ { inside = n++ == wanted; next }
		/^\.Ed/ { inside = 0 }
		inside { gsub(/\\e/, "\\"); gsub(/\\&/, ""); gsub(/\\-/, "-"); print }' "$MAM_ROOT/man/mam-moving.7" >step.sh
	[ -s step.sh ]
	bash -euo pipefail step.sh
}

# Each machine that the service would start: its image says which root it has, its command which batch runs.
service_runs() {
	local name image root
	while read -r name image; do
		root=old
		[ "$image" = "$OLD_IMAGE" ] || root=new
		PATH=$PWD/$root/bin:$PATH "$root/bin/run-batch" --quiet --again --batches "$root/pipelines" "$name"
		echo "$name $root"
	done < <(jq -r '.[] | [.name, (.active.pipelineObjects[].fields[] | select(.key == "imageId") | .stringValue)] | @tsv' server/state.json)
}

@test "the move of mam-moving(7): compare, move, find a difference, undo, mend, finish" {
	two_roots
	step 0
	run -0 step 1
	[ "$(grep -c 'al2 ' <<<"$output")" -ge 10 ]
	run -0 step 2
	run -0 step 3
	[ "$(sqlite3 state/history.db "SELECT count(*) FROM mam_run WHERE state = 'ok'")" = 10 ]

	# 4. Both builds are the same today.
	run -0 step 4
	[[ $output == *'identical on 10 of 10 batches'* ]]
	step 5
	grep -q 'identical on 10 of 10 batches' page.html

	# 5. The first target.
	run -0 step 6
	[ "$(grep -c "^+ .*$NEW_IMAGE" <<<"$output")" = 5 ]
	run -0 service_runs
	[ "$(grep -c ' new$' <<<"$output")" = 0 ]
	run -0 step 7
	run -0 service_runs
	[ "$(grep ' new$' <<<"$output" | sort | tr '\n' ' ')" = 'report-1 new report-2 new report-3 new report-4 new report-5 new ' ]
	run -0 step 8

	# A later commit rounds: the comparison finds it, and the group goes back.
	sed -i 's/cost:decimal/"cost:decimal;scale=1;round=half-up"/' new/pipelines/report-3
	run -65 step 4
	[[ $output == *'different'*'report-3'*'record 1, field "cost": 3.25 in the old build, 3.3 in the new build'* ]]
	[[ $output == *'identical on 9 of 10 batches'* ]]
	step 5
	grep -q 'identical on 9 of 10 batches' page.html
	run -0 step 9
	[[ $output == *'5 of 5 are back'* ]]
	run -0 service_runs
	[ "$(grep -c ' old$' <<<"$output")" = 10 ]
	[ "$(sqlite3 ads.db 'SELECT cost FROM t3 ORDER BY id')" = $'3.25\n3.25' ]

	# Mended, moved again, then the other target.
	cp jobs/report-3 new/pipelines/
	run -0 step 4
	run -0 step 7
	run -0 step 10
	run -0 service_runs
	[ "$(grep -c ' new$' <<<"$output")" = 10 ]

	# Nothing is left on the old system.
	run -0 step 11
	[ "$(grep -c 'al2023 ' <<<"$output")" -ge 10 ]
	run -0 list-datapipelines @systems --os al2 --csv
	[ "${#lines[@]}" = 1 ]
	[ "$(sqlite3 state/history.db "SELECT count(*) FROM mam_move WHERE state = 'done'")" = 10 ]
	[ "$(sqlite3 state/history.db "SELECT count(*) FROM mam_move WHERE state = 'undone'")" = 5 ]
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(sqlite3 ads.db "SELECT cost FROM t$i")" = "$i.25"$'\n'"$i.25" ]
	done
}
