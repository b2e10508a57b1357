/* SPDX-License-Identifier: MIT */
#include "common/web/sigv4.h"
#include "common/text/digest.h"
#include "tests/unit/unit.h"

/* The keys, time and region of AWS's public test suite: 2015-08-30T12:36:00Z. */
static const struct sigv4 suite = {
    .access_key = {"AKIDEXAMPLE", 11},
    .secret_key = {"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 40},
    .region = {"us-east-1", 9},
    .service = {"service", 7},
    .time = 1440938160,
};

static void
test_digest(void)
{
	unsigned char digest[DIGEST_SHA256];
	struct buf hex = {0};
	/* FIPS 180-2, appendix B; RFC 4231, test case 2. */
	CHECK(digest_sha256(digest, SLICE("abc")));
	digest_put_hex(&hex, digest, sizeof digest);
	CHECK(slice_is(
	    buf_slice(&hex), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	CHECK(digest_hmac_sha256(digest, SLICE("Jefe"), SLICE("what do ya want for nothing?")));
	buf_reset(&hex);
	digest_put_hex(&hex, digest, sizeof digest);
	CHECK(slice_is(
	    buf_slice(&hex), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
	digest_wipe(digest, sizeof digest);
	CHECK(digest[0] == 0 && digest[DIGEST_SHA256 - 1] == 0);
	buf_free(&hex);
}

/* Whether signing gives these signed headers and this signature. */
static bool
signs(struct sigv4 s, struct sigv4_request q, const char *headers, const char *wanted)
{
	struct buf lines = {0};
	buf_put_text(&lines, headers);
	bool good = sigv4_sign(&lines, &s, &q);
	buf_put_byte(&lines, '\0');
	const char *signed_headers = good ? strstr(lines.p, "SignedHeaders=") : NULL;
	good = signed_headers && strcmp(signed_headers + 14, wanted) == 0;
	if (!good)
		fprintf(stderr, "wanted %s, got %s\n", wanted, lines.p ? lines.p : "nothing");
	buf_free(&lines);
	return good;
}

static void
test_suite(void)
{
	/* The folders get-vanilla, get-header-value-trim and post-x-www-form-urlencoded. */
	struct sigv4_request get = {
	    .method = "GET", .url = SLICE("https://example.amazonaws.com/")};
	CHECK(signs(suite, get, "",
	    "host;x-amz-date, "
	    "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\n"));
	CHECK(signs(suite, get, "My-Header1:  value1\nMy-Header2: \"a   b   c\"\n",
	    "host;my-header1;my-header2;x-amz-date, "
	    "Signature=acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736\n"));
	struct sigv4_request post = {.method = "POST",
	    .url = SLICE("https://example.amazonaws.com/"),
	    .body = SLICE("Param1=value1")};
	CHECK(signs(suite, post,
	    "Content-Type: application/x-www-form-urlencoded\nContent-Length: 13\n"
	    "x-amz-content-sha256: "
	    "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e\n",
	    "content-length;content-type;host;x-amz-content-sha256;x-amz-date, "
	    "Signature=d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b\n"));
}

/* Signatures that botocore makes of the same requests. */
static void
test_requests(void)
{
	struct sigv4 s = suite;
	struct sigv4_request q = {
	    .method = "GET", .url = SLICE("https://example.amazonaws.com:8443/")};
	CHECK(signs(s, q, "User-Agent: not signed\n",
	    "host;x-amz-date, "
	    "Signature=6c603abd17f7fbcfc7898db27fd6c82700a814be690b4fdeb418d9bf88d6df2c\n"));
	/* A port that is the scheme's is not in Host. */
	q.url = SLICE("https://example.amazonaws.com:443");
	CHECK(signs(s, q, "",
	    "host;x-amz-date, "
	    "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\n"));
	q.url = SLICE("https://example.amazonaws.com/"
		      "?Param2=value2&Param1=b%20c&Param1=a&flag&e=%e3%81%82#fragment");
	CHECK(signs(s, q, "",
	    "host;x-amz-date, "
	    "Signature=4c0f9f61a41eb5c9c18c9f82ffd997385caa97b879d3d7c1df8ffd087e1c2c2c\n"));
	q.url = SLICE("https://example.amazonaws.com/a%20b/%E1%88%B4");
	CHECK(signs(s, q, "",
	    "host;x-amz-date, "
	    "Signature=e9d8665373fed7762b3e2e661f671155634544940c97a67fd5efade7ceb8c358\n"));
	s.service = SLICE("ssm");
	s.token = SLICE("TOKEN//+=");
	q = (struct sigv4_request){.method = "POST",
	    .url = SLICE("https://ssm.us-east-1.amazonaws.com/"),
	    .body = SLICE("{\"Names\":[\"/mam/x\"]}")};
	CHECK(signs(s, q,
	    "Content-Type: application/x-amz-json-1.1\nX-Amz-Target: AmazonSSM.GetParameters\n",
	    "content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
	    "Signature=908214486e3b7a0a7c75c4fdc1ea9737b50246d0db83cb92724d7f024ba4de49\n"));
}

static void
test_s3(void)
{
	struct sigv4 s = suite;
	s.service = SLICE("s3");
	s.s3 = true;
	struct sigv4_request q = {
	    .method = "GET", .url = SLICE("https://b.s3.amazonaws.com/dt%3D2026/a%20b?uploads")};
	CHECK(signs(s, q, "",
	    "host;x-amz-content-sha256;x-amz-date, "
	    "Signature=90cb426bb5dcd79dc5783c8d6ca392053f742e5ee59fcea4bbb5c6a923831dc4\n"));
	q = (struct sigv4_request){
	    .method = "PUT", .url = SLICE("https://b.s3.amazonaws.com/k"), .body = SLICE("hello")};
	CHECK(signs(s, q, "Content-Type: text/plain\n",
	    "content-type;host;x-amz-content-sha256;x-amz-date, "
	    "Signature=6098e2e124583f49705e13d03a444462f64e338200fd8540b1ac7c27f7a470bf\n"));
	q.body_hash = SLICE("UNSIGNED-PAYLOAD");
	CHECK(signs(s, q, "",
	    "host;x-amz-content-sha256;x-amz-date, "
	    "Signature=c659fd2af8ccf8c6c6c44bbcf8d9c21422b5ccb7575e15caa0f5869af90336c6\n"));
}

static void
test_steps(void)
{
	struct buf b = {0};
	struct sigv4_request q = {.method = "GET",
	    .url = SLICE("http://127.0.0.1:80"),
	    .headers = SLICE("B: 2\nA: x  y\nb: 1\n")};
	/* A header that repeats is one, its values in the order of the request. */
	CHECK(sigv4_canonical(&b, &suite, &q));
	CHECK(slice_is(buf_slice(&b),
	    "GET\n/\n\na:x y\nb:2,1\nhost:127.0.0.1\n\na;b;host\n"
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	buf_reset(&b);
	CHECK(sigv4_string_to_sign(&b, &suite, SLICE("")));
	CHECK(slice_is(buf_slice(&b),
	    "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	buf_free(&b);
}

static void
test_limits(void)
{
	struct buf lines = {0};
	struct sigv4_request q = {.method = "GET", .url = SLICE("https://h/")};
	for (int i = 0; i < SIGV4_HEADERS_MAX; i++)
		buf_printf(&lines, "h%d: v\n", i);
	CHECK(!sigv4_sign(&lines, &suite, &q));
	buf_free(&lines);
}

int
main(void)
{
	test_digest();
	test_suite();
	test_requests();
	test_s3();
	test_steps();
	test_limits();
	return unit_done("sigv4");
}
