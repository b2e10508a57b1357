/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/stream/source.h"
#include "common/stream/stream_impl.h"

struct source {
	struct stream_in *in;
	struct stream_out *out;
	pid_t child; /* of the command, or 0 */
	const char *command;
	enum { RAW, CHUNKS } kind;
	enum { BETWEEN, INSIDE, OVER } place; /* files */
	struct slice chunk;                   /* of CHUNKS: not read yet */
	/* the other values of this file's first chunk are kept */
	bool extra_taken;
	struct record record; /* of CHUNKS: the record that contains chunk */
	struct record extra;
	struct schema extra_schema;
	struct buf extra_bytes; /* the bytes of extra's values */
};

static bool allow_empty, dry_run;

const struct option_row source_options[] = {
    {.name = "allow-empty",
	.help = "accept an empty input",
	.kind = OPTION_FLAG,
	.to.flag = &allow_empty},
    {.name = "dry-run",
	.help = "make the whole pipe a rehearsal: loaders roll back",
	.kind = OPTION_FLAG,
	.to.flag = &dry_run},
    {0},
};

static int
run(struct source *s, char *const *command)
{
	int ends[2];
	if (pipe(ends))
		die_errno(STATUS_TRY_AGAIN, "cannot make a pipe");
	s->command = command[0];
	/*
	 * If a parent ignores SIGCHLD, as some daemons do, wait would return no
	 * status.
	 */
	signal(SIGCHLD, SIG_DFL);
	s->child = fork();
	if (s->child < 0)
		die_errno(STATUS_TRY_AGAIN, "cannot start %s", quoted(slice_of(command[0])));
	if (s->child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		signal(SIGXFSZ, SIG_DFL);
		execvp(command[0], command);
		/* Not die(): only the parent writes the abort to the stream. */
		message("cannot run %s: %s", quoted(slice_of(command[0])),
		    errno == ENOENT ? "no such program" : "cannot be executed");
		_exit(STATUS_USAGE);
	}
	close(ends[1]);
	return ends[0];
}

/* The command must have succeeded before its output is believed. */
static void
reap(struct source *s)
{
	int status;
	if (!s->child)
		return;
	while (waitpid(s->child, &status, 0) < 0)
		if (errno != EINTR)
			die_errno(STATUS_BUG, "cannot wait for %s", quoted(slice_of(s->command)));
	s->child = 0;
	if (WIFSIGNALED(status))
		die(STATUS_INCOMPLETE, "%s was ended by signal %d", quoted(slice_of(s->command)),
		    WTERMSIG(status));
	int code = WEXITSTATUS(status);
	if (code)
		die(code >= STATUS_USAGE && code <= STATUS_CONFIG ? (enum status)code
								  : STATUS_INCOMPLETE,
		    "%s exited with %d", quoted(slice_of(s->command)), code);
}

struct source *
source_open(const struct operands *operands, struct stream_out *out)
{
	struct source *s = xcalloc(1, sizeof *s);
	int fd = STDIN_FILENO;
	if (operands && operands->command)
		fd = run(s, operands->command);
	else if (isatty(fd))
		die(STATUS_USAGE,
		    "standard input is a terminal: use < for a file or -- for a program");
	s->out = out;
	s->in = stream_in_open(fd, out);
	enum stream_first first = stream_in_first(s->in);
	if (first == FIRST_HEADER || first == FIRST_CUT_HEADER) {
		if (dry_run)
			die(STATUS_USAGE, "--dry-run belongs to the first stage of the pipe");
		s->kind = CHUNKS;
	} else {
		s->kind = RAW;
		if (out)
			stream_out_start(out, dry_run);
	}
	return s;
}

_Noreturn static void
fail_records(const struct source *s)
{
	if (!s->out)
		die(STATUS_DATA, "the input holds records, not byte chunks: -- to-json (or to-csv) "
				 "after the address makes text of them");
	die(STATUS_DATA, "the input holds records already, not byte chunks: leave this stage out");
}

static void
take_schema(struct source *s)
{
	const struct schema *schema = stream_schema(s->in);
	if (!slice_is(schema->fields[0].name, "chunk") || schema->fields[0].type != VALUE_BYTES)
		fail_records(s);
	schema_reset(&s->extra_schema);
	for (size_t i = 1; i < schema->n; i++)
		schema_add(&s->extra_schema, schema->fields[i].name, schema->fields[i].type);
	s->extra_taken = false;
	s->extra.n = 0;
}

