/* SPDX-License-Identifier: MIT */
/* The loaders' SQL: names quoted, statements of each mode in each dialect. */
#include "common/sql/sql.h"
#include "tests/unit/unit.h"

static struct buf text;

/* True if exactly this text was built since the last call. */
static bool
built(const char *expected)
{
	bool same = !text.failed && slice_is(buf_slice(&text), expected);

	if (!same)
		fprintf(stderr, "have %.*s\nwant %s\n", (int)text.n, text.p, expected);
	buf_reset(&text);
	return same;
}

static void
test_table(void)
{
	static const struct {
		const char *text, *schema, *name;
	} good[] = {
	    {"t", "", "t"},
	    {"ads.campaign_daily", "ads", "campaign_daily"},
	    {"Ads.Daily", "Ads", "Daily"},
	    {"\"a.b\"", "", "a.b"},
	    {"\"a\"\"b\".c", "a\"b", "c"},
	    {"日本.表 1", "日本", "表 1"},
	};
	static const char *const bad[] = {"", ".", "a.", ".a", "a.b.c", "\"a", "a\"b", "\"a\"b",
	    "\"\"", "a.\"\"", "a.b.", "\"a\".\"b\".\"c\""};
	struct buf names = {0};
	struct sql_table t;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		buf_reset(&names);
		CHECK(!sql_table_parse(&t, slice_of(good[i].text), &names));
		CHECK(slice_is(t.schema, good[i].schema));
		CHECK(slice_is(t.name, good[i].name));
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		buf_reset(&names);
		CHECK(sql_table_parse(&t, slice_of(bad[i]), &names));
	}
	buf_free(&names);
}

static void
test_names(void)
{
	char long_name[70];

	memset(long_name, 'x', sizeof long_name);
	CHECK(!sql_name_error(SQL_POSTGRES, (struct slice){long_name, 63}));
	CHECK(sql_name_error(SQL_POSTGRES, (struct slice){long_name, 64}));
	CHECK(!sql_name_error(SQL_MYSQL, (struct slice){long_name, 64}));
	CHECK(sql_name_error(SQL_MYSQL, (struct slice){long_name, 65}));
	CHECK(!sql_name_error(SQL_SQLITE, (struct slice){long_name, 70}));
	for (enum sql_dialect d = SQL_POSTGRES; d <= SQL_SQLITE; d++) {
		CHECK(sql_name_error(d, SLICE("")));
		CHECK(sql_name_error(d, SLICE("a\0b")));
		CHECK(!sql_name_error(d, SLICE("日")));
	}
	CHECK(sql_name_error(SQL_MYSQL, SLICE("a ")));
	CHECK(sql_name_error(SQL_MYSQL, SLICE("😀")));
	CHECK(!sql_name_error(SQL_POSTGRES, SLICE("😀")));

	sql_put_name(&text, SQL_POSTGRES, SLICE("a\"b; DROP"));
	CHECK(built("\"a\"\"b; DROP\""));
	sql_put_name(&text, SQL_MYSQL, SLICE("a`b\""));
	CHECK(built("`a``b\"`"));
	sql_put_name(&text, SQL_SQLITE, SLICE("select"));
	CHECK(built("\"select\""));
	sql_put_table(
	    &text, SQL_MYSQL, &(struct sql_table){.schema = SLICE("d"), .name = SLICE("t")});
	CHECK(built("`d`.`t`"));
}

static const struct sql_column columns[] = {
    {.name = {"day", 3}, .type = "date", .key = true, .window = true},
    {.name = {"id", 2}, .type = "bigint", .key = true, .key_place = 1},
    {.name = {"a b", 3}, .type = "text"},
};

static struct sql_load
load_of(enum sql_dialect d)
{
	return (struct sql_load){.dialect = d,
	    .target = {.schema = SLICE("s"), .name = SLICE("t")},
	    .columns = columns,
	    .n = 3};
}

