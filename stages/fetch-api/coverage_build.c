/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/coverage_build.h"
#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/time/iso.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/variables.h"

enum { ITEMS_MAX = 64 * 1024 * 1024 };

/* One --cover: FIELD=VALUE or FIELD=LOW..HIGH. */
struct bound {
	struct slice field;
	bool range, text; /* text: FIELD:text=…, no type is guessed */
	struct template low, high;
};

static struct bound *bounds;
static bool by_task; /* a window for each input record, or each window of --step */
static struct coverage_notes all = {
    .items.max = ITEMS_MAX, .windows.max = ITEMS_MAX, .left_out.max = ITEMS_MAX};
static struct buf passed = {.max = ITEMS_MAX}; /* items of the input */
static struct buf window;

/* Whether the value may differ from task to task. */
static bool
differs(const struct template *t)
{
	for (size_t i = 0; i < t->n && windows_differ(); i++)
		if (t->parts[i].field &&
		    (slice_is(t->parts[i].text, "from") || slice_is(t->parts[i].text, "to")))
			return true;
	return variables_hold_record(t);
}

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
		b->high = variables_template("cover", slice_of(dots + 2), TEMPLATE_TEXT);
		low.n = (size_t)(dots - low.p);
	}
	b->low = variables_template("cover", low, TEMPLATE_TEXT);
	if (!b->low.n || (b->range && !b->high.n))
		die(STATUS_USAGE, "--cover: %s: a value is empty", quoted(slice_of(option)));
	by_task |= differs(&b->low) || (b->range && differs(&b->high));
}

void
coverage_init(void)
{
	bounds = xcalloc(config.cover.n, sizeof *bounds);
	for (size_t i = 0; i < config.cover.n; i++) {
		read_bound(&bounds[i], config.cover.items[i]);
		for (size_t k = 0; k < i; k++)
			if (slice_equal(bounds[k].field, bounds[i].field))
				die(STATUS_USAGE, "--cover: %s is given twice",
				    quoted(bounds[i].field));
	}
}

/* Digits without a zero in front that are not name but a number. */
static bool
is_integer(struct slice s, int64_t *n)
{
	size_t digits = s.n - (s.n && s.p[0] == '-'), first = s.n - digits;
	return digits && (s.p[first] != '0' || (digits == 1 && !first)) &&
	       parse_integer(s, INT64_MIN, INT64_MAX, n);
}

/*
 * A value that is not text keeps its type; text is a date or an integer when it
 * reads as one, but for FIELD:text.
 */
static void
put_value(const struct bound *b, const struct template *t)
{
	struct value v;
	struct buf text = {0};
	int64_t n;
	if (!b->text && variables_value(t, "cover", &v)) {
		buf_put_slice(&window, v.type == VALUE_TEXT ? (struct slice){0} : v.raw);
		if (v.type != VALUE_TEXT)
			return;
	}
	variables_fill(t, "cover", &text);
	if (!b->text && iso_read_date(buf_slice(&text), &n))
		value_put_date(&window, (int32_t)n);
	else if (!b->text && is_integer(buf_slice(&text), &n))
		mp_buf_int(&window, n);
	else
		mp_buf_str(&window, buf_slice(&text));
	buf_free(&text);
}

/* The current record's window, into window: {"day": [LOW, HIGH], "account_id": VALUE} */
static void
fill_window(void)
{
	buf_reset(&window);
	mp_buf_map(&window, config.cover.n);
	for (size_t i = 0; i < config.cover.n; i++) {
		mp_buf_str(&window, bounds[i].field);
		if (bounds[i].range)
			mp_buf_array(&window, 2);
		put_value(&bounds[i], &bounds[i].low);
		if (bounds[i].range)
			put_value(&bounds[i], &bounds[i].high);
	}
	buf_check(&window, "a coverage item", NULL);
}

