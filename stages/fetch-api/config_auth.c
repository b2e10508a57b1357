/* SPDX-License-Identifier: MIT */
#include "common/program/message.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/config_impl.h"

/* Options that are words of a language of their own, as given. */
static const char *auth, *token_request = "form", *client_auth, *client_assertion;

/* One row, one or two lines: this is read as a table. */
/* clang-format off */
const struct option_row config_auth_options[] = {
	{.name = "auth", .word = "KIND", .kind = OPTION_CHOICE, .to.text = &auth,
	    .choices = "bearer|api-key|basic|oauth2-refresh-token|oauth2-client-credentials|oauth1|line-jws|aws-sigv4",
	    .help = "bearer, api-key, basic, oauth2-refresh-token, oauth2-client-credentials, oauth1, line-jws or aws-sigv4"},
	{.name = "token", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.token,
	    .help = "bearer, oauth1: the token, env:NAME or file:PATH"},
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
	{.name = "token-param", .word = "NAME=VALUE", .kind = OPTION_LIST, .to.list = &config.token_param,
	    .help = "oauth2: a further parameter of that request; may be repeated"},
	{.name = "client-id", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.client_id,
	    .help = "oauth2: env:NAME or file:PATH"},
	{.name = "client-secret", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.client_secret,
	    .help = "oauth2: env:NAME or file:PATH"},
	{.name = "client-auth", .word = "form|basic|query|private-key-jwt", .kind = OPTION_CHOICE, .to.text = &client_auth,
	    .choices = "form|basic|query|private-key-jwt",
	    .help = "oauth2: where client id and secret go (default: as --token-request)"},
	{.name = "client-assertion", .word = "es256", .kind = OPTION_TEXT, .to.text = &client_assertion,
	    .help = "oauth2: a JWT signed by --signing-key is the client's secret"},
	{.name = "signing-key", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.signing_key,
	    .help = "client assertion: the private key in PEM, env:NAME or file:PATH"},
	{.name = "key-id", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.key_id,
	    .help = "client assertion: the key's name, env:NAME or file:PATH"},
	{.name = "issuer", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.issuer,
	    .help = "client assertion: who signs (default: --client-id)"},
	{.name = "audience", .word = "TEXT", .kind = OPTION_TEXT, .to.text = &config.audience,
	    .help = "client assertion: for whom (default: --token-url)"},
	{.name = "refresh-token", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.refresh_token,
	    .help = "oauth2: env:NAME or file:PATH"},
	{.name = "scope", .word = "TEXT", .kind = OPTION_TEXT, .to.text = &config.scope,
	    .help = "oauth2: the scope to ask for"},
	{.name = "token-cache", .word = "FILE", .kind = OPTION_TEXT, .to.text = &config.token_cache,
	    .help = "oauth2: where access tokens are shared, or none"},
	{.name = "token-delay", .word = "DURATION", .kind = OPTION_DURATION, .to.number = &config.token_delay,
	    .low = 0, .high = 60 * 60 * 1000,
	    .help = "oauth2: how long to wait before the first use of a new access token"},
	{.name = "consumer-key", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.consumer_key,
	    .help = "oauth1: env:NAME or file:PATH"},
	{.name = "consumer-secret", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.consumer_secret,
	    .help = "oauth1: env:NAME or file:PATH"},
	{.name = "token-secret", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.token_secret,
	    .help = "oauth1: the secret of --token, env:NAME or file:PATH"},
	{.name = "access-key", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.access_key,
	    .help = "line-jws: env:NAME or file:PATH"},
	{.name = "secret-key", .word = "SECRET", .kind = OPTION_TEXT, .to.text = &config.secret_key,
	    .help = "line-jws: env:NAME or file:PATH"},
	{.name = "aws-service", .word = "NAME", .kind = OPTION_TEXT, .to.text = &config.aws_service,
	    .help = "aws-sigv4: the service in the signature, such as execute-api"},
	{.name = "aws-region", .word = "NAME", .kind = OPTION_TEXT, .to.text = &config.aws_region,
	    .help = "aws-sigv4: the region (default: that of the AWS settings)"},
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

/* The place of a word in a list that ends with NULL, where it is. */
static int
place_of(const char *const *words, const char *word)
{
	int i = 0;
	while (strcmp(words[i], word) != 0)
		i++;
	return i;
}

static void
read_words(void)
{
	static const char *const kinds[] = {"bearer", "api-key", "basic", "oauth2-refresh-token",
	    "oauth2-client-credentials", "oauth1", "line-jws", "aws-sigv4"};
	static const char *const client_auths[] = {"form", "basic", "query", "private-key-jwt"};
	if (auth)
		config.auth = AUTH_BEARER + (enum auth)place_of(kinds, auth);
	config.token_in_query = strcmp(token_request, "query") == 0;
	config.client_auth = config.token_in_query ? CLIENT_AUTH_QUERY : CLIENT_AUTH_FORM;
	if (client_auth)
		config.client_auth = (enum client_auth)place_of(client_auths, client_auth);
	if (client_assertion && strcmp(client_assertion, "es256") != 0)
		die(STATUS_USAGE, "--client-assertion: %s is not es256",
		    quoted(slice_of(client_assertion)));
	config.client_assertion = client_assertion;
}

/* The options that are good with one kind only. */
static void
check_kinds(void)
{
	enum auth kind = config.auth;
	config_only_for(config.token, "token", kind == AUTH_BEARER || kind == AUTH_OAUTH1,
	    "--auth bearer or oauth1");
	config_only_for(config.api_key || config.api_key_header || config.api_key_param, "api-key",
	    kind == AUTH_API_KEY, "--auth api-key");
	config_only_for(config.user || config.password, "user (or --password)", kind == AUTH_BASIC,
	    "--auth basic");
	config_only_for(config.token_url || config.client_id || config.client_secret ||
			    config.scope || config.token_cache || config.token_delay ||
			    config.token_param.n || client_auth || client_assertion,
	    "token-url (or another option of oauth2)", config_auth_is_oauth2(),
	    "--auth oauth2-refresh-token or oauth2-client-credentials");
	config_only_for(config.refresh_token, "refresh-token", kind == AUTH_OAUTH2_REFRESH_TOKEN,
	    "--auth oauth2-refresh-token");
	config_only_for(config.signing_key || config.key_id || config.issuer || config.audience,
	    "signing-key (or --key-id, --issuer, --audience)", client_assertion,
	    "--client-assertion");
	config_only_for(config.consumer_key || config.consumer_secret || config.token_secret,
	    "consumer-key (or another option of oauth1)", kind == AUTH_OAUTH1, "--auth oauth1");
	config_only_for(config.access_key || config.secret_key, "access-key (or --secret-key)",
	    kind == AUTH_LINE_JWS, "--auth line-jws");
	config_only_for(config.aws_service || config.aws_region, "aws-service (or --aws-region)",
	    kind == AUTH_AWS_SIGV4, "--auth aws-sigv4");
	for (size_t i = 0; i < config.n_rules; i++)
		config_only_for(config.rules[i].action == ACTION_REFRESH_TOKEN,
		    "on refresh-token-then-retry", config_auth_is_oauth2(),
		    "--auth oauth2-refresh-token or oauth2-client-credentials");
}

static void
check_oauth2(const char *what)
{
	bool by_secret = config.auth == AUTH_OAUTH2_CLIENT_CREDENTIALS && !client_assertion;
	config_need(config.token_url, "token-url", what);
	config_need(config.client_id, "client-id", what);
	if (config.auth == AUTH_OAUTH2_REFRESH_TOKEN)
		config_need(config.refresh_token, "refresh-token", what);
	if (by_secret)
		config_need(config.client_secret, "client-secret (or --client-assertion)", what);
	if (client_assertion)
		config_need(config.signing_key, "signing-key", "--client-assertion es256");
	if (client_assertion && config.client_secret)
		die(STATUS_USAGE, "--client-secret and --client-assertion exclude each other");
	if (config.client_auth == CLIENT_AUTH_PRIVATE_KEY_JWT && !client_assertion)
		die(STATUS_USAGE, "--client-auth private-key-jwt needs --client-assertion");
	if (config.client_auth == CLIENT_AUTH_BASIC && !config.client_secret && !client_assertion)
		config_need(NULL, "client-secret", "--client-auth basic");
	if (config.client_auth == CLIENT_AUTH_FORM && config.token_in_query)
		die(STATUS_USAGE,
		    "--client-auth form: with --token-request query there is no form");
}

bool
config_auth_is_oauth2(void)
{
	return config.auth == AUTH_OAUTH2_REFRESH_TOKEN ||
	       config.auth == AUTH_OAUTH2_CLIENT_CREDENTIALS;
}

bool
config_auth_is_signed(void)
{
	return config.auth == AUTH_OAUTH1 || config.auth == AUTH_LINE_JWS ||
	       config.auth == AUTH_AWS_SIGV4;
}

void
config_check_auth(void)
{
	read_words();
	check_kinds();
	switch (config.auth) {
	case AUTH_NONE:
		return;
	case AUTH_BEARER:
		config_need(config.token, "token", "--auth bearer");
		return;
	case AUTH_API_KEY:
		config_need(config.api_key, "api-key", "--auth api-key");
		if (!config.api_key_header == !config.api_key_param)
			die(STATUS_USAGE,
			    "--auth api-key needs one of --api-key-header and --api-key-param");
		return;
	case AUTH_BASIC:
		config_need(config.user, "user", "--auth basic");
		config_need(config.password, "password", "--auth basic");
		return;
	case AUTH_OAUTH2_REFRESH_TOKEN:
		check_oauth2("--auth oauth2-refresh-token");
		return;
	case AUTH_OAUTH2_CLIENT_CREDENTIALS:
		check_oauth2("--auth oauth2-client-credentials");
		return;
	case AUTH_OAUTH1:
		config_need(config.consumer_key, "consumer-key", "--auth oauth1");
		config_need(config.consumer_secret, "consumer-secret", "--auth oauth1");
		if (!config.token != !config.token_secret)
			die(STATUS_USAGE, "--token and --token-secret belong together");
		return;
	case AUTH_LINE_JWS:
		config_need(config.access_key, "access-key", "--auth line-jws");
		config_need(config.secret_key, "secret-key", "--auth line-jws");
		return;
	case AUTH_AWS_SIGV4:
		config_need(config.aws_service, "aws-service", "--auth aws-sigv4");
		return;
	}
}
