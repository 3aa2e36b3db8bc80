/* A library that writes when it is loaded, or never ends, as a harmful plugin would. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void harm(void)
{
    const char *const path = getenv("HARMED");
    const int file = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;

    if (file >= 0 && write(file, "harmed", 6) == 6)
        close(file);
    if (geteuid() == 0 && path)
        (void)unlink(path);
    while (getenv("HANGS"))
        (void)pause();
}
