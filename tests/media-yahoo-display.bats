# SPDX-License-Identifier: MIT
# Yahoo! JAPAN Ads, Display: its batch against the practice server, with faults, into all three databases, and both
# against the official API file.

load helper
load media

setup() {
	media_setup yahoo-display yahoo-display-campaign-daily
	export YAHOO_CLIENT_ID=practice-client YAHOO_CLIENT_SECRET=practice-secret YAHOO_REFRESH_TOKEN=practice-refresh
	export YAHOO_ACCOUNT_ID=11111111 YAHOO_BASE_ACCOUNT_ID=10000001
}

teardown() {
	media_stop
}

storm=('at=token do=status status=503' 'at=token do=truncate bytes=10 skip=1'
	'at=add do=status status=500 code=0002' 'at=add do=status status=403 code=0003'
	'at=get do=status status=503 code=0099' 'at=get do=status status=403 code=0003' 'at=get do=expire skip=2'
	'at=download do=full-error code=S0001' 'at=download do=truncate bytes=500 skip=1' 'at=download do=reset bytes=700 skip=2'
	'at=download do=cut bytes=900 skip=3' 'at=remove do=status status=503' 'at=remove do=reset bytes=5 skip=1')

@test "SQLite: with faults, twice, restated, without data" {
	media_loads sqlite --polls=0 --rows=40 --by-day=1 "${storm[@]}"
	# Each of the five reports is removed, so that 60 open ones are never reached.
	[ "$(curl -sS "$BASE_URL/practice/reports" | jq -r 'select(.status == "COMPLETED") | .removed' | sort | uniq -c | xargs)" = '5 true' ]
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	media_loads postgresql --polls=0 --rows=40 --by-day=1 "${storm[@]}"
}

@test "MariaDB: with faults, twice, restated, without data" {
	media_loads mysql --polls=0 --rows=40 --by-day=1 "${storm[@]}"
}

@test "as it is, within the medium's limit; the default window is the last seven days" {
	media_default_window 7 Asia/Tokyo
	[ "$(media_log 'select(.status == 403)')" = "" ]
	[ "$(media_log .op | tr -d '"' | tr '\n' ' ')" = 'token add get get get download remove ' ]
}

@test "what the medium refuses: report type, fields that exclude each other, account, credentials; nothing is loaded" {
	media_start --rate 0 --polls 0 --by-day 1
	media_hurry
	media_batch
	media_edit 's/"reportName"/"reportType": "AD", "reportName"/' yahoo-display-campaign-daily.json
	media_fails 69 '0001 Invalid Request'
	media_edit 's/"reportType": "AD", //' yahoo-display-campaign-daily.json
	media_edit 's/"CLICKS",/"CLICKS", "DEVICE",/' yahoo-display-campaign-daily.json
	media_fails 69 'RL001 Invalid relation'
	media_edit 's/ "DEVICE",//' yahoo-display-campaign-daily.json
	YAHOO_ACCOUNT_ID=7 media_fails 77 0098
	YAHOO_BASE_ACCOUNT_ID=7 media_fails 77 0112
	YAHOO_REFRESH_TOKEN=stale HOME=$PWD/elsewhere media_fails 77 invalid_grant
	[[ $stderr != *stale* ]]
}

@test "a report that fails is 69, one that is never ready is 75, a row of totals is an error" {
	media_start --rate 0 --polls 0 --by-day 1
	media_hurry
	media_batch
	media_fault 'at=add do=fail-report'
	media_fails 69 'Over limit of file size.'
	media_fault 'at=add do=cancel-report'
	media_fails 69 CANCELED
	media_outlasts download 'full-error code=S0001' 75 S0001
	media_outlasts get 'part-error code=V0001' 69 V0001
	media_outlasts download 'cut bytes=900' 75 'zip file without its end'
	media_edit '/reportSkipReportSummary/s/TRUE/FALSE/' yahoo-display-campaign-daily.json
	media_fails 65 '"Total" is not a date'
}

@test "every encoding of the file has the same rows" {
	media_start --rate 0 --polls 0 --by-day 1
	media_hurry
	media_expected all "$FROM" "$TO"
	cp -r root/pipelines kept
	local form
	for form in 'UTF8_BOM NONE' 'SJIS ZIP --encoding CP932' 'UTF16LE ZIP --encoding UTF-16LE'; do
		read -r encode zip options <<<"$form"
		media_edit "s/\"UTF8\"/\"$encode\"/; s/\"ZIP\"/\"$zip\"/" yahoo-display-campaign-daily.json
		[ -z "$options" ] || media_edit "s/from-csv \|/from-csv $options |/" yahoo-display-campaign-daily
		rm -f ads.db
		media_batch
		media_holds all
		cp -r kept/. root/pipelines
	done
}

# Checks the log of a run, with bodies, against the official file of this API.
prism() { # SPEC EXCHANGES
	need_shared "media/specs/$1"
	run "$MAM_ROOT/tests/servers/prism" check "$MAM_SHARED/media/specs/$1" log
	[ "$status" -ne 69 ] || skip "SKIPPED: $output"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "$2 exchanges, 0 violations" ]
}