static void
test_create(void)
{
	struct sql_load l = load_of(SQL_POSTGRES);

	sql_create_table(&text, &l);
	CHECK(built("CREATE TABLE \"s\".\"t\" (\"day\" date NOT NULL, \"id\" bigint NOT NULL, "
		    "\"a b\" text NULL, PRIMARY KEY (\"day\", \"id\"))"));
	const struct sql_column swapped[] = {
	    {.name = SLICE("a"), .type = "bigint", .key = true, .key_place = 1},
	    {.name = SLICE("b"), .type = "bigint"},
	    {.name = SLICE("c"), .type = "bigint", .key = true}};
	struct sql_load by_key = {SQL_POSTGRES, {.name = SLICE("t")}, swapped, 3};
	sql_create_table(&text, &by_key);
	CHECK(built("CREATE TABLE \"t\" (\"a\" bigint NOT NULL, \"b\" bigint NULL, "
		    "\"c\" bigint NOT NULL, PRIMARY KEY (\"c\", \"a\"))"));
	sql_create_stage(&text, &l);
	CHECK(built("CREATE TEMPORARY TABLE pg_temp.\"mam-etl stage\" ON COMMIT DROP AS "
		    "SELECT t.\"day\", t.\"id\", t.\"a b\" FROM \"s\".\"t\" AS t WITH NO DATA"));
	sql_clear(&text, &l);
	CHECK(built("TRUNCATE TABLE \"s\".\"t\""));
	l = load_of(SQL_MYSQL);
	sql_create_stage(&text, &l);
	CHECK(built("CREATE TEMPORARY TABLE `s`.`mam-etl stage` (`mam-etl row` bigint "
		    "unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY) AS "
		    "SELECT t.`day`, t.`id`, t.`a b` FROM `s`.`t` AS t WHERE 1 = 0"));
	sql_clear(&text, &l);
	CHECK(built("DELETE FROM `s`.`t`"));
	l = load_of(SQL_SQLITE);
	sql_create_stage(&text, &l);
	CHECK(built("CREATE TABLE temp.\"mam-etl stage\" AS "
		    "SELECT t.\"day\", t.\"id\", t.\"a b\" FROM \"s\".\"t\" AS t WHERE 1 = 0"));
	l.n = 1;
	sql_create_table(&text, &l);
	CHECK(built(
	    "CREATE TABLE \"s\".\"t\" (\"day\" date NOT NULL, PRIMARY KEY (\"day\")) STRICT"));

	for (enum sql_dialect d = SQL_POSTGRES; d <= SQL_SQLITE; d++) {
		for (int v = VALUE_BOOL; v <= VALUE_JSON; v++)
			CHECK(sql_type(d, (enum value_type)v, false));
		CHECK(!sql_type(d, VALUE_NULL, false));
		CHECK(!sql_type(d, VALUE_BAD, false));
	}
	CHECK(strncmp(sql_type(SQL_MYSQL, VALUE_TEXT, true), "varchar(255) CHARACTER SET utf8mb4 ",
		  35) == 0);
}

