# SPDX-License-Identifier: MIT
# The contract that every stage keeps (mam-etl(7), "What every stage keeps"),
# tested for all programs at once. A new stage is in here without being named;
# only one that needs words to run at all has a line in words_of.

load helper

setup_file() {
	# Under another name, since bats calls the setup_file of this file only.
	load helper
	cd "$BATS_FILE_TMPDIR" || return 1
	seq 1 1000 | awk '{ printf "{\"id\":%d,\"name\":\"n%d\",\"cost\":\"%d.50\"}\n", $1, $1, $1 }' |
		from-json >loose.mam
	normalize id:int name:text cost:decimal <loose.mam >typed.mam
	from-json --allow-empty </dev/null | normalize id:int name:text cost:decimal >empty.mam
	head -c $(($(stat -c %s typed.mam) / 2)) typed.mam >cut.mam
	{ normalize id:int name:int cost:decimal <loose.mam >aborted.mam; } 2>/dev/null || true
	cp typed.mam changed.mam
	printf '\001' | dd of=changed.mam bs=1 seek=5000 conv=notrunc status=none
}

# What a program needs to run on those streams.
words_of() {
	case $1 in
	normalize) echo id:int name:text cost:decimal ;;
	dedupe | sort-records) echo --key id ;;
	filter) echo 'id!=0' ;;
	explode) echo rows --optional --keep-empty --types row:json ;;
	pivot) echo rows --optional --name name --columns row --type int ;;
	diff-records) echo --key id - "$BATS_FILE_TMPDIR/typed.mam" ;;
	to-singer) echo --stream every_stage ;;
	fetch-api) echo --each --url 'http://127.0.0.1:1/{id}' ;;
	load-sqlite) echo --to "$BATS_TEST_TMPDIR/out.db" --table every_stage --create ;;
	load-pg) echo --to "${MAM_TEST_PG:-}" --table every_stage --create ;;
	load-mysql) echo --to "${MAM_TEST_MYSQL:-}" --table every_stage --create ;;
	esac
}

