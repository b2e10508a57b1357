/* SPDX-License-Identifier: MIT */
#include "common/web/s3.h"
#include "common/web/xml.h"
#include "tests/unit/unit.h"

static bool
reads(const char *text, const char *bucket, const char *key)
{
	struct s3_address a;
	return !s3_address_read(&a, slice_of(text), true) && slice_is(a.bucket, bucket) &&
	       slice_is(a.key, key);
}

static bool
refuses(const char *text, const char *part)
{
	struct s3_address a;
	const char *wrong = s3_address_read(&a, slice_of(text), true);
	return wrong && strstr(wrong, part);
}

static void
test_addresses(void)
{
	struct s3_address a;
	CHECK(reads("s3://bucket/key", "bucket", "key"));
	CHECK(reads("s3://my.bucket-1/a//b/../c", "my.bucket-1", "a//b/../c"));
	CHECK(reads("s3://Old_Bucket//", "Old_Bucket", "/"));
	CHECK(reads("s3://bucket/a%2Fb?c#d", "bucket", "a%2Fb?c#d"));
	CHECK(refuses("bucket/key", "is not s3://"));
	CHECK(refuses("S3://bucket/key", "is not s3://"));
	CHECK(refuses("s3://", "name of a bucket"));
	CHECK(refuses("s3:///key", "name of a bucket"));
	CHECK(refuses("s3://ab/key", "name of a bucket"));
	CHECK(refuses("s3://-bucket/key", "name of a bucket"));
	CHECK(refuses("s3://buc ket/key", "name of a bucket"));
	CHECK(refuses("s3://user@host/key", "name of a bucket"));
	CHECK(refuses("s3://arn:aws:s3:eu-west-1:1:accesspoint/p/key", "access point"));
	CHECK(refuses("s3://bucket", "has no key"));
	CHECK(refuses("s3://bucket/", "has no key"));
	CHECK(refuses("s3://bucket/\xff", "not UTF-8"));
	CHECK(!s3_address_read(&a, SLICE("s3://bucket"), false) && !a.key.n);
	CHECK(!s3_address_read(&a, SLICE("s3://bucket/"), false) && !a.key.n);
	CHECK(s3_address_read(&a, SLICE("s3://bucket/\xff"), false) != NULL);
	char key[S3_KEY_MAX + 1];
	memset(key, 'k', sizeof key);
	CHECK(!s3_key_error((struct slice){key, S3_KEY_MAX}));
	CHECK(s3_key_error((struct slice){key, S3_KEY_MAX + 1}) != NULL);
	key[5] = '\0';
	CHECK(s3_key_error((struct slice){key, 10}) != NULL);
}

static bool
url_is(const char *address, const char *endpoint, bool in_host, const char *wanted)
{
	struct s3_address a;
	struct buf b = {0};
	bool good = !s3_address_read(&a, slice_of(address), false);
	s3_put_url(&b, slice_of(endpoint), &a, in_host);
	good = good && slice_is(buf_slice(&b), wanted);
	if (!good)
		fprintf(stderr, "%s: %.*s\n", address, (int)b.n, b.p);
	buf_free(&b);
	return good;
}

static void
test_urls(void)
{
	CHECK(url_is("s3://bucket/dt=2026/a b+c.txt", "https://s3.x.amazonaws.com", true,
	    "https://bucket.s3.x.amazonaws.com/dt%3D2026/a%20b%2Bc.txt"));
	CHECK(url_is("s3://bucket/\xe5\xba\x83/a%2Fb", "http://127.0.0.1:9000", false,
	    "http://127.0.0.1:9000/bucket/%E5%BA%83/a%252Fb"));
	CHECK(
	    url_is("s3://bucket/a//./../b~", "https://s3", false, "https://s3/bucket/a//./../b~"));
	CHECK(url_is("s3://bucket", "https://s3", false, "https://s3/bucket"));
	CHECK(url_is("s3://bucket", "https://s3", true, "https://bucket.s3/"));
	CHECK(url_is("s3://bucket/k", "https://host:8/base", true, "https://bucket.host:8/base/k"));
	CHECK(s3_fits_host(SLICE("my-bucket1")));
	CHECK(!s3_fits_host(SLICE("my.bucket")));
	CHECK(!s3_fits_host(SLICE("My-bucket")));
	CHECK(!s3_fits_host(SLICE("my_bucket")));
	CHECK(!s3_fits_host(SLICE("bucket-")));
	struct buf query = {0};
	size_t n = 0;
	s3_put_query(&query, &n, "list-type", SLICE("2"));
	s3_put_query(&query, &n, "prefix", SLICE("a/ b&=+"));
	CHECK(slice_is(buf_slice(&query), "?list-type=2&prefix=a%2F%20b%26%3D%2B"));
	buf_free(&query);
}

