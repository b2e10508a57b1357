# SPDX-License-Identifier: MIT
# secret: the sources of secrets against moto, which checks signatures and permissions, and
# against a server that fails as AWS does. Where credentials come from: tests/secret-chain.bats.

load helper
load http

MOTO=$BATS_TEST_DIRNAME/servers/moto

# One moto for all tests: two users, and nothing is allowed any more without a policy.
setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return 1
	"$MOTO" python -c 'import moto, boto3' 2>/dev/null || return 0
	"$MOTO" serve --parent $$ >moto.url 2>moto.err 3>&- &
	local tries=0
	until [ -s moto.url ]; do
		[ $((tries++)) -lt 1200 ] || { cat moto.err; return 1; }
		sleep 0.1
	done
	AWS_ENDPOINT_URL=$(cat moto.url) AWS_DEFAULT_REGION=ap-northeast-1 AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b \
		"$MOTO" python - >keys <<-'END'
			import boto3, json, os, urllib.request
			ssm, sm, iam = boto3.client("ssm"), boto3.client("secretsmanager"), boto3.client("iam")
			def put(name, value, kind="SecureString"):
			    ssm.put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)
			put("/mam/db/password", "old-pa55")
			put("/mam/db/password", "pa55 \"wörd\" 'x' \\ €")
			ssm.label_parameter_version(Name="/mam/db/password", ParameterVersion=1, Labels=["before"])
			for i in range(25):
			    put(f"/mam/many/{i}", f"value-{i}")
			put("plain", "pl41n", "String")
			put("/mam/list", "a,b", "StringList")
			sm.create_secret(Name="mam/api", SecretString=json.dumps({"token": "t0k€n", "n.1": 9007199254740993, "o": {}}))
			sm.create_secret(Name="mam/text", SecretString="not json")
			sm.create_secret(Name="mam/binary", SecretBinary=b"b1nary~?")
			for name in "admin", "reader":
			    iam.create_user(UserName=name)
			    key = iam.create_access_key(UserName=name)["AccessKey"]
			    print(f"{name.upper()}_ID={key['AccessKeyId']} {name.upper()}_KEY={key['SecretAccessKey']}")
			everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
			iam.put_user_policy(UserName="admin", PolicyName="p", PolicyDocument=json.dumps(everything))
			anybody = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
			iam.create_role(RoleName="batch", AssumeRolePolicyDocument=json.dumps(anybody))
			iam.put_role_policy(RoleName="batch", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
			    {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:*:*:parameter/plain"}]}))
			url = os.environ["AWS_ENDPOINT_URL"] + "/moto-api/reset-auth"
			urllib.request.urlopen(urllib.request.Request(url, b"0", {"Content-Type": "text/plain"}))
		END
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export HOME=$BATS_TEST_TMPDIR AWS_EC2_METADATA_DISABLED=true
	export AWS_REGION=ap-northeast-1 AWS_DEFAULT_REGION=ap-northeast-1
	unset "${!AWS_ENDPOINT@}" AWS_PROFILE AWS_SESSION_TOKEN AWS_MAX_ATTEMPTS
}

teardown() {
	http_stop
}

# With the keys of the user who may do everything, or of the other one.
moto() { # admin|reader
	[ -s "$BATS_FILE_TMPDIR/keys" ] || skip 'SKIPPED: moto is not installed (make deps-test)'
	AWS_ENDPOINT_URL=$(cat "$BATS_FILE_TMPDIR/moto.url")
	eval "$(cat "$BATS_FILE_TMPDIR/keys")"
	export AWS_ENDPOINT_URL ADMIN_ID ADMIN_KEY READER_ID READER_KEY
	if [ "$1" = admin ]; then
		export AWS_ACCESS_KEY_ID=$ADMIN_ID AWS_SECRET_ACCESS_KEY=$ADMIN_KEY
	else
		export AWS_ACCESS_KEY_ID=$READER_ID AWS_SECRET_ACCESS_KEY=$READER_KEY
	fi
}

# The server of http.bash as all of AWS.
fake() {
	http_start
	export AWS_ENDPOINT_URL=$BASE AWS_ACCESS_KEY_ID=AKIDTEST AWS_SECRET_ACCESS_KEY=s1gning-key
}

# An answer of Parameter Store with one parameter.
parameter() { # NAME VALUE
	printf '{"json":{"Parameters":[{"Name":"%s","Type":"SecureString","Value":"%s","Version":1}],"InvalidParameters":[]}}' "$1" "$2"
}

# refused STATUS TEXT WORD...: secret exits with STATUS, and its message contains TEXT.
refused() {
	local wanted=$1 text=$2 status=0
	shift 2
	secret "$@" >out 2>err || status=$?
	if [ "$status" != "$wanted" ] || ! grep -qF -- "$text" err; then
		printf 'status %s, not %s: %s\nwanted: %s\n' "$status" "$wanted" "$(cat err)" "$text"
		return 1
	fi
}

@test "get: environment, file, command" {
	export VALUE='a b'
	[ "$(secret get env:VALUE)" = 'a b' ]
	printf 'from file\r\n' >f
	[ "$(secret get file:f | od -An -c | tr -d ' ')" = 'fromfile\n' ]
	[ "$(secret get 'exec:printf "%s\n\n" x' | od -An -c | tr -d ' ')" = 'x\n\n' ]
	refused 78 'get: "env:NO_SUCH": environment variable "NO_SUCH" is not set' get env:NO_SUCH
	refused 78 'the command exited with 3' get 'exec:echo sh"ow"n; exit 3'
	run ! grep -q shown out err
	refused 64 'get takes the name of a secret' get l1teral
	run ! grep -q l1teral err
	refused 64 'get takes one operand' get
	refused 64 'takes no command' get env:HOME -- true
	refused 64 'which of get, exec' --region x
	refused 64 '"got" is not one of' got env:HOME
	run -74 bash -c 'VALUE=x secret get env:VALUE >/dev/full'
}

@test "get: Parameter Store, by name, version, label and ARN" {
	moto admin
	[ "$(secret get ssm:/mam/db/password)" = "pa55 \"wörd\" 'x' \\ €" ]
	[ "$(secret get ssm:/mam/db/password:1)" = old-pa55 ]
	[ "$(secret get ssm:/mam/db/password:before)" = old-pa55 ]
	[ "$(secret get ssm:plain)" = pl41n ]
	[ "$(secret get ssm:/mam/list)" = a,b ]
	[ "$(secret get ssm:arn:aws:ssm:ap-northeast-1:123456789012:parameter/mam/list)" = a,b ]
	refused 78 'get: "ssm:/mam/no": there is no such parameter' get ssm:/mam/no
	refused 78 'not this version or label' get ssm:/mam/db/password:9
	refused 64 'the name of a parameter is' get ssm:/a:b:c
	refused 64 'the name of a parameter is' get ssm:/a:
}

@test "get: Secrets Manager, whole, by key, binary" {
	moto admin
	[ "$(secret get secretsmanager:mam/text)" = 'not json' ]
	[ "$(secret get secretsmanager:mam/api#token)" = 't0k€n' ]
	[ "$(secret get secretsmanager:mam/api#n.1)" = 9007199254740993 ]
	[ "$(secret get secretsmanager:mam/binary)" = 'b1nary~?' ]
	refused 78 'ResourceNotFoundException' get secretsmanager:mam/no
	refused 78 'neither text nor an integer' get secretsmanager:mam/api#o
	refused 78 "the secret's JSON has no such key" get secretsmanager:mam/api#no
	refused 78 'the secret is not a JSON object' get secretsmanager:mam/text#token
}

@test "exec: all secrets of a command at once, in its environment alone" {
	moto admin
	local words=()
	for i in $(seq 0 24); do words+=(--map "P$i=ssm:/mam/many/$i"); done
	run -0 secret exec "${words[@]}" --map OLD=ssm:/mam/db/password:1 --map NEW=ssm:/mam/db/password \
		--map TWICE=ssm:/mam/db/password --map "TOKEN=secretsmanager:mam/api#token" --map LOCAL=exec:'echo l' \
		-- bash -c 'echo "$P0 $P9 $P24 $OLD $NEW $TWICE $TOKEN $LOCAL"; tr "\0" " " </proc/$$/cmdline; exit 0'
	[ "${lines[0]}" = "value-0 value-9 value-24 old-pa55 pa55 \"wörd\" 'x' \\ € pa55 \"wörd\" 'x' \\ € t0k€n l" ]
	[[ ${lines[1]} != *value-0* ]]
	# The status is the command's own.
	run -42 secret exec --map A=ssm:plain -- sh -c 'exit 42'
	refused 64 'cannot run "no-such": no such program' exec --map A=ssm:plain -- no-such
	# The first missing one stops the command, and all are named.
	refused 78 'B: "ssm:/mam/no"' exec --map A=ssm:plain --map B=ssm:/mam/no --map C=env:NO_SUCH -- touch ran
	grep -q 'C: "env:NO_SUCH"' err
	[ ! -e ran ]
}

@test "exec: the command has the signals that it would have without" {
	grep SigIgn /proc/self/status >wanted
	secret exec --map A=env:HOME -- grep SigIgn /proc/self/status >got
	diff wanted got
	# Parents such as Python ignore SIGPIPE; a command of a batch is to die of it.
	[ "$(python3 -c 'import subprocess; subprocess.run(["secret", "exec", "--map", "A=env:HOME", "--", "grep", "SigIgn", "/proc/self/status"], restore_signals=False)')" = "$(cat wanted)" ]
}

@test "exec: its options" {
	refused 64 'exec needs --map' exec -- true
	refused 64 'exec needs a command' exec --map A=env:HOME
	refused 64 '--map takes VARIABLE=SOURCE' exec --map A -- true
	refused 64 '--map takes VARIABLE=SOURCE' exec --map 1A=env:HOME -- true
	refused 64 '--map: A is given twice' exec --map A=env:HOME --map A=env:PATH -- true
	# A literal is neither taken nor repeated.
	refused 64 'A: the source is not one of' exec --map A=l1teral -- true
	run ! grep -q l1teral err
}

@test "one call for ten parameters, one for a secret with many keys" {
	fake
	for i in 0 1; do
		answer "$(python3 -c 'import json,sys; i = int(sys.argv[1]); print(json.dumps({"path": "/", "json": {
			"Parameters": [{"Name": f"/p{n}", "Value": f"v{n}"} for n in range(i * 10, i * 10 + 10)]}}))' $i)"
	done
	local words=()
	for i in $(seq 0 19); do words+=(--map "P$i=ssm:/p$i"); done
	run -0 secret exec "${words[@]}" --map SAME=ssm:/p3 -- sh -c 'echo $P0 $P19 $SAME'
	[ "$output" = 'v0 v19 v3' ]
	[ "$(requests)" -eq 2 ]
	[ "$(asked '.body | fromjson | .Names | length' | tr '\n' ' ')" = '10 10 ' ]
	[ "$(asked '.headers["x-amz-target"]' | sort -u)" = AmazonSSM.GetParameters ]
	[ "$(asked '.body | fromjson | .WithDecryption' | sort -u)" = true ]
	answer '{"json":{"SecretString":"{\"a\":\"1\",\"b\":250,\"c\":2.50}"}}'
	: >log
	run -0 secret exec --map A=secretsmanager:s#a --map B=secretsmanager:s#b --map ALL=secretsmanager:s -- sh -c 'echo $A $B'
	[ "$output" = '1 250' ]
	[ "$(requests)" -eq 1 ]
	# 2.50 would become 2.5.
	refused 78 'neither text nor an integer' get secretsmanager:s#c
}

