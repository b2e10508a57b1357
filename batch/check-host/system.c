/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "batch/check-host/export.h"
#include "batch/check-host/host.h"
#include "batch/check-host/probe.h"
#include "common/json/json_read.h"
#include "common/program/file.h"
#include "common/record/mp_path.h"

/* The system itself: its name, its commands, its users. */

enum { SYSTEM_FILE_MAX = 1024 * 1024, COMMAND_TIME = 20000 /* milliseconds */ };

/* The value of NAME=value or NAME="value" in the text of os-release; empty if there is none. */
static struct slice
release_value(struct slice text, const char *name)
{
	struct slice line;
	size_t n = strlen(name);
	while (slice_take_line(&text, &line)) {
		line = slice_trim(line);
		if (line.n <= n || line.p[n] != '=' || memcmp(line.p, name, n) != 0)
			continue;
		struct slice value = {line.p + n + 1, line.n - n - 1};
		if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\'') &&
		    value.p[value.n - 1] == value.p[0])
			value = (struct slice){value.p + 1, value.n - 2};
		return value;
	}
	return (struct slice){"", 0};
}

/* The two names in os-release, and the file's text that they point into. */
struct release {
	struct buf text;
	struct slice id, version;
};

static bool
release_read(struct release *r)
{
	r->text.max = SYSTEM_FILE_MAX;
	if (!file_read("/etc/os-release", &r->text) && !file_read("/usr/lib/os-release", &r->text))
		return false;
	r->id = release_value(buf_slice(&r->text), "ID");
	r->version = release_value(buf_slice(&r->text), "VERSION_ID");
	return r->id.n > 0;
}

/* The system that the build was made for, by the manifest beside bin/, and this one. */
static void
check_manifest(const struct host *h, const struct release *here)
{
	char *path = program_path(h, "../manifest.json");
	struct buf text = {.max = SYSTEM_FILE_MAX}, map = {0};
	struct json_error error;
	struct utsname machine;
	const char *next = "take the build of this system";
	if (!file_read(path, &text)) {
		check_put(CHECK_SKIPPED, "system", "build", NULL,
		    "no manifest.json beside bin/: build-artifact writes it");
	} else if (!json_to_msgpack(buf_slice(&text), JSON_DUPLICATES_ERROR, &map, &error) ||
		   !map.n || uname(&machine)) {
		check_put(CHECK_FAILED, "system", "build", "unpack the build again",
		    "manifest.json is not JSON");
	} else {
		struct slice m = buf_slice(&map), id = mp_member_text(m, "os_id"),
			     version = mp_member_text(m, "os_version_id"),
			     cpu = mp_member_text(m, "machine"),
			     commit = mp_member_text(m, "commit");
		bool same = slice_equal(id, here->id) && slice_equal(version, here->version) &&
			    slice_is(cpu, machine.machine);
		check_put(same ? CHECK_OK : CHECK_FAILED, "system", "build", same ? NULL : next,
		    "commit %.12s is for %.*s %.*s on %.*s%s%.*s%s%.*s%s%s",
		    commit.n ? commit.p : "", (int)id.n, id.p, (int)version.n, version.p,
		    (int)cpu.n, cpu.p, same ? "" : ", this is ", same ? 0 : (int)here->id.n,
		    here->id.p, same ? "" : " ", same ? 0 : (int)here->version.n, here->version.p,
		    same ? "" : " on ", same ? "" : machine.machine);
	}
	buf_free(&text);
	buf_free(&map);
	free(path);
}

/* "debian-12", as the key os of a batch has it; NULL if the system has no os-release. */
static char *
system_name(const struct release *r)
{
	struct buf name = {0};
	struct slice id = slice_is(r->id, "amzn") ? SLICE("amazonlinux") : r->id;
	buf_printf(&name, "%.*s%s%.*s", (int)id.n, id.p, r->version.n ? "-" : "", (int)r->version.n,
	    r->version.p);
	buf_check(&name, "a name", NULL);
	char *result = xstring(buf_slice(&name));
	buf_free(&name);
	return result;
}

/* The batches that name systems, but not this one. */
static void
check_os_of_batches(const struct host *h, const char *here)
{
	for (size_t i = 0; i < h->all.n; i++) {
		const struct batch *b = &h->all.items[i];
		bool listed = !b->head.os_count;
		for (size_t k = 0; k < b->head.os_count; k++)
			listed |= slice_is(b->head.os[k], here);
		if (!listed && b->good) {
			char *name = xstring(b->name);
			check_put(CHECK_WARNED, "system", name,
			    "add it to the key os once the batch was tried here",
			    "its head does not name %s among its systems", here);
			free(name);
		}
	}
}

void
check_system(const struct host *h)
{
	struct release here = {0};
	if (exporting())
		return;
	if (release_read(&here)) {
		char *name = system_name(&here);
		check_put(CHECK_OK, "system", "", NULL, "%s", name);
		check_manifest(h, &here);
		check_os_of_batches(h, name);
		free(name);
	} else {
		check_put(
		    CHECK_WARNED, "system", "", NULL, "/etc/os-release does not name the system");
	}
	buf_free(&here.text);
}

