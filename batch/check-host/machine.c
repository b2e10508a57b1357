/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "batch/check-host/export.h"
#include "batch/check-host/host.h"
#include "batch/check-host/probe.h"
#include "common/program/file.h"

/* Certificates, clock, encodings, folders and limits of the machine. */

enum {
	FILES_WARN = 256, /* open files of a process */
	FILES_FAIL = 64,
	PROCESSES_WARN = 200,
	INODES_WARN = 10000,
	INODES_FAIL = 1000,
	PROBE = 64 * 1024, /* bytes that are written to a folder */
	MEGABYTE = 1024 * 1024,
	MEMORY_WARN = 256, /* megabytes */
	BUNDLE_MAX = 64 * MEGABYTE,
	ENCODING_TIME = 20000, /* milliseconds */
};

void
check_certificates(const struct host *h)
{
	static const char *const usual[] = {"/etc/ssl/certs/ca-certificates.crt",
	    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};
	static const char mark[] = "-----BEGIN ";
	struct buf text = {.max = BUNDLE_MAX};
	const char *path = h->cacert;
	size_t n = 0;
	for (size_t i = 0; !path && i < sizeof usual / sizeof *usual; i++)
		if (access(usual[i], R_OK) == 0)
			path = usual[i];
	if (export_file(path ? path : usual[0], false))
		return;
	if (path && file_read(path, &text))
		for (const char *p = text.p;
		     (p = memmem(p, (size_t)(text.p + text.n - p), mark, sizeof mark - 1)); p++)
			n++;
	const char *next = "install ca-certificates";
	if (!path)
		check_put(CHECK_FAILED, "certificates", "", next,
		    "no file of the certificates that vouch for servers was found");
	else if (!n)
		check_put(CHECK_FAILED, "certificates", path, next, "holds no certificate");
	else
		check_put(CHECK_OK, "certificates", path, NULL, "%zu certificates", n);
	buf_free(&text);
}

/* Without a network: a clock that is before the build was made is wrong. Targets compare it exactly. */
void
check_clock(const struct host *h)
{
	char *self = program_path(h, "check-host");
	struct stat info;
	if (exporting())
		;
	else if (stat(self, &info) == 0 && info.st_mtime > time(NULL) + 60)
		check_put(CHECK_FAILED, "clock", "",
		    "set this machine's clock: chronyd or systemd-timesyncd keeps it right",
		    "the clock is before the time at which this build was made");
	else
		check_put(
		    CHECK_OK, "clock", "", NULL, "is after the time at which this build was made");
	free(self);
}

static void
check_locale(void)
{
	const char *name = setlocale(LC_ALL, "");
	const char *set = getenv("LC_ALL");
	if (!set || !*set)
		set = getenv("LANG");
	if (!set || !*set)
		set = "C";
	if (name)
		check_put(CHECK_OK, "encodings", "locale", NULL, "%s", set);
	else
		check_put(CHECK_WARNED, "encodings", "locale",
		    "set LC_ALL=C.UTF-8, or install the locale",
		    "the locale %s is not installed: bash and sort use C instead",
		    quoted(slice_of(set)));
	setlocale(LC_ALL, "C");
}

/* Reports of Japanese media come in CP932. The C library reads it with a module that may be missing. */
void
check_encodings(const struct host *h)
{
	static const char *const names[] = {"CP932", "UTF-16LE"};
	char *program = program_path(h, "from-csv"), *word = shell_word(program);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct probe run = {0};
		if (export_command(
			names[i], "printf 'a\\n' | iconv -f %s -t UTF-8 >/dev/null", names[i]))
			continue;
		/* No input but a line end: only the conversion can fail. */
		bool good = probe_run(&run,
		    (const char *const[]){program, "--encoding", names[i], "--allow-empty", NULL},
		    ENCODING_TIME);
		if (good)
			check_put(CHECK_OK, "encodings", names[i], NULL, "can be read");
		else
			check_put(CHECK_FAILED, "encodings", names[i],
			    "install libc-gconv-modules-extra (Debian) or glibc-gconv-extra "
			    "(Amazon Linux)",
			    "%s", probe_reason(&run));
		probe_free(&run);
	}
	if (!exporting())
		check_locale();
	free(word);
	free(program);
}

