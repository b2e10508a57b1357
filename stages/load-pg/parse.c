/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "common/program/message.h"
#include "common/text/utf8.h"
#include "stages/load-pg/parse.h"
#include "stages/load-pg/server.h"

enum { TEXT = 25, TEXT_ARRAY = 1009, SHOWN_BYTES = 80 };

static void
put_32(struct buf *b, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_put_byte(b, (char)(v >> shift));
}

/* An array of text in its binary form. */
static void
put_array(struct buf *b, const struct load_text *texts, size_t n)
{
	put_32(b, 1); /* dimensions */
	put_32(b, 1); /* nulls are possible */
	put_32(b, TEXT);
	put_32(b, (uint32_t)n);
	put_32(b, 1); /* the number of the first element */
	for (size_t i = 0; i < n; i++) {
		put_32(b, texts[i].some ? (uint32_t)texts[i].given.n : UINT32_MAX);
		if (texts[i].some)
			buf_put_slice(b, texts[i].given);
	}
	buf_check(b, "texts for the server to parse", NULL);
}

/* False, with *refusal set, when the server refuses one of the texts. */
static bool
ask(struct slice sql, const struct load_text *texts, size_t n, struct pg_rows *rows,
    struct buf *refusal)
{
	struct buf array = {0};

	put_array(&array, texts, n);
	struct pg_parameter parameter = {.type = TEXT_ARRAY, .data = buf_slice(&array)};
	server_run("SAVEPOINT mam_parse");
	bool good = pg_query(server(), sql, &parameter, 1, rows);
	if (!good) {
		server_check(pg_failed_by_value(server()));
		buf_put_text(refusal, server()->error.text);
		buf_check(refusal, "a message", NULL);
		db_error_clear(&server()->error);
	}
	server_run(good ? "RELEASE SAVEPOINT mam_parse" : "ROLLBACK TO SAVEPOINT mam_parse");
	buf_free(&array);
	return good;
}

__attribute__((format(printf, 2, 3))) static void
refuse(struct load_text *text, const char *format, ...)
{
	va_list ap;

	text->why = xcalloc(1, sizeof *text->why);
	text->why->rule = "type";
	va_start(ap, format);
	vsnprintf(text->why->text, sizeof text->why->text, format, ap);
	va_end(ap);
	/* A character may have been cut. */
	size_t n = strlen(text->why->text);
	while (n > 0 && !utf8_valid((struct slice){text->why->text, n}))
		n--;
	text->why->text[n] = '\0';
}

/* The values of a range that the server took, as it wrote them back. */
static void
compare(const struct column *c, enum pg_text_rule rule, struct load_text *texts, size_t n,
    struct pg_rows *rows, struct buf *bytes)
{
	for (size_t i = 0; i < n; i++) {
		if (!texts[i].some)
			continue;
		struct slice read = pg_cell(rows, i, 0);
		if (pg_text_same(rule, texts[i].given, read)) {
			texts[i].offset = bytes->n;
			texts[i].parsed.n = read.n;
			buf_put_slice(bytes, read);
			continue;
		}
		if (read.n > SHOWN_BYTES)
			read.n = SHOWN_BYTES;
		refuse(&texts[i], "would become %s in a column of type %.*s", quoted(read),
		    (int)c->type.n, c->type.p);
	}
	pg_rows_free(rows);
}

/*
 * The server ends a statement at the first bad text and does not say which one it is: half as many
 * are asked for until one is left, then twice as many again.
 */
static void
parse_all(struct slice sql, const struct column *c, enum pg_text_rule rule, struct load_text *texts,
    size_t n, struct buf *bytes)
{
	size_t at = 0, step = n;
	struct buf refusal = {0};

	while (at < n) {
		struct pg_rows rows;
		if (step > n - at)
			step = n - at;
		buf_reset(&refusal);
		if (ask(sql, texts + at, step, &rows, &refusal)) {
			compare(c, rule, texts + at, step, &rows, bytes);
			at += step;
			step *= 2;
		} else if (step > 1)
			step /= 2;
		else {
			refuse(&texts[at], "is not a value of type %.*s: %.*s", (int)c->type.n,
			    c->type.p, (int)refusal.n, refusal.p);
			at++;
		}
	}
	buf_free(&refusal);
}

void
parse_texts(const struct column *c, enum pg_text_rule rule, struct load_text *texts, size_t n,
    struct buf *bytes)
{
	struct buf sql = {0};

	server_our_settings();
	buf_printf(&sql,
	    "SELECT CAST(u.x AS %.*s)::pg_catalog.text FROM "
	    "pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS u (x, i) ORDER BY u.i",
	    (int)c->type.n, c->type.p);
	buf_check(&sql, "a statement", NULL);
	parse_all(buf_slice(&sql), c, rule, texts, n, bytes);
	server_their_settings();
	buf_check(bytes, "texts that the server parsed", NULL);
	for (size_t i = 0; i < n; i++)
		texts[i].parsed.p = bytes->p + texts[i].offset;
	buf_free(&sql);
}
