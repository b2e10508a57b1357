/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/body.h"
#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "common/program/file.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/web/http_header.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/variables.h"

enum { BODY_FILE_MAX = 16 * 1024 * 1024, BODY_MAX = 64 * 1024 * 1024 };

static struct slice
read_file(const char *option, const char *path)
{
	struct buf b = {.max = BODY_FILE_MAX};
	if (!file_read(path, &b))
		die_errno(STATUS_IO, "--%s: cannot read %s", option, quoted(slice_of(path)));
	buf_check(&b, "the file of a body", NULL);
	return buf_slice(&b); /* kept: the template points into it */
}

static bool
is_any(struct slice type, const char *const *types)
{
	for (size_t i = 0; types[i]; i++)
		if (header_is(type, types[i]))
			return true;
	return false;
}

static bool
ends(struct slice type, const char *suffix)
{
	size_t n = strlen(suffix);
	return type.n >= n && header_is((struct slice){type.p + type.n - n, n}, suffix);
}

/* How values are written into a body of a type that is not JSON. */
static enum template_place
place_of_type(struct slice type)
{
	static const char *const xml[] = {"text/xml", "application/xml", "text/html", NULL};
	if (header_is(type, "application/x-www-form-urlencoded"))
		return TEMPLATE_FORM;
	if (header_is(type, "application/graphql"))
		return TEMPLATE_GRAPHQL;
	return is_any(type, xml) || ends(type, "+xml") ? TEMPLATE_XML : TEMPLATE_TEXT;
}

/* A text that looks like JSON and is not: its values could be escaped neither as JSON nor as anything else. */
static void
check_unknown(const struct body *body, struct slice type, struct slice start)
{
	bool text = type.n > 5 && header_is((struct slice){type.p, 5}, "text/");
	const struct template *t = &body->text;
	if (t->place != TEMPLATE_TEXT || text || (*start.p != '{' && *start.p != '['))
		return;
	for (size_t i = 0; i < t->n; i++)
		if (t->parts[i].field && t->parts[i].text.p > start.p + 1)
			die(STATUS_USAGE,
			    "--%s: it begins like JSON and is not JSON, so it is unclear how to "
			    "escape {%.*s} in it: correct it, or give its --header "
			    "'Content-Type: text/plain' if it is just text",
			    body->option, (int)t->parts[i].text.n, t->parts[i].text.p);
}

void
body_init(struct body *body, const char *option, const char *given, struct slice type)
{
	struct slice text = given[0] == '@' ? read_file(option, given + 1) : slice_of(given);
	struct slice start = slice_trim(text), media = header_media_type(type);
	bool braces = start.n && (*start.p == '{' || *start.p == '[');
	if (!type.p && !braces && start.n)
		die(STATUS_USAGE,
		    "--%s: it does not look like JSON: give its --header 'Content-Type: ...'",
		    option);
	body->option = option;
	body->add_json_type = !type.p && braces;
	body->is_json_lines = header_is_json_lines(media);
	body->is_json = !body->is_json_lines &&
			(body->add_json_type || header_is_json(type) || template_is_json(text));
	body->text = variables_template(option, text,
	    body->is_json || body->is_json_lines ? TEMPLATE_JSON : place_of_type(media));
	if (start.n)
		check_unknown(body, media, start);
}

const char *
body_type(const struct body *body)
{
	return body->add_json_type ? "application/json" : NULL;
}

bool
body_holds_secret(const struct body *body)
{
	return variables_hold_secret(&body->text);
}

/* The server would refuse a body that is not JSON without the position of the fault. */
static void
check_json(const char *option, struct slice text, size_t line)
{
	struct buf ignored = {0};
	struct json_error error;
	if (!json_to_msgpack(text, JSON_DUPLICATES_ERROR, &ignored, &error))
		die(fetch.task->record ? STATUS_DATA : STATUS_USAGE,
		    "%s--%s: the filled body is not JSON: line %d column %d: %s", record_prefix(),
		    option, (int)(line + error.line), (int)error.column, error.what);
	buf_free(&ignored);
}

static void
check_json_lines(const char *option, struct slice text)
{
	for (size_t line = 0; text.n; line++) {
		const char *newline = memchr(text.p, '\n', text.n);
		size_t n = newline ? (size_t)(newline - text.p) : text.n;
		struct slice one = {text.p, n};
		if (slice_trim(one).n)
			check_json(option, one, line);
		n += newline ? 1 : 0;
		text = (struct slice){text.p + n, text.n - n};
	}
}

void
body_fill(const struct body *body, struct request *q)
{
	q->body.max = BODY_MAX;
	variables_fill(&body->text, body->option, &q->body);
	if (body->is_json)
		check_json(body->option, buf_slice(&q->body), 0);
	if (body->is_json_lines)
		check_json_lines(body->option, buf_slice(&q->body));
}

void
body_place(struct request *q, const struct place *place, struct slice value)
{
	static const struct json_style style = {0};
	struct buf before = {0}, after = {0};
	struct json_error error;
	/* It was JSON when it was filled. */
	if (!json_to_msgpack(buf_slice(&q->body), JSON_DUPLICATES_ERROR, &before, &error))
		die(STATUS_BUG, "the body is no longer JSON: %s", error.what);
	const char *wrong = mp_path_set(&after, buf_slice(&before), &place->path, value);
	if (wrong)
		die(STATUS_USAGE, "%s in the body: %s", quoted(slice_of(place->body_path)), wrong);
	buf_reset(&q->body);
	json_write(&q->body, buf_slice(&after), &style);
	buf_check(&after, "the body of a request", NULL);
	buf_check(&q->body, "the body of a request", NULL);
	buf_free(&before);
	buf_free(&after);
}
