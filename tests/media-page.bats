# SPDX-License-Identifier: MIT
# mam-media(7): every medium has its section, and the lines that start a batch work as they are.

load helper
load media

teardown() {
	media_stop
}

# The literal lines after each ".\" start SERVER OPTION..." of the page, one file each: SERVER.sh, and SERVER.options.
starts() {
	openssl ecparam -name prime256v1 -genkey -noout -out key.pem
	openssl ec -in key.pem -pubout -out public.pem 2>/dev/null
	awk -v start='^\\.\\\\" start ' '
		$0 ~ start { file = $3 ".sh"; $1 = $2 = ""; sub(/^ *[^ ]* ?/, ""); print >(substr(file, 1, length(file) - 3) ".options"); next }
		file && /^\.Bd/ { on = 1; printf "" >file; next }
		on && /^\.Ed/ { on = 0; file = "" }
		on { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print >file }
	' "$MAM_ROOT/man/mam-media.7"
}

@test "every batch with a loader of its own is in a section, with lines to start it" {
	starts
	for file in "$MAM_ROOT"/pipelines/*; do
		[ -f "$file" ] || continue
		grep -q LOADER:-load-pg "$file" || continue
		grep -q "$(basename "$file")" "$MAM_ROOT/man/mam-media.7" || { echo "$file is not on the page"; return 1; }
	done
	for file in "$MAM_ROOT"/pipelines/media/*.api; do
		grep -q "$(basename "$file")" "$MAM_ROOT/man/mam-media.7" || { echo "$file is not on the page"; return 1; }
		grep -q "$(basename "$file" .api)" "$MAM_ROOT/README.md" || { echo "$file is not in the README"; return 1; }
	done
}

@test "the lines that start each medium load rows from its practice server" {
	starts
	[ "$(ls -- *.sh | wc -l)" = "$(ls "$MAM_ROOT"/pipelines/media/*.api | wc -l)" ]
	for script in *.sh; do
		server=${script%.sh}
		[ "$(grep -c . "$script")" -le 6 ]
		mkdir "run-$server"
		ln -s "$MAM_BIN" "run-$server/bin"
		cp -r "$MAM_ROOT/pipelines" key.pem "run-$server"
		# Nobody wants to wait for half a minute after a new token, or for reports that are ready at once.
		sed -i 's/^--token-delay .*/--token-delay 1ms/' "run-$server"/pipelines/media/*.api
		sed -i 's/^--interval .*/--interval 20ms/' "run-$server"/pipelines/media/*.job
		read -ra options <"$server.options"
		today=$(TZ=Asia/Tokyo date +%F) media_start "${options[@]}"
		(cd "run-$server" && HOME=$PWD LIMITER=$PWD/limiter bash -euo pipefail "../$script" >out 2>&1 </dev/null) ||
			{ echo "$server:"; cat "$script" "run-$server/out"; return 1; }
		table=$(sqlite3 "run-$server/ads.db" "SELECT name FROM sqlite_schema WHERE type = 'table'")
		[ "$(sqlite3 "run-$server/ads.db" "SELECT count(*) > 0 FROM $table")" = 1 ] || { echo "$server: no rows"; return 1; }
		media_stop
	done
}
