/* A library to preload: each fsync() of a file takes a second more, in which a test can act. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int fsync(int fd)
{
    const struct timespec second = {.tv_sec = 1};

    (void)nanosleep(&second, NULL);
    return (int)syscall(SYS_fsync, fd);
}
