/* SPDX-License-Identifier: MIT */
/*
 * Gives each file of the folders and files named by the arguments to a fuzz
 * target, each also cut and with single bytes changed, so that a machine without
 * libFuzzer replays the corpus and its neighbourhood. A folder that holds nothing is
 * an error: then nothing would be tested.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

enum { CHANGES = 200, SIZE_MAX_FILE = 1 << 20 };

static size_t inputs;

/* In memory of exactly its size, so that a read past its end is found. */
static void
try(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	HOLDS(copy != NULL);
	if (n)
		memcpy(copy, data, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
	inputs++;
}

/* The same changes in each run: a linear congruential generator, seeded by the size. */
static void
try_changed(uint8_t *data, size_t n)
{
	uint64_t random = n;
	for (int i = 0; n && i < CHANGES; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		size_t at = (size_t)(random >> 33) % n;
		uint8_t was = data[at];
		data[at] = (uint8_t)(random >> 25);
		try(data, i % 4 ? n : at + 1);
		data[at] = was;
	}
}

static void
replay_file(const char *path)
{
	static uint8_t data[SIZE_MAX_FILE];
	FILE *f = fopen(path, "rb");
	if (!f) {
		fprintf(stderr, "cannot open %s: %s\n", path, strerror(errno));
		exit(1);
	}
	size_t n = fread(data, 1, sizeof data, f);
	fclose(f);
	fprintf(stderr, "%s\n", path);
	try(data, n);
	try_changed(data, n);
}

static void
replay(const char *path)
{
	struct stat st;
	DIR *folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? opendir(path) : NULL;
	if (!folder) {
		replay_file(path);
		return;
	}
	struct dirent *entry;
	while ((entry = readdir(folder))) {
		char name[4096];
		int n = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		HOLDS(n > 0 && (size_t)n < sizeof name);
		if (stat(name, &st) == 0 && S_ISREG(st.st_mode))
			replay_file(name);
	}
	closedir(folder);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	if (!inputs) {
		fprintf(stderr, "usage: %s FOLDER|FILE ... (with at least one file)\n", argv[0]);
		return 1;
	}
	printf("%zu inputs replayed\n", inputs);
	return 0;
}
