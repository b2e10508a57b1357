# SPDX-License-Identifier: MIT
# The workflows of GitHub, by actionlint and zizmor, and the rules that neither has; policies; units of systemd.

load helper

setup() {
	cd "$MAM_ROOT" || return 1
}

python_part() { # PROGRAM
	local python
	python=$(tests/python-parts python) && echo "$(dirname "$python")/$1"
}

@test "actionlint finds nothing, and finds a planted fault" {
	actionlint=$(tests/servers/actionlint path) ||
		skip 'SKIPPED: actionlint is not installed, so no workflow was checked by it (make deps-ops builds it)'
	run -0 "$actionlint" -shellcheck shellcheck .github/workflows/*.yml
	[ -z "$output" ]
	sed 's/needs: build/needs: built/' .github/workflows/deploy.yml >"$BATS_TEST_TMPDIR/deploy.yml"
	run -1 "$actionlint" "$BATS_TEST_TMPDIR/deploy.yml"
	[[ $output == *built* ]]
}

@test "zizmor finds nothing, and finds a planted fault" {
	zizmor=$(python_part zizmor) && [ -x "$zizmor" ] || skip 'SKIPPED: zizmor is not installed (make deps-test)'
	run -0 "$zizmor" --offline --no-progress .github
	[[ $output == *'No findings to report'* ]]
	mkdir -p "$BATS_TEST_TMPDIR/.github/workflows"
	sed -E 's/@[0-9a-f]{40} # (v[0-9]*).*/@\1/' .github/workflows/deploy.yml >"$BATS_TEST_TMPDIR/.github/workflows/deploy.yml"
	run ! "$zizmor" --offline --no-progress "$BATS_TEST_TMPDIR/.github/workflows/deploy.yml"
	[[ $output == *unpinned-uses* ]]
}

# A workflow as JSON.
as_json() { # FILE
	ruby -ryaml -rjson -e 'puts JSON.generate(YAML.safe_load(File.read(ARGV[0])))' "$1"
}

@test "one job alone may ask for a token, in an environment; actions are pinned by their hash" {
	as_json .github/workflows/deploy.yml >"$BATS_TEST_TMPDIR/deploy.json"
	cd "$BATS_TEST_TMPDIR"
	[ "$(jq -c .permissions deploy.json)" = '{}' ]
	[ "$(jq -r '.jobs | to_entries[] | select(.value.permissions["id-token"] == "write") | .key' deploy.json)" = deploy ]
	[ "$(jq -r '[.jobs[].permissions | to_entries[] | select(.value == "write") | .key] | join(" ")' deploy.json)" = id-token ]
	[ "$(jq -r .jobs.deploy.environment deploy.json)" = production ]
	[ "$(jq -r '.concurrency["cancel-in-progress"]' deploy.json)" = false ]
	# The systems of the policies are those that are built.
	diff <(jq -r '.jobs.build.strategy.matrix.include[].os' deploy.json | sort) \
		<(jq -r '.Statement[0].Resource[]' "$MAM_ROOT/deploy/aws/deploy-policy.json" | sed -n 's|.*BUCKET/\(.*\)/.*|\1|p' | grep -v main | sort)
	for workflow in "$MAM_ROOT"/.github/workflows/*.yml; do
		run ! grep -nE 'uses: ' <(grep -vE 'uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9.]+$' "$workflow")
		as_json "$workflow" | jq -e '[.jobs[].steps[] | select(.uses // "" | startswith("actions/checkout@"))
			| .with["persist-credentials"]] | all(. == false)'
	done
	# Every script that a step runs is there.
	for script in $(grep -ohE 'deploy/[a-z-]+( |$)' "$MAM_ROOT/.github/workflows/deploy.yml" | sort -u); do
		[ -x "$MAM_ROOT/$script" ] || [ -f "$MAM_ROOT/$script" ] || { echo "no $script"; return 1; }
	done
}

@test "policies are JSON, name their actions, and the role is for the deploy job alone" {
	cd deploy/aws
	for policy in *.json; do
		jq -e '.Version == "2012-10-17" and (.Statement | length > 0)' "$policy"
		# "*" is only in what is denied.
		jq -e '[.Statement[] | select(.Effect == "Allow") | (.Action | if type == "array" then .[] else . end), (.Resource // "r" | if type == "array" then .[] else . end)]
			| all(. != "*" and (test(":\\*$") | not))' "$policy"
	done
	jq -e '[.Statement[].Condition.StringEquals["token.actions.githubusercontent.com:sub"][]] | length == 2 and all(endswith(":environment:production"))' deploy-trust.json
	jq -e '.Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"' deploy-trust.json
}

@test "the timer's times are those that systemd reads" {
	command -v systemd-analyze >/dev/null || skip 'SKIPPED: systemd-analyze is not installed'
	run -0 systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' deploy/systemd/mam-etl-follow.timer)"
	mkdir "$BATS_TEST_TMPDIR/units"
	cp deploy/systemd/* "$BATS_TEST_TMPDIR/units"
	cd "$BATS_TEST_TMPDIR/units"
	sed -i "s|/opt/mam-etl/deploy/launcher|$MAM_ROOT/deploy/launcher|; /^Documentation/d" ./*
	SYSTEMD_UNIT_PATH=$PWD: run systemd-analyze verify mam-etl-follow.timer mam-etl-follow.service
	run ! grep -E 'mam-etl-follow.*(nknown|nvalid|ailed|not )' <<<"$output"
}
