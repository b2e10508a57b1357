# SPDX-License-Identifier: MIT
# deploy/Dockerfile, deploy/provision.sh and the packages: mam-images(7). `make check` runs what is quick, and
# names the rest, which `make check-ops` runs.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	unset MAM_BATCHES MAM_STATE_DIR SOURCE_DATE_EPOCH
	version=$("$MAM_BIN/run-batch" --version | sed 's/.* //')
}

# The tree that make install makes, with some of the programs, stripped, in ./tree/opt/mam-etl.
tree() {
	mkdir -p tree/opt/mam-etl/{bin,deploy,pipelines}
	for name in check-host check-target run-batch secret from-csv load-pg load-mysql load-sqlite fetch-api; do
		strip -o "tree/opt/mam-etl/bin/$name" "$MAM_BIN/$name"
	done
	cp "$MAM_ROOT/deploy/install-deps" "$MAM_ROOT/deploy/container-entry" tree/opt/mam-etl/deploy
	cp -r "$MAM_ROOT"/pipelines/{yahoo-search-campaign-daily,media} tree/opt/mam-etl/pipelines
}

tarball() { # NAME: of the tree
	tar -C tree/opt -czf "$1" mam-etl
}

provision() { # STATUS TEXT WORD...
	local wanted=$1 text=$2
	shift 2
	run -"$wanted" "$MAM_ROOT/deploy/provision.sh" --prefix "$PWD/host/mam-etl" --state "$PWD/state" --user nobody "$@"
	[[ $output == *"$text"* ]] || { echo "$output"; return 1; }
}

manifest() { # ID VERSION MACHINE
	printf '{\n"format": 1,\n"commit": "%040d",\n"os_id": "%s",\n"os_version_id": "%s",\n"machine": "%s"\n}\n' 7 "$1" "$2" "$3"
}

@test "provision.sh refuses, before anything is changed: the command line, a damaged tarball, another system" {
	tree
	tarball good.tar.gz
	provision 64 'provision.sh [OPTION' 
	provision 64 'takes ec2-datapipeline, fargate or dev' --profile x good.tar.gz
	provision 64 'is not the name of a user' --user '../x' good.tar.gz
	if [ "$(id -u)" != 0 ]; then
		provision 77 'only root' good.tar.gz
		skip 'SKIPPED: the rest takes root'
	fi
	provision 78 'no-such.tar.gz cannot be read' no-such.tar.gz
	head -c 100000 good.tar.gz >cut.tar.gz
	provision 65 'cannot be unpacked' cut.tar.gz
	echo text >text.tar.gz
	provision 65 'cannot be unpacked' text.tar.gz
	cp good.tar.gz sum.tar.gz
	sha256sum text.tar.gz >sum.tar.gz.sha256
	provision 65 'has the sha256' sum.tar.gz
	mkdir other
	echo x >other/file
	tar -czf other.tar.gz other
	provision 65 'does not hold mam-etl/bin/check-host' other.tar.gz
	# The manifest names another system, or another processor.
	manifest plan9 4 "$(uname -m)" >manifest.json
	provision 78 'nothing was changed: commit 000000000000 is for plan9 4' good.tar.gz
	# shellcheck disable=SC1091
	. /etc/os-release
	manifest "$ID" "$VERSION_ID" sparc64 >manifest.json
	provision 78 'on sparc64, this is' good.tar.gz
	rm manifest.json
	# A glibc that is newer than this one, as on Debian 11 with a build of Debian 12.
	LC_ALL=C sed -i 's/GLIBC_2\.34/GLIBC_2.94/g' tree/opt/mam-etl/bin/load-pg
	tarball new.tar.gz
	provision 78 'but load-pg needs 2.94' new.tar.gz
	[ ! -e host/mam-etl ]
	[ ! -e state ]
	[ -z "$(ls host)" ]
}

