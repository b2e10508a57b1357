/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/cover.h"
#include "common/iso.h"
#include "common/message.h"
#include "common/mp.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/names.h"

enum { ITEMS_MAX = 64 * 1024 * 1024 };

/* One --cover: FIELD=VALUE or FIELD=LOW..HIGH. */
struct bound {
	struct slice field;
	bool range, text; /* text: FIELD:text=…, no type is guessed */
	struct template low, high;
};

static struct bound *bounds;
static bool by_record; /* a window for each input record */
static struct buf items = {.max = ITEMS_MAX}, window;
static uint64_t all_records;
static bool all_counted;

static void
read_bound(struct bound *b, const char *option)
{
	const char *equals = strchr(option, '=');
	if (!equals || equals == option || !equals[1])
		die(STATUS_USAGE, "--cover: %s is neither FIELD=VALUE nor FIELD=FROM..TO",
		    quoted(slice_of(option)));
	static const char suffix[] = ":text";
	b->field = (struct slice){option, (size_t)(equals - option)};
	if (b->field.n > sizeof suffix - 1 &&
	    memcmp(equals - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0) {
		b->text = true;
		b->field.n -= sizeof suffix - 1;
	}
	const char *dots = strstr(equals, "..");
	struct slice low = slice_of(equals + 1);
	if (dots) {
		b->range = true;
		b->high = names_template("cover", slice_of(dots + 2), TEMPLATE_TEXT);
		low.n = (size_t)(dots - low.p);
	}
	b->low = names_template("cover", low, TEMPLATE_TEXT);
	if (!b->low.n || (b->range && !b->high.n))
		die(STATUS_USAGE, "--cover: %s: a value is empty", quoted(slice_of(option)));
	by_record |= names_hold_record(&b->low) || (b->range && names_hold_record(&b->high));
}

void
cover_init(void)
{
	bounds = xcalloc(config.cover.n, sizeof *bounds);
	for (size_t i = 0; i < config.cover.n; i++) {
		read_bound(&bounds[i], config.cover.items[i]);
		for (size_t k = 0; k < i; k++)
			if (slice_equal(bounds[k].field, bounds[i].field))
				die(STATUS_USAGE, "--cover: %s stands twice",
				    quoted(bounds[i].field));
	}
	all_counted = true;
}

/* Digits without a zero in front that are no name but a number. */
static bool
is_integer(struct slice s, int64_t *n)
{
	size_t digits = s.n - (s.n && s.p[0] == '-'), first = s.n - digits;
	return digits && (s.p[first] != '0' || (digits == 1 && !first)) &&
	       parse_integer(s, INT64_MIN, INT64_MAX, n);
}

/* A value that is no text keeps its type; text is a date or an integer when it reads as one, but for FIELD:text. */
static void
put_value(const struct bound *b, const struct template *t)
{
	struct value v;
	struct buf text = {0};
	int64_t n;
	if (!b->text && names_value(t, "cover", &v)) {
		buf_put_slice(&window, v.type == VALUE_TEXT ? (struct slice){0} : v.raw);
		if (v.type != VALUE_TEXT)
			return;
	}
	names_fill(t, "cover", &text);
	if (!b->text && iso_read_date(buf_slice(&text), &n))
		value_put_date(&window, (int32_t)n);
	else if (!b->text && is_integer(buf_slice(&text), &n))
		mp_buf_int(&window, n);
	else
		mp_buf_str(&window, buf_slice(&text));
	buf_free(&text);
}

/* {"window": {…}, "records": n} */
static void
put_item(uint64_t records, bool counted)
{
	buf_reset(&window);
	mp_buf_map(&window, counted ? 2 : 1);
	mp_buf_str(&window, SLICE("window"));
	mp_buf_map(&window, config.cover.n);
	for (size_t i = 0; i < config.cover.n; i++) {
		mp_buf_str(&window, bounds[i].field);
		if (bounds[i].range)
			mp_buf_array(&window, 2);
		put_value(&bounds[i], &bounds[i].low);
		if (bounds[i].range)
			put_value(&bounds[i], &bounds[i].high);
	}
	if (counted) {
		mp_buf_str(&window, SLICE("records"));
		mp_buf_uint(&window, records);
	}
	buf_check(&window, "a coverage item", NULL);
	mp_buf_ext(&items, EXT_COVERAGE, buf_slice(&window));
	buf_check(&items, "all coverage items", NULL);
}

void
cover_note(uint64_t records, bool counted)
{
	all_records += records;
	all_counted &= counted;
	if (by_record)
		put_item(records, counted);
	/* The window that is sent at the end has no record to compare with. */
	for (size_t i = 0; i < config.cover.n; i++) {
		names_check(&bounds[i].low, "cover");
		names_check(&bounds[i].high, "cover");
	}
}

void
cover_pass(struct slice item)
{
	buf_put_slice(&items, item);
	buf_check(&items, "all coverage items", NULL);
}

void
cover_send(void)
{
	if (config.cover.n && !by_record)
		put_item(all_records, all_counted);
	if (fetch.ignored && items.n) {
		message("what was ignored is missing, so the records cover nothing completely, and "
			"no coverage is sent");
		return;
	}
	const char *p = items.p, *end = p + items.n;
	while (p < end) {
		const char *next = mp_skip(p, end);
		stream_out_item(fetch.out, (struct slice){p, (size_t)(next - p)});
		p = next;
	}
}
