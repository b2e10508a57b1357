# SPDX-License-Identifier: MIT
# watch-batches: what is reported, once and to each channel, when it is good again, and what a
# channel that does not work delays.

load helper
load http

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p pipelines
	export MAM_STATE_DIR=$PWD/state MAM_BATCHES=$PWD/pipelines MAM_HISTORY=$PWD/state/history.db
	now=$(date +%s)
	unset FROM TO MAM_LAUNCHER PREFECT__FLOW_RUN_ID SLURM_JOB_ID AWS_BATCH_JOB_ID INVOCATION_ID
}

teardown() {
	http_stop
}

batch() { # NAME [HEAD-LINE...] [-- COMMAND...]
	local file=pipelines/$1
	shift
	echo '#!/bin/bash' >"$file"
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		echo "# $1" >>"$file"
		shift
	done
	printf '%s\n' "${@:2}" >>"$file"
	chmod +x "$file"
}

plant() { # NAME=VALUE...; times may be minutes from now
	"$MAM_ROOT/tests/history" add "$MAM_HISTORY" "$@"
}

# The slot of so many minutes ago, and a daily schedule at that minute.
minute() {
	date -u -d "@$((now - $1 * 60))" +%FT%H:%M:00.000Z
}
daily_before() {
	date -u -d "@$((now - $1 * 60))" '+schedule: %-M %-H * * * UTC'
}

# What one look prints: without a channel it goes to standard output.
look() {
	watch-batches "$@" 2>>messages
}

@test "failures are reported once, in one digest, and recovery once" {
	batch bad 'owner: ads' 'target: sqlite t' -- '[ -e fixed ] || { echo the reason; exit 65; }'
	batch good 'owner: ads' -- true
	batch worse 'owner: crm' -- 'exit 70'
	run -65 run-batch --quiet bad
	run -70 run-batch --quiet worse
	run-batch --quiet good
	run -0 --separate-stderr look
	[ "${#lines[@]}" -eq 7 ]
	[[ ${lines[0]} == 'failed: bad, slot '*', exit status 65, owner ads' ]]
	[ "${lines[1]}" = '  the reason' ]
	[[ ${lines[2]} == "  log: $PWD/state/runs/bad/"*/log ]]
	[ "${lines[3]}" = '  again: run-batch bad' ]
	[[ ${lines[4]} == 'failed: worse, '*', exit status 70, owner crm' ]]
	run -0 look
	[ -z "$output" ]
	# Failing again, in another slot of a batch without a schedule, is another failure.
	run -65 run-batch --quiet bad
	run -0 look
	[[ $output == 'failed: bad, '* ]]
	touch fixed
	run-batch --quiet bad
	run -0 look
	[[ $output == 'good again: bad, by the slot '*', owner ads' ]]
	run -0 look
	[ -z "$output" ]
}

@test "the command that a message gives runs that slot again" {
	batch bad "$(daily_before 30)" 'window: 2d' -- 'echo "$FROM $MAM_SLOT" >>ran' '[ -e fixed ]'
	run -1 run-batch --quiet bad
	run -0 look
	again=$(sed -n 's/^  again: //p' <<<"$output")
	touch fixed
	bash -c "$again" 2>/dev/null
	[ "$(sort -u ran | wc -l)" -eq 1 ]
	[ "$(wc -l <ran)" -eq 2 ]
	run -0 look
	[[ $output == 'good again: bad,'* ]]
}

