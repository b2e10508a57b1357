/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_SOCKET_H
#define COMMON_DB_MYSQL_SOCKET_H

/*
 * Has the kernel break a TCP connection whose other end is gone: after two minutes while
 * we wait for an answer, after two minutes and lock_milliseconds while the server does not
 * take our data (it may wait for a lock). Other sockets stay as they are.
 */
void socket_watch(int descriptor, int lock_milliseconds);
/* Neither side sends or receives any more: what reads from it ends soon. */
void socket_end(int descriptor);

#endif
