/* SPDX-License-Identifier: MIT */
#include "common/time/time_parse.h"
#include "common/time/iso.h"
#include "tests/unit/unit.h"

static struct time_parts m;

static const char *
compiles(const char *format, int64_t century, enum time_day day)
{
	static struct time_format f;
	struct time_options options = {.century = century, .day = day};
	return time_compile(slice_of(format), &options, &f);
}

static const char *
wrong(const char *format)
{
	return compiles(format, 0, TIME_DAY_GIVEN);
}

static bool
parses_by(const char *text, const char *format, int64_t century, enum time_day day)
{
	static struct time_format f;
	struct time_options options = {.century = century, .day = day};
	return !time_compile(slice_of(format), &options, &f) && time_parse(slice_of(text), &f, &m);
}

static bool
parses(const char *text, const char *format)
{
	return parses_by(text, format, 0, TIME_DAY_GIVEN);
}

static bool
is_day(int64_t year, unsigned month, unsigned day)
{
	return m.days == iso_days(year, month, day);
}

/* %y: the hundred years from the one stated on, and no others. */
static void
check_century(void)
{
	bool good = true;
	for (int64_t first = 1; first <= 9900; first += first < 2000 ? unit_every() : 83) {
		for (int64_t year = first; year < first + 100; year++) {
			char text[16];
			snprintf(text, sizeof text, "%02d-11-01", (int)(year % 100));
			good &= parses_by(text, "%y-%m-%d", first, TIME_DAY_GIVEN) &&
				is_day(year, 11, 1);
		}
	}
	CHECK(good);
	CHECK(parses_by("70305", "%y%j", 1970, TIME_DAY_GIVEN) && is_day(1970, 11, 1));
	CHECK(!parses_by("7-11-01", "%y-%m-%d", 1970, TIME_DAY_GIVEN));
	CHECK(!parses_by("1970-11-01", "%y-%m-%d", 1970, TIME_DAY_GIVEN));
	CHECK(strstr(wrong("%y-%m-%d"), "century=") != NULL);
	CHECK(compiles("%y-%Y-%m-%d", 1970, TIME_DAY_GIVEN) != NULL);
}

/* Formats that no text can match, or that leave something open. */
static void
check_never(void)
{
	static const char *const never[] = {"%s0", "%Q5", "%6Q7", "%9Q9", "%s.%f7", "%s%.f7",
	    "%Y-%m-%d %H:%M:%S.%f7", "%Y-%m-%d %H:%M:%S%.f7", "%Y-%m-%d %H:%M:%S.%.f",
	    "%Y-%m-%d %H:%S", "%Y-%m-%d %I:%S %p", "%Y-%m", "%b %Y", "%Y-%m %H:%M", "%y-%m",
	    "%Y-%m-%d %z%H", "%Y-%m-%d %z1", "%.f%s", "%H:%M:%S%.f%d %Y-%m"};
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		CHECK(wrong(never[i]) != NULL);
	CHECK(compiles("%Y-%m-%d", 0, TIME_DAY_FIRST) != NULL);
	CHECK(compiles("%Y-%j", 0, TIME_DAY_FIRST) != NULL);
	CHECK(compiles("%G-W%V", 0, TIME_DAY_LAST) != NULL);
	CHECK(compiles("%s", 0, TIME_DAY_LAST) != NULL);
	/* A digit that follows ends a number of two digits, not of one. */
	CHECK(parses("2026-11-015", "%Y-%m-%d5") && is_day(2026, 11, 1));
	CHECK(!parses("2026-11-15", "%Y-%m-%d5") && !parses("2026-115", "%Y-%m1%d"));
	CHECK(parses("2026-11115", "%Y-%m1%d") && is_day(2026, 11, 15));
	char many[2 * TIME_STEPS_MAX + 8] = "%Y%m%d";
	memset(many + 6, '%', 2 * TIME_STEPS_MAX);
	CHECK(wrong(many) != NULL);
}

/* One date and time, written by each directive as strftime(3) would and as the shortest text that is read. */
struct sample {
	const char *directive, *text, *short_text;
};

