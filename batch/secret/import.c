/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch/secret/gitleaks.h"
#include "batch/secret/secret.h"
#include "common/batch/literals.h"
#include "common/json/json_write.h"
#include "common/program/file.h"
#include "common/record/mp_path.h"

/*
 * The verb import: moves the literals of a script into Parameter Store and
 * prints the script's new lines. The script itself does not change.
 */

enum { SCRIPT_MAX = 4 * 1024 * 1024 };

struct item {
	struct literal literal;
	struct slice variable;
	const char *parameter;
	bool again; /* the same value under the same name came before */
};

struct script {
	const char *path;
	const struct language *language;
	struct buf text;
	struct item *items;
	size_t n;
};

static void
read_script(struct script *s, const char *path)
{
	s->path = path;
	s->text.max = SCRIPT_MAX;
	if (!file_read(path, &s->text))
		die_errno(errno == EACCES ? STATUS_PERMISSION : STATUS_CONFIG, "cannot read %s",
		    quoted(slice_of(path)));
	buf_check(&s->text, "the script", NULL);
	s->language = language_of(slice_of(path), buf_slice(&s->text));
	if (!s->language)
		die(STATUS_CONFIG,
		    "%s is not a script of a shell, Ruby, Python, Perl, PHP or JavaScript",
		    quoted(slice_of(path)));
}

/* "/mam/SCRIPT" without the script's ending, in the characters that Parameter Store takes. */
static const char *
prefix_of(const struct script *s)
{
	struct buf b = {0};
	const char *slash = strrchr(s->path, '/'), *name = slash ? slash + 1 : s->path;
	size_t n = strcspn(name, ".");
	if (settings.prefix) {
		if (settings.prefix[0] != '/' || !settings.prefix[1])
			die(STATUS_USAGE, "--prefix: %s does not begin with /",
			    quoted(slice_of(settings.prefix)));
		return settings.prefix;
	}
	buf_put_text(&b, "/mam/");
	for (size_t i = 0; i < (n ? n : strlen(name)); i++)
		buf_put_byte(&b, strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789_-",
				     name[i])
				     ? name[i]
				     : '-');
	buf_put_byte(&b, '\0');
	buf_check(&b, "a name", NULL);
	return b.p;
}

static bool
has_variable(const struct script *s, struct slice variable)
{
	for (size_t i = 0; i < s->n; i++)
		if (slice_equal(s->items[i].variable, variable))
			return true;
	return false;
}

/* Names the literal: the same value has one name, another value of the same name has a number. */
static void
add_item(struct script *s, const struct literal *l)
{
	struct buf base = {0}, name = {0}, parameter = {0};
	struct item item = {.literal = *l};
	literal_put_variable(&base, l->name);
	if (l->part && l->value.p > l->name.p + l->name.n + 2 &&
	    memcmp(l->name.p + l->name.n, "://", 3) == 0)
		buf_put_text(&base, "_PASSWORD");
	buf_check(&base, "a name", NULL);
	for (size_t i = 0; i < s->n && !item.again; i++) {
		struct item *other = &s->items[i];
		if (!slice_equal(other->literal.value, l->value) || other->variable.n < base.n ||
		    memcmp(other->variable.p, base.p, base.n) != 0)
			continue;
		item.variable = other->variable;
		item.parameter = other->parameter;
		item.again = true;
	}
	for (size_t n = 1; !item.again; n++) {
		buf_reset(&name);
		buf_put_slice(&name, buf_slice(&base));
		if (n > 1)
			buf_printf(&name, "_%zu", n);
		buf_check(&name, "a name", NULL);
		if (!has_variable(s, buf_slice(&name)))
			break;
	}
	if (!item.again) {
		item.variable = buf_slice(&name);
		buf_printf(&parameter, "%s/", prefix_of(s));
		for (size_t i = 0; i < name.n; i++)
			buf_put_byte(&parameter,
			    (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] - 'A' + 'a'
									: name.p[i]));
		buf_put_byte(&parameter, '\0');
		buf_check(&parameter, "a name", NULL);
		item.parameter = parameter.p;
	}
	buf_free(&base);
	s->items = xrealloc(s->items, (s->n + 1) * sizeof *s->items);
	s->items[s->n++] = item;
	if (s->n > LITERALS_MAX)
		die(STATUS_DATA, "%s has more than %d literals", quoted(slice_of(s->path)),
		    LITERALS_MAX);
}

