# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For the tests of load-pg: a PostgreSQL of the file's own.

setup_file() {
	# Not below bats' own folder, which is closed to the server's user.
	SERVER=$(mktemp -d "${TMPDIR:-/tmp}/mam-load-pg.XXXXXX")
	chmod 755 "$SERVER"
	export SERVER PGTZ=UTC
	local said
	said=$("$MAM_ROOT/tests/servers/postgres" start "$SERVER") || return 1
	eval "$said"
}

teardown_file() {
	"$MAM_ROOT/tests/servers/postgres" stop "$SERVER"
	rm -rf "$SERVER"
}

sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$MAM_TEST_PG" -c "$1"
}

into() { # TABLE OPTION...
	load-pg --to "$MAM_TEST_PG" --table "$@"
}

rows() { # ROW...
	printf 'schema\tid:int\tday:date\tname:text\n'
	local row
	for row in "$@"; do printf 'row\t%s\n' "${row//|/$'\t'}"; done
}
