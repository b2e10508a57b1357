/* SPDX-License-Identifier: MIT */
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "common/text/base64.h"
#include "common/text/digest.h"
#include "common/web/http_header.h"
#include "common/web/jws.h"
#include "tests/unit/unit.h"

/*
 * The key of RFC 7515, A.3, in several forms, and keys of other kinds: the bodies of PEM, as a
 * scanner for secrets cannot know that they open nothing.
 */
static const char key_pkcs8[] = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n"
				"H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n"
				"7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n";

static const char public[] = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
			     "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n";

static const char sec1[] = "MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49\n"
			   "AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b\n"
			   "focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n";

static const char encrypted[] = "MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBCUeNULoXq7alUXC5el\n"
				"BtkRAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQacbLs8x1KbVUl/6J\n"
				"vKkzjwSBkPco2r3CjxoA3gyHdITD1DCpLc1iFRqHM2dUGQnyRVCLo2S9GVZ4JrEE\n"
				"Hqnw4sHGBXEXnfx4C1ImqCxOEbJ14xzlHVXu7eiJ3f51MGW87kKDLaCnklGwNNEv\n"
				"1qhjmWUpo/MlcTqOvGosOIPEqgh3jSsPV5jWvSvQO2WRp3t+vbE1PjdfBEtyJXJJ\n"
				"/T5Qb3fxDQ==\n";

static const char p384[] = "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDA0sr786VdunJh7b1XL\n"
			   "fMandlNVqPYEOdUPPSzImhgeggUoo2Gqsj53xo8dPYlkB7KhZANiAATS8R4t7nMS\n"
			   "BnxPucRQggPcrPehiRHSAomhrC2KXm7tFWd9GiwGrmWV0K67LXqOz2nsaye7G65L\n"
			   "jY/pxOVd2FvF36eub8LcAE5AgoE8gJxzwxXv03XAqvLPaVv4CtP4+Go=\n";

static const char secp256k1[] = "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgrl1dMWh0N8EvRBgnXBkd\n"
				"5F4D+v6rgoPIFm4Ti/J4iwyhRANCAARNIs5WcQfjdYfuOI/PNmXFnR8504I9V8FP\n"
				"sPqbiLR4F1t34n3sOapgAjeh3AunWJxe/8e9w5wVPQ6WLLnVApmM\n";

static const char ed25519[] = "MC4CAQAwBQYDK2VwBCIEIDIu6X0It2gur6GlcddZOwDyFn2oxswOQLE5Pvl4Eenv\n";

/* A PEM of this kind; the last one is lost. */
static const char *
pem(const char *kind, const char *body)
{
	static char text[1024];
	snprintf(text, sizeof text, "-----BEGIN %s-----\n%s-----END %s-----\n", kind, body, kind);
	return text;
}

static bool
line_is(struct jws_line_request q, const char *wanted)
{
	static const struct jws_line keys = {
	    .access_key = {"LINEADSAMPLE", 12},
	    .secret_key = {"LINEADSECRETKEYSAMPLE", 21},
	    .time = 1640131200,
	};
	struct buf b = {0};
	bool good = jws_put_line(&b, &keys, &q) && slice_is(buf_slice(&b), wanted);
	if (!good)
		fprintf(stderr, "wanted %s\ngot    %.*s\n", wanted, (int)b.n, b.p);
	buf_free(&b);
	return good;
}