@test "provision.sh on this machine: the programs, the state folder, check-host; twice changes nothing; another build" {
	[ "$(id -u)" = 0 ] || skip 'SKIPPED: only root can make a user and install packages'
	tree
	tarball one.tar.gz
	sha256sum one.tar.gz >one.tar.gz.sha256
	# shellcheck disable=SC1091
	. /etc/os-release
	manifest "$ID" "$VERSION_ID" "$(uname -m)" >manifest.json
	chmod 755 "$BATS_TEST_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")" "$(dirname "$(dirname "$BATS_TEST_TMPDIR")")"
	provision 0 'is this build now' one.tar.gz
	[[ $output == *'ok '*' - libraries: load-pg: starts'* ]]
	[[ $output == *"system: build: commit 000000000000 is for $ID"* ]]
	[ "$(stat -c %U:%a state)" = nobody:700 ]
	inode=$(stat -c %i host/mam-etl)
	provision 0 'has this build already' one.tar.gz
	[ "$(stat -c %i host/mam-etl)" = "$inode" ]
	# Another build takes its place, and nothing of the old one stays.
	rm tree/opt/mam-etl/bin/fetch-api
	tarball two.tar.gz
	provision 0 'is this build now' two.tar.gz
	[ ! -e host/mam-etl/bin/fetch-api ]
	[ "$(ls host)" = mam-etl ]
	# A host with a fault that no package mends: check-host names it, and the status says it.
	LC_ALL=C sed -i 's/libpq\.so\.5/libpq.so.7/g' tree/opt/mam-etl/bin/load-pg
	tarball three.tar.gz
	provision 1 'libraries: load-pg: missing: libpq.so.7' three.tar.gz
}