static void
test_modes(void)
{
	struct sql_load l = load_of(SQL_POSTGRES);

	sql_insert(&text, &l);
	CHECK(
	    built("INSERT INTO \"s\".\"t\" (\"day\", \"id\", \"a b\") SELECT s.\"day\", s.\"id\", "
		  "s.\"a b\" FROM pg_temp.\"mam-etl stage\" AS s"));
	sql_upsert(&text, &l);
	CHECK(
	    built("INSERT INTO \"s\".\"t\" (\"day\", \"id\", \"a b\") SELECT s.\"day\", s.\"id\", "
		  "s.\"a b\" FROM pg_temp.\"mam-etl stage\" AS s WHERE true "
		  "ON CONFLICT (\"day\", \"id\") DO UPDATE SET \"a b\" = excluded.\"a b\""));
	sql_duplicates(&text, &l);
	CHECK(built("SELECT s.\"day\", s.\"id\" FROM pg_temp.\"mam-etl stage\" AS s "
		    "GROUP BY s.\"day\", s.\"id\" HAVING count(*) > 1 LIMIT 1"));
	struct sql_column folded[] = {{.name = SLICE("name"), .collation = "NOCASE", .key = true}};
	struct sql_load f = {.dialect = SQL_SQLITE, .columns = folded, .n = 1};
	sql_duplicates(&text, &f);
	CHECK(built("SELECT s.\"name\" FROM temp.\"mam-etl stage\" AS s "
		    "GROUP BY s.\"name\" COLLATE \"NOCASE\" HAVING count(*) > 1 LIMIT 1"));
	sql_missing(&text, &l);
	CHECK(
	    built("SELECT count(*) FROM pg_temp.\"mam-etl stage\" AS s WHERE NOT EXISTS (SELECT 1 "
		  "FROM \"s\".\"t\" AS t WHERE t.\"day\" = s.\"day\" AND t.\"id\" = s.\"id\")"));
	sql_delete_windows(&text, &l);
	CHECK(built("DELETE FROM \"s\".\"t\" AS t USING (SELECT DISTINCT x.\"day\" "
		    "FROM pg_temp.\"mam-etl stage\" AS x) AS s WHERE t.\"day\" = s.\"day\""));
	sql_left_windows(&text, &l);
	CHECK(built("SELECT \"day\" FROM \"s\".\"t\" AS t WHERE EXISTS (SELECT 1 FROM "
		    "pg_temp.\"mam-etl stage\" AS s WHERE t.\"day\" = s.\"day\") LIMIT 1"));
	l.n = 2;
	sql_upsert(&text, &l);
	CHECK(built("INSERT INTO \"s\".\"t\" (\"day\", \"id\") SELECT s.\"day\", s.\"id\" "
		    "FROM pg_temp.\"mam-etl stage\" AS s WHERE true "
		    "ON CONFLICT (\"day\", \"id\") DO NOTHING"));

	l = load_of(SQL_MYSQL);
	sql_upsert(&text, &l);
	CHECK(built("INSERT INTO `s`.`t` (`day`, `id`, `a b`) SELECT s.`day`, s.`id`, s.`a b` "
		    "FROM `s`.`mam-etl stage` AS s ON DUPLICATE KEY UPDATE `a b` = s.`a b`"));
	CHECK(sql_update(&text, &l));
	CHECK(built("UPDATE `s`.`t` AS t JOIN `s`.`mam-etl stage` AS s ON t.`day` = s.`day` "
		    "AND t.`id` = s.`id` SET t.`a b` = s.`a b`"));
	sql_insert_new(&text, &l);
	CHECK(built("INSERT INTO `s`.`t` (`day`, `id`, `a b`) SELECT s.`day`, s.`id`, s.`a b` "
		    "FROM `s`.`mam-etl stage` AS s LEFT JOIN `s`.`t` AS t ON t.`day` = s.`day` "
		    "AND t.`id` = s.`id` WHERE t.`day` IS NULL"));
	sql_delete_windows(&text, &l);
	CHECK(built("DELETE t FROM `s`.`t` AS t JOIN (SELECT DISTINCT x.`day` "
		    "FROM `s`.`mam-etl stage` AS x) AS s ON t.`day` = s.`day`"));
	l.n = 2;
	CHECK(!sql_update(&text, &l));
	CHECK(built(""));

	l = load_of(SQL_SQLITE);
	sql_delete_windows(&text, &l);
	CHECK(built("DELETE FROM \"s\".\"t\" WHERE (\"day\") IN "
		    "(SELECT s.\"day\" FROM temp.\"mam-etl stage\" AS s)"));
	sql_left_windows(&text, &l);
	CHECK(built("SELECT \"day\" FROM \"s\".\"t\" WHERE (\"day\") IN "
		    "(SELECT s.\"day\" FROM temp.\"mam-etl stage\" AS s) LIMIT 1"));
}

