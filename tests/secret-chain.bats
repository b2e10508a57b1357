# SPDX-License-Identifier: MIT
# Where secret and run-batch get AWS credentials from. The server of http.bash plays AWS, and, in a
# network namespace with the real addresses, the metadata of an instance and of a container. Where
# it is installed, boto3 is asked for the same credentials.

load helper
load http

MOTO=$BATS_TEST_DIRNAME/servers/moto

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	local name
	for name in "${!AWS_@}"; do unset "$name"; done
	export HOME=$BATS_TEST_TMPDIR AWS_REGION=ap-northeast-1 AWS_DEFAULT_REGION=ap-northeast-1 MOTO
	mkdir .aws
	: >answers
	: >log
	BOTO=$("$MOTO" python -c 'import boto3; print(1)' 2>/dev/null || true)
	export BOTO
}

teardown() {
	http_stop
}

# A server that gives the parameter /a to everybody.
fake() {
	http_start
	export AWS_ENDPOINT_URL=$BASE AWS_EC2_METADATA_DISABLED=true
	parameter_for_all
}

parameter_for_all() {
	answer '{"method":"POST","path":"/","when":{"X-Amz-Target":"AmazonSSM.GetParameters"},"json":{"Parameters":[{"Name":"/a","Value":"v4lue"}]}}'
}

# The access key that signed the last request to Parameter Store.
signer() {
	jq -r 'select(.headers["x-amz-target"]) | .headers.authorization' log | tail -n 1 | sed 's/.*Credential=\([^/]*\).*/\1/'
}

# The secret is read, and with this key; boto3 finds the same one.
reads_as() { # KEY
	[ "$(secret get ssm:/a)" = v4lue ] || return 1
	[ "$(signer)" = "$1" ] || { echo "signed by $(signer), not $1"; return 1; }
	[ -n "$BOTO" ] || return 0
	local key
	key=$("$MOTO" python -c 'import boto3; print(boto3.Session().get_credentials().get_frozen_credentials().access_key)') || return 1
	[ "$key" = "$1" ] || { echo "boto3 has $key, not $1"; return 1; }
}
export -f reads_as signer

# refused STATUS TEXT: the secret cannot be read.
refused() {
	local status=0
	secret get ssm:/a >out 2>err || status=$?
	if [ "$status" != "$1" ] || ! grep -qF -- "$2" err; then
		printf 'status %s, not %s: %s\nwanted: %s\n' "$status" "$1" "$(cat err)" "$2"
		return 1
	fi
}
export -f refused

# in_net SCRIPT: runs it where the addresses of metadata are, and the server answers on all of them.
in_net() {
	command -v ip >/dev/null || skip 'SKIPPED: ip(8) is not installed'
	unshare -n ip link set lo up 2>/dev/null || skip 'SKIPPED: network namespaces are not allowed here'
	# shellcheck disable=SC2016 # expanded inside
	unshare -n bash -euo pipefail -c '
		ip link set lo up
		for address in 169.254.169.254 169.254.170.2 169.254.170.23; do ip addr add $address/32 dev lo; done
		rm -f url
		if [ -z "${NO_SERVER:-}" ]; then
			"$MAM_ROOT/tests/servers/scripted" --parent $$ --answers "$PWD/answers" --log "$PWD/log" \
				--listen "${LISTEN:-0.0.0.0:80}" >url 2>server.err 3>&- &
			for _ in $(seq 1200); do [ -s url ] && break; sleep 0.05; done
			[ -s url ] || { cat server.err; exit 1; }
			export AWS_ENDPOINT_URL_SSM=$(cat url)
		fi
		'"$1"
}

ROLE=/latest/meta-data/iam/security-credentials/

instance_keys() { # KEY [MORE-JSON]
	printf '"json":{"Code":"Success","AccessKeyId":"%s","SecretAccessKey":"s3cret/key","Token":"tok","Expiration":"2037-01-01T00:00:00Z"%s}' "$1" "${2:-}"
}

# Instance metadata of version 2 with the role r, whose answer for keys is $1 (members of a line).
version_2() {
	answer '{"method":"PUT","path":"/latest/api/token","times":99,"text":"t0k-1"}' \
		"{\"path\":\"$ROLE\",\"times\":99,\"when\":{\"X-aws-ec2-metadata-token\":\"t0k-1\"},\"text\":\"r\\n\"}" \
		"{\"path\":\"${ROLE}r\",\"times\":99,\"when\":{\"X-aws-ec2-metadata-token\":\"t0k-1\"},$1}" \
		"{\"method\":\"GET\",\"status\":401,\"text\":\"no\"}"
	parameter_for_all
}

