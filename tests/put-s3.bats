# SPDX-License-Identifier: MIT
# put-s3 against versitygw (or moto) with boto3 as the other side, and against a server that fails
# as S3 and networks do.

load helper
load http
load s3

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	s3_clean
}

teardown() {
	http_stop
}

@test "boto3 reads objects as they were, under any key, with type and metadata" {
	s3_server
	keys=('dt=2026/a b+c.txt' '日本語/広告.csv' 'a%2Fb' "q'uote&amp;<x>\"?#;=@:,\$!*()[]{}|^~\`\\")
	for key in "${keys[@]}"; do
		printf %s "$key" >body
		put-s3 --file body --content-type 'text/x-key; charset=utf-8' --metadata 'sha=a b' --metadata n-1=2 "$S3/$key"
	done
	BOTO='
for key in sys.argv[1:]:
    o = s3.get_object(Bucket=bucket, Key=prefix + key, ChecksumMode="ENABLED")
    assert o["Body"].read() == key.encode(), key
    assert o["ContentType"] == "text/x-key; charset=utf-8" and o["Metadata"] == {"sha": "a b", "n-1": "2"}, o
' boto "${keys[@]}"
}

@test "a large object goes in parts, a small and an empty one in one request; fetch-s3 reads them" {
	s3_server
	head -c 12000000 /dev/urandom >big
	printf x >small
	: >empty
	for file in big small empty; do
		put-s3 --part-size 5M --file "$file" "$S3/file/$file"
		fetch-s3 --output got "$S3/file/$file"
		cmp "$file" got
		fetch-s3 "$S3/file/$file" | put-s3 --part-size 5M "$S3/stream/$file"
		put-s3 --part-size 5M "$S3/command/$file" -- cat "$file"
		put-s3 --part-size 5M "$S3/stdin/$file" <"$file"
	done
	BOTO='
for how in "file", "stream", "command", "stdin":
    for name in "big", "small", "empty":
        o = s3.get_object(Bucket=bucket, Key=f"{prefix}{how}/{name}")
        assert o["Body"].read() == open(name, "rb").read(), (how, name)
        assert o["ETag"].endswith("-3\"") == (name == "big"), o["ETag"]
assert not s3.list_multipart_uploads(Bucket=bucket, Prefix=prefix).get("Uploads")
' boto
}

@test "conditions: a free key once, an ETag while it is the one" {
	s3_server
	head -c 6000000 /dev/zero >big
	printf 1 >one
	printf 2 >two
	put-s3 --file one --if-none-match '*' "$S3/k"
	fails 69 "\"$S3/k\" is there already (--if-none-match)" put-s3 --file two --if-none-match '*' "$S3/k"
	fails 69 'is there already' put-s3 --part-size 5M --file big --if-none-match '*' "$S3/k"
	fetch-s3 --output got "$S3/k"
	cmp got one
	etag=$(fetch-s3 --include etag "$S3/k" | to-json | jq -r .etag)
	put-s3 --file two --if-match "$etag" "$S3/k"
	fails 69 'is not the one of --if-match any more' put-s3 --file one --if-match "$etag" "$S3/k"
	fails 69 'is not the one of --if-match any more' put-s3 --file one --if-match "\"$etag\"" "$S3/k"
	fetch-s3 --output got "$S3/k"
	cmp got two
	BOTO='assert not s3.list_multipart_uploads(Bucket=bucket, Prefix=prefix).get("Uploads")' boto
}

