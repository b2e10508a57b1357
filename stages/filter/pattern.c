/* SPDX-License-Identifier: MIT */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/program/message.h"
#include "stages/filter/pattern.h"

enum {
	STEPS_MAX = 10 * 1000 * 1000, /* PCRE2's own default, in every build of it */
	STACK_FIRST = 32 * 1024,
	STACK_MAX = 8 * 1024 * 1024,
	HEAP_MAX_KIB = 64 * 1024,
	REASON_MAX = 256,
};

struct pattern {
	struct slice text;
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *context;
};

void *
pattern_compile(struct slice text)
{
	int error;
	PCRE2_SIZE at;
	PCRE2_UCHAR reason[REASON_MAX];
	struct pattern *p = xcalloc(1, sizeof *p);
	p->text = text;
	/* Values are text, which is valid UTF-8; the command line need not be. */
	p->code =
	    pcre2_compile((PCRE2_SPTR)(text.n ? text.p : ""), text.n, PCRE2_UTF, &error, &at, NULL);
	if (!p->code) {
		pcre2_get_error_message(error, reason, sizeof reason);
		die(STATUS_USAGE, "%s is not a regular expression: %s at byte %zu", quoted(text),
		    (const char *)reason, (size_t)at);
	}
	/* Where the kernel forbids code made at run time, PCRE2 interprets the expression. */
	pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
	p->match = pcre2_match_data_create(1, NULL);
	p->context = pcre2_match_context_create(NULL);
	pcre2_jit_stack *stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MAX, NULL);
	if (!p->match || !p->context)
		die(STATUS_TRY_AGAIN, "no memory for a regular expression");
	pcre2_set_match_limit(p->context, STEPS_MAX);
	pcre2_set_heap_limit(p->context, HEAP_MAX_KIB);
	if (stack)
		pcre2_jit_stack_assign(p->context, NULL, stack);
	return p;
}

bool
pattern_match(void *pattern, struct slice text)
{
	const struct pattern *p = pattern;
	PCRE2_UCHAR reason[REASON_MAX];
	int n = pcre2_match(p->code, (PCRE2_SPTR)(text.n ? text.p : ""), text.n, 0,
	    PCRE2_NO_UTF_CHECK, p->match, p->context);
	if (n >= 0 || n == PCRE2_ERROR_NOMATCH)
		return n >= 0;
	pcre2_get_error_message(n, reason, sizeof reason);
	die(STATUS_DATA, "matches %s: %s on the text %s: write a simpler expression",
	    quoted(p->text), (const char *)reason, quoted(text));
}
