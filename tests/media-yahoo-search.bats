# SPDX-License-Identifier: MIT
# Yahoo! JAPAN Ads, Search: its batch against the practice server, with faults, into all three databases. What else
# there is to say about this batch is in batch.bats.

load helper
load media

setup() {
	media_setup yahoo-search yahoo-search-campaign-daily
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
	# The batch for SQLite alone: it chooses the loader itself.
	export batch=yahoo-search-campaign-daily-sqlite
	unset LOADER
	media_loads sqlite --polls=0 --rows=40 --by-day=1 "${storm[@]}"
}

@test "PostgreSQL: with faults, twice, restated, without data" {
	media_loads postgresql --polls=0 --rows=40 --by-day=1 "${storm[@]}"
}

@test "MariaDB: with faults, twice, restated, without data" {
	export batch=yahoo-search-campaign-daily-mysql
	media_loads mysql --polls=0 --rows=40 --by-day=1 "${storm[@]}"
}
