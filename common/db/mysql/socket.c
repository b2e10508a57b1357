/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

#include "common/db/mysql/socket.h"

void
socket_watch(int descriptor, int lock_milliseconds)
{
	const struct {
		int level, option, value;
	} options[] = {
	    {SOL_SOCKET, SO_KEEPALIVE, 1},
	    {IPPROTO_TCP, TCP_KEEPIDLE, 60},
	    {IPPROTO_TCP, TCP_KEEPINTVL, 10},
	    {IPPROTO_TCP, TCP_KEEPCNT, 6},
	    {IPPROTO_TCP, TCP_USER_TIMEOUT, 120000 + lock_milliseconds},
	};

	/* A socket that is not TCP's refuses some of them, and needs none. */
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		(void)setsockopt(descriptor, options[i].level, options[i].option, &options[i].value,
		    sizeof(options[i].value));
}

void
socket_end(int descriptor)
{
	(void)shutdown(descriptor, SHUT_RDWR);
}
