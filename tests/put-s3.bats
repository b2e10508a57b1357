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
