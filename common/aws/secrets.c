/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/aws/secrets.h"
#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/text/base64.h"

enum { NAMES_MAX = 10, BODY_MAX = 64 * 1024 };

/* The failure of one secret: its variable and source are named, never its value. */
static void
fail(struct wanted *w, const struct failure *why)
{
	secret_wipe(&w->value);
	failure_set(&w->failure, why->status, "%s: %s: %.800s", w->variable,
	    quoted(slice_of(w->source)), why->text);
}

static void
fail_with(struct wanted *w, enum status status, const char *why)
{
	struct failure f = {.status = status};
	snprintf(f.text, sizeof f.text, "%s", why);
	fail(w, &f);
}

static bool
is_open(const struct wanted *w)
{
	return !w->value.n && w->failure.status == STATUS_OK;
}

bool
secrets_parameter(const char *rest, struct slice *name, struct slice *selector)
{
	struct slice s = slice_of(rest);
	size_t colons = strncmp(rest, "arn:", 4) == 0 ? 5 : 0, end = 0;
	while (end < s.n && (s.p[end] != ':' || colons > 0))
		colons -= s.p[end++] == ':';
	*name = (struct slice){s.p, end};
	*selector = end < s.n ? (struct slice){s.p + end + 1, s.n - end - 1} : SLICE("");
	return end > 0 && !colons && (end == s.n || selector->n) &&
	       !(selector->n && memchr(selector->p, ':', selector->n));
}

static struct slice
parameter_name(const struct wanted *w)
{
	const char *rest;
	struct slice name = SLICE(""), selector;
	if (secret_kind(w->source, &rest) == SECRET_SSM)
		secrets_parameter(rest, &name, &selector);
	return name;
}

/* The parameter's value of an answer; it is known by its name or its ARN. */
static bool
find_parameter(struct slice answer, struct slice name, struct slice *value)
{
	struct slice list = mp_member_value(answer, "Parameters");
	struct mp_token t;
	if (!list.n)
		return false;
	const char *end = list.p + list.n, *p = mp_read(list.p, end, &t);
	for (size_t left = t.type == MP_ARRAY ? t.n : 0; left > 0; left--) {
		const char *after = mp_skip(p, end);
		struct slice item = {p, (size_t)(after - p)};
		p = after;
		if (!slice_equal(mp_member_text(item, "Name"), name) &&
		    !slice_equal(mp_member_text(item, "ARN"), name))
			continue;
		*value = mp_member_text(item, "Value");
		return value->n > 0;
	}
	return false;
}

static void
fill(struct wanted *w, struct slice value)
{
	struct failure f = {0};
	if (!secret_take(&w->value, value, &f))
		fail(w, &f);
}

/* One call for at most ten parameters; every one of the group is filled or has failed after it. */
static void
get_parameters(struct aws *aws, struct wanted **group, size_t n)
{
	struct buf body = {.max = BODY_MAX};
	struct aws_answer answer = {0};
	struct failure f = {0};
	const char *rest;
	buf_put_text(&body, "{\"Names\":[");
	for (size_t i = 0; i < n; i++) {
		buf_put_text(&body, i ? "," : "");
		secret_kind(group[i]->source, &rest);
		json_write_text(&body, slice_of(rest));
	}
	buf_put_text(&body, "],\"WithDecryption\":true}");
	bool good = body.failed ? failure_set(&f, STATUS_CONFIG, "the names are too long")
				: aws_json(aws, &aws_ssm, "AmazonSSM.GetParameters",
				      buf_slice(&body), &answer, &f);
	for (size_t i = 0; i < n; i++) {
		struct slice value;
		if (!good && n > 1 && (answer.kind == AWS_DENIED || answer.kind == AWS_REFUSED))
			get_parameters(aws, &group[i], 1); /* to learn which one it was */
		else if (!good)
			fail(group[i], &f);
		else if (find_parameter(buf_slice(&answer.body), parameter_name(group[i]), &value))
			fill(group[i], value);
		else
			fail_with(group[i], STATUS_CONFIG,
			    "there is no such parameter, or not this version or label of it");
	}
	buf_free(&body);
	aws_answer_wipe(&answer);
}

