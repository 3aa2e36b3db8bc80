#include "audio/pipe_wait.h"

#include "cli/interrupt.h"

#include <errno.h>
#include <poll.h>

/* A signal is handled by one thread, but others wait, too. */
enum { LOOK_EVERY_MS = 200 };

bool pipe_wait(int fd)
{
    struct pollfd source = {.fd = fd, .events = POLLIN};
    int ready = 0;

    while (ready == 0 && !interrupt_asked()) {
        ready = poll(&source, 1, LOOK_EVERY_MS);
        if (ready < 0 && errno == EINTR)
            ready = 0;
    }
    return ready != 0;
}
