/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_JSON_READ_H
#define COMMON_JSON_JSON_READ_H

#include "common/record/json_path.h"
#include "common/text/bytes.h"

/*
 * JSON text (RFC 8259, strictly) into msgpack values, mam-stream(5) "TYPES".
 * The text may come in blocks cut anywhere. Memory is one block and one value,
 * however long the text is. No recursion: MP_DEPTH_MAX limits the nesting. A
 * byte order mark at the very beginning is skipped (RFC 8259 section 8.1 allows
 * it). Numbers: json_number.h. Refused: invalid UTF-8, lone surrogates, bare
 * control characters, repeated names (unless the rules choose one).
 */

enum json_duplicates { JSON_DUPLICATES_ERROR, JSON_DUPLICATES_FIRST, JSON_DUPLICATES_LAST };

struct json_rules {
	enum json_duplicates duplicates;
	bool single; /* exactly one text; else any number, separated by white space or nothing */
	bool none_is_fine; /* single: no text at all is not an error */
	bool objects_only; /* a value that is not an object is an error */
	bool records;      /* values are records: FIELDS_MAX and NAME_MAX_BYTES hold */
	/* an array where the path ends (or the text, without one) gives its elements */
	bool elements;
	unsigned depth;               /* nested arrays and objects in one value; 0: MP_DEPTH_MAX */
	size_t value_max;             /* bytes of one value as msgpack; 0: no ceiling but memory */
	const struct json_path *path; /* NULL: the whole text; must outlive the reader */
	/*
	 * A text in which the path leads nowhere is an error. The path leads
	 * somewhere if its end exists, even as an empty array or null, or if an
	 * array or null on the way is empty. An index beyond its array leads
	 * nowhere, even in an empty array.
	 */
	bool path_must_lead;
	/*
	 * Values beside the path, in the objects that it passes, are given out as well, and null in
	 * place of what it needs: json_beside tells them apart. For a path without an index.
	 */
	bool beside;
	/* A lone surrogate as \uD800 becomes U+FFFD and is counted here; NULL: it is an error. */
	uint64_t *lone_replaced;
};

/* Which rule of the caller's could be another one; each stage has an option for it. */
enum json_fault {
	JSON_FAULT_NONE, /* none: the text is wrong by itself */
	JSON_FAULT_REPEATED,
	JSON_FAULT_NO_OBJECT,
	JSON_FAULT_NO_PATH,   /* the record path leads nowhere */
	JSON_FAULT_PATH_KIND, /* it meets a value of another kind than it needs */
	JSON_FAULT_RESERVED,
	JSON_FAULT_FULL, /* a value is larger than value_max, or there is no memory for it */
};

struct json_error {
	const char *what; /* a static text without position; NULL without an error */
	struct slice at;  /* the name or characters at fault; may be empty; belongs to the reader */
	uint64_t line, column; /* from 1; the column counts characters */
	enum json_fault fault;
	bool cut; /* the fault is that the text ends here */
};

enum json_status {
	JSON_VALUE, /* a value is there */
	JSON_MORE,  /* the block is used up */
	JSON_END,   /* the text ended well */
	JSON_BAD,   /* json_error has the reason; every call returns this until json_reset */
};

struct json_reader;

/* NULL if out of memory. The rules are copied. */
struct json_reader *json_reader_new(const struct json_rules *rules);
void json_reader_free(struct json_reader *r);
/* Begins a new text. */
void json_reset(struct json_reader *r);

/*
 * Blocks: read at most *room bytes into json_space, then call json_filled with
 * the number read; 0 is the end of the text. Call them after JSON_MORE and at
 * the beginning. json_space is NULL if out of memory.
 */
char *json_space(struct json_reader *r, size_t *room);
void json_filled(struct json_reader *r, size_t n);

/* Or the whole text at once; it must stay where it is. Begins a new text. */
void json_text(struct json_reader *r, struct slice text);

/* The next value as msgpack; it lives until the next call of any function on r. */
enum json_status json_next(struct json_reader *r, struct slice *value);

const struct json_error *json_error(const struct json_reader *r);
/* Whether a value has begun: false for a text of only white space. */
bool json_any(const struct json_reader *r);
/* Line and column where the value that json_next just gave began; to be called before any other function. */
void json_value_position(const struct json_reader *r, uint64_t *line, uint64_t *column);
/*
 * The name of the member that the current value came from at a "{FIELD}" step of the
 * path; valid like the value.
 */
struct slice json_member_name(const struct json_reader *r, size_t step);
/*
 * rules.beside: whether the current value is beside the path. Then *step is the step of the path
 * at the object that it is in, and *name is its name there (p NULL: it is the whole text); both are
 * valid like the value.
 */
bool json_beside(const struct json_reader *r, size_t *step, struct slice *name);
/* How many arrays and objects of the path were passed in the text at most. */
size_t json_passed(const struct json_reader *r);
/*
 * After an error of the record path: the first names that are where it ends early, at most
 * JSON_PASSED_MAX, and in *wanted the name that is not among them. Valid until the reader is used.
 */
enum { JSON_PASSED_MAX = 20 };
const struct slice *json_passed_names(struct json_reader *r, size_t *n, struct slice *wanted);
/* A record with a field of this name is an error from now on (until json_reader_free). False: no memory. */
bool json_reserve_name(struct json_reader *r, struct slice name);

/*
 * Reads one JSON text in memory and appends it to out as msgpack. If the text
 * is not valid, returns false with *error filled (error->at is empty then) and
 * leaves out unchanged.
 */
bool json_to_msgpack(
    struct slice text, enum json_duplicates duplicates, struct buf *out, struct json_error *error);

#endif
