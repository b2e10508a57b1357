/* SPDX-License-Identifier: MIT */
#include "common/program/message.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/config_impl.h"

/* Options that are words of a language of their own, as given. */
static const char *auth, *token_request = "form";

/* One row, one or two lines: this is read as a table. */
/* clang-format off */
const struct option_row config_auth_options[] = {
	{.name = "auth", .word = "KIND", .kind = OPTION_CHOICE, .to.text = &auth,
	    .choices = "bearer|api-key|basic|oauth2-refresh-token",
	    .help = "bearer, api-key, basic or oauth2-refresh-token"},
	{.name = "token", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.token,
	    .help = "bearer: the token, env:NAME or file:PATH"},
	{.name = "api-key", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.api_key,
	    .help = "api-key: the key, env:NAME or file:PATH"},
	{.name = "api-key-header", .word = "NAME", .kind = OPTION_TEXT, .to.text = &config.api_key_header,
	    .help = "api-key: the header that it goes into"},
	{.name = "api-key-param", .word = "NAME", .kind = OPTION_TEXT, .to.text = &config.api_key_param,
	    .help = "api-key: the query parameter that it goes into"},
	{.name = "user", .word = "NAME", .kind = OPTION_TEXT, .to.text = &config.user,
	    .help = "basic: the user"},
	{.name = "password", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.password,
	    .help = "basic: the password, env:NAME or file:PATH"},
	{.name = "token-url", .word = "URL", .kind = OPTION_TEXT, .to.text = &config.token_url,
	    .help = "oauth2: where access tokens come from"},
	{.name = "token-request", .word = "form|query", .kind = OPTION_CHOICE, .to.text = &token_request,
	    .choices = "form|query",
	    .help = "oauth2: POST a form, or GET with query parameters"},
	{.name = "client-id", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.client_id,
	    .help = "oauth2: env:NAME or file:PATH"},
	{.name = "client-secret", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.client_secret,
	    .help = "oauth2: env:NAME or file:PATH"},
	{.name = "refresh-token", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.refresh_token,
	    .help = "oauth2: env:NAME or file:PATH"},
	{.name = "scope", .word = "TEXT", .kind = OPTION_TEXT, .to.text = &config.scope,
	    .help = "oauth2: the scope to ask for"},
	{.name = "token-cache", .word = "FILE", .kind = OPTION_TEXT, .to.text = &config.token_cache,
	    .help = "oauth2: where access tokens are shared, or none"},
	{0},
};
/* clang-format on */

void
config_need(const char *value, const char *option, const char *for_what)
{
	if (!value)
		die(STATUS_USAGE, "%s needs --%s", for_what, option);
}

void
config_only_for(bool given, const char *option, bool good, const char *what)
{
	if (given && !good)
		die(STATUS_USAGE, "--%s is for %s", option, what);
}

void
config_check_auth(void)
{
	static const char *const words[] = {"bearer", "api-key", "basic", "oauth2-refresh-token"};
	if (auth)
		for (config.auth = AUTH_BEARER; strcmp(words[config.auth - 1], auth) != 0;)
			config.auth++;
	enum auth kind = config.auth;
	bool oauth = kind == AUTH_OAUTH2_REFRESH_TOKEN;
	config.token_in_query = strcmp(token_request, "query") == 0;
	config_only_for(config.token, "token", kind == AUTH_BEARER, "--auth bearer");
	config_only_for(config.api_key || config.api_key_header || config.api_key_param, "api-key",
	    kind == AUTH_API_KEY, "--auth api-key");
	config_only_for(config.user || config.password, "user (or --password)", kind == AUTH_BASIC,
	    "--auth basic");
	config_only_for(config.token_url || config.client_id || config.client_secret ||
			    config.refresh_token || config.scope || config.token_cache,
	    "token-url (or another option of oauth2)", oauth, "--auth oauth2-refresh-token");
	if (kind == AUTH_BEARER)
		config_need(config.token, "token", "--auth bearer");
	if (kind == AUTH_API_KEY) {
		config_need(config.api_key, "api-key", "--auth api-key");
		if (!config.api_key_header == !config.api_key_param)
			die(STATUS_USAGE,
			    "--auth api-key needs one of --api-key-header and --api-key-param");
	}
	if (kind == AUTH_BASIC) {
		config_need(config.user, "user", "--auth basic");
		config_need(config.password, "password", "--auth basic");
	}
	if (oauth) {
		config_need(config.token_url, "token-url", "--auth oauth2-refresh-token");
		config_need(config.client_id, "client-id", "--auth oauth2-refresh-token");
		config_need(config.refresh_token, "refresh-token", "--auth oauth2-refresh-token");
	}
	for (size_t i = 0; i < config.n_rules; i++)
		config_only_for(config.rules[i].action == ACTION_REFRESH_TOKEN,
		    "on refresh-token-then-retry", oauth, "--auth oauth2-refresh-token");
}
