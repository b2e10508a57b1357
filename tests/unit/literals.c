/* SPDX-License-Identifier: MIT */
#include "common/batch/literals.h"
#include "tests/unit/unit.h"

/* The names of all that is found, with a space after each. */
static bool
found_is(const char *path, const char *script, const char *wanted)
{
	const struct language *l = language_of(slice_of(path), slice_of(script));
	struct literal found;
	struct buf names = {0};
	size_t at = 0;
	while (l && literal_next(l, slice_of(script), &at, &found)) {
		buf_put_slice(&names, found.name);
		buf_put_byte(&names, ' ');
	}
	bool same = slice_is(buf_slice(&names), wanted);
	buf_free(&names);
	return same;
}

int
main(void)
{
	CHECK(found_is("a.sh", "export PGPASSWORD=hunter22\n", "PGPASSWORD "));
	CHECK(found_is("a.sh", "PGPASSWORD=$(secret get ssm:/x)\nTOKEN=$1\nX=\"$API_KEY\"\n", ""));
	CHECK(found_is("a.sh", "# PGPASSWORD=hunter22\n", ""));
	CHECK(found_is("a.sh", "mysql -u x -phunter22 db\n", "mysql_pwd "));
	CHECK(found_is("a.sh", "mysql -u x -P 3306 -p\n", ""));
	CHECK(found_is("a.sh", "fetch --password-file /run/x\n", ""));
	CHECK(
	    found_is("a", "#!/usr/bin/ruby\npassword: 'hunter22'\ntoken: ENV['T']\n", "password "));
	CHECK(found_is("a.py", "url = 'mysql://u:hunter22@h/d'\n", "mysql "));
	CHECK(found_is("a.py", "url = f'mysql://u:{password}@h/d'\n", ""));
	CHECK(!language_of(SLICE("a.txt"), SLICE("text")));
	return unit_done("literals");
}