@test "an input that is not sealed never becomes an object, and leaves no parts" {
	s3_server
	head -c 12000000 /dev/urandom >big
	put-s3 --file big "$S3/big"
	fetch-s3 "$S3/big" >big.mam
	head -c 11000000 big.mam >cut.mam
	cp big.mam changed.mam
	printf X | dd of=changed.mam bs=1 seek=9000000 conv=notrunc status=none
	fails 76 'without its end mark' put-s3 --part-size 5M "$S3/cut" <cut.mam
	fails 76 '' put-s3 --part-size 5M "$S3/changed" <changed.mam
	fails 69 'there is no such object' bash -c 'fetch-s3 "$1/big" "$1/none" | put-s3 --part-size 5M "$1/aborted"; exit "${PIPESTATUS[1]}"' sh "$S3"
	fails 76 '"sh" exited with 3' put-s3 --part-size 5M "$S3/command" -- sh -c 'cat big; exit 3'
	fails 65 '"sh" exited with 65' put-s3 --part-size 5M "$S3/command" -- sh -c 'cat big; exit 65'
	fails 76 'was ended by signal 9' put-s3 --part-size 5M "$S3/command" -- sh -c 'cat big; kill -9 $$'
	fails 64 'cannot run "no-such-program"' put-s3 "$S3/command" -- no-such-program
	fails 65 'its end would not show that it is complete' bash -c 'cat big | put-s3 "$1/pipe"' sh "$S3"
	fails 65 'from-json' bash -c 'echo "{}" | put-s3 "$1/pipe"' sh "$S3"
	fails 76 'never started' put-s3 "$S3/pipe" </dev/null
	fails 65 'to-json (or to-csv)' bash -c 'echo "{}" | from-json | put-s3 "$1/records"' sh "$S3"
	fails 65 'more than one file' bash -c 'fetch-s3 "$1/big" "$1/big" | put-s3 "$1/two"' sh "$S3"
	fails 65 'no file in it' bash -c 'fetch-s3 --prefix --allow-empty "$1/none" | put-s3 "$1/zero"' sh "$S3"
	[ "$(fetch-s3 --prefix --include key "$S3/" | to-json | jq -r .key | sort -u)" = "${S3#s3://practice/}/big" ]
	BOTO='assert not s3.list_multipart_uploads(Bucket=bucket, Prefix=prefix).get("Uploads")' boto
}

@test "records become text by a command, whole or not at all" {
	s3_server
	printf '{"a":1}\n{"a":2}\n' | from-json >records.mam
	put-s3 "$S3/a.csv" -- to-csv <records.mam
	fetch-s3 --output got "$S3/a.csv"
	[ "$(cat got)" = "$(printf 'a\n1\n2')" ]
	head -c 40 records.mam >cut.mam
	fails 76 'without its end mark' put-s3 "$S3/cut.csv" -- to-csv <cut.mam
	fails 69 'there is no such object' fetch-s3 --output got "$S3/cut.csv"
}

@test "a rehearsal tries everything and stores nothing" {
	s3_server
	printf x >small
	head -c 6000000 /dev/zero >big
	put-s3 --file small "$S3/small"
	put-s3 --dry-run --file small "$S3/dry"
	put-s3 --dry-run --part-size 5M --file big "$S3/dry"
	fetch-s3 --dry-run "$S3/small" | put-s3 "$S3/dry"
	MAM_DRY_RUN=1 put-s3 "$S3/dry" -- cat small
	MAM_EXPECT=x put-s3 "$S3/dry" -- cat small
	fails 69 'there is no such object' fetch-s3 --output got "$S3/dry"
	BOTO='assert not s3.list_multipart_uploads(Bucket=bucket, Prefix=prefix).get("Uploads")' boto
}

# A server that takes the parts of an upload of s3://bucket/KEY; complete and what follows are the caller's.
parts() { # KEY
	answer "{\"path\":\"/bucket/$1\",\"method\":\"POST\",\"query\":\"uploads=\",\"text\":\"<InitiateMultipartUploadResult><UploadId>u&amp;1</UploadId></InitiateMultipartUploadResult>\"}" \
		"{\"path\":\"/bucket/$1\",\"method\":\"PUT\",\"query\":\"partNumber=\",\"headers\":{\"ETag\":\"\\\"0cc175b9c0f1b6a831c399e269772661\\\"\"}}" \
		"{\"path\":\"/bucket/$1\",\"method\":\"DELETE\",\"query\":\"uploadId=u%261\",\"status\":204}"
}

# Its answer to the completion, JSON members of the scripted server.
completion() { # KEY MEMBERS
	answer "{\"path\":\"/bucket/$1\",\"method\":\"POST\",\"query\":\"uploadId=u%261\",$2}"
}

done_xml='"text":"<CompleteMultipartUploadResult/>"'

# The requests for a key, as "METHOD query" without the part's other words.
sent() { # KEY
	asked "select(.target | startswith(\"/bucket/$1\")) | .method + \" \" + (.target | sub(\"^[^?]*[?]?\"; \"\") | sub(\"&.*\"; \"\"))" | uniq -c | sed 's/^ *//'
}