programs() {
	for stage in "$MAM_ROOT"/stages/*; do basename "$stage" .c; done
}

# Those that read a stream of records. A loader without its server cannot be tried. put-s3 reads byte
# chunks, and the others fetch without an input; their own tests have the same.
readers() {
	for name in $(programs); do
		case $name in
		from-* | fetch-s3 | fetch-pg | fetch-mysql | put-s3) ;;
		load-pg) [ -z "${MAM_TEST_PG:-}" ] || echo "$name" ;;
		load-mysql) [ -z "${MAM_TEST_MYSQL:-}" ] || echo "$name" ;;
		*) echo "$name" ;;
		esac
	done
}

# Those that write to standard output what they were given: all readers but loaders and fetch-api.
writers() {
	readers | grep -vE '^(load-|fetch-api$)'
}

check() { # NAME WANTED-STATUS
	[ "$status" = "$2" ] || {
		echo "$1: status $status, not $2: $output"
		return 1
	}
}

@test "--help goes to standard output, names the program, ends with 0" {
	for name in $(programs); do
		run --separate-stderr "$name" --help
		check "$name" 0
		[[ $output == "usage: $name "* ]]
		[ -z "$stderr" ]
	done
}

@test "--version goes to standard output" {
	for name in $(programs); do
		run --separate-stderr "$name" --version
		check "$name" 0
		[[ $output =~ ^$name\ \(mam-etl\)\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
		[ -z "$stderr" ]
	done
}

@test "--help=json is the option table for programs, the same rows as --help" {
	for program in "$MAM_BIN"/*; do
		name=$(basename "$program")
		"$name" --help=json >json
		jq -r '.options[] | "--" + .name + (if .value then " " + .value else "" end)' json | sort >rows
		"$name" --help | sed -n 's/^  \(--[a-z0-9-]*\)\( [^ ]\{1,\}\)\{0,1\}\(  .*\)\{0,1\}$/\1\2/p' | sort | diff - rows
		[ "$(jq -r .name json)" = "$name" ]
		[ "$(jq '[.options[] | select(.kind == "choice" and (.choices | length) < 2)] | length' json)" -eq 0 ]
	done
	run -64 dedupe --help=yaml
	run -74 sh -c 'dedupe --help=json >/dev/full'
}

# The words that bash offers for a command line that ends with its last word.
offered() { # WORD...
	PATH=$MAM_BIN:$PATH bash -c '
		compopt() { :; } # it works only while bash completes
		. <("$1" --help=bash)
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		"$(complete -p "$1" | sed "s/.* -F \([a-z_0-9]*\) .*/\1/")"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

@test "--help=bash completes options, choices, files, secrets and batches" {
	mkdir -p sub pipelines
	touch subject.api
	printf '#!/bin/sh\n# batch: nightly\n' >pipelines/nightly
	chmod +x pipelines/nightly
	for program in "$MAM_BIN"/*; do
		name=$(basename "$program")
		"$name" --help=bash >completion
		bash -n completion
		[ "$(offered "$name" --)" = "$("$name" --help=json | jq -r '.options[] | "--" + .name')" ]
	done
	[ "$(offered dedupe --k)" = $'--key\n--keep' ]
	[ "$(offered dedupe --keep '')" = $'first\nlast\nmax:\nmin:' ]
	[ "$(offered dedupe --keep = l)" = last ]
	[ "$(offered dedupe --tmp su)" = sub ]
	[ "$(offered load-pg --mode ups)" = upsert ]
	[ "$(offered load-pg --password e)" = $'env:\nexec:' ]
	[ "$(offered from-csv @subj)" = @subject.api ]
	[ "$(MAM_BATCHES=$PWD/pipelines MAM_STATE_DIR=$PWD/state offered run-batch ni)" = nightly ]
	run -74 sh -c 'dedupe --help=bash >/dev/full'
}

@test "--help=zsh is a completion that zsh reads" {
	for program in "$MAM_BIN"/*; do
		name=$(basename "$program")
		"$name" --help=zsh >"_$name"
		[ "$(head -n 1 "_$name")" = "#compdef $name" ]
	done
	command -v zsh >/dev/null || skip 'SKIPPED: zsh is not installed'
	for program in "$MAM_BIN"/*; do
		name=$(basename "$program")
		# What it gives to _arguments: one specification for each option.
		zsh -f -c 'compset() { return 1 }; _arguments() { shift; print -rl -- "$@" }; . ./"$1"' zsh "_$name" |
			sed -n 's/^\*\{0,1\}\(--[a-z0-9-]*\).*/\1/p' >specified
		"$name" --help=json | jq -r '.options[] | "--" + .name' | diff - specified
	done
	# The real thing, in a terminal of its own: "dedupe --ke<TAB>".
	cat >complete.zsh <<-'EOF'
		zmodload zsh/zpty
		zpty z zsh -f -i
		zpty -w z "PS1=; fpath=($PWD \$fpath); autoload -U compinit; compinit -u -D; print READY"
		zpty -r z got '*READY*READY*'
		zpty -w -n z $'dedupe --kee\t'
		sleep 1
		zpty -r -t z got '*--keep*' && print -r -- COMPLETED
	EOF
	run -0 timeout 30 zsh -f complete.zsh
	[[ $output == *COMPLETED* ]]
}

@test "an unknown option suggests the one that was meant" {
	run -64 --separate-stderr dedupe --kye id
	[[ $stderr == 'dedupe: unknown option "--kye", did you mean --key? (see dedupe --help)' ]]
}

@test "--help and --version into a full disk are 74" {
	for name in $(programs); do
		run sh -c "$name --help >/dev/full"
		check "$name" 74
		run sh -c "$name --version >/dev/full"
		check "$name" 74
	done
}

@test "an unknown option is 64 and says so; a pipe gets the reason as an abort, text gets nothing" {
	for name in $(programs); do
		run -64 --separate-stderr sh -c "$name --no-such-option >out"
		[[ $stderr == "$name: unknown option \"--no-such-option\""* ]]
		case $name in
		load-* | to-* | put-* | describe | infer) [ ! -s out ] ;;
		*)
			run -64 to-json <out
			[[ $output == "$name: unknown option \"--no-such-option\""* ]]
			;;
		esac
	done
}

@test "an option without its value is 64" {
	for name in $(programs); do
		option=$("$name" --help | sed -n 's/^  \(--[a-z-]*\) [A-Z].*/\1/p' | head -n 1)
		[ -n "$option" ] || continue
		run sh -c "$name $option </dev/null"
		check "$name" 64
	done
}

