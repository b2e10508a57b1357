# SPDX-License-Identifier: MIT
# check-host: a good host, and hosts that are broken on purpose.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export HOME=$BATS_TEST_TMPDIR TMPDIR=$BATS_TEST_TMPDIR AWS_EC2_METADATA_DISABLED=true
	unset MAM_BATCHES MAM_STATE_DIR TZDIR TZ "${!AWS_@}"
	export AWS_EC2_METADATA_DISABLED=true
}

teardown() {
	http_stop
	mountpoint -q "$BATS_TEST_TMPDIR/disk" 2>/dev/null && umount "$BATS_TEST_TMPDIR/disk"
	true
}

# batch NAME LINE...: a batch in ./batches with these lines in its head.
batch() {
	mkdir -p batches
	{
		printf '#!/bin/bash\n# batch: %s\n' "$1"
		printf '# %s\n' "${@:2}"
	} >"batches/$1"
	chmod +x "batches/$1"
}

# A copy of the programs that a test may break: links, since they are large.
copy_host() {
	mkdir -p host/bin
	ln -s "$MAM_BIN"/* host/bin
	rm host/bin/check-host
	cp "$MAM_BIN/check-host" host/bin
	rm -rf batches
	batch one 'schedule: 30 6 * * * Asia/Tokyo'
}

# broken NAME SED-COMMAND: a program of the copy, changed; the length must not change.
broken() {
	rm "host/bin/$1"
	LC_ALL=C sed "$2" "$MAM_BIN/$1" >"host/bin/$1"
	chmod +x "host/bin/$1"
	run ! cmp -s "$MAM_BIN/$1" "host/bin/$1"
}

# check STATUS TEXT OPTION...: of the program in the copy if there is one.
check() {
	local wanted=$1 text=$2 program=check-host
	shift 2
	[ ! -x host/bin/check-host ] || program=host/bin/check-host
	run -"$wanted" "$program" "$@"
	[[ $output == *"$text"* ]] || { echo "$output"; return 1; }
	[[ $output != *s3cr3t* ]] || { echo "a secret: $output"; return 1; }
}

@test "a good host: TAP that prove reads, JSON, exit status 0, and nothing is left" {
	batch one 'schedule: 30 6 * * * Asia/Tokyo' 'secrets: HOME'
	check 0 ' 0 failed, 0 warned' --batches batches --free 1M --target sqlite:x.db
	printf '%s\n' "$output" >host.tap
	for text in 'system: ' 'libraries: load-pg: starts' 'glibc: ' 'bash: is on PATH' 'certificates: ' 'clock: ' 'CP932: can be read' \
		'inodes free' 'open files: ' 'batches: one: ' 'zones: Asia/Tokyo: is known' 'HOME: "env"' 'round trip: sqlite:x.db'; do
		grep -qF "$text" host.tap || { echo "no $text"; cat host.tap; return 1; }
	done
	run -0 prove -v --exec cat host.tap
	[[ $output == *'Result: PASS'* ]]
	check 0 '"result":"ok"' --json --batches batches --free 1M
	printf '%s\n' "$output" >host.json
	[ "$(jq -r .result host.json | sort -u)" = $'ok\nskipped' ]
	[ "$(jq -r 'select(.group == "libraries") | .subject' host.json | wc -l)" = "$(find -L "$MAM_BIN" -type f | wc -l)" ]
	[ "$(find . -name '.mam-check-host*' | wc -l)" = 0 ]
}

@test "it needs no library, so that it runs where the others do not" {
	[[ ${ASAN_OPTIONS:-} != *detect_leaks* ]] || skip 'a sanitized program is not static'
	[ "$(cc -print-file-name=libc.a)" != libc.a ] || skip 'SKIPPED: this system has no libc.a'
	[ -z "$(readelf -d "$MAM_BIN/check-host" | grep NEEDED)" ]
	run -0 readelf -lW "$MAM_BIN/check-host"
	[[ $output != *INTERP* ]]
}

@test "libraries: missing, too new, of another C library, processor, version, cut off" {
	copy_host
	broken load-pg 's/libpq\.so\.5/libpq.so.7/g'
	broken to-csv 's/GLIBC_2\.34/GLIBC_2.94/g'
	broken to-json 's,/ld-linux,/ld-other,g'
	broken to-table "s/${VERSION:-0\.1\.0}/9.9.9/g"
	rm host/bin/dedupe host/bin/normalize
	head -c 3000 "$MAM_BIN/dedupe" >host/bin/dedupe
	{ head -c 18 "$MAM_BIN/normalize"; printf '\x08'; tail -c +20 "$MAM_BIN/normalize"; } >host/bin/normalize
	chmod +x host/bin/*
	check 1 'libraries: load-pg: missing: libpq.so.7' --batches batches
	[[ $output == *'install-deps run'* ]]
	[[ $output == *'libraries: to-csv: missing: GLIBC_2.94'*'for a newer system'* ]]
	[[ $output == *'libraries: to-json: its loader /'*'is not on this machine'* ]]
	[[ $output == *'libraries: to-table: "to-table (mam-etl) 9.9.9", but check-host is '*'mixture'* ]]
	[[ $output == *'not ok'*'libraries: dedupe: '* ]]
	[[ $output == *'libraries: normalize: the file is for another processor'* ]]
	[[ $output == *'glibc: '*'but to-csv needs 2.94'* ]]
	[[ $output == *'libraries: load-mysql: starts'* ]]
	[ "$(grep -c '^not ok .*libraries' <<<"$output")" = 6 ]
}

@test "libraries: check-target itself does not start, so no target can be checked, and that is said" {
	copy_host
	broken check-target 's/libpq\.so\.5/libpq.so.7/g'
	check 1 'not ok' --batches batches --target 'postgresql://me:s3cr3t@127.0.0.1/x'
	[[ $output == *'target: postgresql: '*'libpq.so.7'* ]]
	# A program that is a script, and one that is gone.
	rm host/bin/check-target
	printf '#!/bin/sh\necho "check-target (mam-etl) %s"\n' "$("$MAM_BIN/check-host" --version | sed 's/.* //')" >host/bin/check-target
	chmod +x host/bin/check-target
	check 1 'libraries: check-target: starts' --batches batches --target aws:
	[[ $output == *'target: aws: exited with 0'* ]]
	rm host/bin/check-target host/bin/from-csv host/bin/secret
	batch one 'secrets: HOME'
	check 1 'No such file' --batches batches --target aws:
	[[ $output == *'encodings: CP932: cannot be run'* ]]
	[[ $output == *'secrets: one: cannot be run'* ]]
}

@test "zones: without tzdata every zone of a schedule and of TZ is named; offsets need no file" {
	batch one 'schedule: 30 6 * * * Asia/Tokyo'
	batch two 'schedule: 0 * * * * Asia/Tokyo'
	batch three 'schedule: 0 * * * * +09:00'
	mkdir empty
	TZDIR=$PWD/empty TZ=Europe/Berlin check 1 'zones: Asia/Tokyo: is not a time zone that this machine knows' --batches batches
	[ "$(grep -c '^not ok .*zones: ' <<<"$output")" = 2 ]
	[[ $output == *'zones: Europe/Berlin: '*'the variable TZ needs it'* ]]
	[[ $output == *'zones: +09:00: is known'* ]]
	[[ $output == *'install tzdata'* ]]
}

@test "folders: a full disk, no inodes, not enough space, a folder that cannot be written or does not exist" {
	batch one 'about: x'
	check 1 'less than --free' --batches batches --free 100000G
	check 0 'the state of runs' --batches batches --free 1M --state new/a/b
	[ ! -e new ]
	MAM_STATE_DIR=/proc/nothing check 1 'cannot be written' --batches batches
	mkdir disk
	mount -t tmpfs -o size=1m,nr_inodes=50 none disk 2>/dev/null || skip 'SKIPPED: mounting a small file system takes root'
	TMPDIR=$PWD/disk check 1 'inodes free' --batches batches --free 100K
	[[ $output == *'not ok'*'no more can be made soon'* ]]
	dd if=/dev/zero of=disk/fill bs=64K status=none 2>/dev/null || true
	TMPDIR=$PWD/disk check 1 'No space left on device' --batches batches
	rm disk/fill
	mount -o remount,ro disk
	TMPDIR=$PWD/disk check 1 'Read-only file system' --batches batches
}

@test "limits and locale: few open files warn, fewer fail; a file size limit; a locale that is not there" {
	batch one 'about: x'
	run -2 bash -c 'ulimit -n 100; check-host --batches batches --free 1M'
	[[ $output == *'not ok'*'limits: open files: 100 # TODO warned'* ]]
	run -1 bash -c 'ulimit -n 40; check-host --batches batches --free 1M'
	[[ $output == *'not ok'*'limits: open files: 40'* ]]
	run -2 bash -c 'ulimit -f 100000; check-host --batches batches --free 1M'
	[[ $output == *'limits: file size: '*'# TODO warned'* ]]
	LC_ALL=xx_YY.UTF-8 check 2 'the locale "xx_YY.UTF-8" is not installed' --batches batches --free 1M
}

@test "batches: a mistake in a head, settings and secrets that are missing, an API that ends, another system" {
	batch bad 'tiemout: 3h'
	batch full 'settings: MAM_X_ACCOUNT' 'secrets: MAM_X_TOKEN MAM_X_PW=file:pw' 'os: plan9-4' \
		"sunset: $(date -u -d '30 days' +%F)" 'api: yahoo v19'
	check 1 'did you mean "timeout"?' --batches batches --free 1M
	[[ $output == *'settings: full: MAM_X_ACCOUNT is not set'* ]]
	[[ $output == *'secrets: full: MAM_X_TOKEN'* && $output == *'secrets: full: MAM_X_PW'* ]]
	[[ $output == *'system: full: its head does not name '*'# TODO warned'* ]]
	[[ $output == *'sunset: full: the API yahoo v19 is switched off in '[23]?' days'* ]]
	echo s3cr3t-1 >pw
	MAM_X_ACCOUNT=1 MAM_X_TOKEN=s3cr3t-2 check 2 'secrets: full: MAM_X_PW: "file:pw"' --free 1M batches/full
	[ "$(grep -c '^ok .*secrets: full' <<<"$output")" = 2 ]
	batch full "sunset: $(date -u -d '3 days ago' +%F)"
	check 2 'was switched off 3 days ago' --free 1M batches/full
	# Only what was asked for.
	check 0 'batches: good' --free 1M "$(batch good 'about: x'; echo batches/good)"
	check 78 'there is no batch "fulll"' --batches batches fulll
	mkdir none
	check 2 'the folders hold no batch' --batches none --free 1M
}

@test "media: a version, a mistake, a file that is missing, a folder that is gone; sunsets of media files" {
	mkdir -p batches/media
	batch daily 'about: x'
	printf '%s\n' 'media=$(dirname "$0")/media' 'cat "$media/shop.api" "$media/daily.fields"' >>batches/daily
	printf '%s\n' '# version: v3' "# sunset: $(date -u -d '30 days' +%F)" >batches/media/shop.api
	echo 'day:date' >batches/media/daily.fields
	check 2 'daily.fields: it has no line' --batches batches --free 1M
	[[ $output == *'ok'*'media: '*'shop.api: version v3'* ]]
	[[ $output == *'sunset: daily: the API shop v3 is switched off in '[23]?' days'* ]]
	printf '%s\n' '# version: v3' '# sunset: soon' >batches/media/shop.api
	check 1 'line 2: sunset: "soon" is not a date' --batches batches --free 1M
	rm batches/media/shop.api
	check 1 'does not exist, and daily names it' --batches batches --free 1M
	MAM_MEDIA=$PWD/gone check 1 "media: MAM_MEDIA: the folder $PWD/gone cannot be read" --batches batches --free 1M
}

@test "targets: a password by name, an unreachable database, a server that never answers" {
	batch one 'about: x'
	check 1 'target: postgresql://127.0.0.1:1/x: cannot connect' --batches batches --target 'postgresql://127.0.0.1:1/x env:HOME'
	http_start
	answer '{"delay":30}'
	check 1 'target: http: took too long' --batches batches --timeout 1s --target "$BASE/"
	[ -n "${MAM_TEST_PG:-}" ] || return 0
	PW=s3cr3t check 1 'password authentication failed' --batches batches \
		--target "postgresql://locked@${MAM_TEST_PG#*@} env:PW" --target "$MAM_TEST_PG"
	[[ $output == *'round trip: '*'10 types'* ]]
	PW='let me in' check 0 'user locked' --batches batches --free 1M --target "postgresql://locked@${MAM_TEST_PG#*@}  env:PW"
}

@test "profiles: an image for AWS Data Pipeline needs more commands, Java 8 and a user; Fargate needs a role" {
	batch one 'about: x'
	mkdir fake
	for name in wget unzip cloud-init; do ln -s /bin/true fake/$name; done
	java() { printf '#!/bin/sh\necho '\''openjdk version "%s" 2026-01-01'\'' >&2\n' "$1" >fake/java; chmod +x fake/java; }
	java 17.0.9
	PATH=$PWD/fake:$PATH check 1 'java: is version 17.0.9' --batches batches --profile ec2-datapipeline --skip targets
	[[ $output == *'ok '*'commands: cloud-init: is on PATH'* ]]
	java 1.8.0_432
	PATH=$PWD/fake:$PATH run check-host --batches batches --profile ec2-datapipeline --skip targets
	[[ $output == *'commands: java: 1.8.0_432'* ]]
	grep -q '^ec2-user:' /etc/passwd || [[ $output == *'user: ec2-user: does not exist'*'useradd'* ]]
	PATH=$MAM_BIN:/bin:/usr/bin check 1 'set AWS_REGION' --batches batches --profile fargate
	[ "$(id -u)" != 0 ] || [[ $output == *'a container runs batches as root # TODO warned'* ]]
	AWS_REGION=ap-northeast-1 check 1 'aws: aws:: ' --batches batches --profile fargate
	check 1 'aws' "$(batch two 'secrets: X=ssm:/mam/x'; echo batches/two)"
}

@test "exported for serverspec and goss: the same checks, run by rspec, with a planted failure" {
	copy_host
	batch one 'schedule: 30 6 * * * Asia/Tokyo' 'secrets: MAM_X_PW' 'settings: MAM_X_SETTING'
	run -0 host/bin/check-host --export goss --batches batches --target "sqlite:it's.db" --profile ec2-datapipeline
	printf '%s\n' "$output" >goss.yaml
	ruby -ryaml -e 'g = YAML.load_file("goss.yaml")
		exit g["user"]["ec2-user"]["exists"] && g["command"]["load-pg"]["exec"].end_with?("load-pg\x27 --version") &&
			g["file"].size >= 3 && g["command"].all? { |_, c| c["exit-status"] == 0 && c["exec"].is_a?(String) }'
	run -0 host/bin/check-host --export serverspec --batches batches --target "sqlite:it's.db" --skip limits
	printf '%s\n' "$output" >host_spec.rb
	[[ $output != *s3cr3t* ]]
	ruby -c host_spec.rb
	command -v rspec || skip 'SKIPPED: serverspec is not installed (make deps-test)'
	MAM_X_PW=s3cr3t MAM_X_SETTING=1 run -0 rspec host_spec.rb
	[[ $output == *' 0 failures'* ]]
	broken load-pg 's/libpq\.so\.5/libpq.so.7/g'
	MAM_X_PW=s3cr3t run -1 rspec host_spec.rb
	[[ $output == *' 2 failures'*'load-pg'* && $output == *MAM_X_SETTING* ]]
}

@test "the command line: unknown groups and profiles, results that cannot be written" {
	check 64 '--skip: "lib" is not a group: system, libraries' --skip lib
	check 64 'one of ec2-datapipeline|fargate|dev' --profile ec2
	check 64 'exclude each other' --json --export goss
	check 78 'no-such' --batches no-such
	run -74 bash -c 'check-host --skip libraries >/dev/full'
	[[ $output == *'cannot write the results'* ]]
	run -74 bash -c 'check-host --export goss >/dev/full'
	# MAM_LOG is for the messages, not for the results.
	batch one 'about: x'
	MAM_LOG=json check 0 '1..' --batches batches --free 1M
	MAM_STEP=x MAM_LOG=quiet check 0 'libraries: load-pg: starts' --batches batches --free 1M
}