@test "missing and late runs are reported when their time has passed, and not twice for one slot" {
	batch gone "$(daily_before 90)"
	batch slow "$(daily_before 90)"
	batch early "$(daily_before 30)"
	plant batch=slow slot="$(minute 90)" started=-89 seen=0 state=running host=elsewhere
	plant batch=early slot=-5000 started=-5000 ended=-4999 state=ok
	plant batch=early slot="$(minute $((30 + 1440)))" started=-1470 ended=-1460 state=ok
	run -0 look
	[ "$(grep -c '^missing: gone, slot ' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^late: slow, slot ' <<<"$output")" -eq 1 ]
	[ "$(grep -cv '^  ' <<<"$output")" -eq 2 ]
	# It starts at last: it is late now, which is nothing new. Then it fails, which is.
	plant id=one batch=gone slot="$(minute 90)" started=0 seen=0 state=running host=elsewhere
	run -0 look
	[ -z "$output" ]
	sqlite3 "$MAM_HISTORY" "UPDATE mam_run SET state = 'failed', ended = '$(date -u +%FT%T.000Z)', status = 69 WHERE id = 'one'"
	run -0 look
	[[ ${lines[0]} == 'failed: gone, '*'exit status 69'* ]]
	# Success ends both.
	plant batch=gone slot="$(minute 90)" started=0 ended=0 state=ok
	sqlite3 "$MAM_HISTORY" "UPDATE mam_run SET state = 'ok', ended = '$(date -u +%FT%T.000Z)' WHERE batch = 'slow'"
	run -0 look
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} == 'good again: gone, by '* ]]
	[[ ${lines[1]} == 'good again: slow, by '* ]]
}

@test "what failed and was repaired between two looks is reported once, with that" {
	batch hourly 'schedule: * * * * * UTC' 'late: 1m'
	for back in 5 4 3 2 1 0; do
		plant batch=hourly slot="$(minute $back)" started=-$back ended=-$back state=ok
	done
	# What was over before the first look is not news.
	sqlite3 "$MAM_HISTORY" "UPDATE mam_run SET state = 'failed', status = 65 WHERE slot = '$(minute 4)'"
	run -0 look
	[ -z "$output" ]
	sqlite3 "$MAM_HISTORY" "UPDATE mam_run SET state = 'failed', status = 75, ended = '$(date -u +%FT%T.999Z)' WHERE slot = '$(minute 2)'"
	sleep 1.1
	run -0 look
	[[ ${lines[0]} == 'failed: hourly, '*', exit status 75, a later run was good' ]]
	run -0 look
	[ -z "$output" ]
}

@test "a run whose process is gone is found lost; pending records are delivered first" {
	batch victim 'owner: x' -- 'sleep 100'
	batch other 'owner: x' -- 'exit 65'
	run-batch --quiet victim 2>/dev/null &
	until sqlite3 "$MAM_HISTORY" "SELECT pid FROM mam_run WHERE state = 'running'" 2>/dev/null | grep -q .; do
		sleep 0.05
	done
	run -0 look
	[ -z "$output" ]
	kill -9 "$(sqlite3 "$MAM_HISTORY" "SELECT pid FROM mam_run WHERE state = 'running'")"
	wait || true
	for _ in $(seq 100); do
		[ -n "$(ls state/locks)" ] || break
		sleep 0.05
	done
	# A history that could not be reached: the record waits on disk.
	run -65 run-batch --quiet --history postgresql://127.0.0.1:1/none other
	[ -n "$(ls state/pending)" ]
	run -0 look
	[[ $output == *'lost: victim, slot '*'the process that ran it, or its host, is gone'* ]]
	[[ $output == *'failed: other, slot '* ]]
	[ -z "$(ls state/pending)" ]
}

@test "backfills: a step that failed is reported, and over when that step is good" {
	batch daily 'schedule: 0 0 * * * UTC' -- '[ -e fixed ] || [ "$FROM" != 2026-01-02 ]'
	run-batch --quiet --again daily || true
	run -1 run-batch --quiet --from 2026-01-01 --to 2026-01-04 --step 1d daily
	run -0 look
	[ "$(grep -c '^failed: daily, slot 2026-01-03 00:00:00 UTC' <<<"$output")" -eq 1 ]
	again=$(sed -n 's/^  again: //p' <<<"$output")
	[[ $again == 'run-batch --from 2026-01-02 --to 2026-01-03 --slot '* ]]
	run -0 look
	[ -z "$output" ]
	touch fixed
	bash -c "$again" 2>/dev/null
	run -0 look
	[[ $output == 'good again: daily,'* ]]
}