@test "a full disk is 74" {
	for name in $(writers); do
		run sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR/typed.mam' >/dev/full"
		check "$name" 74
	done
}

@test "a log at the limit on file sizes changes no status" {
	head -c 1024000 /dev/zero >log
	for name in $(writers) $(readers | grep '^load-'); do
		words=$(words_of "$name")
		run env -u MAM_LOG bash -c "ulimit -f 1000; $name $words <'$BATS_FILE_TMPDIR/typed.mam' 2>>log | cat >/dev/null; exit \${PIPESTATUS[0]}"
		check "$name" 0
	done
	# The same for the file of a batch runner. (SQLite's own files would be over this limit.)
	mkdir run
	for name in $(writers) $(readers | grep -E '^load-(pg|mysql)'); do
		words=$(words_of "$name")
		run env MAM_RUN_DIR="$PWD/run" bash -c "ulimit -f 0; $name $words <'$BATS_FILE_TMPDIR/typed.mam' | cat >/dev/null; exit \${PIPESTATUS[0]}"
		check "$name" 0
		[[ $output == *"cannot write $PWD/run/$name"*"File too large"* ]]
	done
	# A usage error and an abort keep their status too.
	run bash -c "ulimit -f 1000; dedupe <'$BATS_FILE_TMPDIR/typed.mam' 2>>log | to-json 2>>log | cat; exit \${PIPESTATUS[1]}"
	check dedupe 64
}

@test "rejects beyond the limit on file sizes are 74" {
	seq 1000 | sed 's/.*/{"id":"x&"}/' | from-json >bad.mam
	run bash -c "ulimit -f 1; normalize --rejects bad --max-rejects 5000 id:int <bad.mam | cat >/dev/null; exit \${PIPESTATUS[0]}"
	check normalize 74
	[[ $output == *"cannot write the rejects file: File too large"* ]]
}

@test "a closed standard output is 74" {
	for name in $(writers); do
		run sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR/typed.mam' >&-"
		check "$name" 74
	done
}

@test "an unreadable standard input is 74" {
	for name in $(readers); do
		run sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR' >out"
		check "$name" 74
	done
}

@test "a cut stream is 76" {
	for name in $(writers) $(readers | grep '^load-'); do
		run sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR/cut.mam' >out"
		check "$name" 76
		[[ $output == *"without its end mark"* ]]
	done
}

@test "zero bytes are 76" {
	for name in $(readers); do
		run sh -c "$name $(words_of "$name") </dev/null >out"
		check "$name" 76
		[[ $output == *"never started"* ]]
	done
}

@test "a changed stream is never a success" {
	for name in $(writers) $(readers | grep '^load-'); do
		run sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR/changed.mam' >out"
		[ "$status" -ne 0 ] || { echo "$name took it"; return 1; }
	done
}

@test "an abort is handed on with its status, its reason is the last line" {
	for name in $(writers) $(readers | grep '^load-'); do
		run sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR/aborted.mam' | cat >out; exit 0"
		run sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR/aborted.mam' >out"
		check "$name" 65
		case $name in
		load-* | to-* | describe | infer) [[ ${lines[-1]} == "normalize: record 1: name:"* ]] ;;
		*)
			run -65 sh -c "to-json <out"
			[[ ${lines[-1]} == "normalize: record 1: name:"* ]]
			;;
		esac
	done
}

@test "an ended stream without records is success" {
	for name in $(readers); do
		run sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR/empty.mam' >out"
		check "$name" 0
	done
}

@test "something else than a stream is 65 and names the stage to use" {
	for name in $(readers); do
		run sh -c "echo '{\"a\":1}' | $name $(words_of "$name") >out"
		check "$name" 65
		[[ $output == *"from-json"* ]]
	done
}

@test "fields that a filter is not told about pass unchanged" {
	for name in $(writers | grep -vE '^to-|^(normalize|diff-records|describe|infer|explode|pivot)$'); do
		sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR/loose.mam'" | to-json >got
		to-json <"$BATS_FILE_TMPDIR/loose.mam" >wanted
		cmp got wanted
	done
}

