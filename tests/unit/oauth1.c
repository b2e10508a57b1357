/* SPDX-License-Identifier: MIT */
#include "common/web/oauth1.h"
#include "common/web/query.h"
#include "tests/unit/unit.h"

/* The published sample of X's page "Creating a signature"; its keys are dead. */
static const struct oauth1 sample = {
    .consumer_key = {"xvz1evFS4wEEPTGEFPHBog", sizeof "xvz1evFS4wEEPTGEFPHBog" - 1},
    .consumer_secret = {"kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
	sizeof "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw" - 1},
    .token = {"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
	sizeof "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb" - 1},
    .token_secret = {"LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
	sizeof "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE" - 1},
    .nonce = {"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
	sizeof "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg" - 1},
    .time = 1318622958,
};

static bool
base_is(struct oauth1 o, struct oauth1_request q, const char *wanted)
{
	struct buf b = {0};
	bool good = oauth1_base_string(&b, &o, &q) && slice_is(buf_slice(&b), wanted);
	if (!good)
		fprintf(stderr, "wanted %s\ngot    %.*s\n", wanted, (int)b.n, b.p);
	buf_free(&b);
	return good;
}

static bool
signature_is(struct oauth1 o, const char *base, const char *wanted)
{
	struct buf b = {0};
	bool good = oauth1_signature(&b, &o, slice_of(base)) && slice_is(buf_slice(&b), wanted);
	if (!good)
		fprintf(stderr, "wanted %s, got %.*s\n", wanted, (int)b.n, b.p);
	buf_free(&b);
	return good;
}

static const char sample_base[] =
    "POST&https%3A%2F%2Fapi.twitter.com%2F1%2Fstatuses%2Fupdate.json&include_entities%3Dtrue%26"
    "oauth_consumer_key%3Dxvz1evFS4wEEPTGEFPHBog%26oauth_nonce%3D"
    "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg%26oauth_signature_method%3DHMAC-SHA1%26"
    "oauth_timestamp%3D1318622958%26oauth_token%3D370773112-"
    "GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb%26oauth_version%3D1.0%26status%3DHello%2520Ladies"
    "%2520%252B%2520Gentlemen%252C%2520a%2520signed%2520OAuth%2520request%2521";

static void
test_sample(void)
{
	struct oauth1_request q = {
	    .method = "POST",
	    .url = SLICE("https://api.twitter.com/1/statuses/update.json?include_entities=true"),
	    .form = SLICE("status=Hello%20Ladies%20%2b%20Gentlemen%2C+a+signed+OAuth+request%21"),
	};
	CHECK(base_is(sample, q, sample_base));
	CHECK(signature_is(sample, sample_base, "tnnArxj06cWHq44gCs1OSKk/jLY="));
	struct buf header = {0};
	CHECK(oauth1_sign(&header, &sample, &q));
	CHECK(slice_is(buf_slice(&header),
	    "OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", "
	    "oauth_nonce=\"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg\", "
	    "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1318622958\", "
	    "oauth_token=\"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb\", "
	    "oauth_version=\"1.0\", oauth_signature=\"tnnArxj06cWHq44gCs1OSKk%2FjLY%3D\""));
	buf_free(&header);
}

/* The examples of RFC 5849, 1.2 and 3.4.1 (with the published erratum), which leave oauth_version out. */
static void
test_rfc(void)
{
	struct oauth1 o = {
	    .consumer_key = SLICE("9djdj82h48djs9d2"),
	    .consumer_secret = SLICE("j49sk3j29djd"),
	    .token = SLICE("kkk9d7dh3k39sjv7"),
	    .token_secret = SLICE("dh893hdasih9"),
	    .nonce = SLICE("7d8f3e4a"),
	    .time = 137131201,
	};
	CHECK(signature_is(o,
	    "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%"
	    "253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce"
	    "%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26"
	    "oauth_token%3Dkkk9d7dh3k39sjv7",
	    "r6/TJjbCOr97/+UU0NsvSne7s5g="));
	struct oauth1_request q = {
	    .method = "POST",
	    .url = SLICE("HTTP://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"),
	    .form = SLICE("c2&a3=2+q"),
	};
	CHECK(base_is(o, q,
	    "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%"
	    "253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce"
	    "%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26"
	    "oauth_token%3Dkkk9d7dh3k39sjv7%26oauth_version%3D1.0"));
	o.consumer_secret = SLICE("kd94hf93k423kf44");
	o.token_secret = SLICE("pfkkdhi9sl3r4s00");
	CHECK(signature_is(o,
	    "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key"
	    "%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DchapoH%26oauth_signature_method%3DHMAC-SHA1%26"
	    "oauth_timestamp%3D137131202%26oauth_token%3Dnnch734d00sl2jdk%26size%3Doriginal",
	    "MdpQcU8iPSUjWoN/UDMsK2sui9I="));
}

static void
test_edges(void)
{
	/* Without a token; a port that counts; no path, no query; a secret that has to be encoded. */
	struct oauth1 o = {.consumer_key = SLICE("k"),
	    .consumer_secret = SLICE("a&b"),
	    .nonce = SLICE("n"),
	    .time = 1};
	struct oauth1_request q = {.method = "GET", .url = SLICE("https://Host:80#part")};
	CHECK(base_is(o, q,
	    "GET&https%3A%2F%2Fhost%3A80%2F&oauth_consumer_key%3Dk%26oauth_nonce%3Dn%26"
	    "oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1%26oauth_version%3D1.0"));
	CHECK(signature_is(o, "x", "l+s87ROS007g1PCNSZ0ImaGoEUk="));
}

static bool
sorts(const char *a, const char *c, const char *wanted)
{
	struct buf b = {0};
	struct slice queries[] = {slice_of(a), slice_of(c)};
	bool good = query_put_sorted(&b, queries, 2) && slice_is(buf_slice(&b), wanted);
	buf_free(&b);
	return good;
}

static void
test_query(void)
{
	CHECK(sorts("", "", ""));
	CHECK(sorts("&&", "a", "a="));
	CHECK(sorts("b=2&a=1", "a=0&=x", "=x&a=0&a=1&b=2"));
	/* By bytes of the encoded text: "%" is before letters. */
	CHECK(sorts("a=z&%C3%A9=1", "a=%7e&a=%&a=%ff", "%C3%A9=1&a=%25&a=%FF&a=z&a=~"));
	CHECK(sorts("a=1+1&b==", "c=%00", "a=1%201&b=%3D&c=%00"));
	struct buf many = {0};
	for (int i = 0; i < 1000; i++)
		buf_put_text(&many, i ? "&a=b" : "a=b");
	struct slice query = buf_slice(&many);
	struct buf b = {0};
	CHECK(query_put_sorted(&b, &query, 1) && slice_equal(buf_slice(&b), query));
	buf_free(&b);
	buf_free(&many);
}

int
main(void)
{
	test_sample();
	test_rfc();
	test_edges();
	test_query();
	return unit_done("oauth1");
}
