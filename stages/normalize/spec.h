/* SPDX-License-Identifier: MIT */
#ifndef STAGES_NORMALIZE_SPEC_H
#define STAGES_NORMALIZE_SPEC_H

#include "common/record/json_path.h"
#include "common/record/value.h"
#include "common/text/decimal.h"
#include "common/time/excel.h"
#include "common/time/time_parse.h"
#include "common/time/zone.h"

/* The rules, in the order in which they are applied. */
enum rule {
	RULE_CONST,
	RULE_TRIM,
	RULE_NULL,
	RULE_DEFAULT,
	RULE_OPTIONAL,
	RULE_MAP,
	RULE_FORMAT,
	RULE_CENTURY,
	RULE_DAY,
	RULE_ZONE,
	RULE_FULLWIDTH,
	RULE_UNIT,
	RULE_SIGN,
	RULE_PERCENT,
	RULE_GROUP,
	RULE_POINT,
	RULE_MICROS,
	RULE_SHIFT,
	RULE_SCALE,
	RULE_ROUND,
	RULES,
};

/* "trim", … as they are written and counted. */
extern const char *const rule_names[RULES];

/* Signs of a number besides that in front, as bits. */
enum sign {
	SIGN_PARENTHESES = 1, /* (5) */
	SIGN_TRAILING = 2,    /* 5- */
	SIGN_MINUS = 4,       /* U+2212 */
	SIGN_TRIANGLE = 8,    /* U+25B2, U+25B3 */
};

enum zone_pick { PICK_NONE, PICK_EARLIER, PICK_LATER };

struct map_pair {
	struct slice from;
	struct slice value; /* of the field's type, as msgpack */
};

/* One field of the output: NAME:TYPE[=SOURCE][;RULE…]. */
struct spec {
	struct slice name;
	enum value_type type;

	/* Where its value comes from; slots are the input's (input.h). */
	struct slice source; /* as written, without the quotes of one that is quoted whole */
	long whole;          /* slot of the field whose whole name is the source, or -1 */
	long head;           /* slot of the field that the path begins in, or -1 */
	struct slice below;  /* the path in there, in the slots of that field (shape.h) … */
	long below_whole;    /* … as one name … */
	long below_head;     /* … or its first name, and from there … */
	struct slice deeper; /* … this path */
	const struct json_path *path; /* or a path with quoted parts in place of them all */
	bool found;                   /* some record had it */
	bool missed;                  /* some record had it not */
	bool
	    kept; /* made for a field that --rest keep keeps; a value of another type is a reject */

	bool has[RULES];
	bool plain; /* no rule touches a value that is there */
	struct slice *nulls;
	size_t n_nulls;
	/* null= or map= names what may be the spelling of a number or a bool */
	bool spells_scalars;
	struct map_pair *map;
	size_t n_map;
	bool map_other;     /* what no pair names becomes other … */
	bool map_same;      /* … or stays what it is */
	struct slice other; /* msgpack */
	struct slice *units;
	size_t n_units;
	unsigned signs;     /* of enum sign */
	struct slice group; /* one character */
	struct slice point; /* one character */
	int shift; /* places that the point moves to the right: micros, percent=ratio, shift */
	enum rule shifts; /* which rule that is */
	unsigned scale;   /* digits after the point (of a second), when has[RULE_SCALE] */
	enum decimal_round round;
	struct slice format;
	bool is_excel;                      /* format=excel or excel-1904, by … */
	struct excel_format excel;          /* … this */
	const struct time_format *compiled; /* any other format, compiled; NULL: ISO 8601 */
	struct time_options time_options;
	const struct zone *zone;
	enum zone_pick pick;
	struct slice fallback; /* msgpack of const= or default=; of null when there is none */
	uint64_t changed[RULES];
};

/* Reads one operand; nulls are further spellings of null. Dies with STATUS_USAGE, naming the word and what is expected. */
void spec_parse(struct spec *s, const char *word, const struct slice *nulls, size_t n_nulls);

/* The rule's value, from after "="; dies the same way. Used by spec_parse. */
void rule_parse(struct spec *s, struct slice word, enum rule rule, struct slice value);
/* Checks that depend on all rules; compiles the format. */
void rules_check(struct spec *s, struct slice word);
/* The same two for the rules of a number's spelling: unit, sign, group, point. Used by them. */
void number_rule_parse(struct spec *s, struct slice word, enum rule rule, struct slice value);
void number_rules_check(struct spec *s, struct slice word);
/* Compiles format= with century=, day= and zone=. Dies when no value could match it, or it lacks what the type needs. */
void format_compile(struct spec *s, struct slice word);

/*
 * Takes a part off the front of *rest: bytes up to any of stops, or "…" with a
 * quote doubled inside, after which one of stops or the end must come. Dies,
 * naming word, otherwise.
 */
struct slice spec_take_part(
    struct slice word, struct slice *rest, const char *stops, bool *was_quoted);

#endif
