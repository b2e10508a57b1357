/* SPDX-License-Identifier: MIT */
#include <strings.h>

#include "stages/from-csv/encodings.h"

/*
 * Names that users and media write, and the name for iconv. UNICODE is iconv's name for
 * UTF-16 with a byte order mark.
 */
static const struct alias {
	const char *name, *means;
} aliases[] = {
    {"UTF8", "UTF-8"},
    {"SJIS", "CP932"},
    {"Shift_JIS", "CP932"},
    {"Shift-JIS", "CP932"},
    {"MS932", "CP932"},
    {"Windows-31J", "CP932"},
    {"UTF16LE", "UTF-16LE"},
    {"UTF16BE", "UTF-16BE"},
    {"UTF16", "UTF-16"},
    {"UNICODE", "UTF-16"},
    {"CSUNICODE", "UTF-16"},
    {"UTF32", "UTF-32"},
};

const char *
encoding_name(const char *name)
{
	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
		if (strcasecmp(name, aliases[i].name) == 0 ||
		    strcasecmp(name, aliases[i].means) == 0)
			return aliases[i].means;
	return name;
}

bool
encoding_needs_mark(const char *name)
{
	return strcmp(name, "UTF-16") == 0 || strcmp(name, "UTF-32") == 0;
}

size_t
encoding_unit(const char *name)
{
	if (strncasecmp(name, "UTF-16", 6) == 0 || strncasecmp(name, "UCS-2", 5) == 0)
		return 2;
	return strncasecmp(name, "UTF-32", 6) == 0 || strncasecmp(name, "UCS-4", 5) == 0 ? 4 : 1;
}

bool
encoding_is_plain(const char *name)
{
	static const char *const names[] = {
	    "CP932", "EUC-JP", "EUC-KR", "CP949", "GBK", "CP1252", "ISO-8859-1"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	return false;
}