/* The folder itself, or the nearest one above it that exists. */
static char *
existing(const char *path)
{
	char *copy = xstring(slice_of(path));
	while (access(copy, F_OK) && errno == ENOENT) {
		char *slash = strrchr(copy, '/');
		if (!slash) {
			free(copy);
			return xstring(SLICE("."));
		}
		slash[slash == copy] = '\0';
		if (slash == copy)
			break;
	}
	return copy;
}

/* Writes and syncs a file: a full disk, a quota and a read-only file system show themselves. */
static bool
can_write(const char *folder, struct buf *why)
{
	static const char block[PROBE];
	struct buf path = {0};
	buf_printf(&path, "%s/.mam-check-host-%ld%c", folder, (long)getpid(), '\0');
	buf_check(&path, "a path", NULL);
	int fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = fd >= 0;
	if (good)
		unlink(path.p);
	for (size_t at = 0; good && at < PROBE;) {
		ssize_t n = write(fd, block + at, PROBE - at);
		good = n >= 0 || errno == EINTR;
		at += n > 0 ? (size_t)n : 0;
	}
	good = good && fsync(fd) == 0;
	if (!good)
		buf_put_text(why, strerror(errno));
	if (fd >= 0)
		close(fd);
	buf_put_byte(why, '\0');
	buf_check(why, "a reason", NULL);
	buf_free(&path);
	return good;
}

static void
check_space(const struct host *h, const char *use, const char *folder)
{
	struct statvfs fs;
	if (statvfs(folder, &fs)) {
		check_put(CHECK_FAILED, "folders", use, NULL, "%s: %s", folder, strerror(errno));
		return;
	}
	/* f_frsize is the unit; root's reserve is not ours. */
	uint64_t space = (uint64_t)fs.f_bavail * fs.f_frsize, inodes = (uint64_t)fs.f_favail;
	uint64_t least = (uint64_t)h->free;
	enum check_result r = space < least       ? CHECK_FAILED
			      : space < 4 * least ? CHECK_WARNED
						  : CHECK_OK;
	check_put(r, "folders", use,
	    r == CHECK_OK ? NULL : "free space, enlarge the disk, or set --free",
	    "%s has %" PRIu64 " MiB free%s", folder, space / MEGABYTE,
	    r == CHECK_FAILED   ? ", less than --free"
	    : r == CHECK_WARNED ? ", less than four times --free"
				: "");
	/* Some file systems make inodes as they need them, and count none. */
	if (!fs.f_files)
		return;
	r = inodes < INODES_FAIL ? CHECK_FAILED : inodes < INODES_WARN ? CHECK_WARNED : CHECK_OK;
	check_put(r, "folders", use,
	    r == CHECK_OK ? NULL : "remove files: no more can be made soon",
	    "%s has %" PRIu64 " inodes free", folder, inodes);
}

static void
check_folder(const struct host *h, const char *use, const char *path)
{
	struct buf why = {0};
	char *folder = existing(path), *word = shell_word(folder);
	if (export_file(folder, true)) {
		char title[128];
		snprintf(title, sizeof title, "space for %s", use);
		export_command(title,
		    "test -w %s && test \"$(df -Pk %s | awk 'NR == 2 { print $4 }')\" -ge %" PRId64,
		    word, word, h->free / 1024);
	} else if (!can_write(folder, &why)) {
		check_put(CHECK_FAILED, "folders", use,
		    "free space, or give the folder to this user",
		    "a file in %s cannot be written: %s", folder, why.p);
	} else {
		check_space(h, use, folder);
	}
	buf_free(&why);
	free(word);
	free(folder);
}

