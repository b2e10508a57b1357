/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

#include "common/db/mysql/socket.h"

void
socket_watch(int descriptor, unsigned seconds, int lock_milliseconds)
{
	enum { SECOND = 1000, PROBES = 6 };
	int idle = seconds > 1 ? (int)seconds / 2 : 1;
	int interval = idle > PROBES ? idle / PROBES : 1;
	const struct {
		int level, option, value;
	} options[] = {
	    {SOL_SOCKET, SO_KEEPALIVE, 1},
	    {IPPROTO_TCP, TCP_KEEPIDLE, idle},
	    {IPPROTO_TCP, TCP_KEEPINTVL, interval},
	    {IPPROTO_TCP, TCP_KEEPCNT, PROBES},
	    {IPPROTO_TCP, TCP_USER_TIMEOUT, (int)seconds * SECOND + lock_milliseconds},
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