/* The objects of a page as "key:size;". */
static bool
page(const char *body, const char *wanted, const char *token)
{
	struct s3_page p;
	struct buf key = {0}, got = {0}, next = {0};
	int64_t size;
	if (!s3_page_read(&p, slice_of(body)))
		return !wanted;
	while (s3_page_next(&p, &key, &size)) {
		buf_put_slice(&got, buf_slice(&key));
		buf_printf(&got, ":%lld;", (long long)size);
	}
	xml_put_text(&next, p.token);
	bool good = wanted && slice_is(buf_slice(&got), wanted) && p.more == (token != NULL) &&
		    slice_is(buf_slice(&next), token ? token : "");
	buf_free(&key);
	buf_free(&got);
	buf_free(&next);
	return good;
}

static void
test_listings(void)
{
	CHECK(
	    page("<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/\">"
		 "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
		 "<Contents><Key>a%2Bb+c%25</Key><Size>5</Size><Owner><ID>x</ID></Owner></Contents>"
		 "<CommonPrefixes><Prefix>no/</Prefix></CommonPrefixes>"
		 "<Contents><Size>0</Size><Key>d/</Key></Contents>"
		 "<NextContinuationToken>t&amp;1=</NextContinuationToken></ListBucketResult>",
		"a+b c%:5;d/:0;", "t&1="));
	CHECK(page("<ListBucketResult><Contents><Key>a%2Bb&lt;</Key></Contents>"
		   "<Contents><Key>c</Key><Size>x</Size></Contents></ListBucketResult>",
	    "a%2Bb<:-1;c:-1;", NULL));
	CHECK(page("<ListBucketResult/>", "", NULL));
	CHECK(page(
	    "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", NULL, NULL));
	CHECK(page("<Error><Code>InternalError</Code></Error>", NULL, NULL));
	CHECK(page("<ListBucketResult><Contents><Key>cut", NULL, NULL));
	CHECK(page("", NULL, NULL));
}

static void
test_ranges(void)
{
	int64_t first, size;
	CHECK(s3_range_read(SLICE("bytes 5-9/10"), &first, &size) && first == 5 && size == 10);
	CHECK(!s3_range_read(SLICE("bytes */10"), &first, &size));
	CHECK(!s3_range_read(SLICE("bytes 5-9/*"), &first, &size));
	CHECK(!s3_range_read(SLICE("bytes 5/9-10"), &first, &size));
	CHECK(!s3_range_read(SLICE("5-9/10"), &first, &size));
	CHECK(!s3_range_read(SLICE(""), &first, &size));
}

static enum s3_sum
sum(const char *headers, size_t n)
{
	struct buf value = {0};
	enum s3_sum found = s3_sum_read(slice_of(headers), &value);
	if (value.n != n)
		found = (enum s3_sum) - 1;
	buf_free(&value);
	return found;
}

static void
test_sums(void)
{
	static const char sha[] = "x-amz-checksum-sha256: "
				  "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=\r\n";
	static const char md5[] = "ETag: \"5d41402abc4b2a76b9719d911017c592\"\r\n";
	struct buf both = {0};
	buf_printf(&both, "%s%s%c", md5, sha, '\0');
	CHECK(sum(both.p, 32) == S3_SHA256);
	CHECK(sum(md5, 16) == S3_MD5);
	buf_reset(&both);
	buf_printf(&both, "%sX-Amz-Server-Side-Encryption: AES256\r\n%c", md5, '\0');
	CHECK(sum(both.p, 16) == S3_MD5);
	buf_reset(&both);
	buf_printf(&both, "%sX-Amz-Server-Side-Encryption: aws:kms\r\n%c", md5, '\0');
	CHECK(sum(both.p, 0) == S3_NO_SUM);
	buf_reset(&both);
	buf_printf(&both, "%sX-Amz-Checksum-Type: COMPOSITE\r\n%c", sha, '\0');
	CHECK(sum(both.p, 0) == S3_NO_SUM);
	CHECK(sum("x-amz-checksum-crc64nvme: rosUhgp5mIg=\r\n", 8) == S3_CRC64NVME);
	CHECK(sum("x-amz-checksum-crc32c: 4waSgw==\r\n", 4) == S3_CRC32C);
	CHECK(sum("x-amz-checksum-crc32: y/Q5Jg==\r\n", 4) == S3_CRC32);
	/* Of the parts, of the wrong size, and no base64. */
	CHECK(sum("x-amz-checksum-crc32: y/Q5Jg==-3\r\n", 0) == S3_NO_SUM);
	CHECK(sum("x-amz-checksum-crc64nvme: o/JHPA==\r\n", 0) == S3_NO_SUM);
	CHECK(sum("ETag: \"5d41402abc4b2a76b9719d911017c592-3\"\r\n", 0) == S3_NO_SUM);
	CHECK(sum("ETag: \"5d41402abc4b2a76b9719d911017c59Z\"\r\n", 0) == S3_NO_SUM);
	CHECK(sum("ETag: W/\"5d41402abc4b2a76b9719d911017c5\"\r\n", 0) == S3_NO_SUM);
	CHECK(sum("", 0) == S3_NO_SUM);
	CHECK(strcmp(s3_sum_header(S3_CRC64NVME), "x-amz-checksum-crc64nvme") == 0);
	CHECK(!s3_sum_header(S3_MD5));
	buf_free(&both);
}

int
main(void)
{
	test_addresses();
	test_urls();
	test_listings();
	test_ranges();
	test_sums();
	return unit_done("s3");
}
