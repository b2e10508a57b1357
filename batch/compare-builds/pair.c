/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch/compare-builds/compare.h"
#include "common/json/json_write.h"
#include "common/program/message.h"
#include "common/stream/stream.h"
#include "common/text/hash.h"

enum { ITEMS_MAX = 16 * 1024 * 1024 };

/* One of the two streams. */
struct side {
	const char *name; /* "the old build" */
	struct stream_in *in;
	struct buf items; /* coverage and state */
	struct record record;
	struct schema schema; /* of the current record */
	struct slice raw;
	bool there;
	uint64_t sum; /* of the hashes of all records, in any order */
};

__attribute__((format(printf, 2, 3))) static void
set_what(struct pair *p, const char *format, ...)
{
	va_list args;
	if (p->what[0])
		return;
	va_start(args, format);
	vsnprintf(p->what, sizeof p->what, format, args);
	va_end(args);
}

static void
open_side(struct side *s, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die_errno(STATUS_IO, "cannot read %s", path);
	s->in = stream_in_open(fd, NULL);
}

/* The next record; coverage and state on the way are kept. */
static void
advance(struct side *s)
{
	enum stream_kind kind;
	while ((kind = stream_next(s->in, &s->raw)) != STREAM_END) {
		if (kind == STREAM_RECORD)
			break;
		if (kind == STREAM_COVERAGE || kind == STREAM_STATE)
			buf_put_slice(&s->items, s->raw);
		if (kind == STREAM_SCHEMA)
			schema_copy(&s->schema, stream_schema(s->in));
	}
	buf_check(&s->items, "the coverage of a stream", NULL);
	s->there = kind != STREAM_END;
	if (!stream_schema(s->in)->n)
		schema_reset(&s->schema);
	if (s->there)
		s->sum += hash64(s->raw.p, s->raw.n);
}

/* A value as JSON, and its type where that is what differs. */
static void
put_value(char *to, size_t room, const struct value *v, bool typed)
{
	static const struct json_style style = {.decimal_text = false};
	struct buf b = {0};
	if (json_write(&b, v->raw, &style)) {
		buf_reset(&b);
		buf_put_text(&b, v->type == VALUE_FLOAT ? "a float without a JSON form"
							: "a value without a JSON form");
	}
	if (typed)
		buf_printf(&b, " (%s)", v->type == VALUE_NULL ? "null" : value_type_name(v->type));
	buf_check(&b, "a value", NULL);
	size_t n = b.n < room - 1 ? b.n : room - 1;
	/* A cut is between two characters, and visible. */
	if (n < b.n) {
		n -= 3;
		while (n && ((unsigned char)b.p[n] & 0xc0) == 0x80)
			n--;
	}
	snprintf(to, room, "%.*s%s", (int)n, b.p, n < b.n ? "..." : "");
	buf_free(&b);
}

static bool
same_value(const struct value *a, const struct value *b)
{
	static const struct json_style style = {.decimal_text = false};
	struct buf x = {0}, y = {0};
	if (slice_equal(a->raw, b->raw))
		return true;
	if (a->type != b->type)
		return false;
	if (a->type == VALUE_FLOAT) {
		/* By their bits: 0 and -0 differ, and a NaN is the same as itself. */
		uint64_t bits[2];
		memcpy(&bits[0], &a->f, sizeof bits[0]);
		memcpy(&bits[1], &b->f, sizeof bits[1]);
		return bits[0] == bits[1];
	}
	/* Longer forms of the same value, as other writers may use. */
	bool same = !json_write(&x, a->raw, &style) && !json_write(&y, b->raw, &style) &&
		    slice_equal(buf_slice(&x), buf_slice(&y));
	buf_free(&x);
	buf_free(&y);
	return same;
}

static void
put_field(struct pair *p, struct slice name)
{
	snprintf(p->field, sizeof p->field, "%s", quoted(name));
}

static void
differ_in(struct pair *p, const struct side *s, struct slice name, const struct value *a,
    const struct value *b)
{
	bool typed = a && b && a->type != b->type;
	put_field(p, name);
	if (a)
		put_value(p->value[OLD], sizeof p->value[OLD], a, typed);
	if (b)
		put_value(p->value[NEW], sizeof p->value[NEW], b, typed);
	set_what(p, "record %" PRIu64 ", field %s: %s in %s, %s in %s", p->record, p->field,
	    a ? p->value[OLD] : "missing", s[OLD].name, b ? p->value[NEW] : "missing", s[NEW].name);
}

/* Whether the records are the same; notes the first difference in p. */
static bool
compare_records(struct pair *p, struct side *s, uint64_t number)
{
	bool same_schema = schema_equal(&s[OLD].schema, &s[NEW].schema);
	if (same_schema && slice_equal(s[OLD].raw, s[NEW].raw))
		return true;
	struct pair found = {.record = number};
	for (int i = 0; i < SIDES; i++)
		stream_decode(s[i].in, s[i].raw, &s[i].record);
	const struct record *a = &s[OLD].record, *b = &s[NEW].record;
	bool ordered = a->n == b->n;
	for (size_t i = 0; i < a->n && !found.what[0]; i++) {
		long at = record_find(b, a->cells[i].name, i);
		ordered &= at == (long)i;
		const struct value *other = at < 0 ? NULL : &b->cells[at].value;
		if (!other || !same_value(&a->cells[i].value, other))
			differ_in(&found, s, a->cells[i].name, &a->cells[i].value, other);
	}
	for (size_t i = 0; b->cells && i < b->n && !found.what[0]; i++)
		if (record_find(a, b->cells[i].name, i) < 0)
			differ_in(&found, s, b->cells[i].name, NULL, &b->cells[i].value);
	if (!found.what[0] && !ordered)
		set_what(&found, "record %" PRIu64 ": its fields come in another order", number);
	if (!found.what[0])
		return true;
	if (!p->record) {
		p->record = found.record;
		memcpy(p->field, found.field, sizeof p->field);
		memcpy(p->value, found.value, sizeof p->value);
		set_what(p, "%s", found.what);
	}
	return false;
}