static const char *
variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* As state.h finds it, but nothing is made. */
static char *
state_of(const struct host *h)
{
	struct buf b = {0};
	const char *set = h->state ? h->state : variable("MAM_STATE_DIR");
	if (set)
		buf_put_text(&b, set);
	else if (variable("XDG_STATE_HOME"))
		buf_printf(&b, "%s/mam-etl", variable("XDG_STATE_HOME"));
	else if (variable("HOME"))
		buf_printf(&b, "%s/.local/state/mam-etl", variable("HOME"));
	buf_check(&b, "a path", NULL);
	char *path = b.n ? xstring(buf_slice(&b)) : NULL;
	buf_free(&b);
	return path;
}

void
check_folders(const struct host *h)
{
	const char *temporary = variable("TMPDIR");
	char *state = state_of(h);
	check_folder(h, "temporary files (TMPDIR)", temporary ? temporary : "/tmp");
	if (state)
		check_folder(h, "the state of runs", state);
	else if (!exporting())
		check_put(CHECK_FAILED, "folders", "the state of runs", "set MAM_STATE_DIR or HOME",
		    "no folder is named: run-batch does not start");
	free(state);
}

static void
check_limit(
    __rlimit_resource_t resource, const char *name, rlim_t warn, rlim_t fail, const char *next)
{
	struct rlimit limit;
	if (getrlimit(resource, &limit))
		check_put(CHECK_SKIPPED, "limits", name, NULL, "%s", strerror(errno));
	else if (limit.rlim_cur == RLIM_INFINITY)
		check_put(CHECK_OK, "limits", name, NULL, "unlimited");
	else
		check_put(limit.rlim_cur < fail   ? CHECK_FAILED
			  : limit.rlim_cur < warn ? CHECK_WARNED
						  : CHECK_OK,
		    "limits", name, limit.rlim_cur < warn ? next : NULL, "%llu",
		    (unsigned long long)limit.rlim_cur);
}

static void
check_memory(void)
{
	static const char name[] = "MemAvailable:";
	struct buf text = {.max = MEGABYTE};
	int64_t kilobytes = -1;
	if (file_read("/proc/meminfo", &text)) {
		const char *at = memmem(text.p, text.n, name, sizeof name - 1);
		struct slice rest = {at ? at + sizeof name - 1 : "",
		    at ? (size_t)(text.p + text.n - at) - sizeof name + 1 : 0};
		rest = slice_trim(rest);
		size_t n = 0;
		while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
			n++;
		parse_integer((struct slice){rest.p, n}, 0, INT64_MAX, &kilobytes);
	}
	buf_free(&text);
	if (kilobytes < 0)
		check_put(
		    CHECK_SKIPPED, "limits", "memory", NULL, "/proc/meminfo does not show it");
	else if (kilobytes / 1024 < MEMORY_WARN)
		check_put(CHECK_WARNED, "limits", "memory",
		    "give the machine more, or lower --memory of dedupe",
		    "%" PRId64 " MiB are available", kilobytes / 1024);
	else
		check_put(CHECK_OK, "limits", "memory", NULL, "%" PRId64 " MiB are available",
		    kilobytes / 1024);
}

void
check_limits(const struct host *h)
{
	(void)h;
	if (export_command("open files",
		"n=$(ulimit -n); test \"$n\" = unlimited || test \"$n\" -ge %d", FILES_FAIL))
		return;
	check_limit(RLIMIT_NOFILE, "open files", FILES_WARN, FILES_FAIL,
	    "raise it: ulimit -n, limits.conf or LimitNOFILE");
	check_limit(RLIMIT_NPROC, "processes", PROCESSES_WARN, 0,
	    "raise it: ulimit -u, limits.conf or LimitNPROC");
	/* Any limit is worth a look; without one the result is good. */
	check_limit(RLIMIT_FSIZE, "file size", RLIM_INFINITY, MEGABYTE,
	    "remove it: ulimit -f unlimited; spill files may be large");
	check_limit(RLIMIT_AS, "address space", RLIM_INFINITY, MEMORY_WARN * (rlim_t)MEGABYTE,
	    "remove it: ulimit -v unlimited");
	check_limit(RLIMIT_CPU, "CPU seconds", RLIM_INFINITY, 60,
	    "remove it: ulimit -t unlimited; a batch may run for hours");
	check_memory();
}
