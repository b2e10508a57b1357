# SPDX-License-Identifier: MIT
# from-singer and to-singer with taps and targets of others, from PyPI: both families of libraries.
# shellcheck disable=SC2030,SC2031

load helper
load pg

# Sets part to the path of SET/NAME.
need_part() {
	part=$("$MAM_ROOT/tests/singer-parts" "$1") || skip "SKIPPED: $1 is not installed (make deps-test installs it from PyPI)"
}

# The table that the taps read. The server trusts everybody, and the taps want a password.
source_table() {
	sql "DROP TABLE IF EXISTS src; CREATE TABLE src (id int PRIMARY KEY, n numeric(12,2), t text, d date, tz timestamptz, j jsonb, b bool, f float8, bi bigint);
		INSERT INTO src VALUES (1, 12.50, 'テ', '2026-11-27', '2026-11-27 01:02:03+00', '{\"a\":[1,2.5]}', true, 0.1, 9007199254740993); INSERT INTO src VALUES (2)"
}

# The catalog of that table alone.
choose() { # CATALOG KEY
	jq --argjson more "$2" '.streams |= map(select((.table_name // .tap_stream_id) | IN("src", "public-src")) |
		.metadata |= map(if .breadcrumb == [] then .metadata += $more else . end))' "$1"
}

@test "tap-postgres of the Meltano SDK is a source" {
	need_part sdk/tap-postgres
	tap=$part
	source_table
	jq -n --arg u "postgresql+psycopg://mam:x@127.0.0.1:$MAM_TEST_PG_PORT/postgres" '{sqlalchemy_url: $u}' >config.json
	"$tap" --config config.json --discover >all.json
	choose all.json '{"selected": true}' >catalog.json
	from-singer -- "$tap" --config config.json --catalog catalog.json >src.mam
	[ "$(to-json <src.mam)" = '{"id":1,"n":12.5,"t":"テ","d":"2026-11-27","tz":"2026-11-27T01:02:03Z","j":"{\"a\":[1,2.5]}","b":true,"f":0.1,"bi":9007199254740993}
{"id":2,"n":null,"t":null,"d":null,"tz":null,"j":null,"b":null,"f":null,"bi":null}' ]
	describe --json <src.mam | jq -e '.states > 0 and .state[-1].key == "singer"'
	# A tap that fails.
	sql 'DROP TABLE src'
	run -76 bash -c 'from-singer -- "$@" >out' sh "$tap" --config config.json --catalog catalog.json
}

@test "tap-postgres of PipelineWise, with multipleOf and ACTIVATE_VERSION" {
	need_part pipelinewise/tap-postgres
	tap=$part
	source_table
	jq -n --argjson p "$MAM_TEST_PG_PORT" '{host: "127.0.0.1", port: $p, user: "mam", password: "x", dbname: "postgres"}' >config.json
	"$tap" --config config.json --discover >all.json
	choose all.json '{"selected": true, "replication-method": "FULL_TABLE"}' >catalog.json
	from-singer -- "$tap" --config config.json --properties catalog.json >src.mam
	[ "$(to-json <src.mam | head -n 1)" = '{"id":1,"n":12.5,"t":"テ","d":"2026-11-27T00:00:00Z","tz":"2026-11-27T01:02:03Z","j":{"a":[1,2.5]},"b":true,"f":0.1,"bi":9007199254740993}' ]
	describe --json <src.mam | jq -e '.records == 2 and .stages[0].activated_version > 0 and (.fields[] | select(.name == "n").types) == ["decimal"]'
}

records() {
	printf 'schema\tid:int\tcost:decimal\tname:text\tday:date\tat:timestamp\tok:bool\nrow\t9007199254740993\t12.50\tテ\t2026-11-20\t2026-11-20T13:00:00.000001Z\ttrue\nrow\t2\t\\N\t\\N\t\\N\t\\N\t\\N\n' | spell
}

@test "target-jsonl is a sink: every value arrives" {
	need_part jsonl/target-jsonl
	target=$part
	echo '{}' >config.json
	records | to-singer --stream ads --key id --scale 4 | "$target" -c config.json
	[ "$(cat ads*.jsonl)" = '{"id": 9007199254740993, "cost": 12.50, "name": "\u30c6", "day": "2026-11-20", "at": "2026-11-20T13:00:00.000001Z", "ok": true}
{"id": 2, "cost": null, "name": null, "day": null, "at": null, "ok": null}' ]
}

@test "target-postgres is a sink, and its rows come back through fetch-pg" {
	need_part sdk/target-postgres
	target=$part
	jq -n --argjson p "$MAM_TEST_PG_PORT" '{host: "127.0.0.1", port: $p, user: "mam", password: "x", database: "postgres", default_target_schema: "public", add_record_metadata: false, activate_version: false}' >config.json
	records | to-singer --stream ads_target --key id --scale 4 | "$target" --config config.json
	[ "$(fetch-pg --url "$MAM_TEST_PG" --query 'SELECT id, cost::numeric(12,2) AS cost, name, day::text AS day, at::timestamptz AS at, ok FROM ads_target ORDER BY id DESC' | to-json)" = \
		'{"id":9007199254740993,"cost":12.50,"name":"テ","day":"2026-11-20","at":"2026-11-20T13:00:00.000001Z","ok":true}
{"id":2,"cost":null,"name":null,"day":null,"at":null,"ok":null}' ]
}

@test "target-csv is a sink" {
	need_part csv/target-csv
	target=$part
	mkdir csv
	jq -n --arg p "$PWD/csv" '{output_path: $p}' >config.json
	records | to-singer --stream ads --key id | "$target" --config config.json
	[ "$(tr -d '\r' <csv/*)" = "$(printf 'id,cost,name,day,at,ok\n9007199254740993,12.50,テ,2026-11-20,2026-11-20 13:00:00.000001+00:00,True\n2,,,,,')" ]
}
