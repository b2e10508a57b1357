/* SPDX-License-Identifier: MIT */
#include "common/extract/extract_impl.h"
#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/stream/missing.h"

/* One --cover: FIELD=VALUE or FIELD=LOW..HIGH. */
struct bound {
	struct slice field;
	bool range, text; /* text: FIELD:text=…, no type is guessed */
	struct slice low, high;
};

static struct bound *bounds;
static size_t n_bounds;

static void
read_bound(struct bound *b, const char *option)
{
	static const char suffix[] = ":text";
	const char *equals = strchr(option, '=');
	if (!equals || equals == option)
		die(STATUS_USAGE, "--cover: %s is neither FIELD=VALUE nor FIELD=LOW..HIGH",
		    quoted(slice_of(option)));
	b->field = (struct slice){option, (size_t)(equals - option)};
	size_t n = sizeof suffix - 1;
	if (b->field.n > n && memcmp(equals - n, suffix, n) == 0) {
		b->text = true;
		b->field.n -= n;
	}
	const char *dots = strstr(equals, "..");
	b->low = slice_of(equals + 1);
	if (dots) {
		b->range = true;
		b->high = slice_of(dots + 2);
		b->low.n = (size_t)(dots - b->low.p);
	}
	if (!b->low.n || (b->range && !b->high.n))
		die(STATUS_USAGE, "--cover: %s: a value is empty", quoted(slice_of(option)));
}

/* "{name}" is that parameter; any other text is itself. */
static const struct extract_param *
param_of(struct slice text)
{
	if (text.n < 3 || text.p[0] != '{' || text.p[text.n - 1] != '}')
		return NULL;
	return extract_param_named((struct slice){text.p + 1, text.n - 2}, "--cover");
}

void
extract_cover_init(const struct option_list *given)
{
	bounds = xcalloc(given->n + 1, sizeof *bounds);
	n_bounds = given->n;
	for (size_t i = 0; i < n_bounds; i++) {
		read_bound(&bounds[i], given->items[i]);
		param_of(bounds[i].low);
		if (bounds[i].range)
			param_of(bounds[i].high);
		for (size_t k = 0; k < i; k++)
			if (slice_equal(bounds[k].field, bounds[i].field))
				die(STATUS_USAGE, "--cover: %s is given twice",
				    quoted(bounds[i].field));
	}
}

void
extract_cover_check(void)
{
	struct slice *names = xcalloc(extracting.fields.n + 1, sizeof *names);
	for (size_t i = 0; i < extracting.fields.n; i++)
		names[i] = extracting.fields.fields[i].name;
	for (size_t i = 0; i < n_bounds; i++)
		if (schema_find(&extracting.fields, bounds[i].field) < 0)
			die(STATUS_USAGE, "--cover: the query has no column %s%s",
			    quoted(bounds[i].field),
			    missing_among(
				"; it has ", bounds[i].field, names, extracting.fields.n));
}

static bool
is_plain_integer(struct slice s)
{
	size_t digits = s.n - (s.n && *s.p == '-');
	return digits == 1 || (digits && s.p[s.n - digits] != '0');
}

/* A text that reads as a date or as an integer is one, but for FIELD:text. */
static void
put_value(const struct bound *b, struct slice text, struct buf *window)
{
	const struct extract_param *p = param_of(text);
	struct value v = p ? p->value : (struct value){.type = VALUE_TEXT, .s = text};
	struct buf bytes = {0};
	if (p && b->text) {
		value_text(&bytes, &v, NULL);
		v = (struct value){.type = VALUE_TEXT, .s = buf_slice(&bytes)};
	} else if (v.type == VALUE_TEXT && !b->text) {
		struct value read;
		struct slice s = v.s;
		if (extract_read_value(VALUE_DATE, s, &read, &bytes) ||
		    (is_plain_integer(s) && extract_read_value(VALUE_INT, s, &read, &bytes)))
			v = read;
	}
	value_put(window, &v);
	buf_free(&bytes);
}

void
extract_cover_send(struct stream_out *out, uint64_t records)
{
	struct buf payload = {0}, item = {0};
	if (!n_bounds)
		return;
	mp_buf_map(&payload, 2);
	mp_buf_str(&payload, SLICE("window"));
	mp_buf_map(&payload, n_bounds);
	for (size_t i = 0; i < n_bounds; i++) {
		mp_buf_str(&payload, bounds[i].field);
		if (bounds[i].range)
			mp_buf_array(&payload, 2);
		put_value(&bounds[i], bounds[i].low, &payload);
		if (bounds[i].range)
			put_value(&bounds[i], bounds[i].high, &payload);
	}
	mp_buf_str(&payload, SLICE("records"));
	mp_buf_uint(&payload, records);
	buf_check(&payload, "a coverage item", NULL);
	mp_buf_ext(&item, EXT_COVERAGE, buf_slice(&payload));
	buf_check(&item, "a coverage item", NULL);
	stream_out_item(out, buf_slice(&item));
	buf_free(&payload);
	buf_free(&item);
}
