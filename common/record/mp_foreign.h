/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_MP_FOREIGN_H
#define COMMON_RECORD_MP_FOREIGN_H

#include "common/text/bytes.h"

/*
 * msgpack of other programs to the values of mam-stream(5). A float32 becomes the float of the same
 * value; everything else that the stream has is copied, in its shortest form.
 */

enum mp_foreign_ext {
	MP_FOREIGN_EXT_ERROR,
	MP_FOREIGN_EXT_BYTES, /* the payload as bytes; its number is lost */
	MP_FOREIGN_EXT_MAM,   /* 1, 2 and 3 are those of mam-stream(5); all others an error */
};

enum mp_foreign_nan { MP_FOREIGN_NAN_ERROR, MP_FOREIGN_NAN_NULL, MP_FOREIGN_NAN_KEEP };

struct mp_foreign_rules {
	enum mp_foreign_ext ext;
	enum mp_foreign_nan nan;
	/* Bytes of a text that are not UTF-8 become U+FFFD and are counted here; NULL: they are kept. */
	uint64_t *replaced;
};

struct mp_foreign_error {
	const char *what; /* a static text */
	struct slice at;  /* the object at fault, as msgpack */
};

/*
 * Appends the whole (measured) object at *p and moves *p after it. False with *error filled if the
 * stream has no such value. What the bytes of a record alone can break (texts that are not UTF-8,
 * repeated keys, malformed timestamps) is left to record_check.
 */
bool mp_foreign_value(const struct mp_foreign_rules *rules, const char **p, const char *end,
    struct buf *out, struct mp_foreign_error *error);
/* The same for a key, which must be a text. */
bool mp_foreign_key(const struct mp_foreign_rules *rules, const char **p, const char *end,
    struct buf *out, struct mp_foreign_error *error);

#endif
