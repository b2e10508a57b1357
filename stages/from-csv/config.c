/* SPDX-License-Identifier: MIT */
#include "stages/from-csv/config.h"
#include "common/program/message.h"
#include "common/stream/stream.h"

enum { DROP_MAX = 1000, ROW_MIN = 1024, ROW_MAX = 60 * 1024 * 1024 };

struct config config = {
    .delimiter_text = ",",
    .quote_text = "\"",
    .escape_text = "none",
    .max_row = (int64_t)16 * 1024 * 1024,
};

const struct option_row config_options[] = {
    {.name = "delimiter",
	.word = "CHAR",
	.help = "character between fields, tab or \\t for a tab (,)",
	.kind = OPTION_TEXT,
	.to.text = &config.delimiter_text},
    {.name = "quote",
	.word = "CHAR",
	.help = "character around fields, none for no such character (\")",
	.kind = OPTION_TEXT,
	.to.text = &config.quote_text},
    {.name = "escape",
	.word = "none|backslash",
	.help = "backslash: \\n, \\t, \\, and the like, and \\N for null (none)",
	.kind = OPTION_CHOICE,
	.to.text = &config.escape_text,
	.choices = "none|backslash"},
    {.name = "encoding",
	.word = "NAME",
	.help = "UTF-8, CP932, UTF-16LE, ... (UTF-8, or as the byte order mark says)",
	.kind = OPTION_TEXT,
	.to.text = &config.encoding},
    {.name = "header",
	.word = "first|check|skip|none",
	.help = "use of the first row (first; with --names: none)",
	.kind = OPTION_CHOICE,
	.to.text = &config.header_text,
	.choices = "first|check|skip|none"},
    {.name = "names",
	.word = "NAME,...",
	.help = "names of the fields, separated by commas",
	.kind = OPTION_TEXT,
	.to.text = &config.names_text},
    {.name = "skip-until",
	.word = "TEXT",
	.help = "skip the lines before the first that begins with TEXT",
	.kind = OPTION_TEXT,
	.to.text = &config.skip_until},
    {.name = "skip",
	.word = "N",
	.help = "skip N lines before the header (0)",
	.kind = OPTION_COUNT,
	.to.number = &config.skip,
	.low = 0,
	.high = INT64_MAX},
    {.name = "stop-at",
	.word = "TEXT",
	.help = "end before the row whose first field is TEXT, or begins so if TEXT ends with * "
		"(may be repeated)",
	.kind = OPTION_LIST,
	.to.list = &config.stop_at},
    {.name = "expect-stop",
	.help = "fail if no row matched --stop-at",
	.kind = OPTION_FLAG,
	.to.flag = &config.expect_stop},
    {.name = "drop-last",
	.word = "N",
	.help = "drop the last N rows (0)",
	.kind = OPTION_COUNT,
	.to.number = &config.drop_last,
	.low = 0,
	.high = DROP_MAX},
    {.name = "drop-nul",
	.help = "drop NUL bytes",
	.kind = OPTION_FLAG,
	.to.flag = &config.drop_nul},
    {.name = "max-row",
	.word = "SIZE",
	.help = "fail on a row larger than SIZE (16M)",
	.kind = OPTION_SIZE,
	.to.number = &config.max_row,
	.low = ROW_MIN,
	.high = ROW_MAX},
    {0},
};

static char
one_sign(const char *option, const char *text)
{
	if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
		return '\t';
	unsigned char c = (unsigned char)text[0];
	if (!c || text[1] || c >= 0x80 || c == '\n' || c == '\r')
		die(STATUS_USAGE, "--%s: %s is not one ASCII character", option,
		    quoted(slice_of(text)));
	return (char)c;
}

void
config_check(void)
{
	config.delimiter = one_sign("delimiter", config.delimiter_text);
	if (strcmp(config.quote_text, "none") != 0)
		config.quote = one_sign("quote", config.quote_text);
	if (config.delimiter == config.quote)
		die(STATUS_USAGE, "--delimiter and --quote are the same character");
	config.escape = strcmp(config.escape_text, "backslash") == 0;
	if (config.escape && (config.delimiter == '\\' || config.quote == '\\'))
		die(STATUS_USAGE,
		    "--escape backslash: a backslash cannot be --delimiter or --quote as well");
	if (config.names_text)
		config.names = options_split("names", config.names_text);
	config.header = config.names.n ? HEADER_NONE : HEADER_FIRST;
	const char *word = config.header_text;
	if (word) {
		config.header = strcmp(word, "first") == 0   ? HEADER_FIRST
				: strcmp(word, "check") == 0 ? HEADER_CHECK
				: strcmp(word, "skip") == 0  ? HEADER_SKIP
							     : HEADER_NONE;
		if (config.header == HEADER_FIRST && config.names.n)
			die(STATUS_USAGE, "--header first takes the names from the file: leave out "
					  "--names, or say check or skip");
		if (config.header != HEADER_FIRST && !config.names.n)
			die(STATUS_USAGE, "--header %s needs --names", word);
	}
	if (config.expect_stop && !config.stop_at.n)
		die(STATUS_USAGE, "--expect-stop needs --stop-at");
	/* It would stop at any row. */
	for (size_t i = 0; i < config.stop_at.n; i++)
		if (!config.stop_at.items[i][0] || strcmp(config.stop_at.items[i], "*") == 0)
			die(STATUS_USAGE, "--stop-at: the text is empty");
	if (config.skip_until && !config.skip_until[0])
		die(STATUS_USAGE, "--skip-until: the text is empty");
}

bool
config_stops_at(struct slice first)
{
	for (size_t i = 0; i < config.stop_at.n; i++) {
		struct slice text = slice_of(config.stop_at.items[i]), begin = first;
		if (text.p[text.n - 1] == '*' && first.n >= --text.n)
			begin.n = text.n;
		if (slice_equal(begin, text))
			return true;
	}
	return false;
}