/*
 * Puts at most ten open parameters into group: those of one call have different names, since
 * an answer does not always show which version a value is of.
 */
static size_t
gather(struct wanted *list, size_t n, struct wanted **group)
{
	size_t taken = 0;
	for (size_t i = 0; i < n && taken < NAMES_MAX; i++) {
		bool other = parameter_name(&list[i]).n && is_open(&list[i]);
		for (size_t k = 0; other && k < taken; k++)
			other = !slice_equal(parameter_name(&list[i]), parameter_name(group[k]));
		if (other)
			group[taken++] = &list[i];
	}
	return taken;
}

/* The same source under another variable. */
static void
share(struct wanted *list, size_t n, const struct wanted *from)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_open(&list[i]) || strcmp(list[i].source, from->source) != 0)
			continue;
		if (from->value.n)
			fill(&list[i], secret_value(&from->value));
		else
			fail_with(&list[i], from->failure.status,
			    "the same source failed for another variable");
	}
}

static void
fetch_parameters(struct aws *aws, struct wanted *list, size_t n)
{
	struct wanted *group[NAMES_MAX];
	size_t taken;
	while ((taken = gather(list, n, group)) > 0) {
		get_parameters(aws, group, taken);
		for (size_t i = 0; i < taken; i++)
			share(list, n, group[i]);
	}
}

/* The name of a secret of Secrets Manager; empty for another source. *key is NULL without one. */
static struct slice
secret_name(const struct wanted *w, const char **key)
{
	const char *rest;
	*key = NULL;
	if (secret_kind(w->source, &rest) != SECRET_SECRETSMANAGER)
		return SLICE("");
	size_t n = strcspn(rest, "#");
	*key = rest[n] ? rest + n + 1 : NULL;
	return (struct slice){rest, n};
}

/* The member of a secret that is a JSON object. */
static void
fill_member(struct wanted *w, struct slice text, const char *key)
{
	struct json_error error;
	struct buf map = {.max = AWS_ANSWER_MAX}, number = {.max = BODY_MAX};
	struct slice value;
	struct mp_token t;
	if (!buf_reserve(&map, AWS_ANSWER_MAX) || !buf_reserve(&number, BODY_MAX) ||
	    !json_to_msgpack(text, JSON_DUPLICATES_ERROR, &map, &error) ||
	    !mp_read(map.p, map.p + map.n, &t) || t.type != MP_MAP)
		fail_with(w, STATUS_CONFIG, "the secret is not a JSON object");
	else if (!(value = mp_member_value(buf_slice(&map), key)).n)
		fail_with(w, STATUS_CONFIG, "the secret's JSON has no such key");
	else if (mp_read(value.p, value.p + value.n, &t) && t.type == MP_STR)
		fill(w, (struct slice){t.p, t.n});
	else if ((t.type == MP_INT || t.type == MP_UINT) &&
		 !json_write(&number, value, &(struct json_style){0}))
		fill(w, buf_slice(&number));
	else /* 2.50 would become 2.5 */
		fail_with(w, STATUS_CONFIG, "the key's value is neither text nor an integer");
	secret_wipe_buf(&map);
	secret_wipe_buf(&number);
}