static const struct sample samples[] = {{"%Y", "2026", "2026"}, {"%y", "26", "26"},
    {"%m", "03", "3"}, {"%d", "01", "1"}, {"%H", "04", "4"}, {"%I", "04", "4"}, {"%M", "05", "5"},
    {"%S", "06", "6"}, {"%f", "500000000", "5"}, {"%.f", ".500", ".5"}, {"%b", "Mar", "Mar"},
    {"%B", "March", "March"}, {"%a", "Sun", "Sun"}, {"%A", "Sunday", "Sunday"}, {"%p", "AM", "am"},
    {"%z", "+00:00", "Z"}, {"%Z", "GMT", "Z"}, {"%s", "1772337906", "1772337906"},
    {"%Q", "1772337906500", "1772337906500"}, {"%6Q", "1772337906500000", "1772337906500000"},
    {"%9Q", "1772337906500000000", "1772337906500000000"}, {"%j", "060", "60"},
    {"%G", "2026", "2026"}, {"%V", "09", "9"}, {"%u", "7", "7"}, {"%%", "%", "%"}, {"-", "-", "-"},
    {".", ".", "."}, {"0", "0", "0"}, {"7", "7", "7"}, {"年", "年", "年"}};
enum { SAMPLES = sizeof samples / sizeof samples[0], MORE = 3, PART = 128 };

static void
append(char *to, const char *text)
{
	size_t n = strlen(to);
	snprintf(to + n, PART - n, "%s", text);
}

/* The date and time that every part of the sample has, or the Monday of a format with only a week. */
static bool
is_sample(const char *format)
{
	bool day = strstr(format, "%u") || strstr(format, "%a") || strstr(format, "%A");
	bool week = strstr(format, "%V") && !day;
	bool hour = strstr(format, "%H") || strstr(format, "%I");
	bool epoch = strstr(format, "%s") || strstr(format, "Q");
	int64_t second = hour ? 4 * 3600 : 0;
	second += strstr(format, "%M") ? 5 * 60 : 0;
	second += strstr(format, "%S") ? 6 : 0;
	if (epoch)
		second = 4 * 3600 + 5 * 60 + 6;
	return is_day(2026, week ? 2 : 3, week ? 23 : 1) && m.second == second && !m.offset;
}

/*
 * A base and up to three more parts, each of every kind: if such a format is taken, a
 * text must match it, and give the sample.
 */
static bool
check_format(const struct sample *base, const size_t *more, size_t n)
{
	char format[PART] = "", text[PART] = "", short_text[PART] = "";
	for (size_t i = 0; i <= n; i++) {
		const struct sample *part = i ? &samples[more[i - 1]] : base;
		append(format, part->directive);
		append(text, part->text);
		append(short_text, part->short_text);
	}
	if (compiles(format, 1970, TIME_DAY_GIVEN))
		return true;
	bool good = parses_by(text, format, 1970, TIME_DAY_GIVEN) && is_sample(format);
	/* Short numbers are not always read, but never as another time. */
	if (parses_by(short_text, format, 1970, TIME_DAY_GIVEN))
		good &= is_sample(format);
	if (!good)
		fprintf(stderr, "%s: %s\n", format, text);
	return good;
}

static void
check_every_format(void)
{
	static const struct sample bases[] = {{"", "", ""}, {"%Y-%m-%d", "2026-03-01", "2026-3-1"},
	    {"%Y%m%d%H%M%S", "20260301040506", "20260301040506"}, {"%G-W%V", "2026-W09", "2026-W9"},
	    {"%d/%b/%Y %I:%M %p", "01/Mar/2026 04:05 AM", "1/mar/2026 4:5 am"}};
	bool good = true;
	for (size_t base = 0; base < sizeof bases / sizeof bases[0]; base++)
		for (size_t a = 0; a < SAMPLES; a++)
			for (size_t b = 0; b < SAMPLES; b++)
				for (size_t c = 0; c < SAMPLES; c += (size_t)unit_every())
					for (size_t n = 1; n <= (c ? MORE : MORE - 1); n++)
						good &= check_format(
						    &bases[base], (size_t[]){a, b, c}, n);
	CHECK(good);
}