/* Both tokens of LINE's documentation (spec 3.12.0.1). */
static void
test_line(void)
{
	struct jws_line_request q = {
	    .url = SLICE("https://ads.line.me/api/v3/adaccounts/A1/campaigns?page=1"),
	    .content_type = SLICE("application/json"),
	    .body = SLICE("{\"name\":\"test\",\"campaignObjective\":\"VISIT_MY_WEBSITE\"}"),
	};
	CHECK(line_is(q,
	    "eyJhbGciOiJIUzI1NiIsImtpZCI6IkxJTkVBRFNBTVBMRSIsInR5cCI6InRleHQvcGxhaW4ifQ==."
	    "NDljODdjMWViNmU1NTg4NTgyYzEzYjE1MjEyOTczZjZhM2VmNjQ0ODcyZDQ4ZmNhMzI1MmY2OTA0MzUyMmIxY"
	    "QphcHBsaWNhdGlvbi9qc29uCjIwMjExMjIyCi9hcGkvdjMvYWRhY2NvdW50cy9BMS9jYW1wYWlnbnM=."
	    "Krh1Xh-kWldS-MkOmNH6dmMdkWDTBVmnkDCZHlMRUoo="));
	q.body = q.content_type = SLICE("");
	CHECK(line_is(q,
	    "eyJhbGciOiJIUzI1NiIsImtpZCI6IkxJTkVBRFNBTVBMRSIsInR5cCI6InRleHQvcGxhaW4ifQ==."
	    "ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1N"
	    "QoKMjAyMTEyMjIKL2FwaS92My9hZGFjY291bnRzL0ExL2NhbXBhaWducw==."
	    "xHzIHHbWvIZUiek7Jy0fuyG6U0FQpobUyFXybcx9t4c="));
	struct buf b = {0};
	struct jws_line bad = {.access_key = SLICE("\xff"), .secret_key = SLICE("x")};
	CHECK(!jws_put_line(&b, &bad, &q));
	buf_free(&b);
}

static void
test_date(void)
{
	struct buf b = {0};
	header_put_date(&b, 1640131200);
	CHECK(slice_is(buf_slice(&b), "Wed, 22 Dec 2021 00:00:00 GMT"));
	buf_reset(&b);
	header_put_date(&b, 0);
	CHECK(slice_is(buf_slice(&b), "Thu, 01 Jan 1970 00:00:00 GMT"));
	buf_reset(&b);
	header_put_date(&b, 1709251199); /* a leap day */
	CHECK(slice_is(buf_slice(&b), "Thu, 29 Feb 2024 23:59:59 GMT"));
	buf_free(&b);
}

/* Whether libcrypto takes the raw signature of text for one by the public key. */
static bool
verifies(struct slice text, const unsigned char *raw)
{
	BIO *bio = BIO_new_mem_buf(pem("PUBLIC KEY", public), -1);
	EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	unsigned char *der = NULL;
	ECDSA_SIG_set0(pair, BN_bin2bn(raw, 32, NULL), BN_bin2bn(raw + 32, 32, NULL));
	int n = i2d_ECDSA_SIG(pair, &der);
	bool good = EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, key) == 1 &&
		    EVP_DigestVerify(c, der, (size_t)n, (const unsigned char *)text.p, text.n) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return good;
}

/* Splits "header.payload.signature" and decodes each; false if it is not that. */
static bool
take_apart(struct slice jws, struct buf parts[3])
{
	for (size_t i = 0; i < 3; i++) {
		const char *dot = i < 2 ? memchr(jws.p, '.', jws.n) : jws.p + jws.n;
		if (!dot)
			return false;
		struct slice one = {jws.p, (size_t)(dot - jws.p)};
		struct buf plain = {0};
		for (size_t k = 0; k < one.n; k++)
			buf_put_byte(&plain, one.p[k] == '-'   ? '+'
					     : one.p[k] == '_' ? '/'
							       : one.p[k]);
		if (!base64_read(&parts[i], buf_slice(&plain)) || memchr(one.p, '=', one.n))
			return false;
		buf_free(&plain);
		jws.p += one.n + (i < 2);
		jws.n -= one.n + (i < 2);
	}
	return true;
}

