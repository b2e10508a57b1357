/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/json_write.h"
#include "common/operate/datapipeline.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"

enum { DESCRIBED_AT_ONCE = 25, PIPELINES_MAX = 10000 };

static bool
call(struct aws *a, const char *operation, struct slice body, struct aws_answer *answer,
    struct failure *f)
{
	struct buf action = {0};
	buf_printf(&action, "DataPipeline.%s%c", operation, '\0');
	buf_check(&action, "a request", NULL);
	bool good = aws_json(a, &aws_datapipeline, action.p, body, answer, f);
	buf_free(&action);
	if (!good) {
		struct failure inner = *f;
		failure_set(f, inner.status, "%s: %.900s", operation, inner.text);
	}
	return good;
}

static struct slice
text_of(struct slice value)
{
	struct mp_token t;
	if (!value.n || !mp_read(value.p, value.p + value.n, &t) || t.type != MP_STR)
		return (struct slice){0};
	return (struct slice){t.p, t.n};
}

/* The items of a list, one after the other; *at is NULL before the first. */
static bool
next_item(struct slice list, const char **at, size_t *left, struct slice *item)
{
	struct mp_token t;
	const char *end = list.p + list.n;
	if (!*at) {
		*at = list.n ? mp_read(list.p, end, &t) : NULL;
		*left = *at && t.type == MP_ARRAY ? t.n : 0;
	}
	if (!*left)
		return false;
	const char *after = mp_skip(*at, end);
	*item = (struct slice){*at, (size_t)(after - *at)};
	*at = after;
	--*left;
	return true;
}

static bool
is_true(struct slice value)
{
	struct mp_token t;
	return value.n && mp_read(value.p, value.p + value.n, &t) && t.type == MP_BOOL && t.b;
}

static void
add(struct dp_pipelines *all, struct slice id, struct slice name)
{
	all->items = xrealloc(all->items, (all->n + 1) * sizeof *all->items);
	all->items[all->n++] = (struct dp_pipeline){.id = xstring(id), .name = xstring(name)};
}

bool
datapipeline_list(struct aws *a, struct dp_pipelines *all, struct failure *f)
{
	struct buf body = {0}, marker = {0};
	struct aws_answer answer = {0};
	bool good, more;
	do {
		struct slice list, item;
		const char *at = NULL;
		size_t left, before = all->n;
		buf_reset(&body);
		buf_put_text(&body, "{");
		if (marker.n) {
			buf_put_text(&body, "\"marker\":");
			json_write_text(&body, buf_slice(&marker));
		}
		buf_put_text(&body, "}");
		good = call(a, "ListPipelines", buf_slice(&body), &answer, f);
		struct slice map = buf_slice(&answer.body);
		list = good ? mp_member_value(map, "pipelineIdList") : (struct slice){0};
		while (next_item(list, &at, &left, &item))
			add(all, mp_member_text(item, "id"), mp_member_text(item, "name"));
		more = good && is_true(mp_member_value(map, "hasMoreResults"));
		struct slice next = more ? mp_member_text(map, "marker") : (struct slice){0};
		/* A page that leads nowhere would be asked for again and again. */
		if (more &&
		    (!next.n || (slice_equal(next, buf_slice(&marker)) && all->n == before) ||
			all->n > PIPELINES_MAX))
			good = failure_set(f, STATUS_REFUSED,
			    "ListPipelines: there are more pages, and no marker leads to them");
		buf_reset(&marker);
		buf_put_slice(&marker, next);
	} while (good && more);
	aws_answer_wipe(&answer);
	buf_free(&body);
	buf_free(&marker);
	return good;
}

static void
set_state(struct dp_pipelines *all, struct slice described)
{
	struct slice id = mp_member_text(described, "pipelineId"), field;
	const char *at = NULL;
	size_t left;
	while (next_item(mp_member_value(described, "fields"), &at, &left, &field)) {
		if (!slice_is(mp_member_text(field, "key"), "@pipelineState"))
			continue;
		for (size_t i = 0; i < all->n; i++)
			if (slice_is(id, all->items[i].id)) {
				free(all->items[i].state);
				all->items[i].state = xstring(mp_member_text(field, "stringValue"));
			}
	}
}