static void
test_windows(void)
{
	static const struct sql_bound both[] = {
	    {.column = {"day", 3}, .range = true}, {.column = {"id", 2}}};
	static const struct sql_window w[] = {
	    {.bounds = both, .n = 2, .number = 0}, {.bounds = both, .n = 1, .number = 1}};
	struct sql_load l = load_of(SQL_POSTGRES);

	sql_create_window(&text, &l, &w[0]);
	CHECK(built("CREATE TEMPORARY TABLE pg_temp.\"mam-etl window 0\" ON COMMIT DROP AS "
		    "SELECT t.\"day\" AS w0, t.\"day\" AS w1, t.\"id\" AS w2 "
		    "FROM \"s\".\"t\" AS t WITH NO DATA"));
	sql_insert_window(&text, &l, &w[0]);
	CHECK(built("INSERT INTO pg_temp.\"mam-etl window 0\" VALUES ($1, $2, $3)"));
	sql_delete_covered(&text, &l, &w[0]);
	CHECK(built("DELETE FROM \"s\".\"t\" AS t USING pg_temp.\"mam-etl window 0\" AS w "
		    "WHERE t.\"day\" >= w.w0 AND t.\"day\" < w.w1 AND t.\"id\" = w.w2"));
	sql_left_covered(&text, &l, &w[0]);
	CHECK(
	    built("SELECT t.\"day\", t.\"id\" FROM \"s\".\"t\" AS t WHERE EXISTS (SELECT 1 FROM "
		  "pg_temp.\"mam-etl window 0\" AS w WHERE t.\"day\" >= w.w0 AND t.\"day\" < w.w1 "
		  "AND t.\"id\" = w.w2) LIMIT 1"));
	sql_uncovered(&text, &l, w, 2);
	CHECK(
	    built("SELECT s.\"day\", s.\"id\" FROM pg_temp.\"mam-etl stage\" AS s WHERE NOT EXISTS "
		  "(SELECT 1 FROM pg_temp.\"mam-etl window 0\" AS w WHERE s.\"day\" >= w.w0 AND "
		  "s.\"day\" < w.w1 AND s.\"id\" = w.w2) AND NOT EXISTS (SELECT 1 FROM "
		  "pg_temp.\"mam-etl window 1\" AS w WHERE s.\"day\" >= w.w0 AND s.\"day\" < w.w1) "
		  "LIMIT 1"));
	l = load_of(SQL_MYSQL);
	sql_insert_window(&text, &l, &w[1]);
	CHECK(built("INSERT INTO `s`.`mam-etl window 1` VALUES (NULL, ?, ?)"));
	sql_delete_covered(&text, &l, &w[1]);
	CHECK(built("DELETE t FROM `s`.`t` AS t JOIN `s`.`mam-etl window 1` AS w "
		    "ON t.`day` >= w.w0 AND t.`day` < w.w1"));
	l = load_of(SQL_SQLITE);
	sql_delete_covered(&text, &l, &w[1]);
	CHECK(
	    built("DELETE FROM \"s\".\"t\" AS t WHERE EXISTS (SELECT 1 FROM "
		  "temp.\"mam-etl window 1\" AS w WHERE t.\"day\" >= w.w0 AND t.\"day\" < w.w1)"));
}

