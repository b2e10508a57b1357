/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/program/http.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/record/value.h"
#include "common/stream/replay.h"
#include "common/stream/stream.h"
#include "common/web/http_header.h"
#include "stages/fetch-s3/fetch.h"

enum included_field { BUCKET, KEY, SIZE, ETAG, LAST_MODIFIED, FIELDS };

static const struct {
	const char *name;
	enum value_type type;
} fields[FIELDS] = {
    [BUCKET] = {"bucket", VALUE_TEXT},
    [KEY] = {"key", VALUE_TEXT},
    [SIZE] = {"size", VALUE_INT},
    [ETAG] = {"etag", VALUE_TEXT},
    [LAST_MODIFIED] = {"last_modified", VALUE_TIMESTAMP},
};

static struct stream_out *out;
static struct schema schema;
static enum included_field included[FIELDS];
static size_t n_included;
static struct buf values; /* of the included fields, msgpack */

/* The file of --output under the name that it has until it is whole. */
static struct buf part;
static int fd = -1;
static uint64_t written;

static void
remove_part(enum status status, const char *why)
{
	(void)status;
	(void)why;
	if (part.n)
		unlink(part.p);
}

/* A file that is not whole must not stay, whatever ends us; unlink is safe in a handler. */
static void
end_by_signal(int signal_number)
{
	if (part.n)
		unlink(part.p);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void
open_file(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
	struct buf name = {0};
	buf_printf(&name, "%s.%ld.part%c", config.output, (long)getpid(), '\0');
	buf_check(&name, "a path", NULL);
	/* Before there is a file, or a signal that comes in between would leave it. */
	part = name;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (signal(signals[i], end_by_signal) == SIG_IGN)
			signal(signals[i], SIG_IGN);
	fd = open(name.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		die_errno(STATUS_IO, "--output: cannot write %s", quoted(slice_of(config.output)));
	message_at_death(remove_part);
}

static void
include(const char *word)
{
	const char *equals = strchr(word, '=');
	struct slice name = slice_of(word), field = slice_of(equals ? equals + 1 : word);
	name.n = equals ? (size_t)(equals - word) : name.n;
	for (enum included_field i = 0; i < FIELDS; i++) {
		if (!slice_is(field, fields[i].name))
			continue;
		for (size_t k = 0; k < n_included; k++)
			if (included[k] == i)
				die(STATUS_USAGE, "--include: %s is given twice", quoted(field));
		const char *wrong = schema_find(&schema, name) >= 0
					? "is the name of another field"
					: schema_add(&schema, name, fields[i].type);
		if (wrong || !name.n)
			die(STATUS_USAGE, "--include: %s: %s", quoted(slice_of(word)),
			    wrong ? wrong : "has no name");
		included[n_included++] = i;
		return;
	}
	die(STATUS_USAGE, "--include: %s is not one of bucket, key, size, etag, last_modified",
	    quoted(field));
}

bool
sink_open(void)
{
	if (config.output) {
		stream_out_none();
		open_file();
		return false;
	}
	schema_add(&schema, SLICE("chunk"), VALUE_BYTES);
	if (config.include) {
		struct option_list list = options_split("include", config.include);
		for (size_t i = 0; i < list.n; i++)
			include(list.items[i]);
	}
	out = stream_out_open(STDOUT_FILENO);
	if (replay(out, false))
		return true;
	stream_out_start(out, config.dry_run);
	return false;
}

static void
put_field(enum included_field field, const struct object *object)
{
	struct slice value = {"", 0};
	int64_t seconds;
	switch (field) {
	case BUCKET:
		mp_buf_str(&values, object->address.bucket);
		break;
	case KEY:
		mp_buf_str(&values, object->address.key);
		break;
	case SIZE:
		mp_buf_int(&values, object->size);
		break;
	case ETAG:
		header_find(object->headers, "etag", &value);
		/* In the quotes of HTTP; --if-match takes it without them, too. */
		if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = (struct slice){value.p + 1, value.n - 2};
		mp_buf_str(&values, value);
		break;
	case LAST_MODIFIED:
		if (header_find(object->headers, "last-modified", &value) &&
		    http_date(value, &seconds))
			value_put_timestamp(&values, seconds, 0);
		else
			mp_buf_nil(&values);
		break;
	case FIELDS:
		break;
	}
}

void
sink_begin(const struct object *object)
{
	struct buf item = {0};
	if (config.output)
		return;
	buf_reset(&values);
	for (size_t i = 0; i < n_included; i++)
		put_field(included[i], object);
	schema_write(&schema, &item);
	buf_check(&values, "the fields of --include", NULL);
	buf_check(&item, "a schema", NULL);
	stream_out_item(out, buf_slice(&item));
	buf_free(&item);
	/* The fields are in the records, so that an empty object has one, too. */
	if (!object->size && n_included)
		sink_put((struct slice){"", 0});
}

static void
write_file(struct slice piece)
{
	while (piece.n) {
		ssize_t n = write(fd, piece.p, piece.n);
		if (n < 0 && errno != EINTR)
			die_errno(STATUS_IO, "--output: cannot write %s",
			    quoted(slice_of(config.output)));
		piece.p += n > 0 ? n : 0;
		piece.n -= n > 0 ? (size_t)n : 0;
		written += n > 0 ? (uint64_t)n : 0;
	}
}

void
sink_put(struct slice piece)
{
	if (config.output) {
		write_file(piece);
		return;
	}
	size_t most = piece.n + values.n + (size_t)2 * MP_HEAD_MAX;
	char *o = stream_out_reserve(out, most), *from = o;
	o = mp_put_array_head(o, 1 + n_included);
	o = mp_put_bin_head(o, piece.n);
	if (piece.n)
		memcpy(o, piece.p, piece.n);
	o += piece.n;
	if (values.n)
		memcpy(o, values.p, values.n);
	stream_out_commit(out, (size_t)(o - from) + values.n);
}

void
sink_end(void)
{
	counts.objects++;
}

/* The directory's entry is on disk, too, when we report success. */
static void
keep_name(void)
{
	struct buf folder = {0};
	const char *slash = strrchr(config.output, '/');
	size_t n = slash ? (size_t)(slash - config.output) : 0;
	if (slash)
		buf_put(&folder, config.output, n ? n : 1);
	else
		buf_put_byte(&folder, '.');
	buf_put_byte(&folder, '\0');
	buf_check(&folder, "a path", NULL);
	int directory = open(folder.p, O_RDONLY | O_CLOEXEC);
	/* Some file systems cannot do it for a folder; the file itself is safe. */
	if (directory >= 0 && !fsync(directory))
		close(directory);
	buf_free(&folder);
}

void
sink_finish(void)
{
	if (config.output) {
		if (fsync(fd) || close(fd) || rename(part.p, config.output))
			die_errno(STATUS_IO, "--output: cannot write %s",
			    quoted(slice_of(config.output)));
		part.n = 0;
		keep_name();
		stream_count_out(0, written);
	}
	stream_finish(NULL, out);
}
