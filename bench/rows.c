/* SPDX-License-Identifier: MIT */
/*
 * rows FORMAT N: writes N ad-report rows of 12 fields, the same for the same N.
 *
 * 	json    JSON lines        csv    CSV with a header
 * 	pg      the text that COPY and LOAD DATA read, tabs and no header
 * 	keys    JSON lines of one field, for many keys
 *
 * In json and csv every 100th row repeats an earlier one; pg leaves the repeats
 * out, so that it equals the rows loaded after dedupe.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const devices[] = {"DESKTOP", "SMARTPHONE", "TABLET"};

struct row {
	int year, month, day;
	uint64_t account, campaign, adgroup;
	unsigned campaign_name, adgroup_name;
	const char *device;
	unsigned impressions, clicks, yen, sen, conversions, part;
	unsigned hour, minute, second;
};

/* splitmix64: a good number for each index, without a state. */
static uint64_t
number_of(uint64_t index)
{
	uint64_t z = (index + 20261125) * 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void
make(uint64_t index, struct row *r)
{
	uint64_t a = number_of(2 * index), b = number_of(2 * index + 1);
	unsigned day = (unsigned)(index / 5500 % 336);
	*r = (struct row){
	    .year = 2026,
	    .month = (int)(day / 28) + 1,
	    .day = (int)(day % 28) + 1,
	    .account = 1002003001 + a % 40,
	    .campaign = 9007199254740993u + a % 2000,
	    .adgroup = 70000000000u + index,
	    .campaign_name = (unsigned)(a % 2000),
	    .adgroup_name = (unsigned)(index % 1000000),
	    .device = devices[(a >> 20) % 3],
	    .impressions = (unsigned)(a >> 24) % 100000,
	    .clicks = (unsigned)(b >> 8) % 3000,
	    .yen = (unsigned)(b >> 20) % 100000,
	    .sen = (unsigned)(b >> 40) % 100,
	    .conversions = (unsigned)(b >> 30) % 100,
	    .part = (unsigned)(b >> 50) % 100,
	    .hour = (unsigned)(a >> 40) % 24,
	    .minute = (unsigned)(a >> 45) % 60,
	    .second = (unsigned)(a >> 51) % 60,
	};
}

static void
write_json(const struct row *r)
{
	printf("{\"day\":\"%d-%02d-%02d\",\"account_id\":%" PRIu64 ",\"campaign_id\":%" PRIu64
	       ",\"campaign_name\":\"ブランド検索_%04u_東京\",\"adgroup_id\":%" PRIu64
	       ",\"adgroup_name\":\"広告グループ %u exact\",\"device\":\"%s\",\"impressions\":%u,"
	       "\"clicks\":%u,\"cost\":\"%u.%02u\",\"conversions\":%u.%02u,"
	       "\"updated_at\":\"%d-%02d-%02dT%02u:%02u:%02uZ\"}\n",
	    r->year, r->month, r->day, r->account, r->campaign, r->campaign_name, r->adgroup,
	    r->adgroup_name, r->device, r->impressions, r->clicks, r->yen, r->sen, r->conversions,
	    r->part, r->year, r->month, r->day, r->hour, r->minute, r->second);
}

/*
 * The fields separated by sep; between separates day and time, and zone follows
 * them.
 */
static void
write_plain(const struct row *r, char sep, char between, const char *zone)
{
	printf("%d-%02d-%02d%c%" PRIu64 "%c%" PRIu64 "%cブランド検索_%04u_東京%c%" PRIu64
	       "%c広告グループ %u exact%c%s%c%u%c%u%c%u.%02u%c%u.%02u%c",
	    r->year, r->month, r->day, sep, r->account, sep, r->campaign, sep, r->campaign_name,
	    sep, r->adgroup, sep, r->adgroup_name, sep, r->device, sep, r->impressions, sep,
	    r->clicks, sep, r->yen, r->sen, sep, r->conversions, r->part, sep);
	printf("%d-%02d-%02d%c%02u:%02u:%02u%s\n", r->year, r->month, r->day, between, r->hour,
	    r->minute, r->second, zone);
}

/* Keys in no order: 7368787 is prime, so that a step of it meets each number below n once. The last tenth comes again. */
static void
write_key(uint64_t index, uint64_t n)
{
	printf("{\"id\":%" PRIu64 "}\n", 1000000000000u + index * 7368787 % n);
}

int
main(int argc, char **argv)
{
	char *end = NULL;
	uint64_t n = argc == 3 ? strtoull(argv[2], &end, 10) : 0;
	if (!n || *end) {
		fprintf(stderr, "usage: rows json|csv|pg|keys N\n");
		return 64;
	}
	const char *format = argv[1];
	static char block[1 << 18];
	setvbuf(stdout, block, _IOFBF, sizeof block);
	if (strcmp(format, "csv") == 0)
		puts("day,account_id,campaign_id,campaign_name,adgroup_id,adgroup_name,device,"
		     "impressions,clicks,cost,conversions,updated_at");
	for (uint64_t i = 0; i < n; i++) {
		bool again = i % 100 == 99;
		struct row row;
		make(again ? i - 50 : i, &row);
		if (strcmp(format, "json") == 0)
			write_json(&row);
		else if (strcmp(format, "csv") == 0)
			write_plain(&row, ',', 'T', "Z");
		else if (strcmp(format, "keys") == 0)
			write_key(i < n / 10 * 9 ? i : i - n / 10 * 9, n);
		else if (!again)
			write_plain(&row, '\t', ' ', "");
	}
	return fflush(stdout) || ferror(stdout) ? 74 : 0;
}
