/* SPDX-License-Identifier: MIT */
#include "common/program/message.h"
#include "stages/put-s3/put.h"

static struct buf object, condition;

/* A value that a header line can hold; a line end in it would begin another header. */
static void
check_value(const char *option, struct slice value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < ' ' || (unsigned char)value.p[i] >= 0x7f)
			die(STATUS_USAGE, "--%s: %s holds a character that is not printable ASCII",
			    option, quoted(value));
	if (!value.n || value.p[0] == ' ' || value.p[value.n - 1] == ' ')
		die(STATUS_USAGE, "--%s: %s is empty, or has a space at its end", option,
		    quoted(value));
}

static void
put_line(struct buf *b, const char *name, const char *option, struct slice value)
{
	check_value(option, value);
	buf_printf(b, "%s: ", name);
	buf_put_slice(b, value);
	buf_put_byte(b, '\n');
}

static void
put_metadata(const char *word)
{
	static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *equals = strchr(word, '=');
	size_t n = equals ? (size_t)(equals - word) : 0;
	if (!n || strspn(word, characters) != n)
		die(STATUS_USAGE,
		    "--metadata: %s is not NAME=VALUE with a name of letters in lower case, "
		    "digits, - and _",
		    quoted(slice_of(word)));
	struct buf name = {0};
	buf_printf(&name, "X-Amz-Meta-%.*s%c", (int)n, word, '\0');
	buf_check(&name, "a header", NULL);
	put_line(&object, name.p, "metadata", slice_of(equals + 1));
	buf_free(&name);
}

/* An ETag is in quotes; people and tools leave them out. */
static void
put_etag(struct slice etag)
{
	bool bare = etag.n && etag.p[0] != '"';
	struct buf value = {0};
	buf_put_text(&value, bare ? "\"" : "");
	buf_put_slice(&value, etag);
	buf_put_text(&value, bare ? "\"" : "");
	buf_check(&value, "an ETag", NULL);
	put_line(&condition, "If-Match", "if-match", buf_slice(&value));
	buf_free(&value);
}

void
headers_init(void)
{
	if (config.if_none_match && strcmp(config.if_none_match, "*") != 0)
		die(STATUS_USAGE,
		    "--if-none-match takes '*' alone: store the object only if the key is free");
	if (config.if_none_match && config.if_match)
		die(STATUS_USAGE, "--if-none-match and --if-match exclude each other");
	if (config.kms_key && (!config.encryption || strcmp(config.encryption, "aws:kms") != 0))
		die(STATUS_USAGE, "--kms-key is for --encryption aws:kms");
	if (config.content_type)
		put_line(&object, "Content-Type", "content-type", slice_of(config.content_type));
	for (size_t i = 0; i < config.metadata.n; i++)
		put_metadata(config.metadata.items[i]);
	if (config.encryption)
		put_line(&object, "X-Amz-Server-Side-Encryption", "encryption",
		    slice_of(config.encryption));
	if (config.kms_key)
		put_line(&object, "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "kms-key",
		    slice_of(config.kms_key));
	if (config.if_none_match)
		buf_put_text(&condition, "If-None-Match: *\n");
	if (config.if_match)
		put_etag(slice_of(config.if_match));
	buf_check(&object, "the headers of the object", NULL);
	buf_check(&condition, "a condition", NULL);
}

struct slice
headers_of_object(void)
{
	return buf_slice(&object);
}

struct slice
headers_of_condition(void)
{
	return buf_slice(&condition);
}