/* {"window": {…}, "records": n} */
static void
put_item(struct coverage_notes *notes, uint64_t records, bool counted)
{
	static struct buf item;
	fill_window();
	buf_reset(&item);
	mp_buf_map(&item, counted ? 2 : 1);
	mp_buf_str(&item, SLICE("window"));
	buf_put_slice(&item, buf_slice(&window));
	if (counted) {
		mp_buf_str(&item, SLICE("records"));
		mp_buf_uint(&item, records);
	}
	buf_check(&item, "a coverage item", NULL);
	mp_buf_ext(&notes->items, EXT_COVERAGE, buf_slice(&item));
	buf_check(&notes->items, "all coverage items", NULL);
	buf_put_slice(&notes->windows, buf_slice(&window));
	buf_check(&notes->windows, "all coverage items", NULL);
}

/* Whether an item of the same window is there, as records of a group may share one. */
static bool
has_window(const struct buf *all_windows)
{
	const char *p = all_windows->p, *end = p + all_windows->n;
	while (p < end) {
		const char *next = mp_skip(p, end);
		if (slice_equal((struct slice){p, (size_t)(next - p)}, buf_slice(&window)))
			return true;
		p = next;
	}
	return false;
}

/*
 * An item for each record of the group. The answer does not show which of its records
 * belong to which of them, so they are counted only if there is one.
 */
static void
put_items(struct task *t, uint64_t records, bool counted)
{
	size_t n = t->group.n ? t->group.n : 1;
	for (size_t i = 0; i < n; i++) {
		task_focus(t, i);
		fill_window();
		if (!has_window(&t->coverage.windows))
			put_item(&t->coverage, records, counted && n == 1);
	}
	task_focus(t, n);
}

void
coverage_note(uint64_t records, bool counted)
{
	struct coverage_notes *notes = &fetch.task->coverage;
	notes->records += records;
	notes->uncounted |= !counted;
	if (by_task)
		put_items(fetch.task, records, counted);
	/* The window that is sent at the end has no record to compare with. */
	for (size_t i = 0; i < config.cover.n; i++) {
		variables_check(&bounds[i].low, "cover");
		variables_check(&bounds[i].high, "cover");
	}
}

void
coverage_skip(void)
{
	for (size_t i = 0; i < config.cover.n; i++)
		if (!variables_are_there(&bounds[i].low, "cover") ||
		    (bounds[i].range && !variables_are_there(&bounds[i].high, "cover")))
			return;
	if (by_task)
		put_items(fetch.task, 0, config.decoder == DECODER_JSON);
}

void
coverage_pass(struct slice item)
{
	buf_put_slice(&passed, item);
	buf_check(&passed, "all coverage items", NULL);
}

void
coverage_leave_out(void)
{
	struct task *t = fetch.task;
	struct coverage_notes *notes = &t->coverage;
	notes->incomplete = true;
	if (!by_task)
		return;
	size_t n = t->group.n ? t->group.n : 1;
	for (size_t i = 0; i < n; i++) {
		task_focus(t, i);
		fill_window();
		buf_put_slice(&notes->left_out, buf_slice(&window));
	}
	task_focus(t, n);
	buf_check(&notes->left_out, "the windows that are left out", NULL);
}

void
coverage_clear(struct coverage_notes *notes)
{
	buf_reset(&notes->items);
	buf_reset(&notes->windows);
	buf_reset(&notes->left_out);
	notes->records = 0;
	notes->uncounted = notes->incomplete = false;
}

void
coverage_join(struct coverage_notes *notes)
{
	buf_put_slice(&all.items, buf_slice(&notes->items));
	buf_put_slice(&all.windows, buf_slice(&notes->windows));
	buf_put_slice(&all.left_out, buf_slice(&notes->left_out));
	buf_check(&all.items, "all coverage items", NULL);
	buf_check(&all.windows, "all coverage items", NULL);
	buf_check(&all.left_out, "the windows that are left out", NULL);
	all.records += notes->records;
	all.uncounted |= notes->uncounted;
	all.incomplete |= notes->incomplete;
	coverage_clear(notes);
}

