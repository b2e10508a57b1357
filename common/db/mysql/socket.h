/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_SOCKET_H
#define COMMON_DB_MYSQL_SOCKET_H

/*
 * Has the kernel break a TCP connection whose other end is gone: after about so many seconds while
 * we wait for an answer, after them and lock_milliseconds while the other end takes no data. It may be
 * alive then and wait for a lock: the kernel counts a window that stays closed, too. Other sockets
 * stay as they are.
 */
void socket_watch(int descriptor, unsigned seconds, int lock_milliseconds);
/* Shuts down both directions, so that a blocked reader returns soon. */
void socket_end(int descriptor);

#endif
