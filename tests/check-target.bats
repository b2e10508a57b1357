# SPDX-License-Identifier: MIT
# check-target: databases, servers, AWS and S3, good and broken.

load helper
load http
load certificates

MOTO=$BATS_TEST_DIRNAME/servers/moto

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	authority ours
	certificate good ours 'IP:127.0.0.1' 30
	certificate expired ours 'IP:127.0.0.1' -1
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export HOME=$BATS_TEST_TMPDIR AWS_EC2_METADATA_DISABLED=true
	unset "${!AWS_ENDPOINT@}" AWS_PROFILE AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
}

teardown() {
	http_stop
	[ -z "${MOTO_PID:-}" ] || kill "$MOTO_PID" 2>/dev/null || true
}

# check STATUS TEXT WORD...: the exit status, and a text of the output, which never has a secret.
check() {
	local wanted=$1 text=$2
	shift 2
	run -"$wanted" check-target "$@"
	[[ $output == *"$text"* ]] || { echo "$output"; return 1; }
	[[ $output != *s3cr3t* ]] || { echo "a secret: $output"; return 1; }
}

need_pg() {
	[ -n "${MAM_TEST_PG:-}" ] || skip 'SKIPPED: no PostgreSQL (tests/run starts one)'
}

need_mysql() {
	[ -n "${MAM_TEST_MYSQL:-}" ] || skip 'SKIPPED: no MariaDB (tests/run starts one)'
}

@test "a PostgreSQL: version, TLS, clock and a row of all types, and no trace is left" {
	need_pg
	check 0 '1..4' "$MAM_TEST_PG"
	[[ $output == *'target: postgresql://mam@127.0.0.1'*'PostgreSQL '*', user mam, database '* ]]
	[[ $output == *'10 types came back as they were'* ]]
	[ -z "$(psql -XAtq "$MAM_TEST_PG" -c "SELECT 1 FROM pg_class WHERE relname LIKE 'mam\_check%'")" ]
	run -0 check-target --json "$MAM_TEST_PG"
	[ "$(jq -r .result <<<"$output" | sort -u)" = ok ]
}

