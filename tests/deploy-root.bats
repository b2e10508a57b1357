# SPDX-License-Identifier: MIT
# A commit built in a whole Debian 12, twice, and what Debian 11, 12 and 13 say to it. Minutes: make check-ops.

load helper
load deploy

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	[ -n "${MAM_OPS:-}" ] || skip 'SKIPPED: make check-ops builds in a whole system'
	[ "$(id -u)" = 0 ] || skip 'SKIPPED: whole systems take root'
	command -v debootstrap >/dev/null || skip 'SKIPPED: debootstrap is not installed (make deps-ops)'
	unshare -m true 2>/dev/null || skip 'SKIPPED: no mount namespace is allowed here (unshare -m)'
}

# within SUITE SCRIPT: bash runs it as root in a copy of the system whose changes go away; ./shared is /shared in it.
within() {
	local root
	root=$("$MAM_ROOT/tests/system-root" "$1") || return 75
	mkdir -p layer shared
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
		exec chroot layer/root env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			DEBIAN_FRONTEND=noninteractive bash -euo pipefail -c "$2"' sh "$root" "$2"
}

@test "a commit built twice in Debian 12 gives equal tarballs; 12 runs them, 11 and 13 refuse and give the reason" {
	mkdir -p shared
	(cd "$MAM_ROOT" && tar -cf - Makefile deploy man pipelines common stages batch tests CHANGES.md LICENSE) |
		(mkdir shared/src && cd shared/src && tar -xf -)
	export SOURCE=1
	run -0 within bookworm '
		cp -r /shared/src /tmp/one
		mkdir -p /srv/a/longer/path
		cp -r /shared/src /srv/a/longer/path/two
		/tmp/one/deploy/install-deps build >/shared/deps.log 2>&1 || { tail /shared/deps.log; exit 1; }
		export COMMIT=$(printf "%040d" 7) COMMIT_TIME=1795744000 COMMIT_COUNT=7
		/tmp/one/deploy/build-artifact /shared/one CFLAGS="-O1 -g" -j2
		umask 077
		TZ=Asia/Tokyo /srv/a/longer/path/two/deploy/build-artifact /shared/two CFLAGS="-O1 -g" -j2'
	cmp shared/one/mam-etl.tar.gz shared/two/mam-etl.tar.gz
	diff <(grep -v '"built"' shared/one/manifest.json) <(grep -v '"built"' shared/two/manifest.json)
	[ "$(jq -r '.os_id + .os_version_id' shared/one/manifest.json)" = debian12 ]
	publish shared/one "file://$PWD/shared/artifacts" main
	cp "$MAM_ROOT/deploy/launcher" shared
	launch='MAM_HOME=/root/home /shared/launcher file:///shared/artifacts/debian12/main/mam-etl.tar.gz'
	# A system with nothing but its base names the libraries; with them it runs.
	run -0 within bookworm "
		$launch && exit 1
		/shared/src/deploy/install-deps run >/dev/null 2>&1
		$launch
		/root/home/current/bin/list-batches --csv
		/shared/src/deploy/check-tree /root/home/current"
	[[ $output == *'needs libraries that this host lacks: '*libpq.so.5*'this host now runs build '*yahoo-search-campaign-daily*'runs here'* ]]
	for suite in bullseye:11 trixie:13; do
		run -78 within "${suite%:*}" "$launch"
		[[ $output == *"is for debian 12, and this host is debian ${suite#*:}"* ]]
	done
	# With a manifest that hides its system, the version of glibc is refused.
	pointer=shared/artifacts/debian12/builds/$(jq -r .commit shared/one/manifest.json)/manifest.json
	edit "$pointer" os_version_id '"11"'
	run -78 within bullseye "$launch"
	[[ $output == *'needs glibc 2.34, and this host has 2.31'* ]]
}
