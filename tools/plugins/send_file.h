/** @file
 *  Open files that one process gives to another over a socket (AF_UNIX, SOCK_SEQPACKET). */
#ifndef TONECELL_SEND_FILE_H
#define TONECELL_SEND_FILE_H

#include <stdbool.h>

/** Send a file, which stays open here. False on failure, with errno set. */
bool file_send(int socket, int file);

/** Wait for a file. False when the other end is closed or on failure. */
bool file_receive(int socket, int *file);

#endif
