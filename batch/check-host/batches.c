/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "batch/check-host/export.h"
#include "batch/check-host/host.h"
#include "batch/check-host/probe.h"
#include "common/batch/schedule.h"
#include "common/program/zone_file.h"
#include "common/time/iso.h"

/* What the heads of the batches ask of the machine. */

enum { DAY = 86400, SUNSET_WARN = 60 /* days */ };

static bool
is_folder(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* An installation without batches of its own can be checked, too. */
static bool
has_folder(const struct host *h)
{
	static const char *const beside[] = {"../pipelines", "../../pipelines"};
	const char *named = getenv("MAM_BATCHES");
	bool found = h->batches.n || (named && *named);
	for (size_t i = 0; !found && i < sizeof beside / sizeof *beside; i++) {
		char *path = program_path(h, beside[i]);
		found = is_folder(path);
		free(path);
	}
	return found;
}

void
read_batches(struct host *h)
{
	struct option_list folders = {0};
	bool named = h->names.n > 0, paths = true;
	for (size_t i = 0; i < h->names.n; i++)
		paths &= strchr(h->names.items[i], '/') != NULL;
	h->with_batches = named || has_folder(h);
	if (!h->with_batches)
		return;
	if (!named || !paths)
		folders = batches_folders(&h->batches);
	if (!named) {
		h->all = batches_find(&folders);
		return;
	}
	h->all.items = xcalloc(h->names.n, sizeof *h->all.items);
	for (size_t i = 0; i < h->names.n; i++)
		h->all.items[h->all.n++] = batches_one(&folders, h->names.items[i]);
}

void
check_batches(const struct host *h)
{
	if (exporting())
		return;
	if (!h->with_batches)
		check_put(CHECK_SKIPPED, "batches", "", NULL, "no folder of batches is named");
	else if (!h->all.n)
		check_put(CHECK_WARNED, "batches", "", "give --batches FOLDER, or set MAM_BATCHES",
		    "the folders hold no batch");
	for (size_t i = 0; i < h->all.n; i++) {
		const struct batch *b = &h->all.items[i];
		char *name = xstring(b->name);
		if (b->good)
			check_put(CHECK_OK, "batches", name, NULL, "%s", b->path);
		else
			check_put(CHECK_FAILED, "batches", name,
			    "correct the head, see mam-batch(5)", "%s, line %zu: %s", b->path,
			    b->mistake.line, b->mistake.text);
		free(name);
	}
}

/* True the first time that a name is met. */
static bool
is_new(struct option_list *seen, struct slice name)
{
	for (size_t i = 0; i < seen->n; i++)
		if (slice_is(name, seen->items[i]))
			return false;
	seen->items = xrealloc(seen->items, (seen->n + 1) * sizeof *seen->items);
	seen->items[seen->n++] = xstring(name);
	return true;
}

static void
check_zone(struct slice zone, const char *user)
{
	const char *wrong;
	char *name = xstring(zone);
	struct buf path = {0};
	const char *folder = getenv("TZDIR");
	buf_printf(
	    &path, "%s/%s%c", folder && *folder ? folder : "/usr/share/zoneinfo", name, '\0');
	buf_check(&path, "a path", NULL);
	struct zone *fixed = zone_fixed(zone);
	if (exporting()) {
		if (!fixed)
			export_file(path.p, false);
	} else if (zone_named(zone, &wrong)) {
		check_put(CHECK_OK, "zones", name, NULL, "is known");
	} else {
		check_put(CHECK_FAILED, "zones", name, "install tzdata, and unset TZDIR",
		    "%s; %s needs it", wrong, user);
	}
	if (fixed)
		zone_free(fixed);
	buf_free(&path);
	free(name);
}

void
check_zones(const struct host *h)
{
	struct option_list seen = {0};
	const char *tz = getenv("TZ");
	for (size_t i = 0; i < h->all.n; i++) {
		struct schedule s;
		struct slice at;
		struct slice text = h->all.items[i].head.schedule;
		if (!text.n || schedule_read(text, &s, &at) || !is_new(&seen, s.zone))
			continue;
		char *name = xstring(h->all.items[i].name);
		check_zone(s.zone, name);
		free(name);
	}
	/* A rule such as JST-9 needs no file. */
	if (tz && *tz && !strchr(tz, ',') && strchr(tz, '/')) {
		struct slice name = slice_of(tz[0] == ':' ? tz + 1 : tz);
		if (name.p[0] != '/' && is_new(&seen, name))
			check_zone(name, "the variable TZ");
	}
	if (!seen.n && !exporting())
		check_put(CHECK_SKIPPED, "zones", "", NULL, "no batch has a schedule");
}

bool
needs_aws(const struct host *h)
{
	static const char *const kinds[] = {"ssm:", "secretsmanager:"};
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t n = strlen(kinds[k]);
		for (size_t i = 0; i < h->all.n; i++)
			for (size_t j = 0; j < h->all.items[i].head.secret_count; j++) {
				struct slice source = h->all.items[i].head.secrets[j].source;
				if (source.n > n && memcmp(source.p, kinds[k], n) == 0)
					return true;
			}
		for (size_t i = 0; i < h->targets.n; i++)
			if (strstr(h->targets.items[i], kinds[k]))
				return true;
	}
	return false;
}

