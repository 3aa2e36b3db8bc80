#include "config.h"

#include "plugins/send_file.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Space for one file descriptor, aligned as a header is (cmsg(3)). */
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

/* A message has to carry a byte. */
static struct msghdr message_of(struct iovec *byte, union control *control)
{
    return (struct msghdr){.msg_iov = byte,
                           .msg_iovlen = 1,
                           .msg_control = control->bytes,
                           .msg_controllen = sizeof control->bytes};
}

bool file_send(int socket, int file)
{
    char one = 0;
    struct iovec byte = {&one, 1};
    union control control = {.bytes = {0}};
    const struct msghdr message = message_of(&byte, &control);
    struct cmsghdr *const header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof file);
    memcpy(CMSG_DATA(header), &file, sizeof file);
    return sendmsg(socket, &message, MSG_NOSIGNAL) == 1;
}

bool file_receive(int socket, int *file)
{
    char one;
    struct iovec byte = {&one, 1};
    union control control = {.bytes = {0}};
    struct msghdr message = message_of(&byte, &control);
    const struct cmsghdr *header;

    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1)
        return false;
    header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
        return false;
    memcpy(file, CMSG_DATA(header), sizeof *file);
    return true;
}
