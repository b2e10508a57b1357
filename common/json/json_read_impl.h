/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_JSON_READ_IMPL_H
#define COMMON_JSON_JSON_READ_IMPL_H

#include "common/json/json_keys.h"
#include "common/json/json_read.h"
#include "common/record/mp.h"

/*
 * Shared by json_read.c (the grammar), json_token.c (values), json_string.c,
 * json_levels.c (levels, paths, repeated names) and json_reader.c (blocks,
 * places, errors).
 */

enum {
	/* Containers on the record path, then those of one value, and the text itself. */
	LEVELS = 1 + JSON_PATH_MAX + 1 + MP_DEPTH_MAX,
	STEP_BESIDE = 255, /* of a value that the path does not lead to */
	NO_VALUE = LEVELS, /* value_depth between values */
	ROOM = 64,         /* spare bytes of out after a token, because copies go in whole words */
};

/* An array or object that is not closed yet; the lowest level is the text itself. */
struct level {
	bool object;
	bool passage;  /* on the record path: its values are given out, not itself */
	bool repeated; /* a name came twice; settled when the object closes */
	uint8_t pass;  /* passage: the step of the path that this container takes */
	uint8_t step;  /* passage: the step that its next value is at, or STEP_BESIDE */
	uint32_t last; /* key read last, to predict the next one */
	size_t at;     /* of the msgpack head in out; one byte is kept for it */
	size_t count;  /* elements or members so far */
	size_t limit;  /* of count */
	size_t undo;   /* entries on the undo stack when it was opened */
	uint64_t serial;
};

/* A stamp that an inner object took from an object that is still open. */
struct undo {
	uint32_t key;
	uint64_t stamp;
};

/* A place in the text: in the block when p is set, else line and column (from 1) are known. */
struct place {
	const char *p;
	uint64_t line, column;
};

enum state {
	STATE_START,     /* before the first byte of the text */
	STATE_ROOT,      /* between values of the text */
	STATE_VALUE,     /* a value must come */
	STATE_TOKEN,     /* its first byte is at p, and it is counted */
	STATE_FIRST,     /* a value or ']' */
	STATE_KEY,       /* a name must come */
	STATE_FIRST_KEY, /* a name or '}' */
	STATE_COLON,
	STATE_AFTER,  /* after a value in a container */
	STATE_STRING, /* in a string value, its bytes so far in out */
	STATE_NAME,   /* in a name, its bytes so far in name */
	STATE_END,
	STATE_BAD,
};

/* Names of the value of the text that is open, where the path wants another: those of its farthest step. */
struct passed_names {
	size_t step;
	size_t n;
	size_t ends[JSON_PASSED_MAX]; /* in bytes */
	struct buf bytes;
	struct slice list[JSON_PASSED_MAX];
};

struct json_reader {
	struct json_rules rules;
	const struct json_path *path;
	size_t keys_many; /* names to have before some are forgotten */
	/* The block: [begin, p) is read, [p, end) is not. */
	const char *begin, *p, *end;
	bool last; /* nothing follows end */
	enum state state;
	bool separate;        /* the next value must have white space before it */
	bool any;             /* a value was met in this text */
	bool found;           /* the path has led somewhere in the value of the text that is open */
	bool beside;          /* the current value is beside the path, and given out */
	size_t passed_most;   /* json_passed */
	bool skip;            /* in a value beside the path: checked, not kept */
	unsigned depth;       /* of the innermost open level */
	unsigned value_depth; /* level that the current value is in, or NO_VALUE */
	unsigned deepest;     /* depth that the current value may reach */
	uint64_t serial;      /* of the newest object or array */
	struct level levels[LEVELS + 1];
	uint32_t first[LEVELS + 1]; /* predicted first key by level */
	struct json_keys keys;
	struct buf undos; /* of struct undo */
	struct buf out;   /* the current value as msgpack */
	size_t string_at; /* of the head of an unfinished string in out */
	struct buf name;  /* a name that is not whole in the block, or has escapes */
	struct buf marks; /* scratch of json_settle */
	struct passed_names passed;
	struct buf member[JSON_PATH_MAX]; /* of each "{FIELD}" step: the current member's name */
	char *block;                      /* memory of json_space */
	size_t block_cap;
	struct place here;     /* of begin; its p is not used */
	struct place root_at;  /* where the current value of the text begins */
	struct place value_at; /* where the current value begins */
	struct place name_at;  /* where the current name begins */
	struct json_error error;
	struct buf error_text;
};

/* The result of one step of the grammar. */
enum step {
	STEP_ON,
	STEP_VALUE,
	STEP_MORE, /* the block ends inside a token; r->p is where to go on */
	STEP_BAD,
	STEP_END,
};

enum json_role {
	ROLE_NONE,    /* an error */
	ROLE_VALUE,   /* to be read, and kept unless r->skip is set */
	ROLE_PASSAGE, /* a passage, opened by this call */
};

/* Sets the error at p, with the bytes at fault (may be empty). Returns false. */
bool json_fail(struct json_reader *r, const char *p, const char *what, struct slice at);
/* The same at the name that was read last. */
bool json_fail_name(struct json_reader *r, const char *what, struct slice name);
/* The value of the text that just ended was to have records. Returns false. */
bool json_fail_path(struct json_reader *r);
/* The byte at p is not allowed there. */
enum step json_bad(struct json_reader *r, const char *p, const char *what);
/* The block ended where more must come: an error when it is the last one. */
enum step json_cut(struct json_reader *r, const char *what);
/* out or another buffer has failed: over its ceiling, or no memory. Returns false. */
bool json_fail_full(struct json_reader *r);

/* An array or object of the current value opens. */
bool json_open(struct json_reader *r, bool object);
/* The innermost container closes: its head gets its count. */
bool json_close(struct json_reader *r);
/* Decides the role of the value at r->p, which is in a passage. */
enum json_role json_value_begin(struct json_reader *r);
/* A name that the prediction did not know: looked up, or learnt, and then met. */
bool json_key_read(struct json_reader *r, struct slice name);
/* The innermost object's next member has this name. */
bool json_key_met(struct json_reader *r, uint32_t key);
/* Forgets names when there are too many. Between values only. */
bool json_keys_trim(struct json_reader *r);

/* The first bytes of a text: a byte order mark is skipped, another encoding refused. */
enum step json_start(struct json_reader *r);
/* Reads the value whose first byte is at r->p and which is counted already; a container's head only. */
enum step json_token(struct json_reader *r);
/* Continues a string value that began in an earlier block. */
enum step json_string_value(struct json_reader *r);
/* Continues a string at r->p into a buffer until its closing quote is read. */
enum step json_string_rest(struct json_reader *r, struct buf *to);

/* A member of this name is where the path, at this step, wants another. */
void json_note_passed(struct json_reader *r, size_t step, struct slice name);
/* The path leads as far as this step: names of steps before do not matter. */
void json_forget_passed(struct json_reader *r, size_t step);

#endif
