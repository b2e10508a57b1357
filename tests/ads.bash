# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What tests of the practice ad server share: starting one of their own, asking
# it as a client of the API does, and as a test.

# ads_start OPTION...: sets ADS (base URL) and ADS_PID. The server ends with the test.
ads_start() {
	# One that was started before may have left its own.
	rm -f "$BATS_TEST_TMPDIR/ads.url"
	"$MAM_ROOT/tests/servers/yahoo-search" --parent $$ "$@" >"$BATS_TEST_TMPDIR/ads.url" 3>&- &
	ADS_PID=$!
	local tries=0
	until [ -s "$BATS_TEST_TMPDIR/ads.url" ]; do
		[ $((tries++)) -lt 200 ] && kill -0 "$ADS_PID" || return 1
		sleep 0.05
	done
	ADS=$(cat "$BATS_TEST_TMPDIR/ads.url")
	export ADS
}

ads_stop() {
	[ -z "${ADS_PID:-}" ] || kill "$ADS_PID" 2>/dev/null || true
}

ads_token() {
	curl -sS "$ADS/oauth/v1/token?grant_type=refresh_token&client_id=practice-client&client_secret=practice-secret&refresh_token=practice-refresh" |
		jq -r .access_token
}

# ads_call OPERATION BODY [CURL OPTION...]: a request as it should be; TOKEN is set by the caller.
ads_call() {
	local operation=$1 body=$2
	shift 2
	curl -sS -H "Authorization: Bearer $TOKEN" -H 'x-z-base-account-id: 10000001' \
		-H 'Content-Type: application/json' --data "$body" "$@" \
		"$ADS/api/v20/ReportDefinitionService/$operation"
}

# ads_report 'FIELDS' [MORE]: adds a CAMPAIGN report of three days and asks until it is ready; prints its number.
ads_report() {
	local job fields=$1 more=${2:-}
	job=$(ads_call add '{"accountId":11111111,"operand":[{"reportName":"t","reportType":"CAMPAIGN",
		"reportDateRangeType":"CUSTOM_DATE","dateRange":{"startDate":"20260701","endDate":"20260703"},
		"fields":['"$fields]$more}]}" | jq '.rval.values[0].reportDefinition.reportJobId')
	for _ in 1 2 3; do
		ads_call get '{"accountId":11111111,"reportJobIds":['"$job"']}' >/dev/null
	done
	echo "$job"
}

ads_download() { # JOB
	ads_call download '{"accountId":11111111,"reportJobId":'"$1"'}'
}

ads_fault() { # FAULT...: all of them, one after the other
	printf '%s\n' "$@" | curl -sS --fail --data-binary @- "$ADS/practice/faults"
}

ads_set() { # JSON
	curl -sS --fail --data "$1" "$ADS/practice/set"
}

ads_log() { # JQ FILTER
	curl -sS "$ADS/practice/log" | jq -c "$1"
}

ads_forget() {
	curl -sS -X DELETE "$ADS/practice/log"
	curl -sS -X DELETE "$ADS/practice/faults"
}