static bool
is_this_file(const struct script *s, struct slice file)
{
	size_t n = strlen(s->path);
	struct slice path = {s->path, n};
	if (n > 2 && memcmp(path.p, "./", 2) == 0)
		path = (struct slice){path.p + 2, n - 2};
	if (path.n < file.n)
		return false;
	struct slice end = {path.p + path.n - file.n, file.n};
	return slice_equal(end, file) && (path.n == file.n || end.p[-1] == '/');
}

static struct slice
line_of(const struct script *s, size_t number)
{
	const char *p = s->text.p, *end = p + s->text.n;
	for (size_t i = 1; p < end && i < number; i++) {
		const char *next = memchr(p, '\n', (size_t)(end - p));
		p = next ? next + 1 : end;
	}
	const char *last = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
	return (struct slice){p, (size_t)((last ? last : end) - p)};
}

/* A finding of gitleaks that the forms of literals.h did not show. */
static void
add_finding(struct script *s, const struct finding *f)
{
	struct slice line = line_of(s, f->line > 0 ? (size_t)f->line : 1);
	for (size_t i = 0; i < s->n; i++) {
		struct slice value = s->items[i].literal.value;
		if ((int64_t)s->items[i].literal.line == f->line && value.n <= f->secret.n &&
		    memcmp(f->secret.p + f->secret.n - value.n, value.p, value.n) == 0)
			return;
		if (slice_equal(value, f->secret) && (int64_t)s->items[i].literal.line == f->line)
			return;
	}
	for (size_t i = 0; i + f->secret.n <= line.n; i++) {
		if (memcmp(line.p + i, f->secret.p, f->secret.n) != 0)
			continue;
		char before = i ? line.p[i - 1] : ' ';
		char after = i + f->secret.n < line.n ? line.p[i + f->secret.n] : ' ';
		bool whole = before == after && (before == '"' || before == '\'');
		struct literal l = {.line = (size_t)f->line,
		    .name = f->rule,
		    .value = {line.p + i, f->secret.n},
		    .quote = whole ? before : '\0'};
		add_item(s, &l);
		return;
	}
	message("%s: line %lld: gitleaks found a secret (%s) that is not on this line now: move "
		"it by hand",
	    s->path, (long long)f->line, quoted(f->rule));
}

static int
by_place(const void *p, const void *q)
{
	const struct item *a = p, *b = q;
	return a->literal.value.p < b->literal.value.p ? -1
						       : a->literal.value.p > b->literal.value.p;
}

static void
find_all(struct script *s, const struct report *r)
{
	struct literal found;
	size_t at = 0;
	while (literal_next(s->language, buf_slice(&s->text), &at, &found))
		add_item(s, &found);
	for (size_t i = 0; i < r->n; i++)
		if (is_this_file(s, r->list[i].file))
			add_finding(s, &r->list[i]);
	if (!s->n)
		die(STATUS_CONFIG, "%s: no secret was found in it", quoted(slice_of(s->path)));
	qsort(s->items, s->n, sizeof *s->items, by_place);
}

/* The parameter is there already: with the same value that is as good. */
static void
compare(struct aws *aws, const struct item *item)
{
	struct buf source = {0};
	buf_printf(&source, "ssm:%s%c", item->parameter, '\0');
	buf_check(&source, "a name", NULL);
	struct wanted w = {.variable = "import", .source = source.p};
	if (!secrets_fetch(&aws, &w, 1))
		die(w.failure.status, "%s", w.failure.text);
	if (!slice_equal(secret_value(&w.value), item->literal.value))
		die(STATUS_REFUSED,
		    "parameter %s exists with another value: nothing is overwritten, choose "
		    "another --prefix",
		    quoted(slice_of(item->parameter)));
	secret_wipe(&w.value);
	buf_free(&source);
}