@test "environment: keys, and half of them" {
	fake
	AWS_ACCESS_KEY_ID=AKIAENV AWS_SECRET_ACCESS_KEY=s reads_as AKIAENV
	AWS_ACCESS_KEY_ID=AKIAENV refused 78 'AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not'
	AWS_SECRET_ACCESS_KEY=s refused 78 'AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not'
	AWS_ACCESS_KEY_ID=$'A\nX-Evil: 1' AWS_SECRET_ACCESS_KEY=s refused 78 'a character that keys do not have'
	refused 77 'there are no AWS credentials'
}

@test "profile: keys of both files, a process, a profile that is missing" {
	fake
	printf '[default]\naws_access_key_id = AKIACONFIG\naws_secret_access_key = s\n[profile p]\ncredential_process = ./keys one\n[profile sso]\nsso_session = x\n' >.aws/config
	reads_as AKIACONFIG
	printf '[default]\naws_access_key_id=AKIASHARED\naws_secret_access_key=s\n[q]\naws_access_key_id=AKIAQ\naws_secret_access_key=s\naws_session_token=t0k\n' >.aws/credentials
	reads_as AKIASHARED
	AWS_PROFILE=q reads_as AKIAQ
	[ "$(asked 'select(.headers["x-amz-target"]) | .headers["x-amz-security-token"]' | tail -n 1)" = t0k ]
	printf '#!/bin/sh\n[ "$1" = one ] || exit 3\necho "{\\"Version\\":1,\\"AccessKeyId\\":\\"AKIAPROC\\",\\"SecretAccessKey\\":\\"s\\",\\"SessionToken\\":\\"t\\",\\"Expiration\\":\\"2037-01-01T00:00:00Z\\"}"\n' >keys
	chmod +x keys
	AWS_PROFILE=p reads_as AKIAPROC
	printf '#!/bin/sh\nexit 5\n' >keys
	AWS_PROFILE=p refused 78 'credential_process: the command exited with 5'
	printf '#!/bin/sh\necho no\n' >keys
	AWS_PROFILE=p refused 75 'the answer is not JSON'
	AWS_PROFILE=sso refused 78 'aws configure export-credentials'
	AWS_PROFILE=none refused 78 'there is no profile "none"'
	AWS_CONFIG_FILE=no-such refused 78 'cannot read "no-such"'
	# Other files, and another home.
	printf '[default]\naws_access_key_id=AKIAOTHER\naws_secret_access_key=s\n' >other
	AWS_SHARED_CREDENTIALS_FILE=other reads_as AKIAOTHER
}

sts_keys() { # KEY
	printf '"path":"/","times":99,"when":{"X-Amz-Target":null},"text":"<AssumeRoleXResponse><AssumeRoleXResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t+/=</SessionToken><Expiration>2037-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleXResult></AssumeRoleXResponse>"' "$1" | sed "s/AssumeRoleX/${2:-AssumeRole}/g"
}

