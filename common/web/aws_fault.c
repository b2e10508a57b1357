/* SPDX-License-Identifier: MIT */
#include "common/web/aws_fault.h"
#include "common/json/json_read.h"
#include "common/record/mp_path.h"
#include "common/text/utf8.h"
#include "common/web/xml.h"

/* Copies text, cut to the size on a character border. */
static void
copy(char *to, size_t size, struct slice text)
{
	size_t n = text.n < size ? text.n : size - 1;
	while (n < text.n && n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	if (n)
		memcpy(to, text.p, n);
	to[n] = '\0';
}

/* "Code" of "prefix#Code" and of "Code:uri". */
static struct slice
bare_code(struct slice type)
{
	const char *hash = type.n ? memchr(type.p, '#', type.n) : NULL;
	if (hash)
		type = (struct slice){hash + 1, type.n - (size_t)(hash + 1 - type.p)};
	const char *colon = type.n ? memchr(type.p, ':', type.n) : NULL;
	if (colon)
		type.n = (size_t)(colon - type.p);
	return type;
}

static struct slice
text_member(struct slice map, const char *const names[])
{
	struct mp_token t;
	for (size_t i = 0; names[i]; i++)
		if (mp_member(map, names[i], &t) && t.type == MP_STR && t.n)
			return (struct slice){t.p, t.n};
	return (struct slice){"", 0};
}

static bool
read_json(struct aws_fault *f, struct slice body)
{
	static const char *const codes[] = {"__type", "code", "Code", NULL};
	static const char *const texts[] = {"message", "Message", NULL};
	struct json_error error;
	struct buf map = {0};
	bool good = json_to_msgpack(body, JSON_DUPLICATES_FIRST, &map, &error);
	if (good) {
		copy(f->code, sizeof f->code, bare_code(text_member(buf_slice(&map), codes)));
		copy(f->text, sizeof f->text, text_member(buf_slice(&map), texts));
	}
	buf_free(&map);
	return good;
}

static void
read_xml(struct aws_fault *f, struct slice body)
{
	struct buf text = {0};
	if (xml_find_text(body, "Code", &text))
		copy(f->code, sizeof f->code, buf_slice(&text));
	buf_reset(&text);
	if (xml_find_text(body, "Message", &text))
		copy(f->text, sizeof f->text, buf_slice(&text));
	buf_free(&text);
}

void
aws_fault_read(struct aws_fault *f, struct slice body)
{
	*f = (struct aws_fault){0};
	if (!read_json(f, body))
		read_xml(f, body);
}

static bool
is_one_of(const char *code, const char *const list[])
{
	for (size_t i = 0; list[i]; i++)
		if (strcmp(code, list[i]) == 0)
			return true;
	return false;
}

enum aws_fault_kind
aws_fault_kind(const struct aws_fault *f, long http_status)
{
	static const char *const retry[] = {"Throttling", "ThrottlingException",
	    "ThrottledException", "RequestThrottled", "RequestThrottledException",
	    "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded",
	    "LimitExceededException", "ProvisionedThroughputExceededException",
	    "TransactionInProgressException", "SlowDown", "PriorRequestNotComplete",
	    "EC2ThrottledException", "RequestTimeout", "RequestTimeoutException",
	    "IDPCommunicationError", "InternalError", "InternalFailure", "InternalServerError",
	    "InternalServiceError", "ServiceUnavailable", "ServiceUnavailableException",
	    "OperationAborted", "ConditionalRequestConflict", NULL};
	static const char *const skew[] = {"InvalidSignatureException", "SignatureDoesNotMatch",
	    "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "AuthFailure", NULL};
	static const char *const expired[] = {"ExpiredToken", "ExpiredTokenException", NULL};
	static const char *const denied[] = {"AccessDenied", "AccessDeniedException",
	    "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId",
	    "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken",
	    "MissingAuthenticationTokenException", "NotAuthorized", "OptInRequired",
	    "InvalidIdentityToken", "ExpiredIdentityToken", "IDPRejectedClaim", "InvalidToken",
	    NULL};
	static const char *const missing[] = {"ParameterNotFound", "ParameterVersionNotFound",
	    "ResourceNotFoundException", "NoSuchKey", "NoSuchBucket", "NoSuchVersion",
	    "NoSuchUpload", NULL};
	if (is_one_of(f->code, retry) || http_status == 429 || http_status == 500 ||
	    http_status == 502 || http_status == 503 || http_status == 504)
		return AWS_RETRY;
	if (is_one_of(f->code, skew))
		return AWS_SKEW;
	if (is_one_of(f->code, expired))
		return AWS_EXPIRED;
	if (is_one_of(f->code, denied) || http_status == 401 || http_status == 403)
		return AWS_DENIED;
	return is_one_of(f->code, missing) ? AWS_MISSING : AWS_REFUSED;
}
