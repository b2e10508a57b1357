# SPDX-License-Identifier: MIT

load helper
load ads

teardown() {
	ads_stop
}

medium() {
	YAHOO_CLIENT_ID=practice-client YAHOO_CLIENT_SECRET=practice-secret YAHOO_REFRESH_TOKEN=practice-refresh \
		HOME=$BATS_TEST_TMPDIR fetch-api --method POST --header 'Content-Type: application/json' \
		--header 'x-z-base-account-id: 10000001' --auth oauth2-refresh-token --token-request query \
		--token-url "$ADS/oauth/v1/token" --client-id env:YAHOO_CLIENT_ID \
		--client-secret env:YAHOO_CLIENT_SECRET --refresh-token env:YAHOO_REFRESH_TOKEN \
		--fail-on errors --fail-on 'rval.values[].errors' --set account=11111111 "$@"
}

@test "an asynchronous report: add, get until it is ready, download" {
	ads_start
	api=$ADS/api/v20/ReportDefinitionService
	medium --url "$api/add" --from 2026-07-01 --to 2026-07-04 --record-path rval.values \
		--body '{"accountId":{account},"operand":[{"reportName":"{from} {to}","reportType":"CAMPAIGN",
			"reportDateRangeType":"CUSTOM_DATE","dateRange":{"startDate":"{from:%Y%m%d}","endDate":"{to-1d:%Y%m%d}"},
			"fields":["DAY","CAMPAIGN_ID","COST"],"reportSkipReportSummary":"TRUE"}]}' |
		medium --each --url "$api/get" --record-path rval.values --interval 50ms --timeout 20s \
			--body '{"accountId":{account},"reportJobIds":[{reportDefinition.reportJobId}]}' \
			--until rval.values.0.reportDefinition.reportJobStatus=COMPLETED |
		medium --each --url "$api/download" --decoder raw \
			--body '{"accountId":{account},"reportJobId":{reportDefinition.reportJobId}}' >report.mam
	[ "$(ads_log 'select(.op == "get")' | wc -l)" -eq 3 ]
	# One token for all three, from the shared file.
	[ "$(ads_log 'select(.op == "token")' | wc -l)" -eq 1 ]
	grep -aq '2026-07-01,1000000000,' report.mam
	run ! grep -aq '2026-07-04,' report.mam
}