@test "Slack: its form, escaped, with the URL never shown" {
	batch bad 'owner: <!channel> & `x`' -- 'echo "<script> & \`code\` $(printf "\e[31m")"; exit 65'
	run -65 run-batch --quiet bad
	http_start
	answer '{"status": 500, "text": "cannot POST /services/practice-token"}' '{"status": 429}' '{"text": "ok"}'
	export HOOK=$BASE/services/practice-token
	run -75 watch-batches --slack env:HOOK
	[ "$output" = 'watch-batches: slack env:HOOK: the server answers 500; the next look tries again' ]
	run -75 watch-batches --slack env:HOOK
	run -0 watch-batches --slack env:HOOK
	[ -z "$output" ]
	run -0 watch-batches --slack env:HOOK
	[ "$(requests)" -eq 3 ]
	[ "$(asked .method | sort -u)" = POST ]
	asked .body >bodies
	[ "$(sort -u bodies | wc -l)" -eq 1 ]
	head -n 1 bodies >body
	[[ $(jq -r .text body) == "batches: 1 failed ("*")" ]]
	[ "$(jq -r '.blocks[0].type, .blocks[0].text.type, .blocks[1].text.type' body | tr '\n' ' ')" = 'header plain_text mrkdwn ' ]
	jq -r '.blocks[1].text.text' body >text
	grep -qF '&lt;script&gt; &amp; '"'code'"' \u001b[31m' text
	grep -qF 'owner &lt;!channel&gt; &amp; '"'x'" text
	run ! grep -F '<' text
	[ "$(grep -o '```' text | wc -l)" -eq 2 ]
	run ! grep -rF practice-token state
	# A literal is refused, and not repeated.
	run -64 watch-batches --slack https://hooks.example/services/practice-token
	[[ $output != *practice-token* ]]
	export HOOK=http://example.com/x
	batch bad2 'owner: x' -- 'exit 1'
	run -1 run-batch --quiet bad2
	run -78 watch-batches --slack env:HOOK
	[[ $output == *'the URL is not https'* ]]
}

@test "Slack: hundreds of events fit into its limits" {
	for i in $(seq 300); do
		batch "batch-$i" 'owner: x'
	done
	plant batch=batch-1 slot=-9 started=-9 ended=-8 state=failed message=x
	long=$(printf '<&>%.0s' $(seq 120))
	sqlite3 "$MAM_HISTORY" "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
		INSERT INTO mam_run (id, batch, slot, state, started, ended, status, message)
		SELECT 'id-' || i, 'batch-' || i, slot, state, started, ended, 65, '$long' FROM n, mam_run WHERE batch = 'batch-1'"
	http_start
	answer '{"text": "ok"}'
	export HOOK=$BASE/x
	run -0 watch-batches --slack env:HOOK --webhook env:HOOK
	asked .body >bodies
	[ "$(wc -l <bodies)" -eq 2 ]
	[[ $(head -n 1 bodies | jq -r .text) == 'batches: 300 failed ('* ]]
	[ "$(head -n 1 bodies | jq '.blocks | length')" -le 50 ]
	[ "$(head -n 1 bodies | jq '[.blocks[].text.text | length] | max')" -le 3000 ]
	head -n 1 bodies | jq -r '.blocks[].text.text' | grep -q 'and 260 more'
	[ "$(tail -n 1 bodies | jq '.events | length')" -eq 300 ]
}

