/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_bind.h"
#include "tests/unit/unit.h"

static const struct slice known[] = {{"from", 4}, {"id", 2}};

static void
becomes(enum sql_dialect d, const char *text, const char *wanted, const char *names)
{
	static struct sql_bound_query q;
	struct slice at;
	const char *wrong = sql_bind(&q, d, slice_of(text), known, 2, &at);
	bool good = !wrong && slice_is(buf_slice(&q.sql), wanted) && q.n == strlen(names);
	for (size_t i = 0; good && i < q.n; i++)
		good = q.names[i] == (size_t)(names[i] - '0');
	if (!good)
		fprintf(stderr, "%s: %s: %.*s\n", text, wrong ? wrong : "", (int)q.sql.n, q.sql.p);
	CHECK(good);
}

static void
refused(enum sql_dialect d, const char *text, const char *wanted, const char *wanted_at)
{
	static struct sql_bound_query q;
	struct slice at;
	const char *wrong = sql_bind(&q, d, slice_of(text), known, 2, &at);
	bool good = wrong && strstr(wrong, wanted) && slice_is(at, wanted_at);
	if (!good)
		fprintf(stderr, "%s: %s: %.*s\n", text, wrong ? wrong : "good", (int)at.n, at.p);
	CHECK(good);
}

static void
parameters(void)
{
	becomes(SQL_POSTGRES, "SELECT {id}, x FROM t WHERE a={from} OR b={id}",
	    "SELECT $1, x FROM t WHERE a=$2 OR b=$3", "101");
	becomes(SQL_MYSQL, "SELECT {id},{from}", "SELECT ?,?", "10");
	becomes(SQL_POSTGRES, "SELECT '{a,b}'::text[], '{}', x {",
	    "SELECT '{a,b}'::text[], '{}', x {", "");
	becomes(SQL_POSTGRES, "SELECT a ? 'b'", "SELECT a ? 'b'", "");
	refused(SQL_POSTGRES, "SELECT {to}", "is undefined", "{to}");
	refused(SQL_POSTGRES, "SELECT '{from}'", "is in quotes", "{from}");
	refused(SQL_MYSQL, "SELECT \"x{id}\"", "is in quotes", "{id}");
	refused(SQL_POSTGRES, "SELECT $1", "without a name", "$1");
	refused(SQL_MYSQL, "SELECT ?", "without a name", "?");
}

static void
quotes_and_comments(void)
{
	becomes(SQL_POSTGRES, "SELECT 'it''s {x}', \"a\"\"{y}\" -- {z}\n, {id}",
	    "SELECT 'it''s {x}', \"a\"\"{y}\" -- {z}\n, $1", "1");
	becomes(SQL_POSTGRES, "SELECT E'\\'{x}', '\\', {id}", "SELECT E'\\'{x}', '\\', $1", "1");
	becomes(SQL_MYSQL, "SELECT '\\'{x}', `{y}`, {id}", "SELECT '\\'{x}', `{y}`, ?", "1");
	becomes(SQL_POSTGRES, "SELECT $a$ {x} $$ $a$, $$'$$, {id}",
	    "SELECT $a$ {x} $$ $a$, $$'$$, $1", "1");
	becomes(SQL_POSTGRES, "SELECT /* {x} /* ' */ */ {id}", "SELECT /* {x} /* ' */ */ $1", "1");
	becomes(SQL_MYSQL, "SELECT /* /* */ {id} # {x}", "SELECT /* /* */ ?", "1");
	becomes(SQL_MYSQL, "SELECT 1--{id}", "SELECT 1--?", "1");
	refused(SQL_POSTGRES, "SELECT 'abc", "does not end", "'abc");
	refused(SQL_POSTGRES, "SELECT $q$ x", "does not end", "$q$");
	refused(SQL_POSTGRES, "SELECT /* /* */", "does not end", "/*");
}

static void
ends(void)
{
	becomes(SQL_POSTGRES, " SELECT 1 ; \n -- done\n", " SELECT 1", "");
	refused(SQL_POSTGRES, "SELECT 1; DROP TABLE t", "only one statement", "DROP TABLE t");
	refused(SQL_POSTGRES, " -- nothing\n;", "is empty", "");
	struct sql_bound_query q = {0};
	struct slice at;
	CHECK(!sql_bind(&q, SQL_MYSQL, SLICE("SELECT a AS 'order' FROM orders"), known, 2, &at) &&
	      !q.orders);
	CHECK(!sql_bind(&q, SQL_MYSQL, SLICE("SELECT a FROM t Order BY a"), known, 2, &at) &&
	      q.orders);
	buf_free(&q.sql);
}

int
main(void)
{
	parameters();
	quotes_and_comments();
	ends();
	return unit_done("sql_bind");
}