/* A line of "secret check": the batch, a tab, and the variable, its source and "ok", or a failure. */
static void
take_line(struct slice line)
{
	static const char good[] = ": ok";
	const char *tab = memchr(line.p, '\t', line.n);
	if (!tab)
		return;
	struct slice batch = {line.p, (size_t)(tab - line.p)},
		     rest = {tab + 1, line.n - batch.n - 1};
	size_t n = sizeof good - 1;
	bool ok = rest.n > n && memcmp(rest.p + rest.n - n, good, n) == 0;
	if (ok)
		rest.n -= n;
	checks_put(&(struct check){.result = ok ? CHECK_OK : CHECK_FAILED,
	    .group = SLICE("secrets"),
	    .subject = batch,
	    .detail = rest,
	    .next = ok ? SLICE("")
		       : SLICE("set the variable, or permit the source: secret policy writes the "
			       "policy")});
}

static void
check_secrets_of(const struct host *h, const struct batch *b)
{
	char *program = program_path(h, "secret"), *word = shell_word(program),
	     *name = xstring(b->name);
	/* The file itself: a name could be in two folders. */
	char *path = strchr(b->path, '/') ? xstring(slice_of(b->path)) : NULL, *path_word;
	struct probe run = {0};
	size_t before = checks_count(CHECK_OK) + checks_count(CHECK_FAILED);
	if (!path) {
		struct buf here = {0};
		buf_printf(&here, "./%s", b->path);
		buf_check(&here, "a path", NULL);
		path = xstring(buf_slice(&here));
		buf_free(&here);
	}
	path_word = shell_word(path);
	if (!export_command(name, "%s check %s", word, path_word)) {
		probe_run(&run, (const char *const[]){program, "check", path, NULL}, h->timeout);
		struct slice text = buf_slice(&run.out), line;
		while (slice_take_line(&text, &line))
			take_line(line);
		if (checks_count(CHECK_OK) + checks_count(CHECK_FAILED) == before)
			check_put(CHECK_FAILED, "secrets", name,
			    "run \"secret check\" itself, see secret(1)", "%s", probe_reason(&run));
	}
	probe_free(&run);
	free(path_word);
	free(path);
	free(name);
	free(word);
	free(program);
}

void
check_secrets(const struct host *h)
{
	size_t n = 0;
	for (size_t i = 0; i < h->all.n; i++) {
		if (!h->all.items[i].good || !h->all.items[i].head.secret_count)
			continue;
		check_secrets_of(h, &h->all.items[i]);
		n++;
	}
	if (!n && !exporting())
		check_put(CHECK_SKIPPED, "secrets", "", NULL, "no batch names a secret");
}

void
check_settings(const struct host *h)
{
	for (size_t i = 0; i < h->all.n; i++) {
		const struct batch *b = &h->all.items[i];
		char *name = xstring(b->name);
		for (size_t k = 0; k < b->head.setting_count; k++) {
			char *setting = xstring(b->head.settings[k]);
			const char *value = getenv(setting);
			if (export_command(setting, "test -n \"${%s:-}\"", setting))
				;
			else if (value && *value)
				check_put(CHECK_OK, "settings", name, NULL, "%s is set", setting);
			else
				check_put(CHECK_FAILED, "settings", name,
				    "set it where the launcher sets the batch's environment",
				    "%s is not set: run-batch does not start it", setting);
			free(setting);
		}
		free(name);
	}
}

void
check_sunset(const struct host *h)
{
	int64_t today = (int64_t)time(NULL) / DAY;
	for (size_t i = 0; i < h->all.n && !exporting(); i++) {
		const struct batch *b = &h->all.items[i];
		int64_t left = b->head.sunset - today;
		if (!b->head.has_sunset || left > SUNSET_WARN)
			continue;
		char *name = xstring(b->name);
		if (left < 0)
			check_put(CHECK_WARNED, "sunset", name,
			    "move it to the next version of the API",
			    "the API %.*s was switched off %" PRId64 " days ago",
			    (int)b->head.api.n, b->head.api.p ? b->head.api.p : "", -left);
		else
			check_put(CHECK_WARNED, "sunset", name,
			    "move it to the next version of the API",
			    "the API %.*s is switched off in %" PRId64 " days", (int)b->head.api.n,
			    b->head.api.p ? b->head.api.p : "", left);
		free(name);
	}
}
