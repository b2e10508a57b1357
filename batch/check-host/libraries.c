/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch/check-host/elf.h"
#include "batch/check-host/export.h"
#include "batch/check-host/host.h"
#include "batch/check-host/probe.h"
#include "common/operate/state.h"
#include "common/program/file.h"

/*
 * Whether the programs beside this one start. The machine's own loader finds their libraries, as it
 * does when they start, and names all that are missing; this program is static, so that it runs where
 * they do not.
 */

enum { FILE_MAX = 256 * 1024 * 1024, LOADER_TIME = 20000, START_TIME = 20000 /* milliseconds */ };

/* What was seen of all programs. */
struct seen {
	const struct host *host;
	char loader[ELF_PATH_MAX]; /* of the last program that has one */
	char libc[ELF_PATH_MAX];   /* the file that the loader found for libc.so.6 */
	struct version glibc;      /* the newest that any of them needs … */
	char newest[ELF_PATH_MAX]; /* … and which one does */
};

char *
program_path(const struct host *h, const char *name)
{
	struct buf b = {0};
	buf_printf(&b, "%s/%s", h->bin, name);
	buf_check(&b, "a path", NULL);
	return xstring(buf_slice(&b));
}

/* Appends the part of each line of the loader's that says what it lacks. */
static void
put_missing(struct buf *to, struct slice text)
{
	static const char absent[] = " => not found";
	struct slice line;
	while (slice_take_line(&text, &line)) {
		line = slice_trim(line);
		size_t n = sizeof absent - 1;
		struct slice part = {NULL, 0};
		if (line.n > n && memcmp(line.p + line.n - n, absent, n) == 0) {
			part = (struct slice){line.p, line.n - n};
		} else {
			/* "PROGRAM: LIBRARY: version `GLIBC_2.38' not found (required by PROGRAM)" */
			const char *open = memchr(line.p, '`', line.n);
			const char *close =
			    open ? memchr(open, '\'', (size_t)(line.p + line.n - open)) : NULL;
			if (close)
				part = (struct slice){open + 1, (size_t)(close - open - 1)};
		}
		if (!part.n || (to->n && memmem(to->p, to->n, part.p, part.n)))
			continue;
		buf_printf(to, "%s%.*s", to->n ? ", " : "", (int)part.n, part.p);
	}
}

/* "	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f…)" */
static void
note_libc(struct seen *seen, struct slice text)
{
	static const char before[] = "\tlibc.so.6 => ";
	const char *at = text.n ? memmem(text.p, text.n, before, sizeof before - 1) : NULL;
	if (!at)
		return;
	at += sizeof before - 1;
	const char *end = memchr(at, ' ', (size_t)(text.p + text.n - at));
	if (!end || (size_t)(end - at) >= sizeof seen->libc)
		return;
	memcpy(seen->libc, at, (size_t)(end - at));
	seen->libc[end - at] = '\0';
}

/* True if the loader finds all; else the failure was reported. */
static bool
resolves(struct seen *seen, const struct elf *e, const char *path, const char *name)
{
	static const char trace[] = "LD_TRACE_LOADED_OBJECTS";
	struct probe run = {0};
	struct buf missing = {0};
	if (access(e->loader, X_OK)) {
		check_put(CHECK_FAILED, "libraries", name,
		    "use a build for this system: its C library is not glibc, or for another "
		    "processor",
		    "its loader %s is not on this machine", e->loader);
		return false;
	}
	/* As ldd does it: the loader lists all that it finds, and goes on after what it does not. */
	setenv(trace, "1", 1);
	bool good = probe_run(&run, (const char *const[]){e->loader, path, NULL}, LOADER_TIME);
	unsetenv(trace);
	note_libc(seen, buf_slice(&run.out));
	put_missing(&missing, buf_slice(&run.out));
	put_missing(&missing, buf_slice(&run.err));
	buf_put_byte(&missing, '\0');
	buf_check(&missing, "a list", NULL);
	if (missing.n > 1)
		check_put(CHECK_FAILED, "libraries", name,
		    strstr(missing.p, "GLIBC_")
			? "this build is for a newer system: use the one for this system"
			: "deploy/install-deps run installs the libraries",
		    "missing: %s", missing.p);
	else if (!good)
		check_put(CHECK_FAILED, "libraries", name, "unpack the build again", "%s",
		    probe_reason(&run));
	good = good && missing.n == 1;
	buf_free(&missing);
	probe_free(&run);
	return good;
}