/* A program on PATH. */
static bool
is_on_path(const char *name)
{
	const char *path = getenv("PATH");
	if (!path)
		path = "/usr/bin:/bin";
	while (*path) {
		size_t n = strcspn(path, ":");
		struct buf b = {0};
		buf_printf(&b, "%.*s/%s%c", (int)n, path, name, '\0');
		buf_check(&b, "a path", NULL);
		bool found = access(b.p, X_OK) == 0;
		buf_free(&b);
		if (found)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

static void
check_command(const char *name, const char *why)
{
	char title[64] = "command ";
	strncat(title, name, sizeof title - sizeof "command ");
	if (export_command(title, "command -v %s", name))
		return;
	if (is_on_path(name))
		check_put(CHECK_OK, "commands", name, NULL, "is on PATH");
	else
		check_put(CHECK_FAILED, "commands", name, "install its package, or set PATH",
		    "is not on PATH; %s", why);
}

/* java -version writes 'openjdk version "1.8.0_432"' to standard error. */
static void
check_java(void)
{
	struct probe run = {0};
	if (export_command(
		"Java 1.6 or 1.8", "java -version 2>&1 | grep -Eq 'version \"1\\.[68]\\.'"))
		return;
	probe_run(&run, (const char *const[]){"java", "-version", NULL}, COMMAND_TIME);
	buf_put_byte(&run.err, '\0');
	buf_check(&run.err, "a version", NULL);
	const char *at = strchr(run.err.p, '"');
	const char *next =
	    "install java-1.8.0-amazon-corretto or openjdk-8, and make it the default";
	if (run.error)
		check_put(CHECK_FAILED, "commands", "java", next,
		    "is not on PATH; the Task Runner of AWS Data Pipeline is a Java program");
	else if (!at)
		check_put(CHECK_FAILED, "commands", "java", next, "does not give its version");
	else if (strncmp(at, "\"1.8.", 5) == 0 || strncmp(at, "\"1.6.", 5) == 0)
		check_put(
		    CHECK_OK, "commands", "java", NULL, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
	else
		check_put(CHECK_FAILED, "commands", "java", next,
		    "is version %.*s; the Task Runner of AWS Data Pipeline needs 1.6 or 1.8",
		    (int)strcspn(at + 1, "\""), at + 1);
	probe_free(&run);
}

/* Batches compute their windows with the date of GNU. */
static void
check_date(void)
{
	struct probe run = {0};
	if (export_command("date of GNU", "date -d '7 days ago' +%%F"))
		return;
	if (probe_run(
		&run, (const char *const[]){"date", "-d", "7 days ago", "+%F", NULL}, COMMAND_TIME))
		check_put(CHECK_OK, "commands", "date", NULL, "knows -d");
	else
		check_put(CHECK_FAILED, "commands", "date", "install coreutils",
		    "does not know -d '7 days ago', with which batches compute their window: %s",
		    probe_reason(&run));
	probe_free(&run);
}

void
check_commands(const struct host *h)
{
	static const char *const pipeline[] = {"wget", "unzip", "cloud-init"};
	check_command("bash", "batches are scripts of bash");
	check_command("mktemp", "batches use it");
	check_command("readlink", "batches use it");
	check_date();
	if (h->profile != PROFILE_DATAPIPELINE)
		return;
	for (size_t i = 0; i < sizeof pipeline / sizeof *pipeline; i++)
		check_command(pipeline[i], "AWS Data Pipeline needs it in an image of one's own");
	check_java();
}

/* /etc/passwd is read itself: a static program must not ask the C library's plugins. */
static bool
has_user(const char *name)
{
	struct buf text = {.max = SYSTEM_FILE_MAX}, line = {0};
	buf_printf(&line, "\n%s:", name);
	buf_put_byte(&text, '\n');
	buf_check(&line, "a name", NULL);
	bool found = file_read("/etc/passwd", &text) && memmem(text.p, text.n, line.p, line.n);
	buf_free(&text);
	buf_free(&line);
	return found;
}

void
check_user(const struct host *h)
{
	const char *home = getenv("HOME");
	if (h->profile == PROFILE_DATAPIPELINE && !export_user("ec2-user")) {
		if (has_user("ec2-user"))
			check_put(CHECK_OK, "user", "ec2-user", NULL, "exists");
		else
			check_put(CHECK_FAILED, "user", "ec2-user",
			    "useradd --create-home ec2-user",
			    "does not exist; AWS Data Pipeline logs in as ec2-user");
	}
	if (exporting())
		return;
	if (h->profile == PROFILE_FARGATE && geteuid() == 0)
		check_put(CHECK_WARNED, "user", "root",
		    "set USER in the image, or user in the task definition",
		    "a container runs batches as root");
	if (home && access(home, X_OK) == 0)
		check_put(CHECK_OK, "user", "HOME", NULL, "%s", home);
	else
		check_put(CHECK_WARNED, "user", "HOME", "set HOME to a folder of this user",
		    "%s; .pgpass, .my.cnf and .aws are not found",
		    home ? "cannot be entered" : "is not set");
}