/* Fills all open ones that are this secret, or a key of it. */
static void
fill_from(struct wanted *list, size_t n, struct slice name, struct slice answer)
{
	struct buf binary = {.max = AWS_ANSWER_MAX};
	struct slice value = mp_member_text(answer, "SecretString");
	const char *key, *why = "the answer has no value";
	if (!value.n && mp_member_text(answer, "SecretBinary").n) {
		why = "the binary value is not base64";
		if (buf_reserve(&binary, AWS_ANSWER_MAX) &&
		    base64_read(&binary, mp_member_text(answer, "SecretBinary")))
			value = buf_slice(&binary);
	}
	for (size_t i = 0; i < n; i++) {
		struct slice own = secret_name(&list[i], &key);
		if (!own.n || !slice_equal(own, name) || !is_open(&list[i]))
			continue;
		if (!value.n)
			fail_with(&list[i], STATUS_CONFIG, why);
		else if (key)
			fill_member(&list[i], value, key);
		else
			fill(&list[i], value);
	}
	secret_wipe_buf(&binary);
}

static void
fetch_secrets(struct aws *aws, struct wanted *list, size_t n)
{
	const char *key;
	for (size_t i = 0; i < n; i++) {
		struct slice name = secret_name(&list[i], &key);
		if (!name.n || !is_open(&list[i]))
			continue;
		struct buf body = {.max = BODY_MAX};
		struct aws_answer answer = {0};
		struct failure f = {0};
		buf_put_text(&body, "{\"SecretId\":");
		json_write_text(&body, name);
		buf_put_byte(&body, '}');
		bool good = body.failed ? failure_set(&f, STATUS_CONFIG, "the name is too long")
					: aws_json(aws, &aws_secretsmanager,
					      "secretsmanager.GetSecretValue", buf_slice(&body),
					      &answer, &f);
		if (good)
			fill_from(list, n, name, buf_slice(&answer.body));
		for (size_t k = i; !good && k < n; k++)
			if (is_open(&list[k]) && slice_equal(secret_name(&list[k], &key), name))
				fail(&list[k], &f);
		buf_free(&body);
		aws_answer_wipe(&answer);
	}
}

/* Those that need no network; true if others are left. */
static bool
read_local(struct wanted *list, size_t n)
{
	bool left = false;
	for (size_t i = 0; i < n; i++) {
		struct wanted *w = &list[i];
		struct failure f = {0};
		struct buf own = {0};
		struct slice name, selector;
		const char *rest;
		enum secret_kind kind = secret_kind(w->source, &rest);
		w->value = (struct secret){0};
		w->failure = (struct failure){0};
		if (kind == SECRET_SSM && !secrets_parameter(rest, &name, &selector)) {
			fail_with(w, STATUS_USAGE,
			    "the name of a parameter is /NAME, /NAME:VERSION or "
			    "/NAME:LABEL");
		} else if (kind == SECRET_SSM || kind == SECRET_SECRETSMANAGER) {
			left = true;
		} else if (kind == SECRET_LITERAL && w->source[0]) {
			failure_set(&w->failure, STATUS_USAGE,
			    "%s: the source is not one of env:NAME, file:PATH, exec:COMMAND, "
			    "ssm:/NAME and secretsmanager:NAME, and is not repeated here since it "
			    "may be a secret",
			    w->variable);
		} else {
			buf_printf(&own, "env:%s%c", w->variable, '\0');
			if (own.failed)
				fail_with(w, STATUS_TRY_AGAIN, "no memory");
			else if (!secret_read(&w->value, w->source[0] ? w->source : own.p, &f))
				fail(w, &f);
		}
		buf_free(&own);
	}
	return left;
}

bool
secrets_fetch(struct aws **aws, struct wanted *list, size_t n)
{
	struct failure f = {0};
	bool good = true;
	if (read_local(list, n)) {
		if (!*aws)
			*aws = aws_open(&f);
		if (*aws) {
			fetch_parameters(*aws, list, n);
			fetch_secrets(*aws, list, n);
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (is_open(&list[i]))
			fail(&list[i], &f);
		good &= list[i].failure.status == STATUS_OK;
	}
	return good;
}

enum status
secrets_status(const struct wanted *list, size_t n)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < n; i++)
		if (list[i].failure.status != STATUS_OK &&
		    (status == STATUS_OK || status == STATUS_TRY_AGAIN))
			status = list[i].failure.status;
	return status;
}
