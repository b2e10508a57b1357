# SPDX-License-Identifier: MIT
# fetch-s3 against versitygw (or moto) with boto3 as the other side, and against a server that
# fails as S3 and networks do.

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

# A scripted object of 100,000 bytes: the ETag is its MD5.
object() {
	yes 0123456789abcde | head -c 100000 >object
	md5=$(md5sum <object | cut -c 1-32)
}

@test "objects that boto3 has stored come as they are, under any key" {
	s3_server
	# One key an argument, its bytes are the key itself.
	keys=('dt=2026/a b+c.txt' '日本語/広告.csv' 'a%2Fb' "q'uote&amp;<x>\"?#;=@:,\$!*()[]{}|^~\`\\")
	BOTO='for key in sys.argv[1:]: s3.put_object(Bucket=bucket, Key=prefix + key, Body=key.encode())' boto "${keys[@]}"
	for key in "${keys[@]}"; do
		fetch-s3 --output got "$S3/$key"
		[ "$(cat got)" = "$key" ]
		[ "$(fetch-s3 "$S3/$key" | to-json | jq -r .chunk | base64 -d)" = "$key" ]
	done
	[ "$(fetch-s3 --prefix --include key "$S3/" | to-json | jq -r '.key' | sort)" = "$(printf "${S3#s3://practice/}/%s\n" "${keys[@]}" | sort)" ]
}

@test "//, . and .. in a key stay" {
	http_start
	object
	export AWS_ENDPOINT_URL=$BASE AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b
	answer '{"text":"x"}'
	for key in a//b ./a a/../../b /a 'a/./b' ..; do
		fetch-s3 --output got "s3://bucket/$key"
	done
	diff <(asked .target) <(printf '/bucket/%s\n' a//b ./a a/../../b /a a/./b ..)
}

@test "a large object that boto3 stored in parts, and the fields of --include" {
	s3_server
	head -c 12000000 /dev/urandom >big
	BOTO='
from boto3.s3.transfer import TransferConfig
s3.upload_file("big", bucket, prefix + "big", Config=TransferConfig(multipart_chunksize=5 << 20, multipart_threshold=5 << 20))
s3.put_object(Bucket=bucket, Key=prefix + "empty", Body=b"")
print(s3.head_object(Bucket=bucket, Key=prefix + "big")["ETag"].strip("\""))
' boto >etag
	fetch-s3 --output got "$S3/big"
	cmp got big
	fetch-s3 --include name=key,size,etag,bucket,last_modified "$S3/big" "$S3/empty" >big.mam
	[ "$(to-json <big.mam | jq -r .chunk | base64 -d | cmp - big && echo same)" = same ]
	[ "$(to-json <big.mam | jq -c '[.name,.size,.etag,.bucket]' | sort -u)" = \
		"$(printf '["%s/big",12000000,"%s","practice"]\n["%s/empty",0,"d41d8cd98f00b204e9800998ecf8427e","practice"]' "${S3#s3://practice/}" "$(cat etag)" "${S3#s3://practice/}")" ]
	[ "$(to-json <big.mam | jq -r .last_modified | tail -n 1 | cut -c 1-2)" = 20 ]
}

@test "a prefix: pages, order, folders left out, and none" {
	s3_server
	BOTO='
for i in range(1005): s3.put_object(Bucket=bucket, Key=f"{prefix}p/{i:04}", Body=b"%d\n" % i)
s3.put_object(Bucket=bucket, Key=prefix + "p/folder/", Body=b"")
' boto
	[ "$(fetch-s3 --prefix "$S3/p/" | from-csv --header none --names n | to-json | jq -r .n | cmp - <(seq 0 1004) && echo same)" = same ]
	fails 69 "no object's key begins so: \"$S3/none\"" fetch-s3 --prefix "$S3/none"
	run -69 to-json <out
	[ "$(fetch-s3 --prefix --allow-empty "$S3/none" | from-csv --header none --names n | to-json)" = '' ]
}

@test "an object, a bucket that is not there: 69; wrong keys: 77" {
	s3_server
	fails 69 "\"$S3/none\": there is no such object" fetch-s3 --output f "$S3/none"
	fails 69 '"s3://no-such-bucket-here/k": there is no such bucket' fetch-s3 --output f s3://no-such-bucket-here/k
	fails 69 'there is no such bucket' fetch-s3 --prefix s3://no-such-bucket-here/k
	AWS_SECRET_ACCESS_KEY=wrong fails 77 SignatureDoesNotMatch fetch-s3 --output f "$S3/none"
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	fails 77 'there are no AWS credentials' fetch-s3 --output f "$S3/none"
	[ "$(ls)" = "$(printf 'err\nout')" ]
}

@test "a download that breaks off is resumed from its byte, on condition of its ETag" {
	s3_fake
	object
	for how in reset truncate; do
		answer "{\"path\":\"/bucket/$how\",\"when\":{\"Range\":null},\"headers\":{\"ETag\":\"\\\"$md5\\\"\"},\"text\":$(jq -Rs . <object),\"do\":\"$how\",\"at\":70000}" \
			"{\"path\":\"/bucket/$how\",\"status\":206,\"headers\":{\"ETag\":\"\\\"$md5\\\"\",\"Content-Range\":\"bytes 70000-99999/100000\"},\"text\":$(tail -c 30000 object | jq -Rs .)}"
		fetch-s3 --output got "s3://bucket/$how"
		cmp got object
	done
	[ "$(asked 'select(.headers.range) | .headers.range + " " + .headers["if-match"]' | sort -u)" = "bytes=70000- \"$md5\"" ]
	[ "$(requests)" -eq 4 ]
	# A server that does not know Range gives all again: what came is skipped.
	answer "{\"path\":\"/bucket/all\",\"headers\":{\"ETag\":\"\\\"$md5\\\"\"},\"text\":$(jq -Rs . <object),\"do\":\"truncate\",\"at\":70000}" \
		"{\"path\":\"/bucket/all\",\"headers\":{\"ETag\":\"\\\"$md5\\\"\"},\"text\":$(jq -Rs . <object)}"
	fetch-s3 s3://bucket/all | to-json | jq -r .chunk | while read -r chunk; do base64 -d <<<"$chunk"; done >got
	cmp got object
}

@test "an object that is replaced or removed meanwhile: 75, and the pipe is not sealed" {
	s3_fake
	object
	cut() { # KEY: an answer that breaks off
		answer "{\"path\":\"/bucket/$1\",\"when\":{\"Range\":null},\"headers\":{\"ETag\":\"\\\"$md5\\\"\"},\"text\":$(jq -Rs . <object),\"do\":\"truncate\",\"at\":70000}"
	}
	cut a
	cut b
	cut c
	answer '{"path":"/bucket/a","status":412,"text":"<Error><Code>PreconditionFailed</Code></Error>"}' \
		'{"path":"/bucket/b","when":{"Range":"bytes=70000-"},"headers":{"ETag":"\"0123456789abcdef0123456789abcdef\""},"text":"another"}' \
		'{"path":"/bucket/c","status":404,"text":"<Error><Code>NoSuchKey</Code></Error>"}' \
		'{"query":"list-type","text":"<ListBucketResult><Contents><Key>d</Key><Size>1</Size></Contents></ListBucketResult>"}' \
		'{"path":"/bucket/d","status":404,"text":"<Error><Code>NoSuchKey</Code></Error>"}'
	fails 75 '"s3://bucket/a": the object was replaced while it was fetched: run again' fetch-s3 s3://bucket/a
	run -75 to-json <out
	fails 75 '"s3://bucket/b": the object was replaced while it was fetched: run again' fetch-s3 --output got s3://bucket/b
	fails 75 'the object was removed while it was fetched: run again' fetch-s3 --output got s3://bucket/c
	fails 75 'was removed while it was fetched' fetch-s3 --prefix s3://bucket/d
	[ "$(echo ./*got*)" = './*got*' ]
}

@test "wrong bytes never pass: checksums, sizes, ranges" {
	s3_fake
	declare -A good=([sha256]=LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ= [crc64nvme]=M3eFcAZSQlc= [crc32c]=mnG7TA== [crc32]=NhCmhg==)
	for sum in "${!good[@]}"; do
		answer "{\"path\":\"/bucket/$sum\",\"headers\":{\"x-amz-checksum-$sum\":\"${good[$sum]}\"},\"text\":\"hello\"}" \
			"{\"path\":\"/bucket/$sum-\",\"headers\":{\"x-amz-checksum-$sum\":\"${good[$sum]}\"},\"text\":\"hellO\"}"
		fetch-s3 --output got "s3://bucket/$sum"
		fails 75 'the bytes do not have the' fetch-s3 --output other "s3://bucket/$sum-"
	done
	answer '{"path":"/bucket/md5","headers":{"ETag":"\"5d41402abc4b2a76b9719d911017c592\""},"text":"hellO"}' \
		'{"path":"/bucket/chunked","framing":"chunked","text":"hello"}' \
		'{"path":"/bucket/range","when":{"Range":null},"text":"hello","do":"truncate","at":3}' \
		'{"path":"/bucket/range","status":206,"headers":{"Content-Range":"bytes 2-4/5"},"text":"llo"}'
	fails 75 'do not have the MD5 that S3 keeps' fetch-s3 --output other s3://bucket/md5
	run -75 bash -c 'fetch-s3 s3://bucket/md5 | to-json'
	fails 69 'does not give the size' fetch-s3 --output other s3://bucket/chunked
	fails 69 'is not the range from byte 3' fetch-s3 --output other s3://bucket/range
	[ "$(cat got)" = hello ]
	[ ! -e other ]
}

@test "throttling, faults of the server and of the network are tried again; AWS_MAX_ATTEMPTS ends it" {
	s3_fake
	answer '{"path":"/bucket/k","status":503,"text":"<Error><Code>SlowDown</Code></Error>"}' '{"path":"/bucket/k","status":500,"text":"<Error><Code>InternalError</Code></Error>"}' \
		'{"path":"/bucket/k","do":"close"}' '{"path":"/bucket/k","status":400,"text":"<Error><Code>RequestTimeout</Code></Error>"}' \
		'{"path":"/bucket/k","text":"ok"}'
	fetch-s3 --output got s3://bucket/k
	[ "$(cat got)" = ok ]
	answer '{"path":"/bucket/busy","status":503,"text":"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"}'
	AWS_MAX_ATTEMPTS=2 fails 75 '"s3://bucket/busy": s3 answered 503 SlowDown: Reduce your request rate.' fetch-s3 --output got2 s3://bucket/busy
	AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_MAX_ATTEMPTS=2 fails 75 connect fetch-s3 --output got2 s3://bucket/k
	unset AWS_ENDPOINT_URL
	AWS_MAX_ATTEMPTS=2 fails 75 'resolve host: no-such-bucket.s3.no-such-region.amazonaws.com' \
		fetch-s3 --region no-such-region --output got2 s3://no-such-bucket/k
	[ "$(ls got*)" = got ]
}

@test "a region that is not the bucket's is named, and never asked: 78" {
	s3_fake
	answer '{"path":"/bucket/a","status":301,"headers":{"x-amz-bucket-region":"eu-west-1","Location":"@BASE/bucket/stolen"},"text":"<Error><Code>PermanentRedirect</Code></Error>"}' \
		'{"path":"/bucket/b","status":400,"text":"<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</Region></Error>"}'
	fails 78 '"s3://bucket/a": the bucket is in the region eu-west-1, not in ap-northeast-1: set AWS_REGION' fetch-s3 --output got s3://bucket/a
	fails 78 'the bucket is in the region us-west-2, not in ap-northeast-1' fetch-s3 --output got s3://bucket/b
	[ "$(requests)" -eq 2 ]
}

@test "an archived object, a denied one, an expired token, a wrong clock" {
	s3_fake
	answer '{"path":"/bucket/cold","status":403,"text":"<Error><Code>InvalidObjectState</Code></Error>"}' \
		'{"path":"/bucket/no","status":403,"text":"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"}' \
		'{"path":"/bucket/old","status":400,"text":"<Error><Code>ExpiredToken</Code></Error>"}' \
		'{"path":"/bucket/clock","status":403,"headers":{"Date":"Mon, 01 Jan 2035 00:00:00 GMT"},"text":"<Error><Code>RequestTimeTooSkewed</Code></Error>"}' \
		'{"path":"/bucket/clock","text":"ok"}'
	fails 69 'the object is archived: restore it first' fetch-s3 --output got s3://bucket/cold
	fails 77 's3 answered 403 AccessDenied: no' fetch-s3 --output got s3://bucket/no
	fails 77 'ExpiredToken' fetch-s3 --output got s3://bucket/old
	fetch-s3 --output got s3://bucket/clock 2>err
	grep -q 'the clock of this machine is .* slow' err
	[[ $(asked 'select(.target == "/bucket/clock") | .headers["x-amz-date"]' | tail -n 1) == 20350101T* ]]
}

@test "credentials that expire while a download is under way are read once more" {
	s3_fake
	object
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	answer "{\"path\":\"/keys\",\"json\":{\"AccessKeyId\":\"FIRST\",\"SecretAccessKey\":\"s\",\"Token\":\"t1\",\"Expiration\":\"2099-01-01T00:00:00Z\"}}" \
		"{\"path\":\"/keys\",\"json\":{\"AccessKeyId\":\"SECOND\",\"SecretAccessKey\":\"s\",\"Token\":\"t2\",\"Expiration\":\"2099-01-01T00:00:00Z\"}}" \
		"{\"path\":\"/bucket/k\",\"when\":{\"Range\":null},\"headers\":{\"ETag\":\"\\\"$md5\\\"\"},\"text\":$(jq -Rs . <object),\"do\":\"truncate\",\"at\":70000}" \
		'{"path":"/bucket/k","when":{"x-amz-security-token":"t1"},"status":400,"text":"<Error><Code>ExpiredToken</Code></Error>"}' \
		"{\"path\":\"/bucket/k\",\"when\":{\"x-amz-security-token\":\"t2\"},\"status\":206,\"headers\":{\"ETag\":\"\\\"$md5\\\"\",\"Content-Range\":\"bytes 70000-99999/100000\"},\"text\":$(tail -c 30000 object | jq -Rs .)}"
	AWS_CONTAINER_CREDENTIALS_FULL_URI=$BASE/keys fetch-s3 --output got s3://bucket/k
	cmp got object
}

@test "the bucket is in the host's name for AWS, in the path with a dot and where the profile says so" {
	s3_fake
	unset AWS_ENDPOINT_URL
	answer '{"text":"ok"}'
	# Through a proxy, which sees the URL; https could not be read.
	export AWS_MAX_ATTEMPTS=1 https_proxy=$BASE
	AWS_REGION=eu-west-1 fails 75 '' fetch-s3 --output got s3://my-bucket/k
	AWS_REGION=cn-north-1 fails 75 '' fetch-s3 --output got s3://my-bucket/k
	fails 75 '' fetch-s3 --output got s3://my.bucket/k
	mkdir .aws
	printf '[default]\ns3 =\n  addressing_style = path\n' >.aws/config
	fails 75 '' fetch-s3 --output got s3://my-bucket/k
	[ "$(asked .target | tr '\n' ' ')" = 'my-bucket.s3.eu-west-1.amazonaws.com:443 my-bucket.s3.cn-north-1.amazonaws.com.cn:443 s3.ap-northeast-1.amazonaws.com:443 s3.ap-northeast-1.amazonaws.com:443 ' ]
	printf '[default]\nendpoint_url = %s\ns3 =\n  addressing_style = odd\n' "$BASE" >.aws/config
	fails 78 'addressing_style of the profile is "odd"' fetch-s3 --output got s3://my-bucket/k
	sed -i 's/odd/auto/' .aws/config
	fetch-s3 --output got s3://my-bucket/k
	[ "$(asked .target | tail -n 1)" = /my-bucket/k ]
	AWS_ENDPOINT_URL_S3=http://198.51.100.1 fails 78 'without TLS only addresses of this machine' fetch-s3 --output got s3://my-bucket/k
}

@test "listings: a token that comes again, no listing, a key that cannot be one" {
	s3_fake
	answer '{"query":"prefix=a","text":"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>"}' \
		'{"query":"prefix=b","text":"<html>"}' '{"query":"prefix=c","text":"<ListBucketResult><Contents><Key></Key></Contents></ListBucketResult>"}'
	fails 69 'gives one page again and again' fetch-s3 --prefix s3://bucket/a
	fails 75 'is not a page of one' fetch-s3 --prefix s3://bucket/b
	fails 69 'has no key' fetch-s3 --prefix s3://bucket/c
	[ "$(asked .target | sed -n 2p)" = '/bucket?continuation-token=t&encoding-type=url&list-type=2&prefix=a' ]
}

@test "--output: the old file stays until the new one is whole, whatever ends the fetch" {
	s3_fake
	object
	echo old >got
	answer "{\"path\":\"/bucket/k\",\"text\":$(jq -Rs . <object),\"do\":\"truncate\",\"at\":70000}"
	AWS_MAX_ATTEMPTS=1 fails 75 '' fetch-s3 --output got s3://bucket/k
	[ "$(cat got)" = old ]
	answer '{"path":"/bucket/slow","text":"x","delay":30}'
	fetch-s3 --output got s3://bucket/slow 3>&- &
	pid=$!
	until [ -e "got.$pid.part" ]; do sleep 0.05; done
	kill -TERM "$pid"
	wait "$pid" || status=$?
	[ "$status" -eq 143 ]
	[ "$(echo got*)" = got ]
	answer '{"path":"/bucket/new","text":"new"}'
	(ulimit -f 0; fails 74 'cannot write "big"' fetch-s3 --output big s3://bucket/new 2>/dev/null) || true
	fails 74 '--output: cannot write "no/such/folder"' fetch-s3 --output no/such/folder s3://bucket/new
	[ "$(fetch-s3 --output got s3://bucket/new | wc -c)" -eq 0 ]
	[ "$(cat got)" = new ]
	fails 64 'takes one object, not several' fetch-s3 --output got s3://bucket/new s3://bucket/new
	fails 64 '--output takes one object, not a --prefix' fetch-s3 --output got --prefix s3://bucket/new
	fails 64 '--include is for a stream' fetch-s3 --output got --include key s3://bucket/new
	[ ! -s out ]
}

@test "the command line: addresses and fields" {
	fails 64 'which object?' fetch-s3
	fails 64 '"bucket/k" is not s3://BUCKET/KEY' fetch-s3 bucket/k
	fails 64 'has no key' fetch-s3 s3://bucket
	fails 64 'has a key that is not UTF-8' fetch-s3 $'s3://bucket/\xff'
	fails 64 'names an access point' fetch-s3 s3://arn:aws:s3:eu-west-1:1:accesspoint/p/k
	fails 64 '"owner" is not one of bucket, key' fetch-s3 --include owner s3://bucket/k
	fails 64 'is given twice' fetch-s3 --include key,a=key s3://bucket/k
	fails 64 'is the name of another field' fetch-s3 --include chunk=key s3://bucket/k
	fails 78 'is not an AWS region' fetch-s3 --region 'a b' s3://bucket/k
}

@test "a capture is given again instead of the objects" {
	s3_fake
	answer '{"text":"day\n1\n"}'
	mkdir captured
	MAM_CAPTURE_DIR=$PWD/captured fetch-s3 s3://bucket/k >first.mam
	http_stop
	MAM_REPLAY=$PWD/captured fetch-s3 s3://bucket/k >second.mam
	diff <(from-csv <first.mam | to-json) <(from-csv <second.mam | to-json)
}
