# SPDX-License-Identifier: MIT
# The rules of the house (CONTRIBUTING.md), each by a command.

load helper

setup() {
	cd "$MAM_ROOT" || return 1
}

@test "rule 1: a program is stages/NAME or batch/NAME, man/NAME.1 and tests/NAME.bats, registered nowhere" {
	for program in stages/* batch/*; do
		[ -e "$program" ] || continue
		name=$(basename "$program" .c)
		[ -f "man/$name.1" ] || { echo "no page for $name"; return 1; }
		[ -f "tests/$name.bats" ] || { echo "no tests for $name"; return 1; }
	done
	# The one table of libraries may name stages; nothing else in the Makefile does.
	run ! bash -c "grep -v '^NEEDS_' Makefile | grep -nE '(load|from|to|fetch)-(pg|mysql|sqlite|json|csv|table|api)|normalize|dedupe'"
}

# The rooms of common/ in the order in which they may use each other, pure ones first: from the Makefile.
rooms() { # pure|process
	sed -n "s/^$1_rooms *= //p" Makefile
}

@test "rule 2: the room decides: pure rooms never exit, print or touch a descriptor" {
	for file in $(git ls-files common); do
		room=${file#common/}
		[[ " $(rooms pure) $(rooms process) " == *" ${room%%/*} "* ]] || { echo "$file is in no room"; return 1; }
	done
	for room in $(rooms pure); do
		run ! grep -rnE '\b(exit|_exit|abort|printf|fprintf|puts|perror|open|read|write|close|getenv)\(' "common/$room"
	done
	# Unit tests link the pure rooms alone, which proves that they need nothing else.
	grep -q 'unit/%: .*pure_lib)$' Makefile
}

@test "rule 2: a room includes only itself and rooms before it" {
	before=
	for room in $(rooms pure) $(rooms process); do
		before+="${before:+|}$room"
		wrong=$(grep -rnE '#include "common/' "common/$room" | grep -vE "#include \"common/($before)/" || true)
		[ -z "$wrong" ] || { echo "$wrong"; return 1; }
	done
	# The databases know nothing of each other.
	for database in common/db/*/; do
		wrong=$(grep -rnE '#include "common/db/[a-z]*/' "$database" | grep -vF "#include \"$database" || true)
		[ -z "$wrong" ] || { echo "$wrong"; return 1; }
	done
}

@test "rule 2: databases report errors as values: common/db never prints or exits" {
	# message.h has die, message and the memory functions that die; die and buf_check come from nowhere else.
	run ! grep -rnE '#include "common/program/(message|options|secret|file)\.h"' common/db
	run ! grep -rnE '\b(die|die_errno|message|buf_check|x(m|c|re)alloc|xstrdup|xstring|exit|_exit|abort|[fv]*printf|puts|perror)\(' common/db
}

@test "rule 3: every header compiles alone" {
	flags=$(pkg-config --cflags libxxhash libpq sqlite3)
	for library in mysqlclient libmariadb mariadb; do
		pkg-config --exists "$library" || continue
		flags+=" $(pkg-config --cflags "$library")"
		break
	done
	for header in $(git ls-files 'common/*.h' 'stages/*.h' 'batch/*.h'); do
		[ -e "$header" ] || continue
		echo "#include \"$header\"" |
			gcc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror $flags -I. -x c -fsyntax-only - ||
			{ echo "$header"; return 1; }
	done
}

@test "rule 4: a foreign library's header is included by one file" {
	for foreign in curl/curl.h libpq-fe.h mysql.h sqlite3.h zlib.h msgpack.h xxhash.h iconv.h openssl/[a-z]*.h pcre2.h; do
		n=$(git ls-files common stages batch | xargs grep -lE "#include <(.*/)?$foreign>" | wc -l)
		[ "$n" -le 1 ] || { echo "$foreign: $n files"; return 1; }
	done
}