/* The program starts, and is of this build. */
static void
check_start(const char *path, const char *name)
{
	struct probe run = {0};
	struct buf expected = {0};
	buf_printf(&expected, "%s (mam-etl) %s", name, MAM_VERSION);
	buf_check(&expected, "a version", NULL);
	bool good = probe_run(&run, (const char *const[]){path, "--version", NULL}, START_TIME);
	struct slice version = slice_trim(buf_slice(&run.out));
	if (!good)
		check_put(CHECK_FAILED, "libraries", name, "unpack the build again",
		    "does not start: %s", probe_reason(&run));
	else if (!slice_equal(version, buf_slice(&expected)))
		check_put(CHECK_FAILED, "libraries", name,
		    "unpack one build into an empty folder: this one is a mixture",
		    "%s, but check-host is %s", quoted(version), MAM_VERSION);
	else
		check_put(CHECK_OK, "libraries", name, NULL, "starts");
	buf_free(&expected);
	probe_free(&run);
}

static void
check_program(struct seen *seen, const char *path, const char *name)
{
	struct buf file = {.max = FILE_MAX};
	struct elf e = {0};
	if (!file_read(path, &file) || file.failed) {
		check_put(CHECK_FAILED, "libraries", name, "unpack the build again",
		    "cannot be read: %s", file.failed ? "it is too large" : strerror(errno));
		buf_free(&file);
		return;
	}
	const char *wrong = elf_read(buf_slice(&file), &e);
	buf_free(&file);
	if (wrong) {
		check_put(CHECK_FAILED, "libraries", name, "unpack the build for this machine",
		    "the file %s", wrong);
		return;
	}
	if (e.loader[0])
		memcpy(seen->loader, e.loader, sizeof e.loader);
	if (version_less(seen->glibc, e.glibc)) {
		seen->glibc = e.glibc;
		strncpy(seen->newest, name, sizeof seen->newest - 1);
	}
	if (!e.loader[0] || resolves(seen, &e, path, name))
		check_start(path, name);
}

/* The library holds "GNU C Library (…) stable release version 2.36."; to run it would take a newer one. */
static bool
libc_version(const char *path, struct version *v)
{
	static const char before[] = " release version ";
	struct buf file = {.max = FILE_MAX};
	const char *at = NULL;
	if (path[0] && file_read(path, &file) && !file.failed)
		at = memmem(file.p, file.n, before, sizeof before - 1);
	if (at)
		at += sizeof before - 1;
	bool good = at && version_read((struct slice){at, (size_t)(file.p + file.n - at)}, v);
	buf_free(&file);
	return good;
}

static void
check_glibc(const struct seen *seen)
{
	struct version here = {0};
	if (!libc_version(seen->libc, &here))
		check_put(CHECK_FAILED, "glibc", "", "use the build that was made for this system",
		    "no libc.so.6 of glibc was found");
	else if (version_less(here, seen->glibc))
		check_put(CHECK_FAILED, "glibc", "", "use the build that was made for this system",
		    "this system has glibc %u.%u, but %s needs %u.%u", here.major, here.minor,
		    seen->newest, seen->glibc.major, seen->glibc.minor);
	else
		check_put(CHECK_OK, "glibc", "", NULL, "%u.%u; the programs need %u.%u or later",
		    here.major, here.minor, seen->glibc.major, seen->glibc.minor);
}

void
check_libraries(const struct host *h)
{
	struct seen seen = {.host = h};
	char **names;
	size_t n = state_list(h->bin, &names);
	for (size_t i = 0; i < n; i++) {
		char *path = program_path(h, names[i]);
		char *word = shell_word(path);
		struct stat info;
		if (stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
		    !export_command(names[i], "%s --version", word))
			check_program(&seen, path, names[i]);
		free(word);
		free(path);
	}
	if (seen.loader[0] && !exporting())
		check_glibc(&seen);
	state_list_free(names, n);
}
