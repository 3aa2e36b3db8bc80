/* A library to preload: each fsync() of a file takes a second more, in which a test can act, from
 * the moment on in which the file fsync.begun is there. */
#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int fsync(int fd)
{
    const struct timespec second = {.tv_sec = 1};

    (void)close(open("fsync.begun", O_WRONLY | O_CREAT, 0666));
    (void)nanosleep(&second, NULL);
    return (int)syscall(SYS_fsync, fd);
}
