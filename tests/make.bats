# SPDX-License-Identifier: MIT
# What the Makefile does for people beside building: install, uninstall, dist, deps.

load helper

# As from a prompt, without the flags of the make that runs these tests. The programs exist already; saying that
# the settings are those they were built with keeps make from building them again, here without the sanitizers.
make_quietly() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$MAM_ROOT" "B=${MAM_BIN%/bin}" \
		"settings=$(cat "${MAM_BIN%/bin}/settings")" "$@"
}

# Runs a batch of the tree at $1 from elsewhere: its own programs, which fail for want of a URL and of nothing else.
runs_as_far_as_the_url() {
	export YAHOO_CLIENT_ID=c YAHOO_CLIENT_SECRET=s YAHOO_REFRESH_TOKEN=r YAHOO_ACCOUNT_ID=1 YAHOO_BASE_ACCOUNT_ID=2
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache TARGET=$BATS_TEST_TMPDIR/ads.db
	cd /
	PATH=/usr/bin:/bin BASE_URL='no url' run -64 "$1/pipelines/yahoo-search-campaign-daily-sqlite"
	[[ $output == *"fetch-api: --url: "*"no url/"* ]]
	[ ! -s "$TARGET" ]
}

@test "make install and uninstall: programs, batches and pages, then nothing" {
	make_quietly install PREFIX=/opt/here "DESTDIR=$PWD/root"
	for program in "$MAM_BIN"/*; do
		[ -x "root/opt/here/bin/$(basename "$program")" ]
	done
	for page in "$MAM_ROOT"/man/*.[1-9]; do
		cmp "$page" "root/opt/here/share/man/man${page##*.}/$(basename "$page")"
	done
	diff -r "$MAM_ROOT/pipelines" root/opt/here/pipelines
	(runs_as_far_as_the_url "$PWD/root/opt/here")

	# A second time there is nothing left to do, and that is no error. What lies above is not ours to remove.
	for _ in 1 2; do
		run -0 make_quietly uninstall PREFIX=/opt/here "DESTDIR=$PWD/root"
		[[ $output != *[Ee]rror* && $output != *cd:* ]]
		[ "$(find root)" = "$(printf 'root\nroot/opt')" ]
	done

	make_quietly install PREFIX=/opt/here "DESTDIR=$PWD/root"
	touch root/opt/here/bin/other
	make_quietly uninstall PREFIX=/opt/here "DESTDIR=$PWD/root"
	[ "$(find root -type f)" = root/opt/here/bin/other ]
}

@test "make dist: a tarball that runs from wherever it is unpacked" {
	make_quietly dist "TARBALL=$PWD/mam-etl.tar.gz"
	mkdir "a folder"
	tar -xzf mam-etl.tar.gz -C "a folder"
	[ -f "a folder/mam-etl/README.md" ]
	[ -f "a folder/mam-etl/LICENSE" ]
	(runs_as_far_as_the_url "$PWD/a folder/mam-etl")
	# Its README is its own: every file and folder that it names is there.
	cd "a folder/mam-etl"
	grep -q 'export PATH=' README.md
	for name in bin pipelines pipelines/media share/man $(grep -oE '\]\([^)]*\)' README.md | tr -d ']()'); do
		[ -e "$name" ] || { echo "README names $name"; return 1; }
	done
	run ! grep -E 'make|CONTRIBUTING|bench/' README.md
	# The programs are stripped.
	run -0 readelf -SW bin/to-json
	[[ $output != *.symtab* ]]
	cd ../..
	# It holds what make install puts there, and beside that only files for readers.
	make_quietly install PREFIX=/ "DESTDIR=$PWD/root"
	(cd root && find . -type f | sort) >installed
	(cd "a folder/mam-etl" && find . -type f ! -name '*.md' ! -name LICENSE | sort) >unpacked
	diff installed unpacked
}

# A copy of the tree whose compiler only writes down what it was asked for, so that a build takes no time.
counted_build() { # MAKE_WORD...
	if [ ! -d tree ]; then
		mkdir tree
		cp -r "$MAM_ROOT/Makefile" "$MAM_ROOT/common" "$MAM_ROOT/stages" "$MAM_ROOT/tests" tree
		cat >tree/compiler <<-'END'
			#!/bin/bash
			# Asked about itself, it has no answer.
			while [ $# -gt 0 ] && [ "$1" != -o ]; do shift; done
			[ $# -gt 0 ] || exit 0
			echo "$2" >>made
			touch "$2"
		END
		chmod +x tree/compiler
	fi
	: >tree/made
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C tree CC=./compiler "$@"
}

made() { # PATTERN: how many files of this name the compiler was asked for
	grep -c "$1" tree/made || true
}

@test "make builds again what other flags, another version or another compiler change" {
	counted_build
	[ "$(made '\.o$')" -gt 100 ]
	all=$(made .)
	counted_build
	[ "$(made .)" -eq 0 ]
	for words in CFLAGS=-O0 CPPFLAGS=-DX LDFLAGS=-s VERSION=9.9 "CFLAGS=-O0 -DIT='s'"; do
		counted_build "$words"
		[ "$(made .)" -eq "$all" ] || { echo "$words: $(made .) of $all"; return 1; }
		counted_build "$words"
		[ "$(made .)" -eq 0 ] || { echo "$words again: $(made .)"; return 1; }
	done
}

@test "make drops what a deleted source left behind" {
	counted_build all units
	module=$(cd tree && find common -name utf8.c)
	ar t tree/build/libpure.a | grep -qx utf8.o
	rm "tree/$module" tree/stages/to-csv.c tree/stages/dedupe/record_arena.c tree/tests/unit/utf8.c
	counted_build all units
	run ! grep -qx utf8.o <(ar t tree/build/libpure.a)
	[ ! -e tree/build/bin/to-csv ]
	[ ! -e tree/build/unit/utf8 ]
	[ "$(made bin/dedupe)" -eq 1 ]
	[ -e tree/build/bin/to-json ]
}

@test "make without the libraries names them and the command that installs them" {
	mkdir tree
	cp -r "$MAM_ROOT/Makefile" "$MAM_ROOT/common" "$MAM_ROOT/stages" "$MAM_ROOT/tests" tree
	run -2 env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C tree PKG_CONFIG=false
	[[ ${lines[0]} == *'these libraries are missing: '*libcurl*'Run "make deps" to install them'* ]]
	run -0 env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C tree PKG_CONFIG=false help
}

# A PATH that has what the script itself needs, and what is named.
few_programs() { # PROGRAM...
	local name
	mkdir -p few
	for name in bash env id cat "$@"; do
		ln -sf "$(command -v "$name")" "few/$name"
	done
}

@test "make deps does nothing, and asks for no root, where all is there" {
	mkdir fake
	for name in sudo apt-get apt-cache dnf; do
		printf '#!/bin/sh\necho "%s $*" >>%s/asked\n' "$name" "$PWD" >"fake/$name"
		chmod +x "fake/$name"
	done
	PATH=$PWD/fake:$PATH run -0 make_quietly deps
	[ -z "$output" ]
	[ ! -e asked ]
}

@test "install-deps says what it lacks where there is neither apt-get nor dnf" {
	few_programs make
	printf '#!/bin/sh\nexec "$@"\n' >few/sudo
	chmod +x few/sudo
	PATH=$PWD/few run -1 "$MAM_ROOT/deploy/install-deps" build
	[[ $output == *"neither apt-get nor dnf here; install by hand: "*"lib libcurl"* ]]
	[[ $output != *"cmd make"* ]]
}

@test "install-deps without root and sudo says what is missing" {
	few_programs make
	rm few/id
	printf '#!/bin/sh\necho 1000\n' >few/id
	chmod +x few/id
	PATH=$PWD/few run -1 "$MAM_ROOT/deploy/install-deps" build
	[[ $output == *"not root and no sudo; missing: "*"lib libpq"* ]]
}

@test "install-deps asks apt-get, or dnf, for the packages of what is missing, and for no more" {
	few_programs make
	for name in apt-get dnf; do
		rm -f few/apt-get few/dnf asked
		printf '#!/bin/sh\necho "$*" >>%s/asked\n' "$PWD" >"few/$name"
		printf '#!/bin/sh\nexit 0\n' >few/apt-cache
		# As root or through sudo, whoever runs the tests.
		printf '#!/bin/sh\nexec "$@"\n' >few/sudo
		chmod +x few/*
		PATH=$PWD/few run -0 "$MAM_ROOT/deploy/install-deps" build
		case $name in
		apt-get) grep -q 'install .*libcurl4-openssl-dev' asked ;;
		dnf) grep -q 'install .*libcurl-devel' asked ;;
		esac
		run ! grep -qw make asked
	done
}
