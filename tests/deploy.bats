# SPDX-License-Identifier: MIT
# deploy/: from a checkout to a tarball, to a folder of builds and a branch, to a host. The way through S3 is in
# tests/deploy-s3.bats.

load helper
load deploy
load http

setup_file() {
	load helper
	load deploy
	cd "$BATS_FILE_TMPDIR" || return 1
	checkout
	build_artifact built
	mkdir -p small/mam-etl/bin small/mam-etl/pipelines
	cp built/manifest.json built/launcher small
	tar -C small -xzf built/mam-etl.tar.gz mam-etl/bin/run-batch
	edit small/manifest.json programs '["run-batch"]'
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export MAM_HOME=$PWD/home MAM_STATE_DIR=$PWD/state HOME=$PWD OUT=$PWD/ran
	unset MAM_BATCHES MAM_HISTORY
	S3=file://$PWD/s3
	OS=$(os_name)
	BRANCH=$S3/$OS/main/mam-etl.tar.gz
}

teardown() {
	http_stop
}

os_name() {
	# shellcheck disable=SC1091
	(. /etc/os-release && echo "${ID/#amzn/al}$VERSION_ID")
}

# The commit that a branch's pointer names, and that of the build at home.
named() { jq -r .commit "${1:-s3/$OS/main/build.json}"; }
at_home() { basename "$(readlink home/current)"; }

# The batch ran, from this build.
ran() { # NAME
	[ "$(cat ran)" = "build $1" ] || { cat ran; return 1; }
	rm ran
}

# The host still runs build NAME, and its batches.
runs() { # NAME
	[ "$(at_home)" = "$(hash_of "$1")" ]
	launcher --no-update "$BRANCH" --again hello 2>err || { cat err; return 1; }
	ran "$1"
}