@test "one summary line at the end, and the same as JSON with MAM_LOG=json" {
	# diff-records counts the records of two streams.
	for name in $(writers | grep -v '^diff-records$') $(readers | grep '^load-'); do
		run --separate-stderr env -u MAM_LOG sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR/typed.mam' >out"
		check "$name" 0
		out=1000
		[[ ! $name =~ ^(describe|infer)$ ]] || out=0 # a report is no record
		[[ ${stderr_lines[-1]} =~ ^$name:\ 1000\ records\ in,\ $out\ out,\ 0\ rejected ]] ||
			{ echo "$name: $stderr"; return 1; }
		rm -f out.db
		run --separate-stderr env MAM_LOG=json sh -c "$name $(words_of "$name" | sed 's/every_stage/every_stage_json/') <'$BATS_FILE_TMPDIR/typed.mam' >out"
		check "$name" 0
		[ "$(tail -n 1 <<<"$stderr" | jq -r '.stage + " " + (.records_in | tostring)')" = "$name 1000" ]
	done
}

@test "on a terminal the live line is cleared by any stage's message, and is no wider than the terminal" {
	need_terminal
	# The last stage shows its line; the first one writes messages between.
	cat >slow.sh <<-'EOF'
		stty columns 30
		{ for i in 1 2 3 4 5 6; do echo "{\"a\":$i}"; sleep 0.25; done; } | from-json |
			normalize a:int | to-json >out.jsonl
	EOF
	unset MAM_LOG
	script -qec 'sh slow.sh' /dev/null >seen
	# Each line of text starts at a cleared line.
	tr -d '\n' <seen | tr '\r' '\n' | grep -v '^$' >pieces
	cat -v pieces
	grep -q $'^\033\\[Kto-json: [0-9]* records' pieces
	grep -q $'^\033\\[Kfrom-json: 0 records in, 6 out' pieces
	# The live line is cut, the summary is not.
	run ! grep -E $'^\033\\[Kto-json: .{21,}' <(grep -v 'records in' pieces)
	grep -qE $'^\033\\[Kto-json: .{20}$' pieces
	grep -qE $'^\033\\[Kto-json: 6 records in, .{40,}' pieces
}

@test "a terminal is no place for a stream" {
	need_terminal
	for name in from-json normalize; do
		run script -qec "$name $(words_of "$name") <$BATS_FILE_TMPDIR/typed.mam" /dev/null
		[ "$status" -eq 64 ] || { echo "$name: $status $output"; return 1; }
		[[ $output == *terminal* ]]
	done
}

@test "a million records pass in bounded memory" {
	[ -z "${MAM_SANITIZED:-}" ] || skip "a sanitizer's shadow memory does not fit"
	seq 1 1000000 | awk '{ printf "{\"id\":%d,\"name\":\"a name of some length, number %d, so that all together is large\",\"cost\":\"%d.50\"}\n", $1, $1, $1 }' >big.jsonl
	(ulimit -v 150000 && from-json <big.jsonl >big.mam)
	(ulimit -v 150000 && normalize id:int name:text cost:decimal <big.mam >big-typed.mam)
	rm big.jsonl
	for name in $(writers) $(readers | grep '^load-'); do
		words=$(words_of "$name")
		[[ $name != dedupe && $name != *-records ]] || words+=" --memory 16M"
		run bash -c "ulimit -v 200000; $name $words <big-typed.mam | tail -c 100 >out; exit \${PIPESTATUS[0]}"
		check "$name" 0
	done
	to-csv <big.mam >big.csv
	(ulimit -v 200000 && from-csv <big.csv >/dev/null)
}

