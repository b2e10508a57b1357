/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <unistd.h>

#include "common/extract/extract_impl.h"
#include "common/json/json_read.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/record/mp.h"
#include "common/stream/missing.h"
#include "common/text/utf8.h"

struct extracting extracting = {.cursor = -1};

static const char *url, *password, *query, *table, *fields, *from, *to, *text;
static const char *cursor, *cursor_value, *cursor_start = "closed", *state_key, *special = "error";
static struct option_list params, cover;
static int64_t lock_timeout = 300000;
static bool dry_run;

const struct option_row extract_options[] = {
    {.name = "query",
	.word = "SQL|@FILE",
	.help = "read the rows of this query; {NAME} is a parameter",
	.kind = OPTION_TEXT,
	.to.text = &query},
    {.name = "table",
	.word = "[SCHEMA.]TABLE",
	.help = "or read this table",
	.kind = OPTION_TEXT,
	.to.text = &table},
    {.name = "fields",
	.word = "FIELD,...",
	.help = "with --table: only these columns",
	.kind = OPTION_TEXT,
	.to.text = &fields},
    {.name = "param",
	.word = "NAME[:TYPE]=VALUE",
	.help = "value of {NAME} in the query; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &params},
    {.name = "from",
	.word = "DATE",
	.help = "first day of the window, {from}; else FROM in the environment",
	.kind = OPTION_TEXT,
	.to.text = &from},
    {.name = "to",
	.word = "DATE",
	.help = "day after the last one, {to}; else TO in the environment",
	.kind = OPTION_TEXT,
	.to.text = &to},
    {.name = "cover",
	.word = "FIELD=VALUE",
	.help = "window the records cover completely: day={from}..{to}; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &cover},
    {.name = "cursor",
	.word = "FIELD",
	.help = "read in the order of this field and send its last value as a bookmark",
	.kind = OPTION_TEXT,
	.to.text = &cursor},
    {.name = "cursor-value",
	.word = "VALUE",
	.help = "begin at this bookmark; empty: from the beginning",
	.kind = OPTION_TEXT,
	.to.text = &cursor_value},
    {.name = "cursor-start",
	.word = "closed|open",
	.help = "read rows with the bookmark's value again, or not (closed)",
	.kind = OPTION_CHOICE,
	.to.text = &cursor_start,
	.choices = "closed|open"},
    {.name = "state-key",
	.word = "KEY",
	.help = "name of the bookmark (TABLE/FIELD)",
	.kind = OPTION_TEXT,
	.to.text = &state_key},
    {.name = "text",
	.word = "FIELD,...",
	.help = "these fields as the server's own text",
	.kind = OPTION_TEXT,
	.to.text = &text},
    {.name = "special",
	.word = "error|null",
	.help = "what to do with values that have no equal, such as infinity (error)",
	.kind = OPTION_CHOICE,
	.to.text = &special,
	.choices = "error|null"},
    {.name = "url",
	.word = "URL",
	.help = "the database, as --to of the loader",
	.kind = OPTION_TEXT,
	.to.text = &url},
    {.name = "password",
	.word = "SECRET",
	.help = "the password, named by env:NAME or file:PATH",
	.kind = OPTION_TEXT,
	.to.text = &password},
    {.name = "lock-timeout",
	.word = "DURATION",
	.help = "give up when another session keeps the table (5m)",
	.kind = OPTION_DURATION,
	.to.number = &lock_timeout,
	.low = 1,
	.high = 86400000},
    {.name = "dry-run",
	.help = "make the whole pipe a rehearsal: loaders roll back",
	.kind = OPTION_FLAG,
	.to.flag = &dry_run},
    {0},
};

static struct option_list given_fields;

static void
check_options(void)
{
	if (!query == !table)
		die(STATUS_USAGE, "give either --query or --table");
	if (fields && !table)
		die(STATUS_USAGE, "--fields is for --table: a query selects its columns itself");
	if (fields)
		given_fields = options_split("fields", fields);
	if (text)
		extracting.text = options_split("text", text);
	if (!cursor && (cursor_value || state_key || *cursor_start == 'o'))
		die(STATUS_USAGE, "--cursor-value, --cursor-start and --state-key need --cursor");
	extract_params_init(&params, from, to);
	extract_cover_init(&cover);
}

static void
open_database(void)
{
	struct secret secret = {0};
	if (password)
		secret_load(&secret, "password", password);
	const struct extract_login login = {.url = url,
	    .password = password ? secret_value(&secret).p : NULL,
	    .lock_timeout = lock_timeout};
	extracting.driver->open(&login);
	secret_wipe(&secret);
}

void
extract_add(struct slice name, enum value_type type)
{
	struct schema *s = &extracting.fields;
	long other = schema_find(s, name);
	if (other >= 0)
		die(STATUS_USAGE,
		    "columns %ld and %zu of the query are both named %s: give one of them "
		    "another name with AS",
		    other + 1, s->n + 1, quoted(name));
	const char *wrong = utf8_valid(name) ? schema_add(s, name, type) : "is not valid UTF-8";
	if (wrong)
		die(STATUS_USAGE, "column %zu of the query, %s: %s", s->n + 1, quoted(name), wrong);
}

bool
extract_wants_text(struct slice name)
{
	for (size_t i = 0; i < extracting.text.n; i++)
		if (slice_is(name, extracting.text.items[i]))
			return true;
	return false;
}

/* Index of the field that an option names. */
static size_t
field_named(const char *option, struct slice name)
{
	const struct schema *s = &extracting.fields;
	long i = schema_find(s, name);
	if (i >= 0)
		return (size_t)i;
	struct slice *names = xcalloc(s->n + 1, sizeof *names);
	for (size_t k = 0; k < s->n; k++)
		names[k] = s->fields[k].name;
	die(STATUS_USAGE, "--%s: the query has no column %s%s", option, quoted(name),
	    missing_among("; it has ", name, names, s->n));
}

/* The bookmark as a value of the cursor's type. False if there is none. */
static bool
read_bookmark(struct value *v)
{
	static struct buf bytes;
	const struct field *field = &extracting.fields.fields[extracting.cursor];
	if (field->type == VALUE_FLOAT || field->type == VALUE_JSON || field->type == VALUE_BOOL ||
	    field->type == VALUE_BYTES)
		die(STATUS_USAGE,
		    "--cursor: %s is a %s; a cursor is an int, decimal, text, date, datetime or "
		    "timestamp",
		    quoted(field->name), value_type_name(field->type));
	if (!cursor_value || !*cursor_value)
		return false;
	if (!extract_read_value(field->type, slice_of(cursor_value), v, &bytes))
		die(STATUS_USAGE, "--cursor-value: %s is not a %s, as %s is",
		    quoted(slice_of(cursor_value)), value_type_name(field->type),
		    quoted(field->name));
	return true;
}

/* What is selected from the query: its columns, some of them in another form. True if any is. */
static bool
put_selected(struct buf *b)
{
	const struct schema *s = &extracting.fields;
	enum sql_dialect d = extracting.driver->dialect;
	struct buf column = {0};
	bool any = false;
	for (size_t i = 0; i < s->n; i++) {
		buf_reset(&column);
		buf_put_text(&column, "mam_query.");
		sql_put_name(&column, d, s->fields[i].name);
		buf_check(&column, "a column's name", NULL);
		buf_put_text(b, i ? ", " : "");
		if (extracting.driver->put_selected(b, i, buf_slice(&column))) {
			buf_put_text(b, " AS ");
			sql_put_name(b, d, s->fields[i].name);
			any = true;
		} else {
			buf_put_slice(b, buf_slice(&column));
		}
	}
	buf_free(&column);
	return any;
}

/* The statement that is run: the query itself where nothing is to be added to it. */
static void
compose(struct buf *b, const struct sql_bound_query *q, const struct value *bookmark)
{
	enum sql_dialect d = extracting.driver->dialect;
	struct buf name = {0};
	buf_put_text(b, "SELECT ");
	bool wrapped = put_selected(b) || extracting.cursor >= 0;
	if (!wrapped) {
		buf_reset(b);
		buf_put_slice(b, buf_slice(&q->sql));
		return;
	}
	if (d == SQL_MYSQL && q->orders && extracting.cursor < 0)
		die(STATUS_USAGE,
		    "--query has ORDER BY and a column of type FLOAT, whose text has only 6 "
		    "digits: write "
		    "FIELD + 0e0 AS FIELD, which has all of them, or give --text FIELD");
	buf_put_text(b, " FROM (");
	buf_put_slice(b, buf_slice(&q->sql));
	buf_put_text(b, ") AS mam_query");
	if (extracting.cursor >= 0) {
		buf_put_text(&name, "mam_query.");
		sql_put_name(&name, d, extracting.fields.fields[extracting.cursor].name);
		buf_check(&name, "a column's name", NULL);
		if (bookmark) {
			buf_put_text(b, " WHERE ");
			buf_put_slice(b, buf_slice(&name));
			buf_put_text(b, *cursor_start == 'c' ? " >= " : " > ");
			sql_put_parameter(b, d, q->n + 1);
		}
		buf_put_text(b, " ORDER BY ");
		buf_put_slice(b, buf_slice(&name));
	}
	buf_free(&name);
}

_Noreturn void
extract_fail(size_t i, struct slice shown, const char *why)
{
	die(STATUS_DATA, "record %" PRIu64 ": %s: %s%s%s", extracting.record,
	    quoted(extracting.fields.fields[i].name), shown.n ? quoted(shown) : "",
	    shown.n ? " " : "", why);
}

void
extract_special(size_t i, struct slice shown, struct buf *row)
{
	if (*special != 'n')
		extract_fail(i, shown, "has no equal in a stream (see --special and --text)");
	extracting.specials++;
	mp_buf_nil(row);
}

void
extract_put_text(size_t i, struct slice s, struct buf *row)
{
	if (!utf8_valid(s))
		extract_fail(i, s, "is not valid UTF-8");
	mp_buf_str(row, s);
}

void
extract_put_json(size_t i, struct slice s, struct buf *row)
{
	static struct json_reader *reader;
	static const struct json_rules rules = {.single = true,
	    .objects_only = false,
	    .depth = MP_DEPTH_MAX - 1,
	    .value_max = STREAM_RECORD_MAX};
	struct slice value;
	if (!reader && !(reader = json_reader_new(&rules)))
		die(STATUS_TRY_AGAIN, "no memory for the reader of JSON");
	json_text(reader, s);
	if (json_next(reader, &value) != JSON_VALUE)
		extract_fail(i, (struct slice){0}, json_error(reader)->what);
	struct mp_token t;
	mp_read(value.p, value.p + value.n, &t);
	if (t.type != MP_MAP && t.type != MP_ARRAY) {
		extract_special(i, s, row);
		return;
	}
	buf_put_slice(row, value);
	if (json_next(reader, &value) != JSON_END)
		extract_fail(i, (struct slice){0}, json_error(reader)->what);
}

/* The cursor's value in the row. */
static void
keep_cursor(const struct buf *row, struct buf *last)
{
	struct mp_token t;
	const char *end = row->p + row->n, *p = mp_read(row->p, end, &t);
	for (long i = 0; i < extracting.cursor; i++)
		p = mp_skip(p, end);
	const char *after = mp_read(p, end, &t);
	if (t.type == MP_NIL)
		extract_fail((size_t)extracting.cursor, (struct slice){0},
		    "is null in the cursor: such a row would not be read again when it changes");
	buf_reset(last);
	buf_put(last, p, (size_t)(after - p));
	buf_check(last, "the bookmark", NULL);
}

static void
send_rows(struct stream_out *out, struct buf *last)
{
	struct buf row = {.max = STREAM_RECORD_MAX}, head = {0};
	mp_buf_array(&head, extracting.fields.n);
	for (;;) {
		extracting.record++;
		buf_reset(&row);
		buf_put_slice(&row, buf_slice(&head));
		if (!extracting.driver->next(&row))
			break;
		if (row.failed)
			die(STATUS_DATA, "record %" PRIu64 ": is larger than %d MiB",
			    extracting.record, STREAM_RECORD_MAX >> 20);
		if (extracting.cursor >= 0)
			keep_cursor(&row, last);
		stream_out_record(out, buf_slice(&row));
	}
	extracting.record--;
}

static void
send_state(struct stream_out *out, struct slice value)
{
	struct buf key = {0}, payload = {0}, item = {0};
	if (state_key)
		buf_put_text(&key, state_key);
	else
		buf_printf(&key, "%s/%s", table ? table : "query", cursor);
	mp_buf_map(&payload, 2);
	mp_buf_str(&payload, SLICE("key"));
	mp_buf_str(&payload, buf_slice(&key));
	mp_buf_str(&payload, SLICE("value"));
	buf_put_slice(&payload, value);
	mp_buf_ext(&item, EXT_STATE, buf_slice(&payload));
	if (key.failed || payload.failed)
		item.failed = true;
	buf_check(&item, "the bookmark", NULL);
	stream_out_item(out, buf_slice(&item));
	buf_free(&key);
	buf_free(&payload);
	buf_free(&item);
}

static void
send_schema(struct stream_out *out)
{
	struct buf item = {0};
	schema_write(&extracting.fields, &item);
	buf_check(&item, "the schema", NULL);
	stream_out_item(out, buf_slice(&item));
	buf_free(&item);
}

static void
note_specials(void)
{
	struct buf b = {0};
	if (!extracting.specials)
		return;
	stream_count("special_to_null", extracting.specials);
	buf_printf(&b, "%" PRIu64 " special values to null", extracting.specials);
	buf_check(&b, "the summary", NULL);
	stream_summary(buf_slice(&b));
	buf_free(&b);
}

void
extract_run(const struct extract_driver *driver)
{
	static struct sql_bound_query q;
	struct value bookmark, *values;
	struct buf sql = {0}, last = {0};
	extracting.driver = driver;
	check_options();
	extract_query_read(&q, query, table, &given_fields);
	extract_params_check();
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	stream_out_start(out, dry_run);
	open_database();
	values = xcalloc(q.n + 1, sizeof *values);
	for (size_t i = 0; i < q.n; i++)
		values[i] = extracting.params[q.names[i]].value;
	driver->describe(buf_slice(&q.sql), values, q.n);
	for (size_t i = 0; i < extracting.text.n; i++)
		field_named("text", slice_of(extracting.text.items[i]));
	extract_cover_check();
	if (cursor)
		extracting.cursor = (long)field_named("cursor", slice_of(cursor));
	bool begun = cursor && read_bookmark(&bookmark);
	if (begun)
		values[q.n] = bookmark;
	compose(&sql, &q, begun ? &bookmark : NULL);
	buf_check(&sql, "the statement", NULL);
	driver->begin(buf_slice(&sql), values, q.n + begun);
	send_schema(out);
	send_rows(out, &last);
	driver->end();
	if (last.n)
		send_state(out, buf_slice(&last));
	extract_cover_send(out, extracting.record);
	note_specials();
	stream_finish(NULL, out);
}