@test "a signature that is wrong, a key that is unknown" {
	moto admin
	AWS_SECRET_ACCESS_KEY=wrong-key refused 77 'ssm answered 403 SignatureDoesNotMatch' get ssm:plain
	AWS_ACCESS_KEY_ID=AKIAUNKNOWN refused 77 'InvalidClientTokenId' get ssm:plain
	run ! grep -qE "wrong-key|$ADMIN_KEY" err
}

@test "a role that STS gives signs, and may do what the role may" {
	moto admin
	mkdir .aws
	printf '[profile base]\naws_access_key_id = %s\naws_secret_access_key = %s\n[profile batch]\nrole_arn = arn:aws:iam::123456789012:role/batch\nsource_profile = base\n' \
		"$ADMIN_ID" "$ADMIN_KEY" >.aws/config
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	[ "$(AWS_PROFILE=base secret get ssm:/mam/list)" = a,b ]
	[ "$(AWS_PROFILE="batch" secret get ssm:plain)" = pl41n ]
	AWS_PROFILE="batch" refused 77 'AccessDenied' get ssm:/mam/list
	# moto cannot take a web identity while it checks signatures.
	reset_auth() { curl -sf -H 'Content-Type: text/plain' --data-binary "$1" "$AWS_ENDPOINT_URL/moto-api/reset-auth" >/dev/null; }
	printf 'ey.web.token\n' >token
	reset_auth inf
	AWS_WEB_IDENTITY_TOKEN_FILE=token AWS_ROLE_ARN=arn:aws:iam::123456789012:role/batch secret get ssm:plain >out 2>err || true
	reset_auth 0
	[ "$(cat out)" = pl41n ]
}