@test "webhook: JSON with an HMAC of time and body, that a receiver can check" {
	batch bad 'owner: ads' 'target: sqlite t' -- 'echo "日本語 \"quoted\""; exit 65'
	run -65 run-batch --quiet bad
	http_start
	answer '{"status": 204}'
	export HOOK=$BASE/hook KEY=practice-key
	run -0 watch-batches --webhook env:HOOK --webhook-key env:KEY
	python3 - log <<-'END'
		import hashlib, hmac, json, sys, time
		request = json.loads(open(sys.argv[1], encoding="utf-8").readline())
		headers, body = request["headers"], request["body"]
		stamp = headers["x-mam-timestamp"]
		assert abs(time.time() - int(stamp)) < 60
		mac = hmac.new(b"practice-key", stamp.encode() + b"." + body.encode(), hashlib.sha256).hexdigest()
		assert hmac.compare_digest(headers["x-mam-signature"], "sha256=" + mac)
		assert headers["content-type"] == "application/json"
		told = json.loads(body)
		assert told["version"] == 1 and told["id"] == headers["x-mam-delivery"] and len(told["events"]) == 1
		event = told["events"][0]
		assert event["kind"] == "failed" and event["batch"] == "bad" and event["owner"] == "ads", event
		assert event["status"] == "65" and event["target"] == "sqlite t" and event["message"] == '日本語 "quoted"', event
		assert event["log"].endswith("/log") and event["rerun"] == "run-batch bad", event
	END
	run -64 watch-batches --webhook-key env:KEY
	run -78 watch-batches --webhook env:NOT_SET_HERE
}

@test "each channel has its own memory: what one could not send waits for it alone" {
	batch bad 'owner: x' -- '[ -e fixed ]'
	run -1 run-batch --quiet bad
	http_start
	answer '{"path": "/a", "status": 503}' '{"path": "/a", "status": 404}' '{"path": "/a"}' '{"path": "/b", "times": 9}'
	export A=$BASE/a B=$BASE/b
	run -75 watch-batches --webhook env:A --webhook env:B --exec 'cat >>told'
	[ "$(jq -r '.events[].kind' told)" = failed ]
	# Its failure and its recovery arrive together, in their order, when the channel works again.
	touch fixed
	run-batch --quiet bad
	run -69 watch-batches --webhook env:A --webhook env:B --exec 'cat >>told'
	run -0 watch-batches --webhook env:A --webhook env:B --exec 'cat >>told'
	[ "$(jq -r '.events[].kind' told | tr '\n' ' ')" = 'failed recovered ' ]
	[ "$(asked 'select(.target == "/b") | .body | fromjson | [.events[].kind] | join(" ")' | tr '\n' ' ')" = 'failed recovered ' ]
	[ "$(asked 'select(.target == "/a") | .body | fromjson | [.events[].kind] | join(" ")' | tail -n 1)" = 'failed recovered' ]
	# A command line with other channels does not disturb them.
	run -0 watch-batches
	run -0 watch-batches --webhook env:A --webhook env:B --exec 'cat >>told'
	[ "$(requests)" -eq 5 ]
	run -64 watch-batches --webhook env:A --webhook env:A
}

@test "exec: its status is ours, and it cannot hang" {
	batch bad 'owner: x' -- 'exit 1'
	run -1 run-batch --quiet bad
	run -77 watch-batches --exec 'exit 77'
	run -75 watch-batches --exec 'exit 3'
	[[ $output == *'it exits with 3'* ]]
	run -75 watch-batches --exec 'kill -9 $$'
	run -75 watch-batches --timeout 200ms --exec 'sleep 876.5 & sleep 876.5'
	[[ $output == *'it did not end in time'* ]]
	run ! pgrep -f 'sleep 876.5'
	# It need not read.
	run -0 watch-batches --exec true
}