@test "profile: a role, and a role that another role may take" {
	fake
	cat >.aws/config <<-'END'
		[profile base]
		aws_access_key_id = AKIABASE
		aws_secret_access_key = s
		[profile one]
		role_arn = arn:aws:iam::1:role/one
		source_profile = base
		external_id = ext & 1
		role_session_name = me
		[profile two]
		role_arn = arn:aws:iam::2:role/two
		source_profile = one
		[profile env]
		role_arn = arn:aws:iam::3:role/env
		credential_source = Environment
		[profile loop]
		role_arn = arn:aws:iam::3:role/l
		source_profile = loop2
		[profile loop2]
		role_arn = arn:aws:iam::3:role/l
		source_profile = loop
		[profile mfa]
		role_arn = arn:aws:iam::3:role/l
		source_profile = base
		mfa_serial = arn:aws:iam::1:mfa/x
		[profile lost]
		role_arn = arn:aws:iam::3:role/l
		source_profile = nowhere
	END
	answer "{$(sts_keys ASIAROLE)}"
	AWS_PROFILE=one reads_as ASIAROLE
	[ "$(asked 'select(.body | startswith("Action=")) | .body' | head -n 1)" = \
		'Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fone&RoleSessionName=me&ExternalId=ext%20%26%201' ]
	[[ $(asked 'select(.body | startswith("Action=")) | .headers.authorization' | head -n 1) == *Credential=AKIABASE/*/ap-northeast-1/sts/* ]]
	[ "$(asked 'select(.headers["x-amz-target"]) | .headers["x-amz-security-token"]' | tail -n 1)" = 't+/=' ]
	: >log
	AWS_PROFILE=two secret get ssm:/a
	[ "$(asked 'select(.body | startswith("Action=")) | .headers.authorization' | sed 's/.*Credential=\([^/]*\).*/\1/' | tr '\n' ' ')" = 'AKIABASE ASIAROLE ' ]
	# Keys of the environment come before every profile, so that only the role's own source is asked for them.
	AWS_PROFILE="env" refused 77 'credential_source "Environment" has no credentials'
	AWS_PROFILE=loop refused 78 'source_profile leads through more than'
	AWS_PROFILE=mfa refused 78 'needs a code of a device'
	AWS_PROFILE=lost refused 78 'there is no profile "nowhere"'
	: >answers
	answer '{"status":403,"text":"<E><Error><Code>AccessDenied</Code><Message>not you</Message></Error></E>"}'
	AWS_PROFILE=one refused 77 'AWS credentials of the role of the profile: sts answered 403 AccessDenied: not you'
}

@test "web identity: unsigned, from the environment and from a profile" {
	fake
	answer "{$(sts_keys ASIAWEB AssumeRoleWithWebIdentity)}"
	printf 'ey.web.token\n' >token
	export AWS_WEB_IDENTITY_TOKEN_FILE=$PWD/token AWS_ROLE_ARN=arn:aws:iam::1:role/w AWS_ROLE_SESSION_NAME=s1
	reads_as ASIAWEB
	[ "$(asked 'select(.body | startswith("Action=")) | .body' | head -n 1)" = \
		'Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fw&RoleSessionName=s1&WebIdentityToken=ey.web.token' ]
	[ "$(asked 'select(.body | startswith("Action=")) | .headers.authorization' | head -n 1)" = null ]
	AWS_WEB_IDENTITY_TOKEN_FILE=no-such refused 78 'cannot read the token file "no-such"'
	unset AWS_ROLE_ARN
	refused 78 'AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not'
	unset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_SESSION_NAME
	printf '[default]\nrole_arn = arn:aws:iam::1:role/w\nweb_identity_token_file = %s\n' "$PWD/token" >.aws/config
	reads_as ASIAWEB
	# The identity provider may be slow.
	http_stop
	http_start
	export AWS_ENDPOINT_URL=$BASE
	answer '{"path":"/","status":400,"text":"<Code>IDPCommunicationError</Code>"}' "{$(sts_keys ASIAWEB AssumeRoleWithWebIdentity)}"
	parameter_for_all
	[ "$(secret get ssm:/a)" = v4lue ]
	[ "$(asked 'select(.body | startswith("Action=")) | .n' | wc -l)" -eq 2 ]
	: >answers
	answer '{"path":"/","text":"<R></R>"}'
	refused 75 'STS gave an answer without credentials'
}

@test "instance: version 2, directly in spite of a proxy, and the region" {
	version_2 "$(instance_keys AKIAIMDS)"
	in_net 'reads_as AKIAIMDS'
	[ "$(asked 'select(.method == "PUT") | .headers["x-aws-ec2-metadata-token-ttl-seconds"]' | head -n 1)" = 21600 ]
	[ "$(asked 'select(.headers["x-amz-target"]) | .headers["x-amz-security-token"]' | tail -n 1)" = tok ]
	BOTO='' http_proxy=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1 in_net 'reads_as AKIAIMDS'
	grep -v '"status":401' answers >kept
	mv kept answers
	answer '{"path":"/latest/meta-data/placement/region","when":{"X-aws-ec2-metadata-token":"t0k-1"},"text":"eu-central-1"}'
	# shellcheck disable=SC2016
	in_net 'unset AWS_REGION AWS_DEFAULT_REGION; [ "$(secret get ssm:/a)" = v4lue ]'
	[[ $(asked 'select(.headers["x-amz-target"]) | .headers.authorization' | tail -n 1) == */eu-central-1/ssm/* ]]
}

@test "instance: version 1 where version 2 is not there, silent or forbidden" {
	for token in '"status":404' '"status":403' '"status":405' '"delay":3,"text":"late"'; do
		: >answers
		: >log
		answer "{\"method\":\"PUT\",$token}" "{\"path\":\"$ROLE\",\"text\":\"r\"}" "{\"path\":\"${ROLE}r\",$(instance_keys AKIAV1)}"
		parameter_for_all
		in_net 'reads_as AKIAV1'
		[ "$(asked '.headers["x-aws-ec2-metadata-token"] | select(. != null)')" = '' ]
		status=78
		[[ $token != *delay* ]] || status=77
		AWS_EC2_METADATA_V1_DISABLED=true in_net "refused $status 'version 1 is disabled'"
	done
}

@test "instance: a stale token is replaced once" {
	answer '{"method":"PUT","path":"/latest/api/token","text":"t0k-1"}' '{"method":"PUT","path":"/latest/api/token","text":"t0k-2"}' \
		"{\"path\":\"$ROLE\",\"when\":{\"X-aws-ec2-metadata-token\":\"t0k-2\"},\"text\":\"r\"}" \
		"{\"path\":\"${ROLE}r\",\"when\":{\"X-aws-ec2-metadata-token\":\"t0k-2\"},$(instance_keys AKIASTALE)}" \
		'{"method":"GET","status":401}'
	parameter_for_all
	BOTO='' in_net 'reads_as AKIASTALE'
	: >answers
	answer '{"method":"PUT","path":"/latest/api/token","text":"t0k-1"}' '{"method":"GET","status":401}'
	in_net 'refused 77 "answered 401"'
}

@test "instance: keys that have expired are used, and read again when they are refused" {
	answer '{"method":"PUT","path":"/latest/api/token","text":"t0k-1"}' "{\"path\":\"$ROLE\",\"text\":\"r\"}" \
		"{\"path\":\"${ROLE}r\",\"json\":{\"Code\":\"Success\",\"AccessKeyId\":\"AKIAOLD\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2020-01-01T00:00:00Z\"}}" \
		"{\"path\":\"${ROLE}r\",$(instance_keys AKIANEW)}" \
		'{"method":"POST","path":"/","status":400,"json":{"__type":"ExpiredTokenException","message":"expired"}}'
	parameter_for_all
	BOTO='' in_net 'secret get ssm:/a >out 2>err; [ "$(cat out)" = v4lue ]; grep -q "AWS credentials of the instance expired" err; [ "$(signer)" = AKIANEW ]'
}

@test "instance: failures that it reports, and answers that are wrong" {
	version_2 '"json":{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"}'
	in_net 'refused 77 "reports \"AssumeRoleUnauthorizedAccess\": \"EC2 cannot assume the role\""'
	: >answers
	version_2 '"json":{"Code":"Failed"}'
	in_net 'refused 77 "reports \"Failed\""'
	: >answers
	version_2 '"text":"<html>"'
	in_net 'refused 75 "credentials that are not JSON"'
	: >answers
	version_2 '"status":500'
	in_net 'refused 75 "answered 500"'
	: >answers
	version_2 '"delay":3,"json":{}'
	in_net 'refused 75 "the keys of the instance"'
	: >answers
	version_2 '"status":302,"headers":{"Location":"http://127.0.0.1/elsewhere"}'
	in_net 'refused 78 "answered 302"'
	[ "$(asked 'select(.target == "/elsewhere") | .target')" = '' ]
	: >answers
	answer '{"method":"PUT","status":400}'
	in_net 'refused 78 "answered 400 to the request for a token"'
	: >answers
	answer '{"method":"PUT","text":"t"}' '{"status":404}'
	in_net 'refused 77 "the instance has no role"'
	# A machine that is not an instance.
	NO_SERVER=1 in_net 'refused 77 "there are no AWS credentials: none in the environment, the profile \"default\", a web identity or a container, and no instance metadata"'
	in_net 'AWS_EC2_METADATA_DISABLED=true refused 77 "AWS_EC2_METADATA_DISABLED is true"'
	AWS_EC2_METADATA_SERVICE_ENDPOINT=http://10.1.2.3 in_net 'refused 78 "is not an address of instance metadata"'
	AWS_EC2_METADATA_SERVICE_ENDPOINT=http://169.254.169.254.example.com in_net 'refused 78 "is not an address of instance metadata"'
}

@test "instance: AWS's own mock of metadata" {
	PROGRAM=$("$BATS_TEST_DIRNAME/servers/ec2-metadata" path) || skip 'SKIPPED: ec2-metadata-mock is not installed (make deps-test)'
	export PROGRAM
	parameter_for_all
	for version in '--imdsv2' ''; do
		# shellcheck disable=SC2016
		LISTEN=127.0.0.1:0 in_net '"$PROGRAM" --hostname 169.254.169.254 --port 80 '"$version"' >mock.log 2>&1 3>&- &
			MOCK=$!
			for _ in $(seq 600); do curl -s -o /dev/null http://169.254.169.254/ && break; sleep 0.05; done
			reads_as 12345678901
			kill $MOCK'
	done
}

@test "container: both addresses, tokens, and addresses that are refused" {
	local keys='"json":{"AccessKeyId":"AKIACON","SecretAccessKey":"s","Token":"t","Expiration":"2037-01-01T00:00:00Z"}'
	answer "{\"path\":\"/v2/keys\",$keys}" \
		"{\"path\":\"/full\",\"times\":99,\"when\":{\"Authorization\":\"Bearer f1le\"},$keys}" '{"path":"/full","status":403}'
	parameter_for_all
	AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/keys in_net 'reads_as AKIACON'
	[ "$(asked 'select(.target == "/v2/keys") | .headers.host' | head -n 1)" = 169.254.170.2 ]
	printf 'Bearer f1le' >token
	export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/full
	AWS_CONTAINER_AUTHORIZATION_TOKEN='Bearer f1le' in_net 'reads_as AKIACON'
	AWS_CONTAINER_AUTHORIZATION_TOKEN=wrong in_net 'refused 77 "the container'\''s address answered 403"'
	export AWS_CONTAINER_AUTHORIZATION_TOKEN=wrong AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=$PWD/token
	in_net 'reads_as AKIACON'
	printf 'a\nb' >token
	in_net 'refused 78 "a character that a header must not have"'
	AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=no-such in_net 'refused 78 "cannot read \"no-such\""'
	unset AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
	for url in http://10.0.0.1/full http://127.0.0.1.example.com/full http://example.com/full http://169.254.170.2.example.com/full ftp://127.0.0.1/full; do
		AWS_CONTAINER_CREDENTIALS_FULL_URI=$url in_net 'refused 78 "is neither https nor an address of"'
	done
	: >answers
	: >log
	answer '{"path":"/full","status":500}'
	in_net 'refused 75 "answered 500"'
	[ "$(asked 'select(.target == "/full") | .target' | wc -l)" -eq 3 ]
	unset AWS_CONTAINER_CREDENTIALS_FULL_URI
	AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=@evil.example.com/ in_net 'refused 78 "does not begin with /"'
}

@test "the order of all sources is boto3's" {
	[ -n "$BOTO" ] || skip 'SKIPPED: boto3 is not installed (make deps-test)'
	version_2 "$(instance_keys AKIAIMDS)"
	answer "{\"path\":\"/v2/keys\",\"json\":{\"AccessKeyId\":\"AKIACON\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2037-01-01T00:00:00Z\"}}" \
		"{$(sts_keys ASIASTS AssumeRoleWithWebIdentity)}"
	sed -i '/"status":401/d' answers
	printf 'ey.web.token\n' >token
	printf '[default]\naws_access_key_id=AKIASHARED\naws_secret_access_key=s\n' >.aws/credentials
	printf '[default]\naws_access_key_id=AKIACONFIG\naws_secret_access_key=s\ncredential_process=%s\n' \
		"echo '{\"Version\":1,\"AccessKeyId\":\"AKIAPROC\",\"SecretAccessKey\":\"s\"}'" >.aws/config
	# shellcheck disable=SC2016
	in_net '
		export AWS_ENDPOINT_URL_STS=http://127.0.0.1 AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/keys
		AWS_ACCESS_KEY_ID=AKIAENV AWS_SECRET_ACCESS_KEY=s reads_as AKIAENV
		AWS_WEB_IDENTITY_TOKEN_FILE=$PWD/token AWS_ROLE_ARN=arn:aws:iam::1:role/w reads_as ASIASTS
		reads_as AKIASHARED
		rm .aws/credentials
		reads_as AKIAPROC
		sed -i /credential_process/d .aws/config
		reads_as AKIACONFIG
		rm .aws/config
		reads_as AKIACON
		unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
		reads_as AKIAIMDS
	'
}