@test "policy: what it prints is enough, and every part of it is needed" {
	moto admin
	printf '#!/bin/sh\n# about: x\n# secrets: A=ssm:/mam/many/1 B=ssm:/mam/many/1:1 C=secretsmanager:mam/api#token D=env:X E\n' >"batch"
	secret policy ./batch ssm:plain >policy.json
	jq -e '.Version == "2012-10-17"' policy.json
	[ "$(jq -c '[.Statement[].Action]' policy.json)" = '["ssm:GetParameters","secretsmanager:GetSecretValue"]' ]
	[ "$(jq -c '.Statement[0].Resource' policy.json)" = '["arn:aws:ssm:ap-northeast-1:123456789012:parameter/mam/many/1","arn:aws:ssm:ap-northeast-1:123456789012:parameter/plain"]' ]
	"$MOTO" python - "$MAM_BIN/secret" <<-'END'
		import boto3, copy, json, os, subprocess, sys
		iam = boto3.client("iam")
		policy = json.load(open("policy.json"))
		reader = {**os.environ, "AWS_ACCESS_KEY_ID": os.environ["READER_ID"], "AWS_SECRET_ACCESS_KEY": os.environ["READER_KEY"]}
		def fetch(policy, *more):
		    iam.put_user_policy(UserName="reader", PolicyName="p", PolicyDocument=json.dumps(policy))
		    words = [sys.argv[1], "exec", "--map", "A=ssm:/mam/many/1", "--map", "P=ssm:plain",
		             "--map", "T=secretsmanager:mam/api#token", *more, "--", "true"]
		    done = subprocess.run(words, env=reader, capture_output=True, text=True)
		    return done.returncode, done.stderr
		assert fetch(policy) == (0, ""), fetch(policy)
		parts = 0
		for i, statement in enumerate(policy["Statement"]):
		    for resource in statement["Resource"]:
		        less = copy.deepcopy(policy)
		        less["Statement"][i]["Resource"].remove(resource)
		        less["Statement"] = [left for left in less["Statement"] if left["Resource"]]
		        status, text = fetch(less)
		        assert status == 77 and "AccessDenied" in text, (resource, status, text)
		        # Only the one that is missing is named.
		        wanted = "T" if "secret:" in resource else "P" if resource.endswith("plain") else "A"
		        assert text.startswith(f"secret: {wanted}: ") and text.count("\n") == 1, text
		        parts += 1
		assert parts == 3, parts
		status, text = fetch(policy, "--map", "O=ssm:/mam/many/2")
		assert status == 77 and 'O: "ssm:/mam/many/2"' in text, (status, text)
	END
}