@test "the first process of a container: a batch and options of run-batch, a path, or a program" {
	mkdir bin
	printf '#!/bin/sh\necho "run-batch:$*"\n' >bin/run-batch
	printf '#!/bin/sh\necho "program:$*"\nexit 75\n' >bin/program
	chmod +x bin/*
	entry() { PATH=$PWD/bin:/usr/bin:/bin "$MAM_ROOT/deploy/container-entry" "$@"; }
	[ "$(entry a-batch --slot x)" = 'run-batch:a-batch --slot x' ]
	[ "$(entry --help)" = 'run-batch:--help' ]
	[ "$(entry)" = 'run-batch:' ]
	[ "$(entry ./a-batch x)" = 'run-batch:./a-batch x' ]
	[ "$(entry run-batch --slot 'a b' x)" = 'run-batch:--slot a b x' ]
	run -75 entry program 1 2
	[ "$output" = 'program:1 2' ]
}

@test "a deb: only files, owned by root, with the packages of the libraries, and lintian has no error" {
	command -v dpkg-shlibdeps >/dev/null || skip 'SKIPPED: dpkg-shlibdeps is not here, so no deb is made'
	[ -z "${ASAN_OPTIONS:-}" ] || skip 'a sanitized program needs other libraries'
	tree
	run -0 "$MAM_ROOT/deploy/make-package" deb tree "$version" /opt/mam-etl out
	deb=$output
	[ -f "$deb" ]
	[ "$(dpkg-deb -f "$deb" Package)" = mam-etl ]
	[ "$(dpkg-deb -f "$deb" Version)" = "$version" ]
	depends=$(dpkg-deb -f "$deb" Depends)
	for name in libc6 libcurl4 libpq5 libmariadb3 libsqlite3-0 libxxhash0 ca-certificates tzdata; do
		[[ $depends =~ (^|\ )$name ]] || { echo "no $name: $depends"; return 1; }
	done
	[[ $depends == *'libc6 (>= 2.'* ]]
	dpkg-deb -c "$deb" >list
	run ! grep -v ' root/root ' list
	for name in bin/load-pg deploy/container-entry pipelines/yahoo-search-campaign-daily; do
		grep -q " \./opt/mam-etl/$name$" list
	done
	dpkg-deb --ctrl-tarfile "$deb" | tar -t | sort >control
	[ "$(grep -v '/$' control)" = $'./control\n./md5sums' ]
	# Equal trees make equal packages.
	first=$(sha256sum <"$deb")
	SOURCE_DATE_EPOCH=$(git -C "$MAM_ROOT" log -1 --format=%ct 2>/dev/null || echo 0)
	export SOURCE_DATE_EPOCH
	run -0 "$MAM_ROOT/deploy/make-package" deb tree "$version" /opt/mam-etl out
	[ ! -e "$MAM_ROOT/.git" ] || [ "$(sha256sum <"$deb")" = "$first" ]
	command -v lintian >/dev/null || skip 'SKIPPED: lintian is not here (make deps-ops)'
	run lintian --allow-root --tag-display-limit 0 "$deb"
	[[ $output != *'E: '* ]] || { echo "$output"; return 1; }
}

@test "an rpm: only files, and the libraries by their sonames; it is queried here, not installed" {
	command -v rpmbuild >/dev/null || skip 'SKIPPED: rpmbuild is not here, so no rpm is made'
	[ -z "${ASAN_OPTIONS:-}" ] || skip 'a sanitized program needs other libraries'
	tree
	run -0 "$MAM_ROOT/deploy/make-package" rpm tree "$version" /opt/mam-etl out
	rpm=$output
	[ -f "$rpm" ]
	[ "$(rpm -qp --qf '%{NAME} %{VERSION} %{LICENSE}' "$rpm")" = "mam-etl $version MIT" ]
	rpm -qp --requires "$rpm" >requires
	for name in 'libpq.so.5' 'libcurl.so.4' 'libsqlite3.so.0' 'libmariadb.so.3' 'libxxhash.so.0' bash tzdata ca-certificates; do
		grep -qF "$name" requires || { echo "no $name"; cat requires; return 1; }
	done
	grep -qE '^libc\.so\.6\(GLIBC_2\.[0-9]+\)' requires
	[ -z "$(rpm -qp --scripts "$rpm")" ]
	rpm -qpl "$rpm" >list
	grep -qx /opt/mam-etl/bin/load-pg list
	run ! grep -v '^/opt/mam-etl' list
	[ "$(rpm -qp --qf '[%{FILEUSERNAME}\n]' "$rpm" | sort -u)" = root ]
}

@test "packages: a kind, tree or tool that is not there" {
	make_package() { "$MAM_ROOT/deploy/make-package" "$@"; }
	run -64 make_package
	[[ $output == *'make-package deb|rpm TREE VERSION PREFIX OUT'* ]]
	run -78 make_package deb . 1 /opt/mam-etl out
	[[ $output == *'/opt/mam-etl/bin is not there'* ]]
	mkdir -p tree/opt/mam-etl/bin few
	run -64 make_package msi tree 1 /opt/mam-etl out
	for name in bash dirname git mktemp rm cat mkdir date sed env; do ln -s "$(command -v $name)" few/$name; done
	PATH=$PWD/few run -69 make_package deb tree 1 /opt/mam-etl out
	[[ $output == *'is not installed; deploy/install-deps package'* ]]
	PATH=$PWD/few run -69 make_package rpm tree 1 /opt/mam-etl out
	[[ $output == *'rpmbuild is not installed'* ]]
}

# From here on: whole systems, by make check-ops.

# The root of a Debian, made once: build/roots/SUITE.
system_root() { # SUITE
	"$MAM_ROOT/tests/system-root" "$1" || skip "SKIPPED: no root of Debian $1 could be made here"
}

need_ops() { # PROGRAM...
	[ -n "${MAM_OPS:-}" ] || skip 'SKIPPED: make check-ops runs the tests with whole systems'
	[ "$(id -u)" = 0 ] || skip 'SKIPPED: whole systems take root'
	local name
	for name in "$@"; do
		command -v "$name" >/dev/null || skip "SKIPPED: $name is not installed (make deps-ops)"
	done
	unshare -m true 2>/dev/null || skip 'SKIPPED: no mount namespace is allowed here (unshare -m)'
}

# within SUITE COMMAND...: in a root of its own, whose changes go away with the test; ./shared is /shared in it.
within() {
	local root
	root=$(system_root "$1") || return 1
	shift
	mkdir -p shared layer
	# shellcheck disable=SC2016 # expanded by the sh in there
	unshare -m sh -ec '
		mount -t tmpfs none layer
		mkdir layer/upper layer/work layer/root
		mount -t overlay none -o "lowerdir=$1,upperdir=layer/upper,workdir=layer/work" layer/root
		mount -t proc none layer/root/proc
		mount --rbind /dev layer/root/dev
		mkdir layer/root/shared
		mount --bind shared layer/root/shared
		cp /etc/resolv.conf layer/root/etc/resolv.conf
		shift
		exec chroot layer/root env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			DEBIAN_FRONTEND=noninteractive "$@"' sh "$root" "$@"
}

# The tarball of this machine's system, as make dist makes it.
dist() {
	mkdir -p shared
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$MAM_ROOT" "B=${MAM_BIN%/bin}" "settings=$(cat "${MAM_BIN%/bin}/settings")" \
		"TARBALL=$PWD/shared/mam-etl.tar.gz" dist
	cp "$MAM_ROOT/deploy/provision.sh" shared
}

need_bookworm() {
	# shellcheck disable=SC1091
	. /etc/os-release
	[ "${VERSION_CODENAME:-}" = bookworm ] || skip 'SKIPPED: the tarball of this machine is not one of Debian 12'
}

@test "whole systems: provision.sh makes Debian 12 fit, and again changes nothing; every broken host is named" {
	need_ops debootstrap
	need_bookworm
	dist
	cat >shared/inside <<-'END'
		set -eu
		cd /shared
		./provision.sh mam-etl.tar.gz >first 2>&1 || { cat first; exit 1; }
		dpkg -l >packages.first
		./provision.sh mam-etl.tar.gz >second 2>&1 || { cat second; exit 1; }
		dpkg -l | diff packages.first -
		id mam-etl >id
		check() { /opt/mam-etl/bin/check-host --skip settings --skip secrets "$@"; }
		for library in libpq.so.5 libxxhash.so.0 libcurl.so.4; do
			mv /usr/lib/*/$library "/var/$library"
			check >"broken.$library" || true
			mv "/var/$library" /usr/lib/*-linux-gnu/
		done
		mv /usr/share/zoneinfo /usr/share/zoneinfo.away
		check >broken.zones || true
		mv /usr/share/zoneinfo.away /usr/share/zoneinfo
		mv /etc/ssl/certs/ca-certificates.crt /etc/ssl/away
		check >broken.certificates || true
		mv /etc/ssl/away /etc/ssl/certs/ca-certificates.crt
		check --profile ec2-datapipeline --skip targets >broken.datapipeline || true
		check --target mysql://127.0.0.1:1/x >broken.target || true
		check >good || echo "status $?" >>good
	END
	within bookworm bash /shared/inside
	grep -q 'is this build now' shared/first
	grep -q 'made the user mam-etl' shared/first
	grep -q 'has this build already' shared/second
	run ! grep -q 'apt-get' shared/second
	for library in libpq.so.5 libxxhash.so.0 libcurl.so.4; do
		grep -q "^not ok .*missing: .*$library" "shared/broken.$library" || { echo "$library"; cat "shared/broken.$library"; return 1; }
	done
	grep -q '^not ok .*zones: Asia/Tokyo' shared/broken.zones
	grep -q '^not ok .*certificates: ' shared/broken.certificates
	for name in wget unzip cloud-init java; do grep -q "^not ok .*commands: $name: " shared/broken.datapipeline; done
	grep -q '^not ok .*user: ec2-user' shared/broken.datapipeline
	grep -q '^not ok .*target: mysql://127.0.0.1:1/x: cannot connect' shared/broken.target
	run ! grep '^not ok' shared/good
}

@test "whole systems: Debian 11 is refused for its glibc, and nothing in it changes" {
	need_ops debootstrap
	need_bookworm
	dist
	# The static program itself runs there, and gives the reason.
	within bullseye bash -c 'cd /shared; ./provision.sh mam-etl.tar.gz >refused 2>&1; echo $? >status; ls /opt >opt; grep mam-etl /etc/passwd >user || true'
	[ "$(cat shared/status)" = 78 ] || { cat shared/refused; return 1; }
	grep -q 'this system cannot run this build, nothing was changed: this system has glibc 2.31, but ' shared/refused || { cat shared/refused; return 1; }
	[ ! -s shared/opt ]
	[ ! -s shared/user ]
}

@test "whole systems: a build of Debian 12 runs on 13, unless its manifest says that it is for 12 only" {
	need_ops debootstrap
	need_bookworm
	dist
	manifest debian 12 "$(uname -m)" >shared/manifest.json
	within trixie bash -c 'cd /shared; ./provision.sh mam-etl.tar.gz >refused 2>&1; echo $? >status; ls /opt >opt'
	[ "$(cat shared/status)" = 78 ] || { cat shared/refused; return 1; }
	grep -q 'is for debian 12 .*, this is debian 13' shared/refused
	[ ! -s shared/opt ]
	rm shared/manifest.json
	within trixie bash -c 'cd /shared; ./provision.sh mam-etl.tar.gz >there 2>&1; echo $? >status'
	[ "$(cat shared/status)" = 0 ] || { cat shared/there; return 1; }
	grep -q 'system: debian-13' shared/there
	run ! grep '^not ok .*libraries' shared/there
}

@test "whole systems: the deb of make deb is installed and removed, and leaves nothing" {
	need_ops debootstrap
	need_bookworm
	mkdir -p shared
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$MAM_ROOT" "B=${MAM_BIN%/bin}" "settings=$(cat "${MAM_BIN%/bin}/settings")" \
		"PACKAGES=$PWD/shared" deb
	cat >shared/inside <<-'END'
		set -eu
		cd /shared
		apt-get update -q >/dev/null
		apt-get install -q -y --no-install-recommends ./*.deb >installed 2>&1 || { cat installed; exit 1; }
		/opt/mam-etl/bin/check-host --skip settings --skip secrets >good || [ $? = 2 ]
		printf '{"a":1}\n' | /opt/mam-etl/bin/from-json | /opt/mam-etl/bin/normalize a:int | /opt/mam-etl/bin/load-sqlite --to x.db --table t --create
		dpkg --verify mam-etl >verify
		apt-get remove -q -y mam-etl >removed 2>&1
		ls -A /opt >left 2>/dev/null || true
	END
	within bookworm bash /shared/inside
	run ! grep '^not ok' shared/good
	[ ! -s shared/verify ]
	[ ! -s shared/left ]
}

# A command of podman with images of this test's own. The two tricks are for machines whose control groups are of
# the old kind.
engine() {
	# shellcheck disable=SC2016 # expanded by the sh in there
	unshare -m sh -c '! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified
		exec podman --storage-driver vfs --root "$0/images" --runroot "$0/run" "$@"' "$BATS_TEST_TMPDIR/podman" "$@"
}

image() {
	engine run --rm --network=host --cgroups=disabled --ulimit nofile=1024:1024 --ulimit nproc=1000:1000 "$@"
}

# Builds the image on a Debian and runs it.
try_image() { # SUITE
	local root tries=0
	root=$(system_root "$1")
	mkdir -p podman context batches state
	chmod 777 state
	tar -C "$root" -c . | engine import -q - "localhost/debian:$1" >/dev/null
	(cd "$MAM_ROOT" && git ls-files -z | tar --null -T - -c) | tar -x -C context
	engine build -q --isolation=chroot --network=host -f context/deploy/Dockerfile --build-arg "BASE=localhost/debian:$1" \
		-t mam-etl context >built 2>&1 || { tail -n 40 built; return 1; }
	run -0 image --read-only --cap-drop=all --tmpfs /tmp --tmpfs /var/lib/mam-etl:mode=777 mam-etl \
		sh -c 'id -u; printf "{\"a\":1}\n" | from-json | to-json'
	# The stages' summaries may come between.
	grep -qx 10001 <<<"$output"
	grep -qx '{"a":1}' <<<"$output"
	# Without a network there is no role; nothing else is wrong.
	run -1 image --network=none mam-etl check-host --profile fargate --skip settings --skip secrets
	[[ $output != *'container runs batches as root'* ]]
	[ "$(grep '^not ok' <<<"$output" | grep -v ' aws: ')" = '' ] || { echo "$output"; return 1; }
	run -0 image mam-etl
	[[ $output == *run-batch* ]]
	# A batch of a volume, and the engine's stop, which ends the batch and leaves a record.
	printf '#!/bin/bash\n# batch: quick\necho it ran >&2\n' >batches/quick
	printf '#!/bin/bash\n# batch: long\nsleep 100\n' >batches/long
	chmod +x batches/*
	run -0 image -v "$PWD/batches:/batches:ro" -e MAM_BATCHES=/batches mam-etl quick
	[[ $output == *'it ran'* ]]
	image --name long -v "$PWD/batches:/batches:ro" -v "$PWD/state:/state" -e MAM_BATCHES=/batches -e MAM_STATE_DIR=/state \
		mam-etl long >long.log 2>&1 3>&- &
	until [ "$(sqlite3 state/history.db "SELECT state FROM mam_run WHERE batch = 'long'" 2>/dev/null)" = running ]; do
		[ $((tries++)) -lt 600 ] || { cat long.log; return 1; }
		sleep 0.2
	done
	engine stop -t 60 long >/dev/null
	wait
	run -0 sqlite3 state/history.db "SELECT state FROM mam_run WHERE batch = 'long'"
	[ "$output" = canceled ]
}

@test "whole systems: the image on Debian 12, as another user, read-only, without capabilities, stopped" {
	need_ops debootstrap podman crun
	try_image bookworm
}

@test "whole systems: the image on Debian 13, as another user, read-only, without capabilities, stopped" {
	need_ops debootstrap podman crun
	try_image trixie
}

@test "whole systems: the export of goss, by goss itself" {
	need_ops debootstrap
	need_bookworm
	dist
	cat >shared/inside <<-'END'
		set -eu
		cd /shared
		./provision.sh mam-etl.tar.gz >provisioned 2>&1 || { cat provisioned; exit 1; }
		apt-get install -q -y --no-install-recommends goss >/dev/null 2>&1
		/opt/mam-etl/bin/check-host --export goss --skip settings --skip secrets --target sqlite:/tmp/x.db >goss.yaml
		goss --gossfile goss.yaml validate --format tap >good
		mv /usr/lib/*/libpq.so.5 /var
		! goss --gossfile goss.yaml validate --format tap >bad
	END
	within trixie bash /shared/inside
	run ! grep '^not ok' shared/good
	grep -q '^ok .*check-target' shared/good
	grep -q '^not ok .*load-pg' shared/bad
}
