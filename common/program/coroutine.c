/* SPDX-License-Identifier: MIT */
/* For MAP_ANONYMOUS and MAP_STACK. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__
#define WITH_ASAN 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifdef WITH_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

#include "common/program/coroutine.h"
#include "common/program/message.h"

#ifdef WITH_ASAN
/* Frames are larger, with red zones between their variables. */
enum { STACK = 2 * 1024 * 1024 };
#else
enum { STACK = 256 * 1024 };
#endif

/* A stack as AddressSanitizer has to know it. */
struct stack {
	const void *bottom;
	size_t size;
	void *fake; /* its frames that are kept elsewhere */
};

struct coroutine {
	ucontext_t context;
	struct stack stack;
	void (*run)(void *context);
	void *argument;
	void *own;
	bool ended;
	char *memory; /* a page that must not be touched, then the stack */
	size_t size;
};

static struct coroutine *current;
static ucontext_t outside;
static struct stack outer;
static void *nothing;
static void *own = &nothing; /* a pointer variable, of whatever type */

#ifdef WITH_ASAN
static void
start_switch(struct stack *from, const struct stack *to, bool for_good)
{
	__sanitizer_start_switch_fiber(for_good ? NULL : &from->fake, to->bottom, to->size);
}

static void
finish_switch(struct stack *to, struct stack *from)
{
	__sanitizer_finish_switch_fiber(
	    to->fake, from ? &from->bottom : NULL, from ? &from->size : NULL);
}
#else
static void
start_switch(struct stack *from, const struct stack *to, bool for_good)
{
	(void)from;
	(void)to;
	(void)for_good;
}

static void
finish_switch(struct stack *to, struct stack *from)
{
	(void)to;
	(void)from;
}
#endif

/* The first function of every coroutine. */
static void
begin(void)
{
	struct coroutine *c = current;
	finish_switch(&c->stack, &outer);
	c->run(c->argument);
	c->ended = true;
	start_switch(&c->stack, &outer, true);
	/* uc_link leads outside. */
}

struct coroutine *
coroutine_new(void (*run)(void *context), void *context)
{
	struct coroutine *c = xcalloc(1, sizeof *c);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	c->run = run;
	c->argument = context;
	c->size = STACK + page;
	c->memory = mmap(NULL, c->size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	if (c->memory == MAP_FAILED || mprotect(c->memory, page, PROT_NONE) ||
	    getcontext(&c->context))
		die_errno(STATUS_TRY_AGAIN, "no memory for a stack");
	c->stack.bottom = c->memory + page;
	c->stack.size = STACK;
	c->context.uc_stack.ss_sp = c->memory + page;
	c->context.uc_stack.ss_size = STACK;
	c->context.uc_link = &outside;
	makecontext(&c->context, begin, 0);
	return c;
}

void
coroutine_resume(struct coroutine *c)
{
	void *kept;
	if (current || c->ended)
		die(STATUS_BUG, "a coroutine is resumed within one, or after its end");
	current = c;
	memcpy(&kept, own, sizeof kept);
	memcpy(own, &c->own, sizeof c->own);
	start_switch(&outer, &c->stack, false);
	if (swapcontext(&outside, &c->context))
		die_errno(STATUS_BUG, "cannot resume a coroutine");
	finish_switch(&outer, NULL);
	memcpy(&c->own, own, sizeof c->own);
	memcpy(own, &kept, sizeof kept);
	current = NULL;
}

void
coroutine_wait(void)
{
	struct coroutine *c = current;
	start_switch(&c->stack, &outer, false);
	if (swapcontext(&c->context, &outside))
		die_errno(STATUS_BUG, "a coroutine cannot wait");
	finish_switch(&c->stack, &outer);
}

struct coroutine *
coroutine_current(void)
{
	return current;
}

bool
coroutine_has_ended(const struct coroutine *c)
{
	return c->ended;
}

void
coroutine_free(struct coroutine *c)
{
	if (!c)
		return;
	munmap(c->memory, c->size);
	free(c);
}

void
coroutine_own(void *variable)
{
	own = variable;
}
