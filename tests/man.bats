# SPDX-License-Identifier: MIT
# The pages against the programs: every option both ways, the synopsis, the
# lint, every example run, every pipeline of the README run.

load helper

# The option rows of --help, "--name WORD".
help_rows() {
	"$1" --help | sed -n 's/^  \(--[a-z0-9-]*\)\( [^ ]\{1,\}\)\{0,1\}\(  .*\)\{0,1\}$/\1\2/p' | sort
}

# The same of the page: ".It Fl -name Ar WORD" (also "Cm word", quoted words, "Ns" glue).
page_rows() {
	sed -n 's/^\.It Fl \(-[a-z0-9-]*\)\(.*\)$/-\1\2/p' "$MAM_ROOT/man/$1.1" |
		sed -e 's/ \(Ar\|Cm\|Ns\|Op\|No\|Li\) */ /g' -e 's/"//g' -e 's/ *| */|/g' -e 's/ , */,/g' \
			-e 's/\\&//g' -e 's/\\-/-/g' -e 's/  */ /g' -e 's/ *$//' | sort
}

# The literal blocks of EXAMPLES, one file each, with roff's escapes undone.
examples() { # PAGE FOLDER
	awk -v folder="$2" '
		/^\.Sh / { inside = $2 == "EXAMPLES" }
		inside && /^\.Bd -literal/ { n++; file = sprintf("%s/%02d.sh", folder, n); printf "" >file; next }
		inside && /^\.Ed/ { file = ""; next }
		file { gsub(/\\e/, "\\"); gsub(/\\\(aq/, "\047"); gsub(/\\\(dq/, "\""); gsub(/\\&/, ""); gsub(/\\-/, "-"); print >>file }
	' "$1"
}

@test "every program has a page and every page of section 1 a program" {
	for program in "$MAM_BIN"/*; do
		[ -f "$MAM_ROOT/man/$(basename "$program").1" ] || { echo "no page: $program"; return 1; }
	done
	for page in "$MAM_ROOT"/man/*.1; do
		[ -x "$MAM_BIN/$(basename "$page" .1)" ] || { echo "no program: $page"; return 1; }
	done
}

@test "the options of --help and of the page are the same, both ways" {
	for program in "$MAM_BIN"/*; do
		name=$(basename "$program")
		help_rows "$name" >help
		page_rows "$name" >page
		[ "$(wc -l <help)" -ge 2 ]
		diff help page || { echo "$name: < --help, > page"; return 1; }
	done
}

@test "every page passes mandoc's lint" {
	# Whether a page is installed on this system is not the page's fault; the next test looks at ours.
	run bash -c 'mandoc -Tlint -W style "$@" | grep -v "referenced manual not found"' sh "$MAM_ROOT"/man/*.[1-9]
	echo "$output"
	[ -z "$output" ]
}

@test "every page has the sections that a reader looks for" {
	for page in "$MAM_ROOT"/man/*.1; do
		for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
			grep -q "^\.Sh $section" "$page" || { echo "$page: no $section"; return 1; }
		done
	done
}

@test "every .Xr of ours leads to a page that is there" {
	while read -r name section; do
		case $name in
		mam-* | load-* | from-* | to-* | fetch-* | put-* | list-* | schedule-* | run-* | normalize | dedupe | *-records | secret)
			[ -f "$MAM_ROOT/man/$name.$section" ] || { echo "no $name($section)"; return 1; } ;;
		esac
	done < <(sed -n 's/^\.\(It \)\{0,1\}Xr \([a-z0-9-]*\) \([1-9]\).*/\2 \3/p' "$MAM_ROOT"/man/* | sort -u)
}

@test "mam-etl(7) lists every program" {
	for program in "$MAM_BIN"/*; do
		grep -q "^\.It Xr $(basename "$program") 1" "$MAM_ROOT/man/mam-etl.7" || { echo "no $(basename "$program")"; return 1; }
	done
}

@test "every .Sx leads to a section of its page, or of mam-etl(7)" {
	for page in "$MAM_ROOT"/man/*.[1-9]; do
		sed -n 's/^\.S[sh] //p' "$page" "$MAM_ROOT/man/mam-etl.7" >sections
		sed -n 's/^\.\(.* \)\{0,1\}Sx \(.*\)$/\2/p' "$page" | sed 's/ [^A-Za-z]\{1,\}$//' | sort -u >references
		run ! grep -vxFf sections references || { echo "$page: no section $output"; return 1; }
	done
}

run_block() { # LABEL SCRIPT
	local folder
	folder=$(mktemp -d "$BATS_TEST_TMPDIR/run.XXXXXX")
	for variable in MAM_TEST_PG MAM_TEST_MYSQL MAM_TEST_ADS MAM_TEST_S3; do
		if grep -q "$variable" "$2" && [ -z "${!variable:-}" ]; then
			echo "# SKIPPED $1: no $variable" >&3
			return 0
		fi
	done
	# What a reader has in the folder of the project.
	cp -r "$MAM_ROOT/pipelines" "$folder"
	ln -s "$MAM_ROOT/tests" "$folder/tests"
	ln -s "$MAM_BIN" "$folder/bin"
	if ! (cd "$folder" && HOME=$folder bash -euo pipefail "$2" >out 2>&1 </dev/null); then
		echo "$1 failed:"
		cat "$2" "$folder/out"
		return 1
	fi
}

@test "every example of every page runs" {
	for page in "$MAM_ROOT"/man/*.[1-9]; do
		mkdir "$(basename "$page")"
		examples "$page" "$(basename "$page")"
		for script in "$(basename "$page")"/*.sh; do
			[ -e "$script" ] || continue
			run_block "$script" "$PWD/$script"
		done
	done
}

@test "every pipeline of the README runs" {
	awk '/^```sh$/ { n++; file = sprintf("readme-%02d.sh", n); next } /^```$/ { file = ""; next } file { print >>file }' \
		"$MAM_ROOT/README.md"
	[ -s readme-01.sh ]
	for script in readme-*.sh; do
		run_block "README $script" "$PWD/$script"
	done
}