@test "rule 5: rooms are small: no file over 450 lines, no main over 60" {
	git ls-files '*.c' '*.h' | xargs wc -l | awk '$2 != "total" && $1 > 450 { print; bad = 1 } END { exit bad }'
	for main in $(git ls-files stages batch | xargs grep -l '^main('); do
		length=$(awk '/^main\(/ { on = 1 } on { n++ } on && /^}/ { print n; exit }' "$main")
		[ "$length" -le 60 ] || { echo "$main: main has $length lines"; return 1; }
	done
}

@test "rule 6: every option has a test" {
	help=$BATS_TEST_TMPDIR/help
	for program in "$MAM_BIN"/*; do
		name=$(basename "$program")
		# An option of a stage is in a test of that stage; those of the operator's programs have much in common.
		mapfile -t files < <(git ls-files 'tests/*.bats' 'tests/*.bash')
		[ ! -e "stages/$name" ] && [ ! -e "stages/$name.c" ] || mapfile -t files < <(grep -lw -e "$name" -- "${files[@]}")
		"$program" --help | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p' | grep -vx -e --help -e --version >"$help" || true
		missing=$(cat "${files[@]}" | grep -oE -e '--[a-z0-9][a-z0-9-]*' | sort -u | grep -vxFf - "$help" || true)
		[ -z "$missing" ] || { echo "$name: no test of" $missing; return 1; }
	done
}

@test "rule 8: one look: guards follow the path, system includes come first, no comment is a divider" {
	for header in $(git ls-files 'common/*.h' 'stages/*.h' 'batch/*.h'); do
		guard=$(tr 'a-z/.-' 'A-Z___' <<<"$header")
		grep -qx "#ifndef $guard" "$header" || { echo "$header: no guard $guard"; return 1; }
	done
	for source in $(git ls-files 'common/*.[ch]' 'stages/*.[ch]' 'batch/*.[ch]'); do
		late=$(awk '/^#include "/ { own = 1 } /^#include </ && own && !/immintrin/ { print FILENAME ": " $0 }' "$source")
		[ -z "$late" ] || { echo "$late"; return 1; }
	done
	run ! git grep -nE '^(/\* -{3,}|# -{3,} )' -- '*.c' '*.h' '*.bats'
}

@test "beside the rules: no preprocessor conditions in stages, no banned functions" {
	run ! bash -c "git ls-files stages | xargs grep -nE '^#[[:space:]]*(if|ifdef|ifndef) ' | grep -v '_H\$'"
	run ! bash -c "git ls-files common stages batch | xargs grep -nwE 'atoi|atol|sprintf|strcpy|strcat|sscanf|alloca'"
}

@test "beside the rules: nothing is left for later, no path of a builder's machine" {
	# "TODO warned" is how TAP marks a failure that does not count.
	run ! bash -c "git grep -nwE 'TODO|FIXME|XXX|HACK' -- '*.c' '*.h' Makefile 'man/*' pipelines tests/servers | grep -v '# TODO warned'"
	for source in $(git ls-files 'common/*.[ch]' 'stages/*.[ch]' 'batch/*.[ch]'); do
		head -n 1 "$source" | grep -q 'SPDX-License-Identifier: MIT' || { echo "no SPDX: $source"; return 1; }
	done
}

@test "beside the rules: the rates of habits that stop a reader can be printed, and found" {
	run -0 tests/plain-english
	[[ ${lines[0]} == 'per 1,000 words'*comments*pages*messages*Markdown*admired ]]
	[ "${#lines[@]}" -eq 9 ]
	mkdir "$BATS_TEST_TMPDIR/repo"
	cd "$BATS_TEST_TMPDIR/repo"
	git init -q
	mkdir tests
	cp "$MAM_ROOT/tests/plain-english" tests
	printf '/* The end stands\n * behind it. */\nint x = 1; /* what is not there */\n' >a.c
	git add .
	[ "$(tests/plain-english --list stand)" = 'a.c:1: The end stands behind it. what is not there' ]
	rate=$(tests/plain-english | sed -n "s/^behind *\([0-9.]*\).*/\1/p")
	[ "$rate" = 111.1 ]
}
