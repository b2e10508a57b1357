/* SPDX-License-Identifier: MIT */
#include "common/web/address.h"
#include "tests/unit/unit.h"

int
main(void)
{
	static const char *const private[] = {"127.0.0.1", "127.255.0.9", "10.0.0.1", "172.16.0.1",
	    "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
	    "255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "[fe80::1]",
	    "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::10.0.0.1",
	    "2002:7f00:1::", "::10.0.0.1", NULL};
	for (size_t i = 0; private[i]; i++)
		CHECK(address_is_private(slice_of(private[i])));
	static const char *const public[] = {"8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1",
	    "192.169.0.1", "203.0.113.5", "11.0.0.1", "2001:4860:4860::8888", "::ffff:8.8.8.8",
	    "2002:808:808::", "", "a", "127.0.0.1.example", "127.1", "1.2.3.4.5", "[]", "%", NULL};
	for (size_t i = 0; public[i]; i++)
		CHECK(!address_is_private(slice_of(public[i])));
	CHECK(!address_is_private((struct slice){0}));

	CHECK(address_in_url_is_private(SLICE("http://127.0.0.1:8080/x")));
	CHECK(address_in_url_is_private(SLICE("https://[::1]/")));
	CHECK(address_in_url_is_private(SLICE("https://[fe80::1]:7/")));
	CHECK(address_in_url_is_private(SLICE("http://localhost")));
	CHECK(address_in_url_is_private(SLICE("http://a.LocalHost.:80/")));
	CHECK(!address_in_url_is_private(SLICE("http://notlocalhost/")));
	CHECK(!address_in_url_is_private(SLICE("http://api.example/127.0.0.1")));
	CHECK(!address_in_url_is_private(SLICE("no URL")));
	return unit_done("address");
}
