/* SPDX-License-Identifier: MIT */
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "common/text/digest.h"

bool
digest_sha256(unsigned char to[DIGEST_SHA256], struct slice data)
{
	unsigned n = 0;
	return EVP_Digest(data.n ? data.p : "", data.n, to, &n, EVP_sha256(), NULL) == 1 &&
	       n == DIGEST_SHA256;
}

static bool
hmac(const EVP_MD *md, unsigned char *to, unsigned size, struct slice key, struct slice data)
{
	unsigned n = 0;
	if (key.n > INT32_MAX)
		return false;
	return HMAC(md, key.n ? key.p : "", (int)key.n,
		   (const unsigned char *)(data.n ? data.p : ""), data.n, to, &n) &&
	       n == size;
}

bool
digest_hmac_sha256(unsigned char to[DIGEST_SHA256], struct slice key, struct slice data)
{
	return hmac(EVP_sha256(), to, DIGEST_SHA256, key, data);
}

bool
digest_hmac_sha1(unsigned char to[DIGEST_SHA1], struct slice key, struct slice data)
{
	return hmac(EVP_sha1(), to, DIGEST_SHA1, key, data);
}

bool
digest_random(void *to, size_t n)
{
	return n <= INT32_MAX && RAND_bytes(to, (int)n) == 1;
}

/* An EVP_MD_CTX under a name of ours. */
static EVP_MD_CTX *
context(struct digest *d)
{
	return (EVP_MD_CTX *)d;
}

struct digest *
digest_new(enum digest_kind kind)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	const EVP_MD *md = kind == DIGEST_KIND_MD5 ? EVP_md5() : EVP_sha256();
	if (c && EVP_DigestInit_ex(c, md, NULL) == 1)
		return (struct digest *)c;
	EVP_MD_CTX_free(c);
	return NULL;
}

bool
digest_update(struct digest *d, struct slice data)
{
	return !data.n || EVP_DigestUpdate(context(d), data.p, data.n) == 1;
}

size_t
digest_finish(struct digest *d, unsigned char to[DIGEST_MAX])
{
	unsigned n = 0;
	return EVP_DigestFinal_ex(context(d), to, &n) == 1 ? n : 0;
}

void
digest_free(struct digest *d)
{
	EVP_MD_CTX_free(context(d));
}

void
digest_put_hex(struct buf *b, const unsigned char *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		buf_put_byte(b, hex[p[i] >> 4]);
		buf_put_byte(b, hex[p[i] & 15]);
	}
}

void
digest_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

/* The pass phrase of a key that needs one: there is none, and the terminal must not be asked. */
static int
no_phrase(char *to, int size, int writing, void *context)
{
	(void)to;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

/* The public key of a key of this kind begins so (RFC 5480): id-ecPublicKey, prime256v1. */
static bool
is_p256(EVP_PKEY *key)
{
	static const unsigned char start[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
	    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	bool good = n > (int)sizeof start && memcmp(der, start, sizeof start) == 0;
	OPENSSL_free(der);
	return good;
}

struct digest_key *
digest_key_read(struct slice pem, const char **why)
{
	BIO *bio = pem.n && pem.n <= INT32_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_phrase, NULL) : NULL;
	BIO_free(bio);
	*why = "is not a private key in PEM, or needs a pass phrase";
	if (key && !is_p256(key)) {
		*why = "is a key of another kind than ECDSA with the curve P-256";
		EVP_PKEY_free(key);
		key = NULL;
	}
	return (struct digest_key *)key;
}

void
digest_key_free(struct digest_key *key)
{
	EVP_PKEY_free((EVP_PKEY *)key);
}

/* libcrypto gives r and s in DER; a JWS has their 32 bytes each. */
static bool
put_raw(unsigned char to[DIGEST_ES256], const unsigned char *der, size_t n)
{
	const BIGNUM *r, *s;
	ECDSA_SIG *both = d2i_ECDSA_SIG(NULL, &der, (long)n);
	if (!both)
		return false;
	ECDSA_SIG_get0(both, &r, &s);
	bool good = BN_bn2binpad(r, to, DIGEST_ES256 / 2) > 0 &&
		    BN_bn2binpad(s, to + DIGEST_ES256 / 2, DIGEST_ES256 / 2) > 0;
	ECDSA_SIG_free(both);
	return good;
}

bool
digest_es256(unsigned char to[DIGEST_ES256], const struct digest_key *key, struct slice data)
{
	enum { DER_MAX = 72 };
	unsigned char der[DER_MAX];
	size_t n = sizeof der;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, (EVP_PKEY *)key) == 1 &&
		    EVP_DigestSign(
			c, der, &n, (const unsigned char *)(data.n ? data.p : ""), data.n) == 1 &&
		    put_raw(to, der, n);
	EVP_MD_CTX_free(c);
	return good;
}
