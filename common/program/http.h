/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_HTTP_H
#define COMMON_PROGRAM_HTTP_H

#include <signal.h>

#include "common/program/status.h"
#include "common/text/bytes.h"

/*
 * One HTTP request and its answer, by libcurl: HTTP/2 if the server has it,
 * content codings, proxies from the environment, TLS always verified.
 * Connections are kept for the next request. Nothing is retried here; the
 * caller decides about failures.
 */

enum {
	HTTP_HEADERS_MAX = 256 * 1024, /* bytes of the header lines of one answer */
	HTTP_REDIRECTS_MAX = 10,
};

struct http_options {
	const char *cacert;      /* file of certificates, or NULL for the system's */
	int64_t connect_timeout; /* milliseconds */
	int64_t read_timeout;    /* milliseconds without a byte */
	bool allow_private;      /* a server may lead from a public address to a private one */
	int64_t at_once;         /* requests at once, from coroutines (see loop.h); 0 is 1 */
};

struct http;

/* The options are copied but for cacert. Dies with STATUS_CONFIG when cacert cannot be read. */
struct http *http_new(const struct http_options *options);

/* The loop waits for the transfers of h: for a program whose coroutines make requests. */
void http_in_loop(struct http *h);

struct http_request;

/*
 * Appends header lines that are made of the final request, such as a signature. url is where it goes
 * now: the request's, or where a redirect that stays with its origin has led.
 */
typedef void http_sign(
    const void *context, const struct http_request *q, const char *url, struct buf *headers);

struct http_request {
	const char *method;
	const char *url;
	/* lines "Name: value\n", the Content-Type among them; they do not go to another host */
	struct slice headers;
	bool has_body;
	struct slice body;
	/* ask for content codings and undo them; else the body is handed on as it comes */
	bool decode;
	int64_t max_time; /* milliseconds */
	/* why the URL must not lead to a private address; NULL: it may (a static text) */
	const char *wary;
	/* the request is signed: its path is sent as it is, and a redirect is an answer like others */
	bool exact;
	/* signs it, each time that it is sent; its path is sent as it is. NULL: not signed */
	http_sign *sign;
	const void *signer; /* its context */
	bool holds_secrets; /* its answer: a witness must not show it as it is */
	bool direct;        /* never through a proxy: an address that only this machine knows */
	/*
	 * on a new connection: libcurl sends a request again by itself when an old connection ends
	 * without an answer, so that there may have been two
	 */
	bool fresh;
	/* ends the request as HTTP_FAILED when it is not 0, as a signal's handler sets it; or NULL */
	const volatile sig_atomic_t *stop;
};

/* For wary: a public server chose the URL. */
extern const char http_leads_inside[];

/*
 * Takes a piece of the body; false if it wants no more of it. Before the first
 * piece it is called with n = 0. The answer's status and headers are already there.
 */
typedef bool http_put(void *context, const char *p, size_t n);

struct http_answer {
	long status;
	struct buf headers; /* lines of the last answer, CRLF after each */
	struct buf url;     /* where redirects have led to */
	bool home_private;  /* the URL of the request has a private address (address.h) */
	struct buf why;     /* of HTTP_FAILED and HTTP_REFUSED */
	bool framed;        /* false: only the end of the connection marks the end of the body */
};

enum http_result {
	HTTP_ANSWERED, /* with any status; the body is whole, as far as HTTP can show */
	HTTP_STOPPED,  /* put wanted no more */
	HTTP_FAILED,   /* network, time, an answer that breaks off: may be tried again */
	HTTP_REFUSED,  /* a certificate that is not trusted, a redirect that must not be followed */
};

/*
 * Redirects are followed to http and https only, never from https to http, nor
 * from a public address to a private one of another host. (The addresses beyond
 * a proxy are unknown, so there only addresses in URLs are checked.) After a
 * redirect to another scheme, host or port no headers and no credentials are
 * sent, and a request with a body is HTTP_REFUSED. The answer's buffers are
 * reused.
 *
 * It blocks; in a coroutine, others run meanwhile.
 */
enum http_result http_perform(struct http *h, const struct http_request *q, http_put *put,
    void *context, struct http_answer *answer);

/*
 * Appends the URL that reference means when it is met at base; false if it
 * means none.
 */
bool http_put_resolved(struct buf *b, struct slice base, struct slice reference);

/*
 * Seconds since 1970 of an HTTP date (RFC 9110, 5.6.7, all three forms); false
 * if the text is not one.
 */
bool http_date(struct slice text, int64_t *seconds);

/* One mail, by libcurl. */
struct http_mail {
	const char *url;      /* smtp://HOST[:PORT] or smtps://HOST[:PORT] */
	const char *cacert;   /* as in http_options */
	const char *user;     /* NULL: the sender, if there is a password */
	const char *password; /* or NULL; it is sent over TLS only */
	const char *from;
	const char *const *to; /* n addresses */
	size_t n;
	struct slice text; /* headers and body, CRLF after each line */
	int64_t max_time;  /* milliseconds */
};

/* Sends it. STATUS_OK when the server has taken it for all, else the reason is appended. */
enum status http_mail(const struct http_mail *m, struct buf *why);

#endif