@test "policy: regions, partitions, accounts, keys" {
	export AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b
	[ "$(secret policy --account 1 --region cn-north-1 ssm:/a | jq -r '.Statement[0].Resource[0]')" = arn:aws-cn:ssm:cn-north-1:1:parameter/a ]
	[ "$(secret policy --account 1 --region us-gov-west-1 secretsmanager:a/b#k | jq -r '.Statement[0].Resource[0]')" = \
		'arn:aws-us-gov:secretsmanager:us-gov-west-1:1:secret:a/b-??????' ]
	# What is an ARN stays one.
	[ "$(secret policy ssm:arn:aws:ssm:eu-west-1:2:parameter/x:3 | jq -r '.Statement[0].Resource[0]')" = arn:aws:ssm:eu-west-1:2:parameter/x ]
	run -0 secret policy --account 1 --kms-key arn:aws:kms:r:1:key/k ssm:/a secretsmanager:b
	[ "$(jq -c '.Statement[2]' <<<"$output")" = '{"Effect":"Allow","Action":"kms:Decrypt","Resource":["arn:aws:kms:r:1:key/k"],"Condition":{"StringEquals":{"kms:ViaService":["ssm.ap-northeast-1.amazonaws.com","secretsmanager.ap-northeast-1.amazonaws.com"]}}}' ]
	refused 64 'is not the ARN of a key' policy --account 1 --kms-key k ssm:/a
	refused 78 'they need no policy' policy env:A
	refused 78 'is not an AWS region' policy --region '../x' ssm:/a
	refused 78 'no-such-batch' policy --batches . no-such-batch
}

