# SPDX-License-Identifier: MIT
# The whole way of a commit through S3 to rows and a page, offline: moto is STS and S3, and takes any token. Without
# authentication it does not check signatures; tests/put-s3.bats has a server that does.

load helper
load deploy
load http

MOTO=$BATS_TEST_DIRNAME/servers/moto

setup_file() {
	load helper
	load deploy
	cd "$BATS_FILE_TMPDIR" || return 1
	"$MOTO" python -c 'import moto, boto3' 2>/dev/null || return 0
	"$MOTO" serve --parent $$ >moto.url 2>moto.err 3>&- &
	checkout
	# The batch of the commit: two rows, without a network.
	cat >tree/pipelines/costs-sqlite <<-'END'
		#!/bin/bash
		# batch: costs-sqlite
		# about: Costs of two days
		# schedule: 30 6 * * * Asia/Tokyo
		# target: sqlite costs
		# owner: ads-data
		set -euo pipefail
		PATH=$(dirname "$(readlink -f "$0")")/../bin:$PATH
		printf '{"day":"2026-11-01","cost":"12.50"}\n{"day":"2026-11-02","cost":"7"}\n' | from-json |
			normalize day:date cost:decimal | load-sqlite --to "$TARGET" --table costs --create --mode upsert --key day
	END
	chmod +x tree/pipelines/costs-sqlite
	git_commit 'costs-sqlite: costs of two days'
	in_root build_artifact built
	until [ -s moto.url ]; do sleep 0.1; done
	AWS_ENDPOINT_URL=$(cat moto.url) AWS_DEFAULT_REGION=ap-northeast-1 AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b \
		"$MOTO" python - "$MAM_ROOT/deploy/aws/deploy-trust.json" <<-'END'
			import boto3, json, sys
			s3 = boto3.client("s3")
			s3.create_bucket(Bucket="builds", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
			# For hosts that read without a signature, as from a mirror.
			s3.put_bucket_policy(Bucket="builds", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
			    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::builds/*"}]}))
			trust = open(sys.argv[1]).read().replace("ACCOUNT", "123456789012")
			boto3.client("iam").create_role(RoleName="mam-etl-deploy", AssumeRolePolicyDocument=trust)
		END
	mkdir -p small/mam-etl/bin small/mam-etl/pipelines
	cp built/manifest.json built/launcher small
	tar -C small -xzf built/mam-etl.tar.gz mam-etl/bin/run-batch mam-etl/bin/fetch-s3
	edit small/manifest.json programs '["run-batch", "fetch-s3"]'
}

# In a root of its own: this system, read-only, and of all folders only those that a build needs.
in_root() { # FUNCTION WORD...
	if bwrap --ro-bind / / --dev /dev true 2>/dev/null; then
		export -f build_artifact
		bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /home --bind "$BATS_FILE_TMPDIR" "$BATS_FILE_TMPDIR" \
			--bind "${MAM_BIN%/bin}" "${MAM_BIN%/bin}" --unshare-net --setenv TMPDIR "$BATS_FILE_TMPDIR" --chdir "$PWD" bash -euc '"$@"' sh "$@"
	else
		echo '# SKIPPED: bwrap is not installed or not allowed, so the build runs in the root of this system' >&3
		"$@"
	fi
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	unset "${!AWS_@}" "${!MAM_BATCH@}" MAM_HISTORY
	export HOME=$PWD MAM_HOME=$PWD/home MAM_STATE_DIR=$PWD/state OUT=$PWD/ran TARGET=$PWD/costs.db
	export AWS_EC2_METADATA_DISABLED=true AWS_REGION=ap-northeast-1 AWS_MAX_ATTEMPTS=2
	S3=s3://builds/$BATS_TEST_NUMBER
	# shellcheck disable=SC1091
	OS=$(. /etc/os-release && echo "${ID/#amzn/al}$VERSION_ID")
	BRANCH=$S3/$OS/main/mam-etl.tar.gz
}

teardown() {
	http_stop
}

# As the workflow's job has them: a token in a file, and a role.
identity() {
	[ -s "$BATS_FILE_TMPDIR/moto.url" ] || skip 'SKIPPED: moto is not installed (make deps-test)'
	[ -x "$MAM_BIN/put-s3" ] || skip 'SKIPPED: put-s3 is not built'
	AWS_ENDPOINT_URL=$(cat "$BATS_FILE_TMPDIR/moto.url")
	printf '%s.%s.%s' "$(printf '{"alg":"RS256"}' | base64 -w0)" "$(printf '{"aud":"sts.amazonaws.com"}' | base64 -w0)" c2ln >token
	export AWS_ENDPOINT_URL AWS_WEB_IDENTITY_TOKEN_FILE=$PWD/token AWS_ROLE_SESSION_NAME=test
	export AWS_ROLE_ARN=arn:aws:iam::123456789012:role/mam-etl-deploy
}

# The keys of the bucket below this test's prefix, as boto3 sees them.
keys() {
	AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b "$MOTO" python - "$BATS_TEST_NUMBER/" <<-'END'
		import boto3, sys
		for o in boto3.client("s3").list_objects_v2(Bucket="builds", Prefix=sys.argv[1]).get("Contents", []):
		    print(o["Key"][len(sys.argv[1]):])
	END
}

named() { # BRANCH-FOLDER
	fetch-s3 --output pointer "$S3/$1/build.json" && jq -r .commit pointer
}

ran() { # NAME
	[ "$(cat ran)" = "build $1" ] || { cat ran; return 1; }
	rm ran
}

@test "the whole way: commit, build, token, role, both keys, launcher, batch, rows, page" {
	identity
	commit=$(git -C "$BATS_FILE_TMPDIR/tree" rev-parse HEAD)
	publish --old-key "$OS" "$BATS_FILE_TMPDIR/built" "$S3" main
	keys >keys
	diff keys - <<-END
		$OS/builds/$commit/launcher
		$OS/builds/$commit/mam-etl.tar.gz
		$OS/builds/$commit/mam-etl.tar.gz.sha256
		$OS/builds/$commit/manifest.json
		$OS/main/build.json
		$OS/main/launcher
		$OS/main/mam-etl.tar.gz
		main/build.json
		main/launcher
		main/mam-etl.tar.gz
	END
	[ "$(named "$OS/main") $(named main)" = "$commit $commit" ]
	# A host with nothing but the command line that its scheduler has: bash and curl, no program of ours.
	url=$AWS_ENDPOINT_URL/builds/$BATS_TEST_NUMBER/$OS/main
	(PATH=/usr/bin:/bin && set -o pipefail && curl -sSf "$url/launcher" | bash -s -- "$url/mam-etl.tar.gz" costs-sqlite)
	[ "$(basename "$(readlink home/current)")" = "$commit" ]
	[ "$(sqlite3 costs.db 'SELECT day, cost FROM costs ORDER BY day')" = $'2026-11-01|12.50\n2026-11-02|7' ]
	# From now on the build fetches its successors itself, signed.
	PATH=/usr/bin:/bin run -0 "home/current/deploy/launcher" "$BRANCH" --again costs-sqlite
	[[ $output != *'the update failed'* ]]
	home/current/bin/report-batches --output page.html
	grep -q 'Runs of costs-sqlite' page.html
	# Both runs, with their rows.
	[ "$(grep -cE 'good">ok</span>.*class="number">2</td>' page.html)" = 2 ]
}

@test "the pointer's next request is conditional, and costs no body" {
	identity
	small_build a 1
	publish a "$S3" main
	fetch-s3 --output pointer "$S3/$OS/main/build.json"
	http_start
	answer "$(jq -nc --rawfile text pointer --arg p "/x/$OS/main/build.json" '{path: $p, method: "GET", when: {"If-None-Match": null}, headers: {ETag: "\"e1\""}, $text}')" \
		"$(jq -nc --arg p "/x/$OS/main/build.json" '{path: $p, when: {"If-None-Match": "\"e1\""}, status: 304}')"
	publish a "file://$PWD/files" main
	launcher "file://$PWD/files/$OS/main/mam-etl.tar.gz"
	run -0 launcher "$BASE/x/$OS/main/mam-etl.tar.gz"
	run -0 launcher "$BASE/x/$OS/main/mam-etl.tar.gz"
	[ -z "$output" ]
	[ "$(asked '.headers["if-none-match"]')" = $'null\n"e1"' ]
}

@test "publish-artifact in S3: two at once, an older one, other bytes" {
	identity
	for n in 1 2 3; do small_build "c$n" "$n"; done
	publish c2 "$S3" main 2>err2 &
	publish c3 "$S3" main 2>err3 &
	wait
	[ "$(named "$OS/main")" = "$(hash_of c3)" ]
	fetch-s3 --output copy "$S3/$OS/main/mam-etl.tar.gz"
	cmp copy c3/mam-etl.tar.gz
	run -69 publish c1 "$S3" main
	[[ $output == *"names commit $(hash_of c3), which is newer than $(hash_of c1)"* ]]
	publish --point "$(hash_of c1)" --os "$OS" "$S3" main
	[ "$(named "$OS/main")" = "$(hash_of c1)" ]
	echo x >>c3/mam-etl/pipelines/hello
	pack c3
	run -69 publish c3 "$S3" main
	[[ $output == *'is there with other bytes'* ]]
	run -69 publish c1 s3://no-such-bucket main
	[[ $output == *'there is no such bucket'* ]]
}

@test "publish-artifact killed at each of its writes: the branch names a whole build, and a repetition ends it" {
	identity
	small_build a 1
	small_build b 2
	publish a "$S3" main
	mkdir bin
	# put-s3 that kills the deploy in place of its nth write, or in the middle of one.
	cat >bin/put-s3 <<-'END'
		#!/bin/bash
		echo >>"$COUNT"
		[ "$(wc -l <"$COUNT")" = "$AT" ] || exec "$MAM_BIN/put-s3" "$@"
		kill -9 "$(cat "$DEPLOY")"
		exit 1
	END
	chmod +x bin/put-s3
	export COUNT=$PWD/count DEPLOY=$PWD/deploy.pid AT
	for AT in 1 5 6; do
		publish --point "$(hash_of a)" --os "$OS" "$S3" main
		: >count
		(echo $BASHPID >deploy.pid && PATH=$PWD/bin:$PATH exec "$MAM_ROOT/deploy/publish-artifact" b "$S3" main) || true
		[ "$(wc -l <count)" = "$AT" ]
		commit=$(named "$OS/main")
		[ "$commit" = "$(hash_of a)" ] || [ "$AT" -gt 5 ]
		launcher "$BRANCH" --again hello
		ran "$([ "$commit" = "$(hash_of a)" ] && echo a || echo b)"
		publish b "$S3" main
		[ "$(named "$OS/main")" = "$(hash_of b)" ]
		fetch-s3 --output copy "$S3/$OS/main/mam-etl.tar.gz"
		cmp copy b/mam-etl.tar.gz
		launcher "$BRANCH" --again hello
		ran b
	done
}

# The launcher when S3 answers so to everything.
refused() { # STATUS TEXT HTTP-STATUS CODE MESSAGE
	: >answers
	answer "$(jq -nc --argjson status "$3" --arg text "<Error><Code>$4</Code><Message>$5</Message></Error>" \
		'{$status, $text, times: 99, headers: {"Content-Type": "application/xml"}}')"
	run "-$1" launcher "$BRANCH"
	[[ $output == *"$2"* ]] || { echo "wanted: $2"; return 1; }
}

@test "launcher: credentials that have expired, are missing or do not suffice are named, and the old build runs" {
	identity
	small_build a 1
	publish a "$S3" main
	launcher "$BRANCH"
	unset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN
	run -77 launcher "$BRANCH"
	[[ $output == *credentials* ]]
	http_start
	export AWS_ENDPOINT_URL=$BASE AWS_ACCESS_KEY_ID=AKIDTEST AWS_SECRET_ACCESS_KEY=s1gning-key
	refused 77 expired 400 ExpiredToken 'The provided token has expired.'
	refused 77 AccessDenied 403 AccessDenied 'Access Denied'
	refused 69 'there is no such' 404 NoSuchKey 'The specified key does not exist.'
	refused 75 'SlowDown' 503 SlowDown 'Please reduce your request rate.'
	run -0 launcher "$BRANCH" --again hello
	[[ $output == *"the update failed with status 75; running build $(hash_of a), which is here"* ]]
	ran a
	AWS_ENDPOINT_URL=http://127.0.0.1:9 run -75 launcher "$BRANCH"
}

@test "launcher with the aws command: the same answers, the same statuses" {
	identity
	timeout 60 aws --version >/dev/null 2>&1 || skip 'SKIPPED: the aws command is not installed'
	small_build a 1
	publish a "$S3" main
	# Hosts that have no program of ours on PATH.
	PATH=${PATH#"$MAM_BIN":}
	PATH=${PATH//"$MAM_BIN":/}
	run -0 launcher "$BRANCH" hello
	ran a
	# With the build's own fetch-s3 broken, aws takes its place.
	printf '#!/bin/sh\nexit 127\n' >home/current/bin/fetch-s3
	run -0 launcher "$BRANCH"
	[[ $output == *'fetch-s3 failed (status 127)'* ]]
	unset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN
	run -77 launcher "$BRANCH"
	[[ $output == *'no credentials; give this host a role'* ]]
	http_start
	export AWS_ENDPOINT_URL=$BASE AWS_ACCESS_KEY_ID=AKIDTEST AWS_SECRET_ACCESS_KEY=s1gning-key
	refused 77 'the credentials have expired; renew them' 400 ExpiredToken 'The provided token has expired.'
	refused 78 'the clock of this host is wrong, it is ' 403 RequestTimeTooSkewed 'The difference between the request time and the current time is too large.'
	refused 69 'there is no such object' 404 NoSuchKey 'The specified key does not exist.'
}

@test "launcher over HTTP: a tarball that is cut, no answer, a wrong status" {
	identity
	small_build a 1
	small_build b 2
	publish a "file://$PWD/files" main
	launcher "file://$PWD/files/$OS/main/mam-etl.tar.gz"
	publish b "file://$PWD/files" main
	http_start
	serve() { # JSON: what is different for the tarball
		: >answers
		local name
		for name in main/build.json "builds/$(hash_of b)/manifest.json"; do
			answer "$(jq -nc --rawfile text "files/$OS/$name" --arg path "/x/$OS/$name" '{$path, $text, times: 99}')"
		done
		answer "$(xxd -p b/mam-etl.tar.gz | tr -d '\n' | jq -Rc --arg path "/x/$OS/builds/$(hash_of b)/mam-etl.tar.gz" \
			--argjson more "$1" '{$path, hex: ., times: 99} + $more')"
	}
	url=$BASE/x/$OS/main/mam-etl.tar.gz
	serve '{"do":"truncate","at":5000}'
	run -75 launcher "$url"
	[[ $output == *'mam-etl.tar.gz: cannot be fetched'* ]]
	run -0 launcher "$url" --again hello
	ran a
	serve '{"status":500}'
	run -75 launcher "$url"
	[[ $output == *'the answer has status 500'* ]]
	serve '{"status":403}'
	run -77 launcher "$url"
	MAM_FETCH_TIMEOUT=1 run -75 launcher "http://127.0.0.1:9/$OS/main/mam-etl.tar.gz"
	# wget, where curl is not.
	mkdir few
	for name in bash cat sed head tail tr cp mv rm ln ls mkdir stat sha256sum cut date basename readlink dirname flock timeout \
		wget tar gzip grep sort uname getconf ldconfig ldd sync sleep; do
		ln -s "$(PATH=$PATH:/sbin:/usr/sbin command -v "$name")" "few/$name"
	done
	PATH=$PWD/few run -77 launcher "$url"
	serve '{}'
	PATH=$PWD/few run -0 launcher "$url" --again hello
	ran b
}

@test "follow-branch takes each build, prints a failure once, and ends at a signal" {
	identity
	small_build a 1
	small_build b 2
	publish a "file://$PWD/files" main
	"$MAM_ROOT/deploy/follow-branch" --every 1 "file://$PWD/files/$OS/main/mam-etl.tar.gz" 2>err 3>&- &
	follower=$!
	until [ "$(basename "$(readlink home/current)")" = "$(hash_of a)" ]; do sleep 0.1; done
	publish b "file://$PWD/files" main
	until [ "$(basename "$(readlink home/current)")" = "$(hash_of b)" ]; do sleep 0.1; done
	mv files gone
	until grep -q 'the next try is in 1 seconds' err; do sleep 0.1; done
	before=$(wc -l <err)
	touch -d '+0 seconds' mark
	until [ home/last-update -nt mark ]; do sleep 0.1; done
	[ "$(wc -l <err)" = "$before" ]
	mv gone files
	until grep -q 'answers again' err; do sleep 0.1; done
	kill $follower
	status=0
	wait $follower || status=$?
	[ $status = 0 ]
	run -64 "$MAM_ROOT/deploy/follow-branch" --every now "$BRANCH"
	run -64 "$MAM_ROOT/deploy/follow-branch"
}
