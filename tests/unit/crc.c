/* SPDX-License-Identifier: MIT */
#include "common/text/crc.h"
#include "tests/unit/unit.h"

static uint64_t
sum(enum crc_kind kind, struct slice data, size_t step)
{
	static struct crc c;
	unsigned char bytes[CRC_BYTES_MAX];
	uint64_t v = 0;
	crc_start(&c, kind);
	for (size_t at = 0; at < data.n; at += step)
		crc_update(
		    &c, (struct slice){data.p + at, data.n - at < step ? data.n - at : step});
	size_t n = crc_value(&c, bytes);
	for (size_t i = 0; i < n; i++)
		v = v << 8 | bytes[i];
	return v;
}

int
main(void)
{
	/* The check values of the catalogue of parametrised CRC algorithms. */
	struct slice check = SLICE("123456789"), none = SLICE("");
	CHECK(sum(CRC_32, check, 9) == 0xcbf43926);
	CHECK(sum(CRC_32C, check, 9) == 0xe3069283);
	CHECK(sum(CRC_64_NVME, check, 9) == 0xae8b14860a799888);
	CHECK(sum(CRC_32, none, 1) == 0);
	CHECK(sum(CRC_64_NVME, none, 1) == 0);
	/* However the bytes come. */
	static char data[1000];
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (char)(i * i * 31 + i);
	struct slice all = {data, sizeof data};
	for (enum crc_kind kind = CRC_32; kind <= CRC_64_NVME; kind++)
		for (size_t step = 1; step < 40; step++)
			CHECK(sum(kind, all, step) == sum(kind, all, sizeof data));
	return unit_done("crc");
}
