/* SPDX-License-Identifier: MIT */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "common/text/digest.h"

bool
digest_sha256(unsigned char to[DIGEST_SHA256], struct slice data)
{
	unsigned n = 0;
	return EVP_Digest(data.n ? data.p : "", data.n, to, &n, EVP_sha256(), NULL) == 1 &&
	       n == DIGEST_SHA256;
}

bool
digest_hmac_sha256(unsigned char to[DIGEST_SHA256], struct slice key, struct slice data)
{
	unsigned n = 0;
	if (key.n > INT32_MAX)
		return false;
	return HMAC(EVP_sha256(), key.n ? key.p : "", (int)key.n,
		   (const unsigned char *)(data.n ? data.p : ""), data.n, to, &n) &&
	       n == DIGEST_SHA256;
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