@test "a PostgreSQL that refuses: user, password, database, right, network" {
	need_pg
	local base=${MAM_TEST_PG#*@}
	# No answer, and a name that does not exist.
	check 1 'Connection refused' postgresql://127.0.0.1:1/x
	[[ $output == *'firewall or security group'* ]]
	check 1 'no-such' "postgresql://mam@${base%/*}/no-such"
	# A password that is wrong, missing, and right.
	export PW='s3cr3t'
	check 1 'password authentication failed' --password env:PW "postgresql://locked@${base%/*}/postgres"
	[[ $output == *'check the user, the password'* ]]
	check 1 'no-such-variable' --password env:no-such-variable "postgresql://locked@${base%/*}/postgres"
	PW='let me in' check 0 'user locked' --password env:PW "postgresql://locked@${base%/*}/postgres"
	# A user without the right to make temporary tables.
	psql -XAtq "$MAM_TEST_PG" -c 'CREATE DATABASE mam_check_no_temp' -c 'REVOKE TEMPORARY ON DATABASE mam_check_no_temp FROM PUBLIC' \
		-c 'DROP ROLE IF EXISTS mam_check_poor' -c 'CREATE ROLE mam_check_poor LOGIN'
	check 1 'permission denied to create temporary tables' "postgresql://mam_check_poor@${base%/*}/mam_check_no_temp"
	psql -XAtq "$MAM_TEST_PG" -c 'DROP DATABASE mam_check_no_temp' -c 'DROP ROLE mam_check_poor'
	# A session that only reads, as on a standby.
	PGOPTIONS='-c default_transaction_read_only=on' check 1 'the session is read-only' "$MAM_TEST_PG"
}

@test "a MariaDB: version, TLS, clock and a row of all types; a user with a wrong password" {
	need_mysql
	check 0 '8 types came back as they were' "$MAM_TEST_MYSQL"
	[[ $output == *'target: mysql://mam@127.0.0.1'*', user mam@'*', database mam'* ]]
	local socket=$MAM_TEST_MYSQL_SOCKET base=${MAM_TEST_MYSQL#*@}
	mariadb -S "$socket" -u mam -e "CREATE OR REPLACE USER mam_check IDENTIFIED BY 'right'"
	PW=s3cr3t check 1 'Access denied' --password env:PW "mysql://mam_check@$base"
	PW=right check 1 'denied' --password env:PW "mysql://mam_check@$base"
	check 1 "Can't connect" mysql://127.0.0.1:1/x
	mariadb -S "$socket" -u mam -e 'SET GLOBAL read_only=ON'
	run check-target "$MAM_TEST_MYSQL"
	mariadb -S "$socket" -u mam -e 'SET GLOBAL read_only=OFF; DROP USER mam_check'
	[ "$status" = 1 ]
	[[ $output == *'the server is read-only'* ]]
	mariadb -S "$socket" -u mam -e 'SET GLOBAL local_infile=OFF'
	run check-target "$MAM_TEST_MYSQL"
	mariadb -S "$socket" -u mam -e 'SET GLOBAL local_infile=ON'
	[ "$status" = 2 ]
	[[ $output == *'not ok'*'local_infile'*'# TODO warned'* ]]
}

@test "an SQLite file: one that is there, one that is made later, one that cannot be" {
	sqlite3 there.db 'CREATE TABLE t (a)'
	cp there.db before.db
	check 0 '4 types came back' sqlite:there.db
	cmp there.db before.db
	check 0 'the first load makes the file' sqlite:later.db
	[ ! -e later.db ]
	check 1 'No such file or directory' sqlite:no-such/x.db
	echo 'this is not a database, but a text of some length' >text.db
	check 1 'not a database' sqlite:text.db
	check 64 'path of a file' sqlite:
	# Locked by another process for longer than we wait would take 10 s: a lock of 1 s passes.
	sqlite3 there.db 'BEGIN EXCLUSIVE' '.shell sleep 1' 'COMMIT' 3>&- &
	check 0 '4 types came back' sqlite:there.db
	wait
}

@test "a server by https: trusted, unknown authority, expired, of another name" {
	http_start --cert "$BATS_FILE_TMPDIR/good.pem" --key "$BATS_FILE_TMPDIR/good.key"
	answer '{"status":404}'
	check 0 'answered with status 404, and its certificate is trusted' --cacert "$BATS_FILE_TMPDIR/ours-ca.pem" "$BASE/x?token=s3cr3t"
	[[ $output == *'clock: '*'the same as the server'* ]]
	check 1 'certificate' "$BASE/"
	[[ $output == *'check the clock, the package ca-certificates'* ]]
	http_stop
	http_start --cert "$BATS_FILE_TMPDIR/expired.pem" --key "$BATS_FILE_TMPDIR/expired.key"
	answer '{}'
	check 1 'expired' --cacert "$BATS_FILE_TMPDIR/ours-ca.pem" "$BASE/"
	check 64 'without a user' "https://me:s3cr3t@127.0.0.1/"
}

@test "the clock against the Date of a server: right, wrong by a minute, by a day, no date" {
	http_start
	answer '{"path":"/minute","headers":{"Date":"'"$(date -u -d '1 minute' '+%a, %d %b %Y %T GMT')"'"}}' \
		'{"path":"/day","headers":{"Date":"'"$(date -u -d '1 day ago' '+%a, %d %b %Y %T GMT')"'"}}' \
		'{"path":"/none","headers":{"Date":"no date"}}' '{}'
	check 0 'the same as' "$BASE/"
	check 2 's slower than the server' "$BASE/minute"
	[[ $output == *'# TODO warned'*'chronyd'* ]]
	check 1 's faster than the server' "$BASE/day"
	check 0 '# SKIP the answer has no Date' "$BASE/none"
}

@test "AWS and S3: who we are, an object put and removed; without a region, key or bucket" {
	"$MOTO" python -c 'import moto, boto3' 2>/dev/null || skip 'SKIPPED: moto is not installed (make deps-test)'
	check 1 'set AWS_REGION' aws:
	export AWS_REGION=ap-northeast-1
	check 1 'aws' aws:
	"$MOTO" serve --parent $$ >moto.url 2>moto.err 3>&- &
	MOTO_PID=$!
	local tries=0
	until [ -s moto.url ]; do
		[ $((tries++)) -lt 600 ] || { cat moto.err; return 1; }
		sleep 0.1
	done
	AWS_ENDPOINT_URL=$(cat moto.url)
	export AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID=AKIAEXAMPLE AWS_SECRET_ACCESS_KEY=s3cr3t
	check 0 'arn:aws:' aws:
	check 1 'NoSuchBucket' s3://no-such-bucket/x
	"$MOTO" python -c '
import boto3
boto3.client("s3").create_bucket(Bucket="mam-probe", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})'
	check 0 'put, read and removed an object' 's3://mam-probe/a b/c'
	[ "$("$MOTO" python -c 'import boto3; print(boto3.client("s3").list_objects_v2(Bucket="mam-probe")["KeyCount"])')" = 0 ]
	check 64 'is not s3://BUCKET/PREFIX' s3:///x
}

@test "the command line: one target, a password by name only, results that cannot be written" {
	check 64 'a target is required'
	check 64 'more than one target' aws: aws:
	check 64 'is not a target' ftp://x
	check 64 'takes the name of a secret' --password s3cr3t postgresql://x/y
	check 64 '--password is for' --password env:PW sqlite:x
	check 1 'holds a password' postgresql://me:s3cr3t@127.0.0.1/x
	check 1 'holds a password' mysql://me:s3cr3t@127.0.0.1/x
	run -74 bash -c 'check-target sqlite:x.db >/dev/full'
	[[ $output == *'cannot write the results'* ]]
}
