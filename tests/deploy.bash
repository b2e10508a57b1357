# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Builds to deploy, without a compiler: the tree of one build-artifact, packed again with other commits.

# A git checkout of the sources at "tree", with the programs as they are built.
checkout() {
	mkdir tree
	(cd "$MAM_ROOT" && cp -a Makefile deploy man pipelines common stages batch tests CHANGES.md LICENSE "$OLDPWD/tree")
	git -C tree init -q
	git_commit one
}

git_commit() { # MESSAGE
	git -C tree add -A
	git -C tree -c user.name=t -c user.email=t@example.com commit -q --allow-empty -m "$1"
}

# The programs exist already; saying that the settings are those they were built with keeps make from compiling.
build_artifact() { # OUT
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS tree/deploy/build-artifact "$1" "B=${MAM_BIN%/bin}" \
		"settings=$(cat "${MAM_BIN%/bin}/settings")"
}

# Small builds from $BATS_FILE_TMPDIR/small, a tree with run-batch alone.
hash_of() { # WORD: a commit's hash
	sha1sum <<<"$1" | cut -d' ' -f1
}

pack() { # OUT: the tree at OUT/mam-etl, and the manifest's lines about it
	tar -C "$1" -I 'gzip -1n' --sort=name --mtime=@0 --owner=0 --group=0 -cf "$1/mam-etl.tar.gz" mam-etl
	resum "$1"
}

resum() { # OUT: the sums of a tarball that was changed, as if it had been built so
	(cd "$1" && sha256sum mam-etl.tar.gz >mam-etl.tar.gz.sha256)
	edit "$1/manifest.json" sha256 "\"$(cut -d' ' -f1 "$1/mam-etl.tar.gz.sha256")\""
	edit "$1/manifest.json" size "$(stat -c %s "$1/mam-etl.tar.gz")"
}

edit() { # FILE KEY VALUE
	sed -i "s|^\"$2\": .*[^,]\(,\{0,1\}\)\$|\"$2\": $3\1|" "$1"
	grep -qF "\"$2\": $3" "$1"
}

small_build() { # NAME COUNT: the folder NAME, commit hash_of NAME
	mkdir -p "$1"
	cp -r "$BATS_FILE_TMPDIR/small/." "$1"
	printf '#!/bin/sh\n# batch: hello\n# schedule: 0 6 * * * Asia/Tokyo\n# target: none none\n# owner: ads\necho build %s >>$OUT\n' \
		"$1" >"$1/mam-etl/pipelines/hello"
	chmod 755 "$1/mam-etl/pipelines/hello"
	edit "$1/manifest.json" commit "\"$(hash_of "$1")\""
	edit "$1/manifest.json" commit_count "$2"
	pack "$1"
}

publish() {
	"$MAM_ROOT/deploy/publish-artifact" "$@"
}

launcher() {
	"$MAM_ROOT/deploy/launcher" "$@"
}
