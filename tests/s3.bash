# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared by the tests of fetch-s3 and put-s3: the S3 server that tests/run starts, and boto3 as the
# other side of it.

MOTO=$BATS_TEST_DIRNAME/servers/moto

# A folder as home, so that no settings of the user count.
s3_clean() {
	unset "${!AWS_@}"
	export HOME=$BATS_TEST_TMPDIR AWS_EC2_METADATA_DISABLED=true AWS_REGION=ap-northeast-1
	export AWS_DEFAULT_REGION=ap-northeast-1
}

# The server of tests/run, or skipped. S3 is a prefix of this test's own.
s3_server() {
	[ -n "${MAM_TEST_S3:-}" ] || skip 'SKIPPED: no S3 server (MAM_TEST_S3; make deps-ops, make deps-test)'
	export AWS_ENDPOINT_URL_S3=$MAM_TEST_S3_URL
	export AWS_ACCESS_KEY_ID=$MAM_TEST_S3_KEY AWS_SECRET_ACCESS_KEY=$MAM_TEST_S3_SECRET
	S3=s3://practice/$(basename "$BATS_TEST_FILENAME" .bats)-$BATS_TEST_NUMBER
}

# What only a server that really checks sums and sizes can judge.
s3_strict() {
	s3_server
	[ "$MAM_TEST_S3" = versitygw ] || skip "SKIPPED: versitygw is not installed (make deps-ops), and $MAM_TEST_S3 checks less"
}

# boto3 with a client s3, the bucket and the prefix of this test: boto 'PYTHON'.
boto() {
	"$MOTO" python -c 'import boto3' 2>/dev/null || skip 'SKIPPED: boto3 is not installed (make deps-test)'
	"$MOTO" python - "$@" <<-END
		import boto3, sys
		s3, bucket, prefix = boto3.client("s3"), "practice", "${S3#s3://practice/}/"
		$BOTO
	END
}

# The server of http.bash as S3.
s3_fake() {
	http_start
	export AWS_ENDPOINT_URL=$BASE AWS_ACCESS_KEY_ID=AKIDTEST AWS_SECRET_ACCESS_KEY=s1gning-key
}

# fails STATUS TEXT COMMAND WORD...: it exits with STATUS, and its message contains TEXT.
fails() {
	local wanted=$1 text=$2 status=0
	shift 2
	"$@" >out 2>err || status=$?
	if [ "$status" != "$wanted" ] || ! grep -qF -- "$text" err; then
		printf 'status %s, not %s: %s\nwanted: %s\n' "$status" "$wanted" "$(cat err)" "$text"
		return 1
	fi
}