@test "mail by sendmail: headers, plain and base64, no way to add a recipient" {
	cat >sendmail <<-'END'
		#!/bin/sh
		printf '%s\n' "$@" >arguments
		cat >>mail
	END
	chmod +x sendmail
	batch bad 'owner: x' -- 'echo why; exit 65'
	run -65 run-batch --quiet bad
	run -0 watch-batches --mail ops@example.com --mail root --mail-from etl@example.com --sendmail ./sendmail
	[ "$(tr '\n' ' ' <arguments)" = '-t -i -f etl@example.com ' ]
	grep -qxF 'To: ops@example.com,' mail
	grep -qx 'Subject: batches: 1 failed (.*)' mail
	grep -qxF 'Content-Transfer-Encoding: 7bit' mail
	grep -qxF '  why' mail
	python3 - <<-'END'
		import email, email.policy, email.utils
		mail = email.message_from_binary_file(open("mail", "rb"), policy=email.policy.default)
		assert not mail.defects
		assert abs(email.utils.parsedate_to_datetime(mail["Date"]).timestamp() - __import__("time").time()) < 60
		assert mail["From"] == "etl@example.com" and mail["Auto-Submitted"] == "auto-generated"
	END
	rm mail
	batch japan 'owner: x' -- 'printf "日本語\r\nBcc: evil@example.com\r\n.\r\n"; printf "x%.0s" $(seq 2000); exit 65'
	run -65 run-batch --quiet japan
	plant batch=$'x\r\nBcc: evil@example.com' slot=-1 started=-1 ended=-1 state=failed message=$'日本語\r\nBcc: evil@example.com\r\n.\r\n'
	run -0 watch-batches --mail ops@example.com --mail root --mail-from etl@example.com --sendmail ./sendmail
	run ! grep -i bcc mail
	python3 - <<-'END'
		import email, email.policy
		mail = email.message_from_binary_file(open("mail", "rb"), policy=email.policy.default)
		text = mail.get_content()
		assert mail["Bcc"] is None and "日本語\\r\\nBcc" in text, text
		assert all(len(line) < 998 for line in open("mail", "rb"))
	END
	for address in 'a@b.c, evil@x.y' $'a@b.c\nBcc: evil@x.y' '-oQ/tmp' 'A <a@b.c>' ''; do
		run -64 watch-batches --mail "$address" --sendmail ./sendmail
	done
	run -65 run-batch --quiet bad
	run -78 watch-batches --mail ops@example.com --sendmail ./no-such-program
}

@test "mail by SMTP: a real server takes it, and its refusals are understood" {
	python3=$("$MAM_ROOT/tests/python-parts" python) || skip 'SKIPPED: aiosmtpd is not installed (make deps-test installs it by uv)'
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
	cat >server.py <<-'END'
		import asyncio, json, os, ssl, sys
		from aiosmtpd.smtp import SMTP, AuthResult

		class Handler:
		    async def handle_RCPT(self, server, session, envelope, address, options):
		        if address.startswith("nobody"):
		            return "550 no such mailbox"
		        if address.startswith("later"):
		            return "451 try again later"
		        envelope.rcpt_tos.append(address)
		        return "250 OK"

		    async def handle_DATA(self, server, session, envelope):
		        with open("mails", "a", encoding="utf-8") as file:
		            print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
		                              "user": session.auth_data.login.decode() if session.auth_data else None,
		                              "text": envelope.content.decode()}), file=file)
		        return "250 OK"

		def check(server, session, envelope, mechanism, data):
		    return AuthResult(success=data.password == b"practice-password", handled=False, auth_data=data)

		context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
		context.load_cert_chain("cert.pem", "key.pem")

		def session():
		    return SMTP(Handler(), authenticator=check, tls_context=context, auth_require_tls=True)

		async def main():
		    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
		    print(server.sockets[0].getsockname()[1], flush=True)
		    while os.getppid() == int(sys.argv[1]):
		        await asyncio.sleep(0.1)

		asyncio.run(main())
	END
	"$python3" server.py $$ >port 2>server.err 3>&- &
	until [ -s port ]; do
		kill -0 $! || { cat server.err; return 1; }
		sleep 0.05
	done
	url=smtp://localhost:$(cat port)
	export PASSWORD=practice-password WRONG=wrong
	batch bad 'owner: x' -- 'echo "日本語"; exit 65'
	run -65 run-batch --quiet bad
	send() {
		watch-batches --smtp "$url" --mail-from etl@example.com --cacert cert.pem "$@"
	}
	run -0 send --mail ops@example.com --mail two@example.com --smtp-password env:PASSWORD --smtp-user etl
	[ "$(jq -c '[.from, .to, .tls, .user]' mails)" = '["etl@example.com",["ops@example.com","two@example.com"],true,"etl"]' ]
	jq -r .text mails | grep -q '^Subject: batches: 1 failed'
	jq -r .text mails | sed '1,/^\r*$/d' | base64 -di | grep -q '日本語'
	# The state knows "mail" as one channel, so what was sent stays sent.
	run -0 send --mail ops@example.com
	[ "$(wc -l <mails)" -eq 1 ]
	for case in 'nobody@example.com 69' 'later@example.com 75'; do
		run -65 run-batch --quiet bad
		run -"${case#* }" send --mail "${case% *}"
	done
	run -77 send --mail ops@example.com --smtp-password env:WRONG
	[[ $output != *wrong* ]]
	# The password is never sent without TLS, nor to a server that nobody vouches for.
	run ! watch-batches --smtp "$url" --mail-from etl@example.com --mail ops@example.com --smtp-password env:PASSWORD
	[ "$(wc -l <mails)" -eq 1 ]
	run -0 send --mail ops@example.com
	[ "$(wc -l <mails)" -eq 2 ]
	run -64 watch-batches --smtp "$url" --mail ops@example.com
	run -64 watch-batches --smtp http://x --mail ops@example.com --mail-from a@b.c
}

