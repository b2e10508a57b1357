/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/stream/source.h"
#include "stages/put-s3/input.h"
#include "stages/put-s3/put.h"

static struct source *source; /* NULL: the file */
static int fd = -1;
static struct stat before; /* of the file */
static int64_t taken;

static void
open_file(void)
{
	struct slice path = slice_of(config.file);
	fd = open(config.file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &before))
		die_errno(errno == EACCES ? STATUS_PERMISSION : STATUS_CONFIG,
		    "--file: cannot read %s", quoted(path));
	if (!S_ISREG(before.st_mode))
		die(STATUS_USAGE,
		    "--file: %s is not a regular file, so its end would not show that it is "
		    "complete: give a command after --",
		    quoted(path));
}

/* Raw bytes of a pipe end in the same way whether their writer has finished or died. */
static void
check_raw(void)
{
	char byte;
	if (source_stream(source) || !source_may_be_cut(source))
		return;
	if (!source_read(source, &byte, 1))
		die(STATUS_INCOMPLETE, "the input is empty: its writer never started, or died");
	die(STATUS_DATA,
	    "the input is neither a stream of byte chunks nor a file, and its end would not show "
	    "that it is complete: give the command that writes it after -- (as in put-s3 "
	    "s3://BUCKET/KEY -- to-json), or --file FILE; for records see from-json");
}

void
input_open(const struct operands *operands)
{
	if (config.file) {
		open_file();
		return;
	}
	source = source_open(operands, NULL);
	if (!source_next_file(source)) {
		/* A sealed stream without a file in it: nothing was fetched. */
		die(STATUS_DATA, "the input has no file in it, so there is nothing to store");
	}
	check_raw();
}

int64_t
input_size(void)
{
	return source ? -1 : (int64_t)before.st_size;
}

bool
input_is_dry(void)
{
	const char *rehearsal = getenv("MAM_DRY_RUN"), *expected = getenv("MAM_EXPECT");
	struct stream_in *in = source ? source_stream(source) : NULL;
	return (in && stream_in_dry(in)) || (rehearsal && strcmp(rehearsal, "1") == 0) ||
	       (expected && *expected);
}

static size_t
read_file(char *p, size_t cap)
{
	ssize_t n;
	while ((n = read(fd, p, cap)) < 0)
		if (errno != EINTR)
			die_errno(
			    STATUS_IO, "--file: cannot read %s", quoted(slice_of(config.file)));
	return (size_t)n;
}

size_t
input_read(char *p, size_t cap)
{
	size_t n = source ? source_read(source, p, cap) : read_file(p, cap);
	taken += (int64_t)n;
	return n;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

void
input_end(void)
{
	struct stat after;
	if (source) {
		if (source_next_file(source))
			die(STATUS_DATA, "the input has more than one file, and this is one "
					 "object: store each by a command of its own");
		return;
	}
	if (fstat(fd, &after) || after.st_size != taken || after.st_size != before.st_size ||
	    !same_time(after.st_mtim, before.st_mtim))
		die(STATUS_TRY_AGAIN,
		    "--file: %s was changed while it was read (%" PRId64 " of %" PRId64
		    " bytes were taken)",
		    quoted(slice_of(config.file)), taken, (int64_t)after.st_size);
}

struct stream_in *
input_stream(void)
{
	return source ? source_stream(source) : NULL;
}
