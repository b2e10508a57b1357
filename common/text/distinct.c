/* SPDX-License-Identifier: MIT */
/*
 * The estimate of the registers is Ertl's ("New cardinality estimation algorithms for
 * HyperLogLog sketches", 2017): without bias tables, over the whole range.
 */
#include <math.h>
#include <stdlib.h>

#include "common/text/distinct.h"

enum {
	RANKS = 64 - DISTINCT_BITS, /* the highest rank is one more */
	SLOTS_FIRST = 64,
};

static void
note(unsigned char *registers, uint64_t hash)
{
	size_t i = (size_t)(hash >> (64 - DISTINCT_BITS));
	/* Of the other bits, the zeros in front and one; the bit put after them ends the search. */
	uint64_t rest = hash << DISTINCT_BITS | UINT64_C(1) << (DISTINCT_BITS - 1);
	unsigned char rank = (unsigned char)(__builtin_clzll(rest) + 1);
	registers[i] = registers[i] < rank ? rank : registers[i];
}

static bool
put(uint64_t *table, size_t slots, uint64_t hash)
{
	size_t i = hash & (slots - 1);
	while (table[i]) {
		if (table[i] == hash)
			return false;
		i = (i + 1) & (slots - 1);
	}
	table[i] = hash;
	return true;
}

/* The table becomes registers. */
static void
estimate(struct distinct *d, struct distinct_budget *budget)
{
	d->registers = calloc(DISTINCT_REGISTERS, 1);
	if (!d->registers) {
		d->failed = true;
		return;
	}
	for (size_t i = 0; i < d->slots; i++)
		if (d->table[i])
			note(d->registers, d->table[i]);
	budget->bytes += d->slots * sizeof *d->table;
	free(d->table);
	d->table = NULL;
	d->n = d->slots = 0;
}

/* False if there is no room, and the count is an estimate from now on. */
static bool
grow(struct distinct *d, struct distinct_budget *budget)
{
	size_t slots = d->slots ? 2 * d->slots : SLOTS_FIRST, bytes = slots * sizeof *d->table;
	uint64_t *table = NULL;
	if (d->n < DISTINCT_EXACT && bytes <= budget->bytes)
		table = calloc(slots, sizeof *table);
	if (!table) {
		estimate(d, budget);
		return false;
	}
	budget->bytes -= bytes;
	budget->bytes += d->slots * sizeof *d->table;
	for (size_t i = 0; i < d->slots; i++)
		if (d->table[i])
			put(table, slots, d->table[i]);
	free(d->table);
	d->table = table;
	d->slots = slots;
	return true;
}

void
distinct_add(struct distinct *d, uint64_t hash, struct distinct_budget *budget)
{
	hash += !hash;
	if (d->registers) {
		note(d->registers, hash);
		return;
	}
	if (d->failed)
		return;
	/* Two of three slots at most are taken. */
	if (3 * (d->n + 1) > 2 * d->slots && !grow(d, budget)) {
		if (d->registers)
			note(d->registers, hash);
		return;
	}
	if (!put(d->table, d->slots, hash))
		return;
	if (++d->n > DISTINCT_EXACT)
		estimate(d, budget);
}

static bool
moves(double before, double after)
{
	return before < after || before > after;
}

static double
sigma(double x)
{
	double y = 1, z = x, before;
	if (x >= 1)
		return (double)INFINITY;
	do {
		x *= x;
		before = z;
		z += x * y;
		y += y;
	} while (moves(before, z));
	return z;
}

static double
tau(double x)
{
	double y = 1, z = 1 - x, before;
	if (x <= 0 || x >= 1)
		return 0;
	do {
		x = sqrt(x);
		before = z;
		y *= 0.5;
		z -= (1 - x) * (1 - x) * y;
	} while (moves(before, z));
	return z / 3;
}

uint64_t
distinct_count(const struct distinct *d, bool *exact)
{
	*exact = !d->registers && !d->failed;
	if (!d->registers)
		return d->n;
	size_t counts[RANKS + 2] = {0};
	for (size_t i = 0; i < DISTINCT_REGISTERS; i++)
		counts[d->registers[i]]++;
	const double m = DISTINCT_REGISTERS, half_per_ln2 = 0.72134752044448170368;
	double z = m * tau(1 - (double)counts[RANKS + 1] / m);
	for (size_t k = RANKS; k >= 1; k--)
		z = 0.5 * (z + (double)counts[k]);
	z += m * sigma((double)counts[0] / m);
	return (uint64_t)(half_per_ln2 * m * m / z + 0.5);
}

void
distinct_free(struct distinct *d)
{
	free(d->table);
	free(d->registers);
	*d = (struct distinct){0};
}