@test "build-artifact: the manifest is true of the tarball, and of this host" {
	cd "$BATS_FILE_TMPDIR/built"
	sha256sum -c mam-etl.tar.gz.sha256
	jq -e . manifest.json
	[ "$(jq -r .commit manifest.json)" = "$(git -C ../tree rev-parse HEAD)" ]
	[ "$(jq -r '"\(.commit_time) \(.commit_count)"' manifest.json)" = "$(git -C ../tree log -1 --format=%ct) 1" ]
	[ "$(jq -r .sha256 manifest.json)" = "$(sha256sum <mam-etl.tar.gz | cut -d' ' -f1)" ]
	[ "$(jq -r .size manifest.json)" = "$(stat -c %s mam-etl.tar.gz)" ]
	mkdir "$BATS_TEST_TMPDIR/t"
	tar -xzf mam-etl.tar.gz -C "$BATS_TEST_TMPDIR/t"
	cd "$BATS_TEST_TMPDIR/t/mam-etl"
	manifest=$BATS_FILE_TMPDIR/built/manifest.json
	diff <(jq -r '.programs[]' "$manifest") <(cd bin && printf '%s\n' *)
	diff <(jq -r '.batches[]' "$manifest") <(cd "$MAM_ROOT/pipelines" && printf '%s\n' *-* | grep -v '\.api$')
	diff <(jq -r '.libraries[]' "$manifest") <(readelf -d bin/* | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort -u)
	[ "$(jq -r .glibc "$manifest")" = "$(readelf --dyn-syms -W bin/* | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 | cut -d_ -f2)" ]
	[ "$(jq -r '.os_id + .os_version_id' "$manifest" | sed 's/^amzn/al/')" = "$(os_name)" ]
	[ "$(jq -r .machine "$manifest")" = "$(uname -m)" ]
	[ "run-batch (mam-etl) $(jq -r .version "$manifest")" = "$(bin/run-batch --version)" ]
	cmp "$MAM_ROOT/deploy/launcher" "$BATS_FILE_TMPDIR/built/launcher"
}

@test "build-artifact: a commit gives the same tarball in another folder, at another time, from another user" {
	cp -a "$BATS_FILE_TMPDIR/tree" tree
	find tree ! -path '*/.git*' -type f ! -name '*.c' ! -name '*.h' ! -name Makefile -exec touch -d 2001-02-03 {} +
	(umask 077 && TZ=Asia/Tokyo LC_ALL=C build_artifact again)
	cmp again/mam-etl.tar.gz "$BATS_FILE_TMPDIR/built/mam-etl.tar.gz"
	# Objects as well do not know their folder.
	for folder in one two; do
		mkdir -p "$folder/x"
		printf '#include <assert.h>\n#include <stdio.h>\nint main(int argc, char **argv) { assert(argc); puts(argv[0]); }\n' >"$folder/x/a.c"
		flag=$(sed -n 's/.*\(-ffile-prefix-map=[^ "]*\).*/\1/p' tree/deploy/build-artifact)
		(cd "$folder" && gcc -g "${flag/\$root/$PWD}" -o a x/a.c && strip a)
	done
	cmp one/a two/a
}

@test "build-artifact refuses a checkout with changes, and a commit that it cannot know" {
	cp -a "$BATS_FILE_TMPDIR/tree" tree
	echo >>tree/CHANGES.md
	run -65 build_artifact out
	[[ $output == *'the checkout differs from commit '*'CHANGES.md'* ]]
	rm -rf tree/.git
	GIT_CEILING_DIRECTORIES=$PWD run -78 build_artifact out
	[[ $output == *'is not a git checkout: set COMMIT, COMMIT_TIME and COMMIT_COUNT'* ]]
	COMMIT=abc run -64 build_artifact out
	COMMIT=$(hash_of x) COMMIT_TIME=yesterday run -64 build_artifact out
	[[ $output == *'"yesterday" is not a number of seconds'* ]]
	[ ! -e out/manifest.json ]
	run -64 tree/deploy/build-artifact
}

@test "publish-artifact: the build, then the branch; again is fine, other bytes are not" {
	small_build a 1
	publish a "$S3" main
	builds=s3/$OS/builds/$(hash_of a)
	for name in mam-etl.tar.gz mam-etl.tar.gz.sha256 manifest.json launcher; do
		cmp "a/$name" "$builds/$name"
	done
	cmp a/mam-etl.tar.gz "s3/$OS/main/mam-etl.tar.gz"
	[ "$(named)" = "$(hash_of a)" ]
	[ ! -e s3/main ]
	# A build of the same bytes at another time.
	edit a/manifest.json built '"2027-01-01T00:00:00Z"'
	run -0 publish a "$S3" main
	[ "$(jq -r .built "$builds/manifest.json")" != 2027-01-01T00:00:00Z ]
	find s3 -type f -exec sha256sum {} + >before
	echo more >>a/mam-etl/pipelines/hello
	pack a
	run -69 publish a "$S3" main
	[[ $output == *'is there with other bytes'*'a build never changes'* ]]
	find s3 -type f -exec sha256sum {} + | diff before -
}

@test "publish-artifact refuses a folder that is not whole, and names that are no branch" {
	small_build a 1
	truncate -s -1 a/mam-etl.tar.gz
	run -65 publish a "$S3" main
	[[ $output == *'it is truncated, or was changed'* ]]
	rm a/manifest.json
	run -65 publish a "$S3" main
	[[ $output == *'a has no manifest.json; build-artifact makes it'* ]]
	for branch in builds builds/x ../x /x x/ 'a b' ''; do
		run -64 publish a "$S3" "$branch"
	done
	run -64 publish a http://example.com/ main
	run -64 publish a "$S3"
	run -64 publish --point abc --os "$OS" "$S3" main
	run -69 publish --point "$(hash_of a)" --os "$OS" "$S3" main
	[[ $output == *"there is no build $(hash_of a) for $OS"* ]]
	[ ! -e "s3/$OS" ]
}

@test "publish-artifact: a branch goes forward only, unless it is asked to go back" {
	small_build a 1
	small_build b 2
	publish b "$S3" main
	run -69 publish a "$S3" main
	[[ $output == *"names commit $(hash_of b), which is newer than $(hash_of a)"* ]]
	[ "$(named)" = "$(hash_of b)" ]
	# The build is there, and can be named on purpose.
	publish --point "$(hash_of a)" --os "$OS" "$S3" main
	[ "$(named)" = "$(hash_of a)" ]
	[ "$(jq -r .previous "s3/$OS/main/build.json")" = "$(hash_of b)" ]
	cmp a/mam-etl.tar.gz "s3/$OS/main/mam-etl.tar.gz"
	# Where no number is known, the time decides.
	small_build c 0
	edit c/manifest.json commit_time 5
	run -69 publish c "$S3" main
	edit c/manifest.json commit_time 9999999999
	run -69 publish c "$S3" main
	[[ $output == *'manifest.json is there with other bytes'* ]]
	small_build d 0
	edit d/manifest.json commit_time 9999999999
	publish d "$S3" feature/x
	publish a "$S3" feature/x --replace
	[ "$(named "s3/$OS/feature/x/build.json")" = "$(hash_of a)" ]
}

@test "publish-artifact: of deploys at once the newest wins, and the copies are its own" {
	for n in 1 2 3 4; do small_build "c$n" "$n"; done
	for n in 3 1 4 2; do
		publish "c$n" "$S3" main 2>"err$n" &
	done
	wait
	[ "$(named)" = "$(hash_of c4)" ]
	cmp c4/mam-etl.tar.gz "s3/$OS/main/mam-etl.tar.gz"
	cmp c4/launcher "s3/$OS/main/launcher"
	[ -z "$(find s3 -name '*.new.*')" ]
}

@test "publish-artifact repeats a deploy that was broken off at any point" {
	small_build a 1
	small_build b 2
	publish a "$S3" main
	cp -a s3 first
	publish b "$S3" main
	cp -a s3 whole
	for object in $(cd whole && find "$OS/builds/$(hash_of b)" -type f | sort); do
		rm -rf s3
		cp -a whole s3
		cp -a "first/$OS/main/." "s3/$OS/main"
		rm "s3/$object"
		# Until it is repeated, the branch names the build before, which is whole.
		[ "$(named)" = "$(hash_of a)" ]
		publish b "$S3" main
		diff -r -x build.json whole s3
		[ "$(named)" = "$(hash_of b)" ]
	done
	# Broken off after the pointer: the copies are made good.
	cp "first/$OS/main/mam-etl.tar.gz" "s3/$OS/main/mam-etl.tar.gz"
	publish b "$S3" main
	diff -r -x build.json whole s3
}

@test "publish-artifact: the old key is for one system, and is not taken over by chance" {
	small_build a 1
	mkdir -p s3/main
	echo old >s3/main/mam-etl.tar.gz
	run -69 publish --old-key "$OS" a "$S3" main
	[[ $output == *'is there without a build.json'*'--replace takes the key over'* ]]
	[ "$(cat s3/main/mam-etl.tar.gz)" = old ]
	publish --old-key "$OS" --replace a "$S3" main
	cmp a/mam-etl.tar.gz s3/main/mam-etl.tar.gz
	small_build b 2
	publish b "$S3" main
	cmp a/mam-etl.tar.gz s3/main/mam-etl.tar.gz
	small_build c 3
	edit c/manifest.json os_version_id '"2023"'
	edit c/manifest.json os_id '"amzn"'
	publish --old-key "$OS" c "$S3" main
	cmp a/mam-etl.tar.gz s3/main/mam-etl.tar.gz
	run -69 publish --old-key al2023 --replace c "$S3" main
	[[ $output == *"is the key of $OS, whose hosts could not run a build for al2023"* ]]
	[ "$(named s3/al2023/main/build.json)" = "$(hash_of c)" ]
	# A host at the old key finds the build.
	launcher "$S3/main/mam-etl.tar.gz"
	[ "$(at_home)" = "$(hash_of a)" ]
}

@test "launcher: a host without a build gets one, and runs a batch; then it asks only for the pointer" {
	small_build a 1
	publish a "$S3" main
	run -0 launcher "$BRANCH" hello
	[[ $output == *"this host now runs build $(hash_of a) of main"* ]]
	ran a
	rm "s3/$OS/builds" -r
	run -0 launcher "$BRANCH"
	[ -z "$output" ]
	[[ $(cat home/last-update) == *" 0 build $(hash_of a)" ]]
	# As Data Pipeline would, from the bucket, on a host that has not even the script.
	rm -rf home
	publish a "$S3" main
	cat "s3/$OS/main/launcher" | bash -s -- "$BRANCH" --again hello
	ran a
	# A script that was cut off does nothing.
	head -c 9000 "s3/$OS/main/launcher" | HOME=$PWD/other MAM_HOME=$PWD/other bash -s -- "$BRANCH" hello || true
	[ ! -e other ]
}

@test "launcher keeps the last two builds, and those from which a batch runs" {
	for n in 1 2 3 4; do small_build "c$n" "$n"; done
	publish c1 "$S3" main
	launcher "$BRANCH"
	# A batch that runs while two builds come.
	printf '#!/bin/sh\n# batch: slow\n# schedule: 0 6 * * * Asia/Tokyo\n# target: none none\n# owner: ads\ntouch %s/begun\nwhile [ ! -e %s/go ]; do sleep 0.05; done\nls "$(dirname "$0")" >%s/saw\n' \
		"$PWD" "$PWD" "$PWD" >"home/builds/$(hash_of c1)/pipelines/slow"
	chmod +x "home/builds/$(hash_of c1)/pipelines/slow"
	launcher --no-update "$BRANCH" slow 3>&- &
	until [ -e begun ]; do sleep 0.05; done
	for n in 2 3 4; do
		publish "c$n" "$S3" main
		launcher "$BRANCH"
	done
	[ "$(ls home/builds)" = "$(for n in c1 c3 c4; do hash_of $n; done | sort)" ]
	touch go
	wait
	grep -q hello saw
	launcher "$BRANCH"
	[ "$(ls home/builds)" = "$(for n in c3 c4; do hash_of $n; done | sort)" ]
	runs c4
}

@test "launcher --rollback stays back until the branch names another build" {
	for n in 1 2 3; do small_build "c$n" "$n"; done
	run -69 launcher --rollback
	publish c1 "$S3" main
	launcher "$BRANCH"
	run -69 launcher --rollback
	[[ $output == *'holds no build before'* ]]
	publish c2 "$S3" main
	launcher "$BRANCH"
	runs c2
	run -0 launcher --rollback
	[[ $output == *"back from build $(hash_of c2) to $(hash_of c1)"* ]]
	run -0 launcher "$BRANCH"
	[[ $output == *"still names build $(hash_of c2), which was rolled back"* ]]
	runs c1
	run -69 launcher --rollback
	[[ $output == *'has already gone back'* ]]
	publish c3 "$S3" main
	launcher "$BRANCH"
	runs c3
	# The branch goes back, and every host with it.
	publish --point "$(hash_of c1)" --os "$OS" "$S3" main
	launcher "$BRANCH"
	runs c1
	run -0 launcher --rollback
	runs c3
	run -0 launcher --resume "$BRANCH"
	runs c1
}

# A deploy that a host refuses while it goes on with build a.
refuses() { # STATUS TEXT
	run -0 launcher "$BRANCH" --again hello
	[[ $output == *"$2"*"the update failed with status $1; running build $(hash_of a)"* ]] || { echo "wanted: $2"; return 1; }
	ran a
	[[ $(cat home/last-update) == *" $1 "*"$2"* ]]
	[ "$(ls -A home/builds)" = "$(hash_of a)" ]
}

@test "launcher refuses a tarball that was changed or truncated, and goes on with the old build" {
	small_build a 1
	publish a "$S3" main
	launcher "$BRANCH"
	small_build b 2
	publish b "$S3" main
	tarball=s3/$OS/builds/$(hash_of b)/mam-etl.tar.gz
	printf X | dd of="$tarball" bs=1 seek=1000 conv=notrunc status=none
	refuses 65 'it was changed'
	run -65 launcher "$BRANCH"
	run -65 launcher --strict "$BRANCH" --again hello
	[ ! -e ran ]
	truncate -s 1000 "$tarball"
	refuses 65 'has 1000 bytes, not '
	rm "$tarball"
	refuses 69 'names this build, and it is not there'
	rm "s3/$OS/builds/$(hash_of b)/manifest.json"
	refuses 69 'names this build, and it is not there'
	echo '{"commit":' >"s3/$OS/main/build.json"
	refuses 65 'is not a pointer to a build that this launcher knows'
	rm "s3/$OS/main/build.json"
	refuses 69 'there is no such object'
	# And takes it when it is whole again.
	rm -r "s3/$OS/builds/$(hash_of b)" "s3/$OS/main"
	publish b "$S3" main
	launcher "$BRANCH"
	runs b
}

@test "launcher refuses a build that this host cannot run, and gives the reason" {
	small_build a 1
	publish a "$S3" main
	launcher "$BRANCH"
	publish_with() { # NAME KEY VALUE: what the builder would have written elsewhere
		small_build "$1" 2
		edit "$1/manifest.json" "$2" "$3"
		publish --replace "$1" "$S3" main
	}
	publish_with b machine '"riscv64"'
	refuses 78 "is for riscv64, and this host is $(uname -m)"
	publish_with c glibc '"2.99"'
	refuses 78 'needs glibc 2.99, and this host has '
	publish_with d libraries '["libc.so.6", "libnothing.so.7", "libother.so.1"]'
	refuses 78 'needs libraries that this host lacks: libnothing.so.7 libother.so.1'
	publish_with e programs '["run-batch", "fly"]'
	refuses 65 'has no program fly, which its manifest names'
	publish_with f glibc '"new"'
	refuses 78 'needs glibc new, and this host has '
	# A manifest that is wrong: the loader has the last word.
	small_build g 2
	printf 'int gone(void); int main(void) { return gone(); }\n' >main.c
	printf 'int gone(void) { return 0; }\n' >gone.c
	gcc -shared -o libgone.so.3 -Wl,-soname,libgone.so.3 gone.c
	gcc -o g/mam-etl/bin/run-batch main.c libgone.so.3
	pack g
	publish --replace g "$S3" main
	refuses 78 'libgone.so.3 => not found'
	# The manifest of another system, at this system's key.
	small_build i 2
	publish --replace i "$S3" main
	edit "s3/$OS/builds/$(hash_of i)/manifest.json" os_id '"amzn"'
	refuses 78 "is for amzn "
}

@test "launcher: nothing of a tarball lands outside of its build" {
	small_build a 1
	publish a "$S3" main
	launcher "$BRANCH"
	small_build b 2
	echo evil >evil
	tar -C b -cf b/t.tar mam-etl
	tar -P -rf b/t.tar --transform 's|evil|mam-etl/../../../../evil|' evil
	gzip -nc b/t.tar >b/mam-etl.tar.gz
	resum b
	rm evil
	publish b "$S3" main
	run launcher "$BRANCH"
	[ "$status" -ne 0 ]
	[ -z "$(find . -name evil)" ]
	runs a
	small_build c 3
	tar -C c -cf c/t.tar mam-etl
	echo x >c/other
	tar -C c -rf c/t.tar other
	gzip -nc c/t.tar >c/mam-etl.tar.gz
	resum c
	publish c "$S3" main
	refuses 65 'holds "other", which is not below mam-etl/'
}

@test "launcher: two at once make one update, and a killed one leaves nothing in the way" {
	small_build a 1
	small_build b 2
	publish a "$S3" main
	for n in 1 2 3; do
		launcher "$BRANCH" --again --name "hello$n" hello >"out$n" 2>&1 &
	done
	wait
	[ "$(grep -c 'now runs build' out1 out2 out3 | grep -c ':1')" = 1 ]
	[ "$(sort -u ran; wc -l <ran)" = "$(printf 'build a\n3')" ]
	rm ran
	# Another one holds the lock for too long.
	publish b "$S3" main
	(flock 9 && exec sleep 30) 9>>home/lock 3>&- &
	holder=$!
	sleep 0.3
	MAM_LOCK_TIMEOUT=1 run -75 launcher "$BRANCH"
	[[ $output == *'another launcher has held'*'for 1 seconds'* ]]
	MAM_LOCK_TIMEOUT=1 run -0 launcher "$BRANCH" --again hello
	ran a
	kill $holder
	wait $holder || true
	mkdir -p home/builds/.new.1/tree
	echo half >home/builds/.new.1/tree/half
	launcher "$BRANCH"
	[ ! -e home/builds/.new.1 ]
	runs b
}

@test "launcher: a full disk and a home that cannot be written are named, and the old build stays" {
	small_build a 1
	small_build b 2
	publish a "$S3" main
	echo x >file
	run -74 launcher --home "$PWD/file" "$BRANCH"
	[[ $output == *"file cannot be written; give another --home"* ]]
	unshare -m true 2>/dev/null || skip 'SKIPPED: no file system of a size can be mounted here'
	mkdir -p home
	# shellcheck disable=SC2016 # expanded inside
	run -0 unshare -m bash -c 'mount -t tmpfs -o size=6m none home && . "$MAM_ROOT/tests/deploy.bash" &&
		launcher "$1" && publish b "$2" main && fallocate -l "$(df --output=avail -B1 home | tail -n 1)" home/filler &&
		truncate -s "-$3" home/filler && { launcher "$1"; echo "status $?"; readlink home/current; }' \
		sh "$BRANCH" "$S3" "$(($(stat -c %s b/mam-etl.tar.gz) + 100000))"
	[[ $output == *'is the disk full?'*'status 74'*"builds/$(hash_of a)" ]]
}

@test "launcher: usage" {
	run -64 launcher
	run -64 launcher --home
	run -64 launcher --nonsense "$BRANCH"
	[[ $output == *'unknown option --nonsense'*'usage: launcher'* ]]
	run -64 launcher --rollback "$BRANCH"
	run -0 launcher --help
	run -69 launcher --no-update "$BRANCH" hello
	[[ $output == *'there is no build in '* ]]
}
