#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes a machine, or a machine image, able to run batches:
#
#	provision.sh [OPTION ...] TARBALL
#
#	TARBALL           mam-etl.tar.gz of "make dist" or build-artifact; TARBALL.sha256 is checked if it is there
#	--prefix DIR      the programs go here (/opt/mam-etl)
#	--state DIR       the state of runs (/var/lib/mam-etl)
#	--user NAME       the user that runs batches, made if it is missing (mam-etl)
#	--profile NAME    as in check-host: ec2-datapipeline, fargate, dev (dev)
#
# A system that cannot run the build is refused before anything is changed. Running it again changes nothing
# but what is missing. It ends with check-host, and with 1 if that fails. It needs root, and apt-get or dnf
# where a library is missing. See mam-images(7).
set -euo pipefail
export LC_ALL=C
prefix=/opt/mam-etl state=/var/lib/mam-etl user=mam-etl profile=dev tarball=

refuse() { # STATUS TEXT
	echo "provision.sh: $2" >&2
	exit "$1"
}

usage() {
	sed -n '3,16s/^#[[:space:]]\{0,1\}//p' "$0" >&2
	exit 64
}

while [ $# -gt 0 ]; do
	case $1 in
	--prefix | --state | --user | --profile)
		[ $# -ge 2 ] || refuse 64 "$1 needs a value"
		printf -v "${1#--}" '%s' "$2"
		shift 2 ;;
	-*) usage ;;
	*)
		[ -z "$tarball" ] || usage
		tarball=$1
		shift ;;
	esac
done
[ -n "$tarball" ] || usage
[[ $prefix == /?* && $state == /?* ]] || refuse 64 "--prefix and --state take absolute paths"
[[ $user =~ ^[a-z_][a-z0-9_-]{0,31}$ ]] || refuse 64 "--user: \"$user\" is not the name of a user"
case $profile in ec2-datapipeline | fargate | dev) ;; *) refuse 64 "--profile takes ec2-datapipeline, fargate or dev" ;; esac
[ "$(id -u)" = 0 ] || refuse 77 "only root can install packages and make a user: run it with sudo"
[ -r "$tarball" ] || refuse 78 "$tarball cannot be read"

# 1. The build, in a folder beside its place, so that it can be moved there at once.
if [ -e "$tarball.sha256" ]; then
	read -r wanted _ <"$tarball.sha256"
	read -r have _ < <(sha256sum <"$tarball")
	[ "$have" = "$wanted" ] || refuse 65 "$tarball has the sha256 $have, not $wanted as $tarball.sha256 has it"
fi
mkdir -p "$(dirname "$prefix")"
new=$(mktemp -d "$prefix.new.XXXXXX") || refuse 74 "no folder can be made beside $prefix"
trap 'rm -rf "$new"' EXIT
# The modes of the tarball without group and world write, whoever made it.
(umask 022 && tar -xzf "$tarball" -C "$new" --no-same-owner --no-same-permissions) || refuse 65 "$tarball cannot be unpacked: it is cut off, or not a tarball"
build=$new/mam-etl
[[ -x $build/bin/check-host && -x $build/deploy/install-deps ]] ||
	refuse 65 "$tarball does not hold mam-etl/bin/check-host and mam-etl/deploy/install-deps"
manifest=$(dirname "$tarball")/manifest.json
[ ! -e "$manifest" ] || cp "$manifest" "$build/manifest.json"
chmod -R go+rX "$new"

# 2. Whether this system can run it at all. check-host needs no library, so it answers here already.
others=(commands user certificates clock encodings folders limits batches zones settings secrets sunset targets)
results=$("$build/bin/check-host" --json "${others[@]/#/--skip=}") || [ $? -le 2 ] ||
	refuse 78 "check-host of $tarball does not run here: is the build for another processor?"
# The texts are JSON; only these two groups decide, since libraries can be installed.
wrong=$(sed -n 's/^{"result":"failed","group":"\(glibc\|system\)",.*"detail":"\([^"]*\)".*/\2/p' <<<"$results")
[ -z "$wrong" ] || refuse 78 "this system cannot run this build, nothing was changed: $(head -n 1 <<<"$wrong")"

# 3. Packages, only those that are missing.
"$build/deploy/install-deps" run || refuse 69 "a package could not be installed"
[ "$profile" != ec2-datapipeline ] || "$build/deploy/install-deps" datapipeline || refuse 69 "a package could not be installed"

# 4. The user and the state folder.
if ! grep -q "^$user:" /etc/passwd; then
	if command -v useradd >/dev/null; then
		useradd --system --user-group --home-dir "$state" --shell /bin/bash "$user"
	else
		refuse 69 "useradd is not here: install the package passwd or shadow-utils, or make the user $user"
	fi
	echo "provision.sh: made the user $user"
fi
[ -d "$state" ] || install -d -o "$user" -g "$(id -gn "$user")" -m 700 "$state"

# 5. The programs. A build that is there already stays; another one is replaced in one step.
if [ -d "$prefix" ] && diff -rq "$build" "$prefix" >/dev/null 2>&1; then
	echo "provision.sh: $prefix has this build already"
else
	old=
	if [ -e "$prefix" ]; then
		old=$new/old
		mv "$prefix" "$old"
	fi
	if ! mv "$build" "$prefix"; then
		[ -z "$old" ] || mv "$old" "$prefix"
		refuse 74 "the build cannot be moved to $prefix"
	fi
	echo "provision.sh: $prefix is this build now"
fi

# 6. The proof, as the user that will run batches. A machine image has no secrets and reaches no target yet.
check=("$prefix/bin/check-host" --profile "$profile" --state "$state" --skip settings --skip secrets --skip targets)
status=0
setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups env HOME="$state" "${check[@]}" || status=$?
[ $status -le 2 ] || refuse 70 "check-host ended with $status"
[ $status != 1 ] || refuse 1 "check-host found what has to be put right, see above"