int
main(void)
{
	CHECK(parses("20240131", "%Y%m%d") && is_day(2024, 1, 31) && !m.has_time);
	CHECK(parses("2024/1/3", "%Y/%m/%d") && is_day(2024, 1, 3));
	CHECK(!parses("2024113", "%Y%m%d")); /* January 13 or November 3: not guessed */
	CHECK(!parses("2024/02/30", "%Y/%m/%d") && parses("2024/02/29", "%Y/%m/%d"));
	CHECK(!parses("2023/02/29", "%Y/%m/%d") && !parses("2024/13/01", "%Y/%m/%d"));
	CHECK(!parses("2024/01/31 ", "%Y/%m/%d") && !parses("", "%Y/%m/%d") &&
	      !parses("24/01/31", "%Y/%m/%d"));
	CHECK(
	    parses("20211224185454", "%Y%m%d%H%M%S") && is_day(2021, 12, 24) && m.second == 68094);
	CHECK(parses("2024/01/31 12:00:00", "%Y/%m/%d %H:%M:%S") && m.second == 43200 &&
	      !m.has_offset);
	CHECK(!parses("2024/01/31 24:00:00", "%Y/%m/%d %H:%M:%S"));
	CHECK(!parses("2016-12-31 23:59:60", "%Y-%m-%d %H:%M:%S"));
	CHECK(parses("Thu, 01 Jan 1970 00:00:01 GMT", "%a, %d %b %Y %H:%M:%S %Z") && m.days == 0 &&
	      m.second == 1);
	CHECK(m.has_offset && m.offset == 0);
	CHECK(!parses("Fri, 01 Jan 1970 00:00:01 GMT", "%a, %d %b %Y %H:%M:%S %Z"));
	CHECK(parses("2026-07-01T00:00:00.123456789+09:00", "%Y-%m-%dT%H:%M:%S.%f%z"));
	CHECK(m.nanosecond == 123456789 && m.offset == 32400);
	CHECK(parses("01/31/2026 01:05 PM", "%m/%d/%Y %I:%M %p") && m.second == (13 * 60 + 5) * 60);
	CHECK(parses("01/31/2026 12:05 AM", "%m/%d/%Y %I:%M %p") && m.second == 300);
	CHECK(!parses("01/31/2026 13:05 PM", "%m/%d/%Y %I:%M %p"));
	CHECK(parses("1551430900", "%s") && m.days == 17956 && m.has_offset);
	CHECK(parses("-1", "%s") && m.days == -1 && m.second == 86399);
	CHECK(parses("1551430900123", "%Q") && m.nanosecond == 123000000);
	CHECK(!parses("15514309001230000000", "%s"));
	CHECK(parses_by("2026-11", "%Y-%m", 0, TIME_DAY_FIRST) && is_day(2026, 11, 1));
	CHECK(parses_by("November 2026", "%B %Y", 0, TIME_DAY_LAST) && is_day(2026, 11, 30));
	CHECK(parses_by("2024-02", "%Y-%m", 0, TIME_DAY_LAST) && is_day(2024, 2, 29));
	check_century();
	CHECK(parses("100%2026-01-01", "100%%%Y-%m-%d"));
	CHECK(!wrong("%Y-%m-%d") && wrong("%y-%m-%d") != NULL);
	CHECK(wrong("%") != NULL && wrong("%k") != NULL && wrong("") != NULL);
	/* The fraction of a negative number counts back as well. */
	CHECK(parses("-1.5", "%s.%f") && m.days == -1 && m.second == 86398);
	CHECK(m.nanosecond == 500000000);
	CHECK(parses("-0.25", "%s.%f") && m.days == -1 && m.second == 86399);
	CHECK(m.nanosecond == 750000000);
	CHECK(parses("-86400.5", "%s.%f") && m.days == -2 && m.second == 86399);
	CHECK(parses("5 -1", "%f %s") && m.second == 86398 && m.nanosecond == 500000000);
	CHECK(parses("-1500", "%Q") && m.second == 86398 && m.nanosecond == 500000000);
	CHECK(parses("-1.0", "%s.%f") && m.second == 86399 && m.nanosecond == 0);
	/* One of two directives for the same part would be dropped. */
	static const char *const twice[] = {"%Y-%m-%d %Y", "%m %b", "%H %H", "%a %A", "%z %Z",
	    "%s %Q", "%s %Y-%m", "%s %z", "%Q.%f", "%Y-%m-%d.%f", "%Y-%m %p %p"};
	for (size_t i = 0; i < sizeof twice / sizeof *twice; i++)
		CHECK(wrong(twice[i]) != NULL);
	CHECK(!wrong("%a, %d %b %Y %I:%M:%S.%f %p %z %%%%"));
	CHECK(!wrong("%s.%f") && !wrong("%a %s"));
	check_never();
	check_every_format();
	return unit_done("time_parse");
}