static void
put_parameter(struct aws *aws, const struct item *item)
{
	struct buf body = {.max = SCRIPT_MAX};
	struct aws_answer answer = {0};
	struct failure f = {0};
	buf_reserve(&body, item->literal.value.n * 6 + 4096);
	buf_put_text(&body, "{\"Name\":");
	json_write_text(&body, slice_of(item->parameter));
	buf_put_text(&body, ",\"Type\":\"SecureString\",\"Overwrite\":false,\"Value\":");
	if (!json_write_text(&body, item->literal.value))
		die(STATUS_DATA, "line %zu: the secret is not UTF-8", item->literal.line);
	if (settings.kms_key) {
		buf_put_text(&body, ",\"KeyId\":");
		json_write_text(&body, slice_of(settings.kms_key));
	}
	buf_put_byte(&body, '}');
	buf_check(&body, "a secret", NULL);
	if (aws_json(aws, &aws_ssm, "AmazonSSM.PutParameter", buf_slice(&body), &answer, &f))
		message("parameter %s: written", quoted(slice_of(item->parameter)));
	else if (strcmp(answer.fault.code, "ParameterAlreadyExists") == 0)
		compare(aws, item);
	else /* the text of a refusal may repeat the value */
		die(f.status, "parameter %s: %s", quoted(slice_of(item->parameter)),
		    answer.fault.code[0] ? answer.fault.code : f.text);
	secret_wipe_buf(&body);
	aws_answer_wipe(&answer);
}

/* The line with readings in place of its secrets; *i is the first item after it. */
static void
put_line(struct buf *b, const struct script *s, size_t *i)
{
	size_t number = s->items[*i].literal.line;
	struct slice line = line_of(s, number);
	const char *p = line.p;
	buf_printf(b, "%zu: ", number);
	for (; *i < s->n && s->items[*i].literal.line == number; ++*i) {
		const struct literal *l = &s->items[*i].literal;
		const char *from = l->value.p, *to = l->value.p + l->value.n;
		if (!l->part && l->quote) {
			from--;
			to++;
		}
		if (from < p) /* within one that was replaced */
			continue;
		buf_put(b, p, (size_t)(from - p));
		literal_put_reading(b, s->language, l, s->items[*i].variable);
		p = to;
	}
	buf_put(b, p, line.n - (size_t)(p - line.p));
	buf_put_byte(b, '\n');
}

static void
print_edited(const struct script *s)
{
	struct buf b = {0};
	bool slashes = strcmp(s->language->ending, ".js") == 0;
	buf_put_text(&b, slashes ? "head: // secrets:" : "head: # secrets:");
	for (size_t i = 0; i < s->n; i++) {
		if (s->items[i].again)
			continue;
		buf_put_byte(&b, ' ');
		buf_put_slice(&b, s->items[i].variable);
		buf_printf(&b, "=ssm:%s", s->items[i].parameter);
	}
	buf_put_byte(&b, '\n');
	if (s->language->before)
		buf_printf(&b, "head: %s\n", s->language->before);
	for (size_t i = 0; i < s->n;)
		put_line(&b, s, &i);
	buf_check(&b, "the edited lines", NULL);
	put_output(buf_slice(&b));
}

enum status
import_run(const struct operands *operands)
{
	struct script s = {0};
	struct report r = {0};
	struct failure f = {0};
	if (!operands->n && !settings.gitleaks)
		die(STATUS_USAGE, "import needs a script, or --gitleaks and --replacements");
	if (!settings.gitleaks != !settings.replacements)
		die(STATUS_USAGE, "--gitleaks and --replacements belong together");
	if (!secret_hide_process(&f))
		die(f.status, "%s", f.text);
	if (settings.gitleaks)
		report_read(&r, settings.gitleaks);
	if (operands->n) {
		read_script(&s, operands->items[0]);
		find_all(&s, &r);
		for (size_t i = 0; i < s.n && !settings.dry_run; i++)
			if (!s.items[i].again)
				put_parameter(open_aws(), &s.items[i]);
		print_edited(&s);
	}
	if (settings.replacements)
		message("%zu secrets are to be replaced, see %s",
		    report_write_replacements(&r, settings.replacements),
		    quoted(slice_of(settings.replacements)));
	return STATUS_OK;
}