/* One value, or from low up to high without it. */
struct extent {
	bool range;
	struct value low, high;
};

static const char *
read_extent(const char *p, const char *end, struct extent *e)
{
	struct mp_token t;
	const char *inside = mp_read(p, end, &t);
	e->range = t.type == MP_ARRAY;
	p = value_read(e->range ? inside : p, end, &e->low);
	return e->range ? value_read(p, end, &e->high) : p;
}

/* -1, 0, 1; false where that cannot be known, as for a text and a number. */
static bool
compare(const struct value *a, const struct value *b, int *order)
{
	if (a->type != b->type || a->huge || b->huge)
		return false;
	if (a->type == VALUE_TEXT) {
		*order = slice_equal(a->s, b->s) ? 0 : 1;
		return true;
	}
	*order = a->i < b->i ? -1 : a->i > b->i;
	return a->type == VALUE_INT || a->type == VALUE_DATE || a->type == VALUE_DATETIME;
}

/*
 * Whether the two certainly have no value in common. Values that cannot be
 * compared may be equal.
 */
static bool
apart(const struct extent *a, const struct extent *b)
{
	int order;
	if (!a->range && !b->range)
		return compare(&a->low, &b->low, &order) && order != 0;
	if (a->low.type == VALUE_TEXT)
		return false; /* the order of texts is the database's */
	if (a->range && compare(&a->high, &b->low, &order) && order <= 0)
		return true;
	if (b->range && compare(&b->high, &a->low, &order) && order <= 0)
		return true;
	if (!a->range)
		return compare(&a->low, &b->low, &order) && order < 0;
	return !b->range && compare(&b->low, &a->low, &order) && order < 0;
}

/* Both have the same fields, in the order of the options. */
static bool
share_a_row(const char *a, const char *b, const char *a_end, const char *b_end)
{
	struct mp_token fields;
	a = mp_read(a, a_end, &fields);
	b = mp_read(b, b_end, &fields);
	for (size_t i = 0; i < fields.n; i++) {
		struct extent one, other;
		a = read_extent(mp_skip(a, a_end), a_end, &one);
		b = read_extent(mp_skip(b, b_end), b_end, &other);
		if (apart(&one, &other))
			return false;
	}
	return true;
}

static bool
is_left_out(const char *at, const char *end)
{
	const char *p = all.left_out.p, *last = p + all.left_out.n;
	for (; p < last; p = mp_skip(p, last))
		if (share_a_row(at, p, end, last))
			return true;
	return false;
}

/*
 * Sends each item except those whose window, from at on, is left out; NULL
 * means none. Returns the number left out.
 */
static size_t
send(const struct buf *from, const char *at)
{
	size_t missing = 0;
	const char *p = from->p, *end = p + from->n, *at_end = all.windows.p + all.windows.n;
	while (p < end) {
		const char *next = mp_skip(p, end);
		if (at && is_left_out(at, at_end))
			missing++;
		else
			stream_out_item(fetch.out, (struct slice){p, (size_t)(next - p)});
		at = at ? mp_skip(at, at_end) : NULL;
		p = next;
	}
	return missing;
}

void
coverage_send(void)
{
	if (config.cover.n && !by_task && !all.incomplete)
		put_item(&all, all.records, !all.uncounted);
	if (all.incomplete && (passed.n || (config.cover.n && !by_task)))
		message(
		    "the records of a request are missing, so nothing is covered completely, and "
		    "no %scoverage is sent",
		    by_task ? "other " : "");
	if (!all.incomplete)
		send(&passed, NULL);
	size_t missing = send(&all.items, all.windows.p);
	if (all.incomplete && by_task)
		message("the windows of requests whose records are missing are not covered%s",
		    missing ? ", nor are those that share rows with them" : "");
}