/* The first field that two schemas do not share. */
static void
compare_schemas(struct pair *p, const struct side *s)
{
	const struct schema *a = &s[OLD].schema, *b = &s[NEW].schema;
	if (schema_equal(a, b))
		return;
	for (size_t i = 0; i < a->n; i++) {
		long at = schema_find(b, a->fields[i].name);
		put_field(p, a->fields[i].name);
		if (at < 0)
			set_what(p, "field %s is in %s only", p->field, s[OLD].name);
		else if (a->fields[i].type != b->fields[at].type)
			set_what(p, "field %s: type %s in %s, %s in %s", p->field,
			    value_type_name(a->fields[i].type), s[OLD].name,
			    value_type_name(b->fields[at].type), s[NEW].name);
		if (p->what[0])
			return;
	}
	for (size_t i = 0; i < b->n && !p->what[0]; i++) {
		put_field(p, b->fields[i].name);
		if (schema_find(a, b->fields[i].name) < 0)
			set_what(p, "field %s is in %s only", p->field, s[NEW].name);
	}
	p->field[0] = p->what[0] ? p->field[0] : '\0';
	set_what(p, a->n == b->n ? "the fields come in another order"
				 : "the schema is in one of the two streams only");
}

static void
compare_all(struct pair *p, struct side *s)
{
	uint64_t number = 0;
	bool schemas = false;
	for (advance(&s[OLD]), advance(&s[NEW]); s[OLD].there || s[NEW].there;
	     advance(&s[OLD]), advance(&s[NEW])) {
		number++;
		if (!schemas && s[OLD].there && s[NEW].there)
			compare_schemas(p, s);
		schemas = true;
		if (!s[OLD].there || !s[NEW].there)
			set_what(p, "record %" PRIu64 " is in %s only", number,
			    s[s[OLD].there ? OLD : NEW].name);
		if (!s[OLD].there || !s[NEW].there || !compare_records(p, s, number))
			p->different++;
		p->record = p->record || !p->different ? p->record : number;
	}
	/* A stream without records may still have a schema. */
	if (!schemas)
		compare_schemas(p, s);
	for (int i = 0; i < SIDES; i++) {
		p->records[i] = stream_record_number(s[i].in);
		snprintf(p->digest[i], DIGEST_TEXT, "%s", stream_in_digest(s[i].in));
	}
}

_Noreturn static void
compare_in_child(struct pair *p, char *const paths[SIDES], const char *const sides[SIDES])
{
	struct side s[SIDES] = {{.name = sides[OLD], .items.max = ITEMS_MAX},
	    {.name = sides[NEW], .items.max = ITEMS_MAX}};
	/* The streams count as input of a stage, which this is not. */
	unsetenv("MAM_RUN_DIR");
	setenv("MAM_LOG", "quiet", 1);
	for (int i = 0; i < SIDES; i++)
		open_side(&s[i], paths[i]);
	compare_all(p, s);
	if (p->different && s[OLD].sum == s[NEW].sum && p->records[OLD] == p->records[NEW]) {
		p->what[0] = '\0';
		set_what(
		    p, "the same records in another order, from record %" PRIu64 " on", p->record);
	}
	if (!p->what[0] && !slice_equal(buf_slice(&s[OLD].items), buf_slice(&s[NEW].items)))
		set_what(p, "the coverage differs: a load would replace other windows");
	p->same = !p->what[0];
	p->done = true;
	_exit(0);
}

/* What the child wrote to its standard error: the reason why it ended. */
static void
take_reason(struct pair *p, int fd)
{
	size_t n = 0;
	ssize_t got;
	while (
	    n < sizeof p->what - 1 && ((got = read(fd, p->what + n, sizeof p->what - 1 - n)) > 0 ||
					  (got < 0 && errno == EINTR)))
		n += got > 0 ? (size_t)got : 0;
	struct slice text = message_text((struct slice){p->what, n});
	memmove(p->what, text.p, text.n);
	p->what[text.n] = '\0';
	if (!text.n)
		snprintf(p->what, sizeof p->what, "the comparison of the streams was killed");
}

void
pair_compare(struct pair *p, char *const paths[SIDES], const char *const sides[SIDES])
{
	int ends[2], status;
	struct pair *shared =
	    mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || pipe(ends))
		die_errno(STATUS_TRY_AGAIN, "cannot compare streams");
	pid_t child = fork();
	if (child < 0)
		die_errno(STATUS_TRY_AGAIN, "cannot start a process");
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		compare_in_child(shared, paths, sides);
	}
	close(ends[1]);
	struct pair broken = {0};
	take_reason(&broken, ends[0]);
	close(ends[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	*p = shared->done ? *shared : broken;
	munmap(shared, sizeof *shared);
}