@test "check: the secrets of batches, names only" {
	moto admin
	mkdir pipelines
	printf '#!/bin/bash\n# about: a\n# secrets: PG=ssm:/mam/db/password TOKEN=secretsmanager:mam/api#token HERE\n' >pipelines/a
	printf '#!/usr/bin/ruby\n# batch: b-named\n# secrets: X=ssm:/mam/no Y=env:GONE\n' >pipelines/b
	printf 'not a batch\n' >pipelines/notes
	printf '#!/bin/sh\ntrue\n' >pipelines/no-head
	chmod +x pipelines/a pipelines/b pipelines/no-head
	export MAM_BATCHES=$PWD/pipelines
	HERE=h3re run -78 --separate-stderr secret check
	[ "$(grep -c . <<<"$output")" -eq 5 ]
	grep -qx $'a\tPG: "ssm:/mam/db/password": ok' <<<"$output"
	grep -qx $'a\tHERE: "env": ok' <<<"$output"
	grep -q $'^b-named\tX: "ssm:/mam/no": there is no such parameter' <<<"$output"
	grep -q $'^b-named\tY: "env:GONE": environment variable' <<<"$output"
	[[ $output != *pa55* && $output != *h3re* && $output != *t0k* ]]
	HERE=h3re run -0 secret check a
	HERE=h3re run -0 secret check pipelines/a
	run -78 secret check a
	[[ $output == *'HERE: "": environment variable "HERE" is not set'* ]]
	refused 78 'it is not a batch' check pipelines/notes
	refused 78 'no-such' check no-such
	refused 78 'no-such' check --batches no-such
	mkdir empty
	refused 78 'there are no batches in "empty"' check --batches empty
	# A mistake in one head does not hide the others' secrets.
	mkdir mixed
	printf '#!/bin/sh\n# secrets: =x\n' >mixed/bad
	printf '#!/bin/sh\n# secrets: HOME\n' >mixed/good
	chmod +x mixed/*
	refused 78 'line 2' check mixed/bad
	refused 78 'line 2' check --batches mixed
	grep -qx $'good\tHOME: "env": ok' out
}

@test "run-batch hands over the secrets that the head names" {
	moto admin
	cat >job <<-'END'
		#!/bin/bash
		# batch: job
		# secrets: PG=ssm:/mam/db/password:1 TOKEN=secretsmanager:mam/api#token HERE
		printf '%s|%s|%s' "$PG" "$TOKEN" "$HERE" >handed
		tr '\0' ' ' </proc/$$/cmdline >cmdline
	END
	chmod +x job
	HERE=h3re run -0 run-batch --state state ./job
	[ "$(cat handed)" = 'old-pa55|t0k€n|h3re' ]
	run ! grep -q old-pa55 cmdline
	run ! grep -rqE 'old-pa55|t0k€n' state
	# One that does not exist: the batch does not run, and 78 is not tried again.
	rm handed
	sed -i s,password:1,no-such, job
	HERE=h3re run -78 run-batch --state state --retries 3 --retry-wait 1s ./job
	[[ $output == *'PG: "ssm:/mam/db/no-such": there is no such parameter'* ]]
	[ ! -e handed ]
}

@test "run-batch tries again when AWS is too busy to give a secret" {
	fake
	answer '{"status":400,"times":2,"json":{"__type":"ThrottlingException","Message":"Rate exceeded"}}' "$(parameter /a v4lue)"
	printf '#!/bin/sh\n# secrets: A=ssm:/a\necho "$A" >handed\n' >job
	chmod +x job
	AWS_MAX_ATTEMPTS=2 run -0 run-batch --state state --retries 1 --retry-wait 100ms ./job
	[ "$(cat handed)" = v4lue ]
	[ "$(requests)" -eq 3 ]
}

@test "throttling, 5xx, cut and wrong answers are tried again, and are 75 at last" {
	fake
	answer '{"status":400,"json":{"__type":"ThrottlingException","Message":"Rate exceeded"}}' \
		'{"status":503,"text":"<html>busy</html>"}' \
		'{"status":500,"json":{"__type":"InternalServerError"}}' \
		'{"json":{"Parameters":[]},"do":"truncate","at":9}' \
		'{"text":"","do":"close"}' \
		"$(parameter /a v4lue)"
	[ "$(secret get ssm:/a)" = v4lue ]
	[ "$(requests)" -eq 6 ]
	# Each try has its own signature.
	[ "$(asked '.headers.authorization' | grep -c '^AWS4-HMAC-SHA256 Credential=AKIDTEST/')" -eq 6 ]
	: >answers
	: >log
	answer '{"status":400,"json":{"__type":"ThrottlingException","Message":"Rate exceeded"}}'
	AWS_MAX_ATTEMPTS=3 refused 75 'ssm answered 400 ThrottlingException: Rate exceeded' get ssm:/a
	[ "$(requests)" -eq 3 ]
	: >answers
	answer '{"text":"{\"Parameters\":[","framing":"none"}'
	AWS_MAX_ATTEMPTS=2 refused 75 'the answer is not a JSON object' get ssm:/a
	: >answers
	answer '{"json":[]}'
	refused 75 'the answer is not a JSON object' get ssm:/a
	AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_MAX_ATTEMPTS=2 refused 75 'ssm: ' get ssm:/a
}

@test "a hundred at once against AWS's limit of 40 a second: none fails, and there is no storm" {
	cat >limit.py <<-'END'
		import http.server, json, os, threading, time
		class Handler(http.server.BaseHTTPRequestHandler):
		    lock, tokens, last, count = threading.Lock(), 40.0, time.monotonic(), 0
		    def log_message(self, *args): pass
		    def reply(self, status, value):
		        body = json.dumps(value).encode()
		        self.send_response(status)
		        self.send_header("Content-Length", str(len(body)))
		        self.end_headers()
		        self.wfile.write(body)
		    def do_POST(self):
		        self.rfile.read(int(self.headers["Content-Length"]))
		        with Handler.lock:
		            now = time.monotonic()
		            Handler.tokens = min(40, Handler.tokens + (now - Handler.last) * 40)
		            Handler.last, Handler.count, good = now, Handler.count + 1, Handler.tokens >= 1
		            Handler.tokens -= good
		        self.reply(200, {"Parameters": [{"Name": "/a", "Value": "v"}]}) if good else self.reply(
		            400, {"__type": "ThrottlingException", "Message": "Rate exceeded"})
		    def do_GET(self):
		        self.reply(200, Handler.count)
		class Server(http.server.ThreadingHTTPServer):
		    request_queue_size, daemon_threads = 500, True
		server = Server(("127.0.0.1", 0), Handler)
		print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
		server.serve_forever()
	END
	python3 limit.py >url 3>&- &
	export HTTP_PID=$!
	for _ in $(seq 600); do [ -s url ] && break; sleep 0.1; done
	AWS_ENDPOINT_URL=$(cat url)
	export AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b
	seq 100 | xargs -P 100 -I{} sh -c 'secret exec --map A=ssm:/a -- true || echo {} failed' >failed
	[ ! -s failed ]
	count=$(curl -s "$AWS_ENDPOINT_URL/")
	[ "$count" -ge 100 ]
	[ "$count" -lt 400 ]
}

@test "what is refused for good is asked once" {
	fake
	answer '{"status":400,"json":{"__type":"com.amazon#ValidationException","message":"no such form"}}'
	refused 69 'ssm answered 400 ValidationException: no such form' get ssm:/a
	[ "$(requests)" -eq 1 ]
	: >answers
	answer '{"status":403,"text":"<ErrorResponse><Error><Code>AccessDenied</Code><Message>not &lt;you&gt;</Message></Error></ErrorResponse>"}'
	refused 77 'AccessDenied: not <you>' get ssm:/a
	: >answers
	answer '{"status":400,"json":{"__type":"ExpiredTokenException","message":"expired"}}'
	: >log
	AWS_SESSION_TOKEN=t0ken refused 77 'ExpiredTokenException' get ssm:/a
	[ "$(requests)" -eq 1 ]
	[ "$(asked '.headers["x-amz-security-token"]')" = t0ken ]
	[[ $(asked .headers.authorization) == *x-amz-security-token* ]]
}

@test "a redirect is never followed" {
	fake
	answer '{"status":307,"headers":{"Location":"@BASE/elsewhere"}}'
	refused 69 'credentials are never sent elsewhere' get ssm:/a
	[ "$(requests)" -eq 1 ]
}

@test "a wrong clock is corrected once, by the answer's date" {
	fake
	local refusal='"status":400,"json":{"__type":"InvalidSignatureException","message":"Signature expired"}'
	answer "{$refusal,\"headers\":{\"Date\":\"Thu, 26 Nov 2037 12:00:00 GMT\"}}" "$(parameter /a v4lue)"
	secret get ssm:/a >out 2>err
	[ "$(cat out)" = v4lue ]
	grep -q 'the clock of this machine is [0-9]* s slow: requests are signed with the time of AWS' err
	[ "$(requests)" -eq 2 ]
	[[ $(asked '.headers["x-amz-date"]' | tail -n 1) == 20371126T12000* ]]
	# Refused again, it is not the clock.
	: >answers
	: >log
	answer "{$refusal,\"times\":9,\"headers\":{\"Date\":\"Thu, 26 Nov 2037 12:00:00 GMT\"}}"
	refused 77 'InvalidSignatureException' get ssm:/a
	[ "$(requests)" -eq 2 ]
	# With the right time it is not the clock either.
	: >answers
	: >log
	answer "{$refusal}"
	refused 77 'InvalidSignatureException' get ssm:/a
	[ "$(requests)" -eq 1 ]
}

@test "endpoints: the most particular setting counts, and no secret crosses a network as plain text" {
	fake
	answer "$(parameter /a v4lue)"
	AWS_ENDPOINT_URL_SSM=$BASE/ AWS_ENDPOINT_URL=http://127.0.0.1:1 secret get ssm:/a
	mkdir .aws
	printf '[default]\nservices = here\n[services here]\nssm =\n  endpoint_url = %s\n' "$BASE" >.aws/config
	unset AWS_ENDPOINT_URL
	secret get ssm:/a
	AWS_ENDPOINT_URL=http://10.0.0.1 refused 78 'secrets would cross the network as plain text' get ssm:/a
	AWS_ENDPOINT_URL=http://127.0.0.1.example.com refused 78 'as plain text' get ssm:/a
	AWS_ENDPOINT_URL=http://localhost.example.com refused 78 'as plain text' get ssm:/a
	AWS_ENDPOINT_URL='ftp://x' refused 78 'is not an http or https URL' get ssm:/a
	AWS_ENDPOINT_URL='https://u:p@x/' refused 78 'is not an http or https URL' get ssm:/a
	[ "$(requests)" -eq 2 ]
	# No proxy gets requests for this machine.
	http_proxy=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1 secret get ssm:/a
	AWS_CA_BUNDLE=no-such refused 78 'AWS_CA_BUNDLE: cannot read' get ssm:/a
}

@test "TLS is verified, by the system's authorities or AWS_CA_BUNDLE" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 30 \
		-subj /CN=us -addext 'subjectAltName=IP:127.0.0.1' 2>/dev/null
	http_start --cert cert.pem --key key.pem
	answer "$(parameter /a v4lue)"
	export AWS_ENDPOINT_URL=$BASE AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b
	refused 69 'ssm: ' get ssm:/a
	[ "$(requests)" -eq 0 ]
	[ "$(AWS_CA_BUNDLE=cert.pem secret get ssm:/a)" = v4lue ]
}

@test "secrets stand in no message, argument or core" {
	fake
	export VALUE=s3cret-value
	answer '{"delay":2,"json":{}}'
	# Killed while it waits for AWS, with a secret of the environment and the keys in memory.
	core() {
		ulimit -c unlimited
		python3 - "$@" <<-'END'
			import os, signal, subprocess, sys, time
			with open(os.devnull, "w") as none:
			    child = subprocess.Popen(sys.argv[1:], stdout=none, stderr=none)
			while sys.argv[1] == "secret" and child.poll() is None and not os.path.getsize("log"):
			    time.sleep(0.05)
			time.sleep(0.2)
			child.send_signal(signal.SIGQUIT)
			print(int(os.WCOREDUMP(os.waitpid(child.pid, 0)[1])))
		END
	}
	[ "$(core sleep 5)" = 1 ] || skip 'no process leaves a core here'
	[ "$(core secret exec --map A=env:VALUE --map B=ssm:/a -- true)" = 0 ]
}

@test "import: moves literals into Parameter Store and prints the edited lines" {
	moto admin
	cat >old-batch <<-'END'
		#!/bin/bash
		# password=only-a-comment
		export PGPASSWORD='hunter2-x'
		DB_URL="postgres://me:s3cr3t-x@db/ads"
		mysql -u me -ptops3cret-x -P 3306 -e 'select 1'
		API_TOKEN=$OTHER
		TOKEN_FILE=/etc/token
		psql "host=x password=hunter2-x user=y"
		PASSWORD=hunter3-x
	END
	cp old-batch copy
	secret import ./old-batch >out 2>err
	cmp old-batch copy
	diff out - <<-'END'
		head: # secrets: PGPASSWORD=ssm:/mam/old-batch/pgpassword POSTGRES_PASSWORD=ssm:/mam/old-batch/postgres_password MYSQL_PWD=ssm:/mam/old-batch/mysql_pwd PASSWORD=ssm:/mam/old-batch/password PASSWORD_2=ssm:/mam/old-batch/password_2
		3: export PGPASSWORD="${PGPASSWORD:?}"
		4: DB_URL="postgres://me:${POSTGRES_PASSWORD:?}@db/ads"
		5: mysql -u me -p"${MYSQL_PWD:?}" -P 3306 -e 'select 1'
		8: psql "host=x password=${PASSWORD:?} user=y"
		9: PASSWORD="${PASSWORD_2:?}"
	END
	run ! grep -qE 'hunter|s3cr3t-x|tops3cret' out err
	[ "$(secret get ssm:/mam/old-batch/pgpassword)" = hunter2-x ]
	[ "$(secret get ssm:/mam/old-batch/postgres_password)" = s3cr3t-x ]
	[ "$(secret get ssm:/mam/old-batch/mysql_pwd)" = tops3cret-x ]
	[ "$(secret get ssm:/mam/old-batch/password_2)" = hunter3-x ]
	"$MOTO" python -c 'import boto3; assert boto3.client("ssm").get_parameter(Name="/mam/old-batch/password")["Parameter"]["Type"] == "SecureString"'
	# A second time nothing changes; another value is not written over the one that is there.
	secret import ./old-batch >again
	cmp out again
	sed -i s/hunter3-x/other-x/ old-batch
	refused 69 'exists with another value' import ./old-batch
	[ "$(secret get ssm:/mam/old-batch/password_2)" = hunter3-x ]
}

@test "import: a refusal that repeats the secret is not shown" {
	fake
	answer '{"status":400,"json":{"__type":"ValidationException","message":"Value hunter2-x failed to satisfy constraint"}}'
	printf '#!/bin/sh\nPASSWORD=hunter2-x\n' >job
	refused 69 'parameter "/mam/job/password": ValidationException' import job
	run ! grep -q hunter2 out err
}

@test "import: other languages, and files without a secret" {
	printf '%s\n' "#!/usr/bin/env ruby" "c = PG.connect(password: 'pw-1', host: ENV['H'])" 'h = { "api_key" => "ak-1", :secret => "#{x}" }' \
		'u = "mysql2://u:pz-1@h/d"' 'token_url = "https://x/y"' >a.rb
	[ "$(secret import --dry-run --prefix /p a.rb | sed 1d)" = "2: c = PG.connect(password: ENV.fetch(\"PASSWORD\"), host: ENV['H'])
3: h = { \"api_key\" => ENV.fetch(\"API_KEY\"), :secret => \"#{x}\" }
4: u = \"mysql2://u:\" + ENV.fetch(\"MYSQL2_PASSWORD\") + \"@h/d\"" ]
	printf '%s\n' "db = connect(password='pw-2')" 'conf = {"client_secret": "cs-2"}' >a.py
	[ "$(secret import --dry-run a.py)" = 'head: # secrets: PASSWORD=ssm:/mam/a/password CLIENT_SECRET=ssm:/mam/a/client_secret
head: import os
1: db = connect(password=os.environ["PASSWORD"])
2: conf = {"client_secret": os.environ["CLIENT_SECRET"]}' ]
	printf '%s\n' "my \$h = { password => 'pw-3' };" >a.pl
	[ "$(secret import --dry-run a.pl | tail -n 1)" = '1: my $h = { password => $ENV{PASSWORD} };' ]
	# The edited lines run.
	printf '%s\n' '#!/bin/sh' "x='postgres://u:p-4@h/d'" 'echo "$x"' >a.sh
	secret import --dry-run a.sh | sed -n 's/^[0-9]*: //p' >edited
	[ "$(POSTGRES_PASSWORD=p-4 sh -c "$(cat edited); echo \$x")" = 'postgres://u:p-4@h/d' ]
	printf '%s\n' '#!/bin/sh' 'a --password p-5 --token "t-5" --secret --password "$X" --token env:X' 'b password=p-6 token=t-6' >b.sh
	[ "$(secret import --dry-run b.sh | sed 1d)" = '2: a --password "${PASSWORD:?}" --token "${TOKEN:?}" --secret --password "$X" --token env:X
3: b password="${PASSWORD_2:?}" token="${TOKEN_2:?}"' ]
	printf 'x = 1\n' >b.rb
	refused 78 'no secret was found in it' import --dry-run b.rb
	refused 78 'is not a script of' import --dry-run /etc/hostname
	refused 64 'import needs a script' import
	refused 64 'belong together' import --gitleaks x a.rb
	refused 64 'does not begin with /' import --dry-run --prefix x a.rb
}

@test "import --gitleaks: more findings, and the replacement file for git-filter-repo" {
	printf '%s\n' '#!/bin/sh' 'hook="https://hooks.example.com/T0/abcdef"' 'PASSWORD=pw-5' >job.sh
	cat >report.json <<-'END'
		[{"RuleID":"hook-url","File":"job.sh","StartLine":2,"Secret":"https://hooks.example.com/T0/abcdef"},
		 {"RuleID":"password","File":"job.sh","StartLine":3,"Secret":"pw-5"},
		 {"RuleID":"password","File":"old.sh","StartLine":9,"Secret":"pw-5"},
		 {"RuleID":"longer","File":"old.sh","StartLine":1,"Secret":"pw-5-and.more"},
		 {"RuleID":"private-key","File":"old.pem","StartLine":1,"Secret":"-----BEGIN KEY-----\nab+/=\n-----END KEY-----"},
		 {"RuleID":"gone","File":"job.sh","StartLine":3,"Secret":"not-there-now"}]
	END
	secret import --dry-run --gitleaks report.json --replacements replacements job.sh >out 2>err
	diff out - <<-'END'
		head: # secrets: HOOK_URL=ssm:/mam/job/hook_url PASSWORD=ssm:/mam/job/password
		2: hook="${HOOK_URL:?}"
		3: PASSWORD="${PASSWORD:?}"
	END
	grep -q 'line 3: gitleaks found a secret ("gone")' err
	run ! grep -q not-there-now err
	[ "$(stat -c %a replacements)" = 600 ]
	diff replacements - <<-'END'
		regex:-----BEGIN KEY-----\nab\+/=\n-----END KEY-----==>***REMOVED***
		literal:https://hooks.example.com/T0/abcdef==>***REMOVED***
		literal:not-there-now==>***REMOVED***
		literal:pw-5-and.more==>***REMOVED***
		literal:pw-5==>***REMOVED***
	END
	refused 78 'cannot make "replacements": File exists' import --gitleaks report.json --replacements replacements
	printf '[{"RuleID":"x","File":"f","StartLine":1,"Secret":"REDACTED"}]' >redacted.json
	refused 78 'was written with --redact' import --gitleaks redacted.json --replacements other
	printf '{}' >object.json
	refused 78 'it is to be a JSON array' import --gitleaks object.json --replacements other
	[ ! -e other ]
}

@test "import --gitleaks: git-filter-repo takes the file, and the history is clean" {
	"$MOTO" python -c 'import git_filter_repo' 2>/dev/null || skip 'SKIPPED: git-filter-repo is not installed (make deps-test)'
	git init -q repo
	cd repo
	git config user.email t@example.com
	git config user.name t
	printf 'PASSWORD=h1story.x+\nKEY="-----BEGIN K-----\nab+/=\n-----END K-----"\n' >job.sh
	git add .
	git commit -qm one
	printf 'PASSWORD=${PASSWORD:?}\n' >job.sh
	git commit -qam two
	jq -n '[{RuleID:"p",File:"job.sh",StartLine:1,Secret:"h1story.x+"},{RuleID:"k",File:"job.sh",StartLine:2,Secret:"-----BEGIN K-----\nab+/=\n-----END K-----"}]' >../report.json
	secret import --gitleaks ../report.json --replacements ../replacements
	[ "$(git log -p --all | grep -c 'h1story\|ab+/=')" -gt 0 ]
	"$MOTO" python -m git_filter_repo --force --quiet --replace-text ../replacements
	[ "$(git log -p --all | grep -c 'h1story\|ab+/=')" -eq 0 ]
	[ "$(git log -p --all | grep -c 'PASSWORD=\*\*\*REMOVED\*\*\*')" -gt 0 ]
}