/* Keeps the other values of the file's first chunk; all its chunks have the same. */
static void
take_extra(struct source *s)
{
	struct buf *b = &s->extra_bytes;
	buf_reset(b);
	mp_buf_array(b, s->record.n - 1);
	for (size_t i = 1; i < s->record.n; i++)
		buf_put_slice(b, s->record.cells[i].value.raw);
	buf_check(b, "the fields beside a chunk", NULL);
	if (!record_read(&s->extra, &s->extra_schema, buf_slice(b), false))
		die(STATUS_BUG, "%s", s->extra.error);
	s->extra_taken = true;
}

/* Puts the next chunk of this file into s->chunk. False at the end of the file. */
static bool
next_chunk(struct source *s)
{
	struct slice raw;
	for (;;) {
		switch (stream_next(s->in, &raw)) {
		case STREAM_RECORD:
			stage_counters.records_in--; /* chunks are not records */
			if (s->place == BETWEEN || !stream_schema(s->in)->n)
				fail_records(s);
			stream_decode(s->in, raw, &s->record);
			if (s->record.cells[0].value.type != VALUE_BYTES)
				die(STATUS_DATA, "chunk %" PRIu64 " is null",
				    stream_record_number(s->in));
			if (s->record.n > 1 && !s->extra_taken)
				take_extra(s);
			s->chunk = s->record.cells[0].value.s;
			if (s->chunk.n)
				return true;
			break;
		case STREAM_SCHEMA:
			/*
			 * Not consumed yet: the decoder may still finish the
			 * previous file with its fields.
			 */
			s->place = BETWEEN;
			return false;
		case STREAM_STATE:
		case STREAM_COVERAGE:
			if (s->out)
				stream_out_item(s->out, raw);
			break;
		case STREAM_END:
			s->place = OVER;
			reap(s);
			return false;
		}
	}
}

static bool
next_file_of_chunks(struct source *s)
{
	while (s->place == INSIDE)
		next_chunk(s); /* skip anything the decoder left unread */
	if (s->place == OVER)
		return false;
	if (!stream_schema(s->in)->n && !next_chunk(s) && s->place == OVER)
		return false;
	take_schema(s);
	s->place = INSIDE;
	/*
	 * The extra fields arrive with the first chunk, so read it before the
	 * decoder asks for them.
	 */
	if (!next_chunk(s))
		s->chunk.n = 0;
	return true;
}

bool
source_next_file(struct source *s)
{
	if (s->kind == CHUNKS)
		return next_file_of_chunks(s);
	if (s->place != BETWEEN)
		return false;
	s->place = INSIDE;
	return true;
}

static size_t
take(struct slice *from, char *p, size_t cap)
{
	size_t n = from->n < cap ? from->n : cap;
	memcpy(p, from->p, n);
	from->p += n;
	from->n -= n;
	return n;
}

static size_t
read_raw(struct source *s, char *p, size_t cap)
{
	struct stream_in *in = s->in;
	if (in->at < in->n) { /* bytes that were read to identify the input */
		struct slice left = {in->p + in->at, in->n - in->at};
		size_t n = take(&left, p, cap);
		in->at += n;
		return n;
	}
	size_t n = in->eof ? 0 : io_read(in->fd, p, cap, "standard input", s->out);
	if (!n && s->place == INSIDE) {
		s->place = OVER;
		reap(s);
	}
	return n;
}

size_t
source_read(struct source *s, char *p, size_t cap)
{
	if (s->kind == RAW)
		return read_raw(s, p, cap);
	if (!s->chunk.n && (s->place != INSIDE || !next_chunk(s)))
		return 0;
	return take(&s->chunk, p, cap);
}

const struct record *
source_extra(const struct source *s)
{
	return &s->extra;
}

const struct schema *
source_extra_schema(const struct source *s)
{
	return &s->extra_schema;
}

void
source_on_signal(void (*look)(void))
{
	io_on_signal(look);
}

void
source_on_abort(void (*undo)(void))
{
	stream_on_abort(undo);
}

void
source_check_empty(const struct source *s, bool any)
{
	/*
	 * A sealed stream is complete by its seal, a command's output by exit
	 * status 0.
	 */
	if (any || allow_empty || s->kind == CHUNKS || s->command)
		return;
	die(STATUS_INCOMPLETE, "the input is empty, and nothing says that it is complete: its "
			       "writer may have died (see --allow-empty)");
}

bool
source_allow_empty(void)
{
	return allow_empty;
}

struct stream_in *
source_stream(const struct source *s)
{
	return s->kind == CHUNKS ? s->in : NULL;
}

bool
source_may_be_cut(const struct source *s)
{
	struct stat st;
	return s->kind != CHUNKS && !s->command && !fstat(STDIN_FILENO, &st) &&
	       !S_ISREG(st.st_mode);
}
