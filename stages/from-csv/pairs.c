/* SPDX-License-Identifier: MIT */
#include "stages/from-csv/pairs.h"
#include "common/text/word.h"

enum { TEXT_MAX = 3 };

/* By both bytes at the character, also where it has only one. */
static struct pair {
	char text[TEXT_MAX];
	unsigned char n : 4, used : 4; /* bytes of UTF-8 and of the encoding; 0: not known */
} pairs[256 * 256];

_Static_assert(sizeof(struct pair) == 4, "a pair is copied in one step");

static struct pair *
pair_at(const char *p)
{
	return &pairs[(unsigned char)p[0] << 8 | (unsigned char)p[1]];
}

void
pairs_forget(void)
{
	memset(pairs, 0, sizeof pairs);
}

/* ASCII bytes at the beginning of the word. */
static size_t
ascii(uint64_t word)
{
	uint64_t high = word & 0x8080808080808080u;
	return high ? (size_t)__builtin_ctzll(high) / 8 : sizeof word;
}

void
pairs_convert(char **in, size_t *left, char **out, size_t *room)
{
	const char *p = *in, *end = p + *left;
	char *o = *out, *stop = o + *room;
	while (end - p >= 2 && stop - o >= PAIRS_ROOM) {
		if (end - p >= 8 && !(*p & 0x80)) {
			size_t n = ascii(word_load(p));
			memcpy(o, p, 8);
			p += n;
			o += n;
			continue;
		}
		if (!(*p & 0x80)) {
			*o++ = *p++;
			continue;
		}
		const struct pair *pair = pair_at(p);
		if (!pair->n)
			break;
		memcpy(o, pair, sizeof *pair);
		o += pair->n;
		p += pair->used;
	}
	*left = (size_t)(end - p);
	*room = (size_t)(stop - o);
	*in += p - *in;
	*out = o;
}

bool
pairs_learn(const char *p, size_t n, struct slice text)
{
	if (!text.n || text.n > TEXT_MAX || n > 2)
		return false;
	struct pair *pair = pair_at(p);
	memcpy(pair->text, text.p, text.n);
	pair->n = text.n & 0xf;
	pair->used = n & 0xf;
	return true;
}