static void
test_checks(void)
{
	struct sql_load l = load_of(SQL_POSTGRES);

	sql_put_literal(&text, SQL_POSTGRES, SLICE("it's a \\"));
	CHECK(built("E'it''s a \\\\'"));
	sql_put_literal(&text, SQL_MYSQL, SLICE("it's a \\"));
	CHECK(built("'it''s a \\\\'"));
	sql_put_literal(&text, SQL_SQLITE, SLICE("it's a \\"));
	CHECK(built("'it''s a \\'"));
	sql_may_count(&text, &l);
	CHECK(built("SELECT 1 FROM pg_catalog.pg_class WHERE oid = "
		    "pg_catalog.to_regclass(E'\"s\".\"t\"') AND relkind IN ('r', 'p') AND "
		    "pg_catalog.has_any_column_privilege(oid, 'SELECT')"));
	sql_lock(&text, &l);
	CHECK(built("LOCK TABLE \"s\".\"t\" IN ACCESS EXCLUSIVE MODE"));
	sql_count(&text, &l);
	CHECK(built("SELECT count(*) FROM \"s\".\"t\""));
	sql_same_name(&text, &l);
	CHECK(built("SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class AS c JOIN "
		    "pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE "
		    "lower(c.relname) = lower(E't') AND c.relkind IN ('r', 'p', 'v', 'f') AND "
		    "lower(n.nspname) = lower(E's') ORDER BY 1 LIMIT 1"));
	sql_row_security(&text, &l);
	CHECK(built("SELECT 1 WHERE pg_catalog.row_security_active("
		    "pg_catalog.to_regclass(E'\"s\".\"t\"'))"));
	sql_interferes(&text, &l);
	CHECK(built("SELECT 1 FROM pg_catalog.pg_class WHERE oid = "
		    "pg_catalog.to_regclass(E'\"s\".\"t\"') AND (relhastriggers OR relhasrules OR "
		    "relrowsecurity OR relhassubclass OR relkind <> 'r')"));
	l = load_of(SQL_SQLITE);
	sql_interferes(&text, &l);
	CHECK(built("SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = 't' "
		    "COLLATE NOCASE LIMIT 1"));
	sql_cascades(&text, &l);
	CHECK(built("SELECT m.name AS \"table\", f.\"from\" AS \"column\", f.on_delete FROM "
		    "main.sqlite_schema AS m JOIN pragma_foreign_key_list(m.name, 'main') AS f "
		    "WHERE m.type = 'table' AND f.\"table\" = 't' COLLATE NOCASE AND "
		    "f.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT') LIMIT 1"));
	l = load_of(SQL_MYSQL);
	sql_cascades(&text, &l);
	CHECK(built("SELECT r.TABLE_NAME AS `table`, r.CONSTRAINT_NAME AS `constraint`, "
		    "r.DELETE_RULE AS on_delete FROM information_schema.REFERENTIAL_CONSTRAINTS "
		    "AS r WHERE r.UNIQUE_CONSTRAINT_SCHEMA = 's' AND r.REFERENCED_TABLE_NAME = "
		    "'t' AND r.DELETE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT') LIMIT 1"));
	sql_sets_indexed(&text, &l);
	CHECK(built("SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 's' AND "
		    "TABLE_NAME = 't' AND COLUMN_NAME IN ('a b') LIMIT 1"));
	sql_update_cascades(&text, &l);
	CHECK(built("SELECT r.TABLE_NAME AS `table`, r.CONSTRAINT_NAME AS `constraint`, "
		    "r.UPDATE_RULE AS on_update FROM information_schema.REFERENTIAL_CONSTRAINTS "
		    "AS r JOIN information_schema.KEY_COLUMN_USAGE AS u ON u.CONSTRAINT_SCHEMA = "
		    "r.CONSTRAINT_SCHEMA AND u.CONSTRAINT_NAME = r.CONSTRAINT_NAME AND "
		    "u.TABLE_NAME = r.TABLE_NAME WHERE r.UNIQUE_CONSTRAINT_SCHEMA = 's' AND "
		    "r.REFERENCED_TABLE_NAME = 't' AND r.UPDATE_RULE IN ('SET NULL', "
		    "'SET DEFAULT') AND u.REFERENCED_COLUMN_NAME IN ('a b') LIMIT 1"));
}

/* A staging column that is text and is cast on the way: PostgreSQL's types without an encoder. */
static void
test_cast(void)
{
	static const struct sql_column cast[] = {
	    {.name = {"ip", 2}, .cast = "inet", .key = true, .window = true},
	    {.name = {"n", 1}},
	};
	static const struct sql_bound bound = {.column = {"ip", 2}, .cast = "inet"};
	static const struct sql_window w = {.bounds = &bound, .n = 1};
	struct sql_load l = {SQL_POSTGRES, {.name = SLICE("t")}, cast, 2};

	sql_create_stage(&text, &l);
	CHECK(built("CREATE TEMPORARY TABLE pg_temp.\"mam-etl stage\" ON COMMIT DROP AS "
		    "SELECT NULL::text AS \"ip\", t.\"n\" FROM \"t\" AS t WITH NO DATA"));
	sql_insert(&text, &l);
	CHECK(built("INSERT INTO \"t\" (\"ip\", \"n\") SELECT s.\"ip\"::inet, s.\"n\" "
		    "FROM pg_temp.\"mam-etl stage\" AS s"));
	sql_delete_windows(&text, &l);
	CHECK(built("DELETE FROM \"t\" AS t USING (SELECT DISTINCT x.\"ip\"::inet AS \"ip\" "
		    "FROM pg_temp.\"mam-etl stage\" AS x) AS s WHERE t.\"ip\" = s.\"ip\""));
	sql_uncovered(&text, &l, &w, 1);
	CHECK(built("SELECT s.\"ip\" FROM pg_temp.\"mam-etl stage\" AS s WHERE NOT EXISTS "
		    "(SELECT 1 FROM pg_temp.\"mam-etl window 0\" AS w WHERE s.\"ip\"::inet = w.w0) "
		    "LIMIT 1"));
}

int
main(void)
{
	test_table();
	test_names();
	test_create();
	test_modes();
	test_windows();
	test_cast();
	test_checks();
	buf_free(&text);
	return unit_done("sql");
}