@test "nothing is lost and nothing is sent twice, whenever it is killed" {
	batch bad 'owner: x' -- '[ -e fixed ]'
	http_start
	answer '{"times": 9999, "status": 200, "delay": 0.02}'
	export HOOK=$BASE/x
	run -0 watch-batches --webhook env:HOOK
	for i in $(seq 20); do
		if [ $((i % 2)) = 1 ]; then rm -f fixed; else touch fixed; fi
		run-batch --quiet bad 2>/dev/null || true
		watch-batches --webhook env:HOOK 2>/dev/null &
		pid=$!
		sleep "0.0$((RANDOM % 9))"
		kill -9 $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		[ $((i % 5)) != 0 ] || run -0 watch-batches --webhook env:HOOK
	done
	run -0 watch-batches --webhook env:HOOK
	run -0 watch-batches --webhook env:HOOK
	# Each failure has its slot; a request that was sent when the kill came may come again, as it must.
	asked '.body | fromjson | .events[] | select(.kind == "failed") | .slot' | sort >slots
	[ "$(uniq slots | wc -l)" -eq 10 ]
	[ -z "$(find state -name '*.part')" ] || [ -s state/watch.jsonl ]
}

@test "its own troubles: a second look, a full disk, an unreadable state, a history that is not there" {
	batch bad 'owner: x' -- 'exit 65'
	run -65 run-batch --quiet bad
	mkdir -p state/locks
	flock state/locks/watch-batches sleep 0.5 &
	sleep 0.1
	run -75 watch-batches
	[[ $output == *'is looking already' ]]
	wait
	run -74 bash -c 'ulimit -f 0; exec watch-batches'
	run -0 look
	[[ $output == 'failed: bad'* ]]
	batch more 'owner: x' -- 'exit 65'
	run -65 run-batch --quiet more
	run -74 bash -c 'watch-batches >/dev/full'
	run -0 look
	[[ $output == 'failed: more'* ]]
	# No failure of the history is taken for "all is well", or for batches that are missing.
	run -75 watch-batches --history postgresql://127.0.0.1:1/none
	echo '{"type":"watch","version":9}' >state/watch.jsonl
	run -65 watch-batches
	[[ $output == *'watch.jsonl is not the state'*'remove it'* ]]
	rm state/watch.jsonl
	run -0 look
	[ "$(stat -c %a state/watch.jsonl)" = 600 ]
}

@test "the history in PostgreSQL and in MySQL" {
	if [ -z "${MAM_TEST_PG:-}" ] || [ -z "${MAM_TEST_MYSQL:-}" ]; then
		skip 'SKIPPED: no database servers (MAM_TEST_PG, MAM_TEST_MYSQL)'
	fi
	batch watched 'owner: x' -- '[ -e fixed ]'
	for history in "$MAM_TEST_PG" "$MAM_TEST_MYSQL"; do
		rm -f fixed state/watch.jsonl
		run -1 run-batch --quiet --history "$history" watched
		run -0 look --history "$history"
		[[ $output == *'failed: watched, '* ]]
		touch fixed
		run-batch --quiet --history "$history" watched
		run -0 look --history "$history"
		[[ $output == *'good again: watched, '* ]]
	done
}