static void
test_assertion(void)
{
	const char *why;
	struct digest_key *key = digest_key_read(slice_of(pem("PRIVATE KEY", key_pkcs8)), &why);
	CHECK(key);
	struct jws_assertion a = {
	    .key_id = SLICE("KEY1"),
	    .issuer = SLICE("TEAM\"1"),
	    .subject = SLICE("SEARCHADS.x"),
	    .audience = SLICE("https://appleid.apple.com"),
	    .issued = 1764201600,
	    .expires = 1764202800,
	};
	/* r or s is short once in 128 times. */
	for (int i = 0; i < 400; i += unit_every()) {
		struct buf jwt = {0}, parts[3] = {{0}};
		CHECK(jws_put_assertion(&jwt, &a, key));
		CHECK(take_apart(buf_slice(&jwt), parts));
		CHECK(slice_is(
		    buf_slice(&parts[0]), "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"KEY1\"}"));
		CHECK(slice_is(buf_slice(&parts[1]),
		    "{\"iat\":1764201600,\"exp\":1764202800,\"iss\":\"TEAM\\\"1\","
		    "\"sub\":\"SEARCHADS.x\",\"aud\":\"https://appleid.apple.com\"}"));
		CHECK(parts[2].n == DIGEST_ES256);
		size_t n = jwt.n;
		while (jwt.p[n - 1] != '.')
			n--;
		CHECK(verifies((struct slice){jwt.p, n - 1}, (unsigned char *)parts[2].p));
		CHECK(!verifies((struct slice){jwt.p, n - 2}, (unsigned char *)parts[2].p));
		buf_free(&jwt);
		for (size_t k = 0; k < 3; k++)
			buf_free(&parts[k]);
	}
	/* Of RFC 7515, A.3.1: the check itself can succeed with another one's signature. */
	static const char signed_text[] =
	    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
	    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
	struct buf raw = {0};
	CHECK(base64_read(&raw, SLICE("DtEhU3ljbEg8L38VWAfUAqOyKAM6+Xx+F4GawxaepmXFCgfTjDxw5djxLa8"
				      "ISlSApmWQxfKTUJqPP3+Kg6NU1Q")));
	CHECK(verifies(slice_of(signed_text), (unsigned char *)raw.p));
	buf_free(&raw);
	struct buf jwt = {0};
	a.issuer = SLICE("\xff");
	CHECK(!jws_put_assertion(&jwt, &a, key));
	buf_free(&jwt);
	digest_key_free(key);
}

static bool
refuses(const char *pem, const char *wanted)
{
	const char *why = NULL;
	struct digest_key *key = digest_key_read(slice_of(pem), &why);
	digest_key_free(key);
	return !key && strstr(why, wanted);
}

static void
test_keys(void)
{
	CHECK(refuses("", "not a private key"));
	CHECK(refuses("no key", "not a private key"));
	CHECK(refuses(pem("PUBLIC KEY", public), "not a private key"));
	CHECK(refuses(pem("ENCRYPTED PRIVATE KEY", encrypted), "needs a pass phrase"));
	CHECK(refuses(pem("PRIVATE KEY", p384), "another kind"));
	CHECK(refuses(pem("PRIVATE KEY", secp256k1), "another kind"));
	CHECK(refuses(pem("PRIVATE KEY", ed25519), "another kind"));
	struct buf cut = {0};
	buf_put(&cut, pem("PRIVATE KEY", key_pkcs8), sizeof key_pkcs8 / 2);
	buf_put_byte(&cut, '\0');
	CHECK(refuses(cut.p, "not a private key"));
	buf_free(&cut);
	const char *why;
	struct digest_key *key = digest_key_read(slice_of(pem("EC PRIVATE KEY", sec1)), &why);
	CHECK(key);
	digest_key_free(key);
}

static void
test_random(void)
{
	unsigned char a[16] = {0}, b[16] = {0};
	CHECK(digest_random(a, sizeof a) && digest_random(b, sizeof b));
	CHECK(memcmp(a, b, sizeof a) != 0);
	/* RFC 2202, test case 2. */
	unsigned char digest[DIGEST_SHA1];
	struct buf hex = {0};
	CHECK(digest_hmac_sha1(digest, SLICE("Jefe"), SLICE("what do ya want for nothing?")));
	digest_put_hex(&hex, digest, sizeof digest);
	CHECK(slice_is(buf_slice(&hex), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
	buf_free(&hex);
}

int
main(void)
{
	test_line();
	test_date();
	test_assertion();
	test_keys();
	test_random();
	return unit_done("jws");
}
