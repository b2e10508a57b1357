# SPDX-License-Identifier: MIT
# No secret is in the history: gitleaks with our rules, which find what is planted.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	gitleaks=$("$MAM_ROOT/tests/servers/gitleaks" path) ||
		skip 'SKIPPED: gitleaks is not installed, so nothing looked for secrets (make check-ops installs it)'
}

@test "the whole history holds no secret" {
	[ -e "$MAM_ROOT/.git" ] || skip 'SKIPPED: this is not a git checkout'
	run -0 "$gitleaks" git -c "$MAM_ROOT/.gitleaks.toml" --no-banner --redact "$MAM_ROOT"
	[[ $output == *'no leaks found'* ]]
}

@test "a secret of each kind is found when it is planted, and its name is not" {
	git init -q planted
	cd planted || return 1
	key=wJalrXUtnFEMIK7MDENG+bPxRfiCYzzzzzzzzKEY
	# Written in parts, so that this file holds none of them.
	{
		echo "aws_secret_access_""key = $key"
		echo "psql postgres://etl:Zx9-planted""@db/ads"
		echo "export PG""PASSWORD=Zx9-planted"
		echo "mysql -u etl -p""Zx9-planted ads"
	} >old-batch
	printf '%s\n' '# secrets: PGPASSWORD=ssm:/ads/db' 'PGPASSWORD=$(secret get ssm:/ads/db)' 'mysql -u etl -P 3306' >new-batch
	git add .
	git -c user.name=t -c user.email=t@example.com commit -qm planted
	run ! "$gitleaks" git -c "$MAM_ROOT/.gitleaks.toml" --no-banner --redact -r report.json .
	jq -r '.[] | "\(.File) \(.RuleID)"' report.json | sort -u >found
	for rule in aws-secret-key-assigned mysql-password-argument password-assigned password-in-url; do
		grep -qx "old-batch $rule" found
	done
	run ! grep new-batch found
}
