/* SPDX-License-Identifier: MIT */
#include "common/program/http_curl.h"
#include "common/program/message.h"

static size_t
give_text(char *to, size_t size, size_t n, void *context)
{
	struct slice *rest = context;
	n = n * size < rest->n ? n * size : rest->n;
	if (n)
		memcpy(to, rest->p, n);
	rest->p += n;
	rest->n -= n;
	return n;
}

static enum status
mail_status(CURLcode code, long answer)
{
	bool final =
	    answer >= 500 || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_USE_SSL_FAILED;
	if (!code || code == CURLE_LOGIN_DENIED)
		return code ? STATUS_PERMISSION : STATUS_OK;
	return final ? STATUS_REFUSED : STATUS_TRY_AGAIN;
}

enum status
http_mail(const struct http_mail *m, struct buf *why)
{
	char error[CURL_ERROR_SIZE] = "";
	http_start(m->cacert);
	CURL *curl = curl_easy_init();
	if (!curl)
		die(STATUS_TRY_AGAIN, "no memory for libcurl");
	struct curl_slist *to = NULL;
	struct slice rest = m->text;
	long answer = 0;
	for (size_t i = 0; i < m->n; i++)
		to = curl_slist_append(to, m->to[i]);
	http_set_text(curl, CURLOPT_URL, m->url);
	http_set_text(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	http_set_text(curl, CURLOPT_MAIL_FROM, m->from);
	http_set_number(curl, CURLOPT_UPLOAD, 1);
	http_set_number(curl, CURLOPT_TIMEOUT_MS, m->max_time);
	http_set_number(curl, CURLOPT_USE_SSL, m->password ? CURLUSESSL_ALL : CURLUSESSL_TRY);
	if (m->cacert)
		http_set_text(curl, CURLOPT_CAINFO, m->cacert);
	if (m->password) {
		http_set_text(curl, CURLOPT_USERNAME, m->user ? m->user : m->from);
		http_set_text(curl, CURLOPT_PASSWORD, m->password);
	}
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_text);
	curl_easy_setopt(curl, CURLOPT_READDATA, &rest);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
	if (code)
		buf_put_text(why, error[0] ? error : curl_easy_strerror(code));
	curl_slist_free_all(to);
	curl_easy_cleanup(curl);
	return mail_status(code, answer);
}