# Asks for all fields and all accounts, page by page: ask API-FILE FIELDS-BODY.
ask() {
	local api=$1
	shift
	fetch-api "@root/pipelines/media/$api" --token-url "$BASE_URL/oauth/v1/token" \
		--set base_account=10000001 --set account=11111111 "$@"
}

accounts() { # API-FILE: of BaseAccountService, which has at most 200 a page
	ask "$1" --url "$BASE_URL/api/{version}/BaseAccountService/get" --body '{}' --record-path rval.values \
		--paginator offset --base-index 1 --offset-body-path startIndex --limit-body-path numberResults \
		--page-size "$2" --total-path rval.totalNumEntries
}

@test "every request, and every answer of the practice server, keeps to the official API file of v19" {
	media_start --rate 0 --polls 1 --log log --bodies --accounts 450
	media_hurry
	media_batch
	ask yahoo-display.api --url "$BASE_URL/api/{version}/ReportDefinitionService/getReportFields" \
		--body '{"reportType":"AD","lang":"EN"}' --record-path rval.fields | to-json >fields
	[ "$(jq -r 'select(.fieldName == "IMPRESSION_SHARE").displayFieldName' fields)" = 'Impression share' ]
	[ "$(accounts yahoo-display.api 200 | to-json | wc -l)" = 450 ]
	prism yahoo-display-v19.bundled.yaml 9
}

@test "search: the accounts of v20, and the same file for both" {
	server=yahoo-search media_start --rate 0 --log log --bodies --accounts 401
	media_hurry
	[ "$(accounts yahoo-search.api 200 | to-json | wc -l)" = 401 ]
	run -69 --separate-stderr accounts yahoo-search.api 201
	[[ $stderr == *'0001 Invalid Request'* ]]
	sed -i '$d' log
	prism yahoo-search-v20.bundled.yaml 3
}

@test "official file: the fields, their names, values and exclusions are those of v19" {
	need_shared media/specs/yahoo-display-v19/reports
	python3 - "$MAM_SHARED/media/specs/yahoo-display-v19/reports/AD.csv" "$MAM_ROOT/tests/servers" <<-'END'
	import csv, sys
	sys.dont_write_bytecode = True
	sys.path.insert(0, sys.argv[2])
	from practice.yahoo_rows import load_fields
	ours = load_fields("yahoo-display-fields.tsv")
	rows = {row[0]: row for row in csv.reader(open(sys.argv[1], encoding="utf-8-sig"))}
	for name, field in ours.items():
	    _, ja, en, xml, kind, exclusions, behaviour, values_ja, values_en, note = rows[name]
	    assert (field.ja, field.en, field.xml, field.type, field.kind) == (ja, en, xml, kind, behaviour), name
	    assert (",".join(field.values["JA"]), ",".join(field.values["EN"])) == (values_ja, values_en), name
	    theirs = set(exclusions.strip("[]").replace(" ", "").split(",")) - {""}
	    assert theirs & set(ours) == set(field.incompatible), name
	    assert (field.null == "") == ("空の値" in note), name
	END
}
