/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_ADDRESS_H
#define COMMON_WEB_ADDRESS_H

#include "common/text/bytes.h"

/*
 * Whether an IP address (as text, IPv6 with or without brackets and zone) is not one of
 * the public Internet: private, loopback, link-local, shared, multicast or reserved,
 * also as an IPv4 address within an IPv6 one. False for text that is not an address.
 */
bool address_is_private(struct slice text);

/* Whether the host of a URL is such an address, or localhost. A name is not looked up. */
bool address_in_url_is_private(struct slice url);

#endif