# A record given in hex, under a schema when there are fields: one line each, the good one first.
@test "text that is not UTF-8 is 65 in every stage, wherever it is in the record" {
	forms='ff 80 c3 eda080 f888808080 c080 f4908080 e228'
	for name in $(readers); do
		for form in $forms; do
			size=$((${#form} / 2))
			value=$(printf 'a%x%s' "$size" "$form")
			# A value, a value under a schema, one in a nested array, a name.
			printf 'raw\t82a2696401a16d%s\n' "$value" | spell >value.mam
			printf 'schema\tid:int\tname:text\tcost:decimal\nraw\t9301%sc0\n' "$value" | spell >typed.mam
			printf 'raw\t82a2696401a16d91%s\n' "$value" | spell >nested.mam
			printf 'raw\t82a2696401%s01\n' "$value" | spell >name.mam
			for file in value typed nested name; do
				run sh -c "$name $(words_of "$name") <$file.mam >out"
				check "$name <$file.mam ($form)" 65
				[[ $output == *"is not valid UTF-8"* ]]
			done
		done
	done
}

@test "a name that occurs twice is 65 in every stage, in nested maps too" {
	# id, name, cost, and then: name again; m = {k, k}; m = [{k, k}].
	printf 'raw\t84a2696401a46e616d65a161a4636f7374c0a46e616d65a162\n' | spell >twice.mam
	printf 'raw\t84a2696401a46e616d65a161a4636f7374c0a16d82a16b01a16b02\n' | spell >nested.mam
	printf 'raw\t84a2696401a46e616d65a161a4636f7374c0a16d9182a16b01a16b02\n' | spell >deeper.mam
	for name in $(readers); do
		for file in twice nested deeper; do
			run sh -c "$name $(words_of "$name") <$file.mam >out"
			check "$name <$file.mam" 65
			[[ $output == *"the name occurs twice"* ]]
		done
	done
}

@test "a malformed value of any column is 65 in every stage" {
	# Decimals "1,5", "", "1." and "-"; a date of 3 bytes, a datetime of 4, a timestamp of 3 and one of 10^9 ns; ext 99.
	for value in c70301312c35 c70001 d501312e d4012d c70302000000 d60300000000 c703ff000000 \
		c70cff3b9aca000000000000000000 d46378; do
		printf 'raw\t84a2696401a46e616d65a161a4636f7374c0a178%s\n' "$value" | spell >map.mam
		printf 'raw\t84a2696401a46e616d65a161a4636f7374c0a17891%s\n' "$value" | spell >nested.mam
		for name in $(readers); do
			for file in map nested; do
				run sh -c "$name $(words_of "$name") <$file.mam >out"
				check "$name <$file.mam ($value)" 65
				[[ $output == *"is of no type of mam-stream(5)"* ]]
			done
		done
	done
	# And what a schema does not announce: a text, a map and a date as cost.
	for value in a131 80 d60200000000; do
		printf 'schema\tid:int\tname:text\tcost:decimal\nraw\t9301a161%s\n' "$value" | spell >typed.mam
		for name in $(readers); do
			run sh -c "$name $(words_of "$name") <typed.mam >out"
			check "$name ($value)" 65
			[[ $output == *'"cost": is not of its schema'"'s type"* ]]
		done
	done
}

@test "an unknown word in MAM_LOG or MAM_DRY_RUN is 78 in every stage, and travels" {
	for name in $(readers) from-csv from-json; do
		for setting in MAM_LOG=debug MAM_LOG=JSON MAM_DRY_RUN=yes MAM_DRY_RUN=2; do
			run env "$setting" sh -c "$name $(words_of "$name") <'$BATS_FILE_TMPDIR/typed.mam' >out"
			check "$setting $name" 78
			[[ $output == *"$name: ${setting%=*}: \"${setting#*=}\" is not one of "* ]]
		done
	done
	run -78 bash -c "MAM_DRY_RUN=true dedupe --key id <'$BATS_FILE_TMPDIR/typed.mam' | to-json"
	for setting in MAM_LOG= MAM_LOG=text MAM_LOG=quiet MAM_LOG=json MAM_DRY_RUN= MAM_DRY_RUN=0 MAM_DRY_RUN=1; do
		run env "$setting" sh -c "dedupe --key id <'$BATS_FILE_TMPDIR/typed.mam' >out"
		check "$setting" 0
	done
}

@test "an error in a file of options names the file and the line" {
	printf '# options\n\n--no-such-option 1\n' >options
	printf '\n@options\n' >outer
	for name in $(programs); do
		for file in options outer; do
			run -64 --separate-stderr bash -c '"$1" "@$2" </dev/null >out' sh "$name" "$file"
			[[ $stderr == "$name: @options: line 3: unknown option \"--no-such-option\" (see $name --help)" ]] || { echo "$stderr"; return 1; }
		done
	done
}

@test "--help fits into 80 columns and shows @FILE" {
	for name in $(programs); do
		run -0 "$name" --help
		[[ ${lines[0]} == "usage: $name [@FILE ...] "* ]]
		for line in "${lines[@]}"; do
			[ "${#line}" -le 80 ] || { echo "$name: $line"; return 1; }
		done
	done
}