bool
datapipeline_describe(struct aws *a, struct dp_pipelines *all, struct failure *f)
{
	struct aws_answer answer = {0};
	struct buf body = {0};
	bool good = true;
	for (size_t i = 0; good && i < all->n; i += DESCRIBED_AT_ONCE) {
		struct slice item;
		const char *at = NULL;
		size_t left;
		buf_reset(&body);
		buf_put_text(&body, "{\"pipelineIds\":[");
		for (size_t j = i; j < all->n && j < i + DESCRIBED_AT_ONCE; j++) {
			buf_put_text(&body, j > i ? "," : "");
			json_write_text(&body, slice_of(all->items[j].id));
		}
		buf_put_text(&body, "]}");
		good = call(a, "DescribePipelines", buf_slice(&body), &answer, f);
		struct slice list =
		    good ? mp_member_value(buf_slice(&answer.body), "pipelineDescriptionList")
			 : (struct slice){0};
		while (next_item(list, &at, &left, &item))
			set_state(all, item);
	}
	aws_answer_wipe(&answer);
	buf_free(&body);
	return good;
}

bool
datapipeline_get(
    struct aws *a, const char *id, const char *version, struct dp_definition *d, struct failure *f)
{
	struct aws_answer answer = {0};
	struct buf body = {0}, mp = {0};
	*d = (struct dp_definition){0};
	buf_put_text(&body, "{\"pipelineId\":");
	json_write_text(&body, slice_of(id));
	buf_printf(&body, ",\"version\":\"%s\"}", version);
	bool good = call(a, "GetPipelineDefinition", buf_slice(&body), &answer, f);
	if (good) {
		buf_put_slice(&mp, buf_slice(&answer.body));
		buf_check(&mp, "a definition", NULL);
		const char *wrong = dp_read_msgpack(d, &mp);
		if (wrong)
			good = failure_set(f, STATUS_DATA, "the definition of %s: %s", id, wrong);
	}
	aws_answer_wipe(&answer);
	buf_free(&body);
	return good;
}

/* "Ec2: imageId is missing" of each error or warning, a line each. */
static void
put_remarks(struct buf *out, struct slice list, const char *member_name)
{
	struct slice item, text;
	const char *at = NULL;
	size_t left;
	while (next_item(list, &at, &left, &item)) {
		struct slice id = mp_member_text(item, "id");
		const char *inner = NULL;
		size_t rest;
		while (next_item(mp_member_value(item, member_name), &inner, &rest, &text))
			buf_printf(out, "%s%.*s%s%.*s", out->n ? "\n" : "", (int)id.n,
			    id.n ? id.p : "", id.n ? ": " : "", (int)text_of(text).n,
			    text_of(text).p);
	}
}

/* Validate and Put have the same request and answer. */
static bool
send_definition(struct aws *a, const char *operation, const char *id, struct slice definition,
    struct buf *warnings, struct failure *f)
{
	static const char *const parts[] = {
	    "pipelineObjects", "parameterObjects", "parameterValues"};
	struct aws_answer answer = {0};
	struct buf body = {0}, errors = {0};
	const char *wrong = NULL;
	buf_put_text(&body, "{\"pipelineId\":");
	json_write_text(&body, slice_of(id));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct slice part = mp_member_value(definition, parts[i]);
		if (!part.n)
			continue;
		buf_printf(&body, ",\"%s\":", parts[i]);
		wrong = json_write(&body, part, &(struct json_style){0});
		if (wrong)
			break;
	}
	buf_put_byte(&body, '}');
	buf_check(&body, "a request", NULL);
	bool good = !wrong || failure_set(f, STATUS_DATA, "the definition holds %s", wrong);
	good = good && call(a, operation, buf_slice(&body), &answer, f);
	struct slice map = good ? buf_slice(&answer.body) : (struct slice){0};
	put_remarks(warnings, mp_member_value(map, "validationWarnings"), "warnings");
	put_remarks(&errors, mp_member_value(map, "validationErrors"), "errors");
	if (good && (is_true(mp_member_value(map, "errored")) || errors.n))
		good = failure_set(f, STATUS_DATA, "%s: %.*s", operation, (int)errors.n,
		    errors.n ? errors.p : "the service found errors and names none");
	aws_answer_wipe(&answer);
	buf_free(&body);
	buf_free(&errors);
	return good;
}

bool
datapipeline_validate(
    struct aws *a, const char *id, struct slice definition, struct buf *warnings, struct failure *f)
{
	return send_definition(a, "ValidatePipelineDefinition", id, definition, warnings, f);
}

bool
datapipeline_put(
    struct aws *a, const char *id, struct slice definition, struct buf *warnings, struct failure *f)
{
	return send_definition(a, "PutPipelineDefinition", id, definition, warnings, f);
}

bool
datapipeline_activate(struct aws *a, const char *id, struct failure *f)
{
	struct aws_answer answer = {0};
	struct buf body = {0};
	buf_put_text(&body, "{\"pipelineId\":");
	json_write_text(&body, slice_of(id));
	buf_put_byte(&body, '}');
	bool good = call(a, "ActivatePipeline", buf_slice(&body), &answer, f);
	aws_answer_wipe(&answer);
	buf_free(&body);
	return good;
}