@test "the completion: retried when 200 holds an error, settled when its answer is lost" {
	s3_fake
	head -c 6000000 /dev/zero >big
	error='"text":"\n<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code></Error>"'
	# 200 with an error that may be tried again, and one that may not.
	parts again
	completion again "$error"
	completion again "$done_xml"
	put-s3 --part-size 5M --file big s3://bucket/again
	[ "$(sent again)" = "$(printf '%s\n' '1 POST uploads=' '1 PUT partNumber=1' '1 PUT partNumber=2' '2 POST uploadId=u%261')" ]
	parts bad
	completion bad '"text":"<Error><Code>InvalidPart</Code><Message>One or more parts</Message></Error>"'
	fails 69 '"s3://bucket/bad": s3 answered 200 InvalidPart: One or more parts' put-s3 --part-size 5M --file big s3://bucket/bad
	[ "$(sent bad | tail -n 1)" = '1 DELETE uploadId=u%261' ]
	# The answer is lost, and the upload is not there any more: is the object ours?
	crc=$(asked 'select(.target == "/bucket/again?uploadId=u%261") | .headers["x-amz-checksum-crc64nvme"]' | tail -n 1)
	[ ${#crc} -eq 12 ]
	for key in ours theirs; do
		parts $key
		completion $key '"do":"close"'
		completion $key '"status":404,"text":"<Error><Code>NoSuchUpload</Code></Error>"'
	done
	answer "{\"path\":\"/bucket/ours\",\"method\":\"HEAD\",\"headers\":{\"Content-Length\":\"6000000\",\"x-amz-checksum-crc64nvme\":\"$crc\"},\"framing\":\"none\"}" \
		"{\"path\":\"/bucket/theirs\",\"method\":\"HEAD\",\"headers\":{\"Content-Length\":\"6000000\",\"x-amz-checksum-crc64nvme\":\"AAAAAAAAAAA=\"},\"framing\":\"none\"}"
	put-s3 --part-size 5M --file big s3://bucket/ours
	fails 69 '"s3://bucket/theirs": s3 answered 404 NoSuchUpload' put-s3 --part-size 5M --file big s3://bucket/theirs
}

@test "a conditional put whose answer is lost: the object that is there is compared" {
	s3_fake
	printf hello >f
	sum=LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=
	for key in ours theirs md5; do
		answer "{\"path\":\"/bucket/$key\",\"method\":\"PUT\",\"do\":\"close\"}" \
			"{\"path\":\"/bucket/$key\",\"method\":\"PUT\",\"status\":412,\"text\":\"<Error><Code>PreconditionFailed</Code></Error>\"}"
	done
	answer "{\"path\":\"/bucket/ours\",\"method\":\"HEAD\",\"headers\":{\"Content-Length\":\"5\",\"x-amz-checksum-sha256\":\"$sum\"},\"framing\":\"none\"}" \
		"{\"path\":\"/bucket/theirs\",\"method\":\"HEAD\",\"headers\":{\"Content-Length\":\"5\",\"ETag\":\"\\\"0cc175b9c0f1b6a831c399e269772661\\\"\"},\"framing\":\"none\"}" \
		"{\"path\":\"/bucket/md5\",\"method\":\"HEAD\",\"headers\":{\"Content-Length\":\"5\",\"ETag\":\"\\\"5d41402abc4b2a76b9719d911017c592\\\"\"},\"framing\":\"none\"}"
	put-s3 --file f --if-none-match '*' s3://bucket/ours
	put-s3 --file f --if-none-match '*' s3://bucket/md5
	fails 69 'is there already' put-s3 --file f --if-none-match '*' s3://bucket/theirs
	[ "$(asked 'select(.method == "PUT") | .headers["if-none-match"]' | sort -u)" = '*' ]
	# Nothing was lost: it is somebody else's, whatever is in it.
	answer '{"path":"/bucket/first","method":"PUT","status":412,"text":"<Error><Code>PreconditionFailed</Code></Error>"}'
	fails 69 'is there already' put-s3 --file f --if-none-match '*' s3://bucket/first
	[ "$(sent first)" = '1 PUT ' ]
	# Two at the same time: AWS answers 409, and the try after it decides.
	answer '{"path":"/bucket/race","status":409,"text":"<Error><Code>ConditionalRequestConflict</Code></Error>"}' '{"path":"/bucket/race"}'
	put-s3 --file f --if-none-match '*' s3://bucket/race
}

@test "a part that fails is sent again with its bytes; an upload that fails for good is aborted" {
	s3_fake
	head -c 6000000 /dev/urandom >big
	answer '{"path":"/bucket/retry","method":"PUT","query":"partNumber=1","status":503,"text":"<Error><Code>SlowDown</Code></Error>"}' \
		'{"path":"/bucket/retry","method":"PUT","query":"partNumber=1","do":"close"}'
	parts retry
	completion retry "$done_xml"
	put-s3 --part-size 5M --file big s3://bucket/retry
	[ "$(sent retry | sed -n 2p)" = '3 PUT partNumber=1' ]
	[ "$(asked 'select(.target | contains("/retry?partNumber=1")) | .headers["x-amz-content-sha256"]' | sort | uniq -c | sed 's/^ *//')" = "3 $(head -c 5242880 big | sha256sum | cut -c 1-64)" ]
	answer '{"path":"/bucket/denied","method":"PUT","query":"partNumber=2","status":403,"text":"<Error><Code>AccessDenied</Code></Error>"}'
	parts denied
	fails 77 's3 answered 403 AccessDenied' put-s3 --part-size 5M --file big s3://bucket/denied
	[ "$(sent denied | tail -n 1)" = '1 DELETE uploadId=u%261' ]
	# The upload that cannot be aborted is named.
	answer '{"path":"/bucket/stays","method":"DELETE","status":403,"text":"<Error><Code>AccessDenied</Code></Error>"}'
	parts stays
	fails 76 'the upload "u&1" could not be aborted, so its parts stay until a lifecycle rule' put-s3 --part-size 5M s3://bucket/stays -- sh -c 'cat big; exit 1'
	# Keys of an instance end in the middle of an upload; other regions are named.
	answer '{"path":"/bucket/away","status":301,"headers":{"x-amz-bucket-region":"eu-west-1"}}'
	fails 78 'the bucket is in the region eu-west-1' put-s3 --file big s3://bucket/away
	answer '{"path":"/bucket/away","status":301,"headers":{"x-amz-bucket-region":"eu-west-1"}}'
	fails 78 'the bucket is in the region eu-west-1, not in us-east-2' put-s3 --region us-east-2 --file big s3://bucket/away
}

@test "credentials are read once more in the middle of an upload, and a wrong clock is corrected" {
	s3_fake
	head -c 6000000 /dev/zero >big
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	answer '{"path":"/keys","json":{"AccessKeyId":"FIRST","SecretAccessKey":"s","Token":"t1","Expiration":"2099-01-01T00:00:00Z"}}' \
		'{"path":"/keys","json":{"AccessKeyId":"SECOND","SecretAccessKey":"s","Token":"t2","Expiration":"2099-01-01T00:00:00Z"}}' \
		'{"path":"/bucket/k","query":"partNumber=2","when":{"x-amz-security-token":"t1"},"status":400,"text":"<Error><Code>ExpiredToken</Code></Error>"}' \
		'{"path":"/bucket/k","query":"uploads=","status":403,"headers":{"Date":"Mon, 01 Jan 2035 00:00:00 GMT"},"text":"<Error><Code>RequestTimeTooSkewed</Code></Error>"}'
	parts k
	completion k "$done_xml"
	AWS_CONTAINER_CREDENTIALS_FULL_URI=$BASE/keys put-s3 --part-size 5M --file big s3://bucket/k 2>err
	grep -q 'the clock of this machine is' err
	[ "$(asked 'select(.target | contains("partNumber=2")) | .headers["x-amz-security-token"]' | tr '\n' ' ')" = 't1 t2 ' ]
	[ "$(sent k | tail -n 1)" = '1 POST uploadId=u%261' ]
}

# put-s3 in the background, signalled when the server has COUNT requests.
signalled() { # SIGNAL COUNT WORD...
	local signal=$1 count=$2 status=0 tries=0
	shift 2
	"$@" 2>err 3>&- &
	local pid=$!
	until [ "$(requests)" -ge "$count" ] || [ $((tries++)) -gt 400 ]; do sleep 0.05; done
	kill -"$signal" "$pid"
	wait "$pid" || status=$?
	echo "$status"
}

@test "SIGTERM, SIGINT and SIGHUP abort the upload, wherever they find it" {
	s3_fake
	head -c 6000000 /dev/zero >big
	# It waits for input.
	parts read
	[ "$(signalled TERM 2 put-s3 --part-size 5M s3://bucket/read -- sh -c 'cat big; exec sleep 30')" = 143 ]
	grep -q 'ended by signal 15, the upload is aborted' err
	[ "$(sent read | tail -n 1)" = '1 DELETE uploadId=u%261' ]
	# A request is under way; between two tries.
	answer '{"path":"/bucket/send","method":"PUT","query":"partNumber=2","delay":30}' \
		'{"path":"/bucket/wait","method":"PUT","query":"partNumber=2","status":503,"headers":{"Retry-After":"20"}}'
	parts send
	parts wait
	[ "$(signalled HUP 6 put-s3 --part-size 5M --file big s3://bucket/send)" = 129 ]
	[ "$(sent send | tail -n 1)" = '1 DELETE uploadId=u%261' ]
	[ "$(signalled TERM 10 put-s3 --part-size 5M --file big s3://bucket/wait)" = 143 ]
	[ "$(sent wait | tail -n 1)" = '1 DELETE uploadId=u%261' ]
	# A stage before it fails, or is killed.
	parts killed
	run bash -c 'put-s3 --part-size 5M s3://bucket/killed < <(fetch-s3 s3://bucket/source)'
	[ "$status" -eq 69 ]
}

@test "the command line: headers that could not be sent, sizes, keys" {
	printf x >f
	for value in $'a\nB: c' 'ä' ' a' ''; do
		fails 64 '--content-type:' put-s3 --file f --content-type "$value" s3://bucket/k
		fails 64 '--metadata:' put-s3 --file f --metadata "a=$value" s3://bucket/k
	done
	fails 64 'is not NAME=VALUE with a name of letters in lower case' put-s3 --file f --metadata 'A=b' s3://bucket/k
	fails 64 "takes '*' alone" put-s3 --file f --if-none-match abc s3://bucket/k
	fails 64 'exclude each other' put-s3 --file f --if-none-match '*' --if-match abc s3://bucket/k
	fails 64 '--kms-key is for' put-s3 --file f --kms-key abc s3://bucket/k
	fails 64 'part-size' put-s3 --file f --part-size 4M s3://bucket/k
	fails 64 'ends with /: give the whole key' put-s3 --file f s3://bucket/folder/
	fails 64 'one object, as s3://BUCKET/KEY' put-s3 --file f
	fails 64 'one object, as s3://BUCKET/KEY' put-s3 --file f s3://bucket/a s3://bucket/b
	fails 64 'exclude each other' put-s3 --file f s3://bucket/k -- cat f
	fails 78 'cannot read "missing"' put-s3 --file missing s3://bucket/k
	mkfifo fifo
	fails 64 'is not a regular file' put-s3 --file . s3://bucket/k
	fails 77 'there are no AWS credentials' put-s3 --file f s3://bucket/k
}

@test "encryption and the key of KMS are sent where the object comes to be" {
	s3_fake
	printf x >f
	head -c 6000000 /dev/zero >big
	answer '{"path":"/bucket/small"}'
	parts big
	completion big "$done_xml"
	put-s3 --file f --encryption aws:kms --kms-key arn:aws:kms:x:1:key/k --if-match abc s3://bucket/small
	put-s3 --file big --part-size 5M --encryption AES256 --if-match '"abc"' --no-checksum s3://bucket/big
	[ "$(asked 'select(.target == "/bucket/small") | .headers | .["x-amz-server-side-encryption"] + " " + .["x-amz-server-side-encryption-aws-kms-key-id"] + " " + .["if-match"]')" = 'aws:kms arn:aws:kms:x:1:key/k "abc"' ]
	[ "$(asked 'select(.target == "/bucket/big?uploads=") | .headers["x-amz-server-side-encryption"], .headers["if-match"]' | tr '\n' ' ')" = 'AES256 null ' ]
	[ "$(asked 'select(.target == "/bucket/big?uploadId=u%261") | .headers["if-match"]')" = '"abc"' ]
	[ "$(asked 'select(.target | startswith("/bucket/big")) | .headers | keys[] | select(contains("checksum"))')" = '' ]
}

@test "memory is one part, however large the object" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's shadow memory does not fit"
	s3_fake
	parts k
	completion k "$done_xml"
	(ulimit -v 120000 && put-s3 --part-size 5M s3://bucket/k -- head -c 60000000 /dev/zero)
	[ "$(sent k | grep -c PUT)" -eq 12 ]
}

@test "a file that changes while it is read is not stored: 75" {
	s3_fake
	head -c 6000000 /dev/zero >big
	answer '{"path":"/bucket/k","method":"PUT","query":"partNumber=1","delay":1,"headers":{"ETag":"\"a\""}}'
	parts k
	put-s3 --part-size 5M --file big s3://bucket/k 2>err 3>&- &
	pid=$!
	until [ "$(requests)" -ge 2 ]; do sleep 0.05; done
	echo more >>big
	wait "$pid" || status=$?
	[ "$status" -eq 75 ]
	grep -q 'was changed while it was read' err
	[ "$(sent k | tail -n 1)" = '1 DELETE uploadId=u%261' ]
}
