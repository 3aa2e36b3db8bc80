#include "config.h"
#include "audio/byte_source.h"

#include "audio/pipe_wait.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than any header. */
enum { MAX_WINDOW = 1 << 22 };

struct byte_source byte_source_of(int fd, bool is_pipe)
{
    struct byte_source source = {.fd = fd, .is_pipe = is_pipe, .size = INT64_MAX, .keep = true};

    if (!is_pipe) {
        source.size = lseek(fd, 0, SEEK_END);
        (void)lseek(fd, 0, SEEK_SET);
    }
    return source;
}

void byte_source_close(struct byte_source *source)
{
    if (source->fd >= 0)
        close(source->fd);
    free(source->window);
    source->fd = -1;
    source->window = NULL;
}

void byte_source_keep(struct byte_source *source, bool keep)
{
    if (keep) {
        source->window_start = source->position;
        source->window_size = 0;
    }
    source->keep = keep;
}

static size_t read_file(int fd, int64_t at, unsigned char *bytes, size_t n)
{
    size_t done = 0;
    ssize_t got = 1;

    while (done < n && got > 0) {
        got = pread(fd, bytes + done, n - done, at + (int64_t)done);
        done += got > 0 ? (size_t)got : 0;
        if (got < 0 && errno == EINTR)
            got = 1;
    }
    return done;
}

static size_t read_pipe(struct byte_source *source, unsigned char *bytes, size_t n)
{
    size_t done = 0;
    ssize_t got = 1;

    while (done < n && got > 0 && pipe_wait(source->fd)) {
        got = read(source->fd, bytes + done, n - done);
        done += got > 0 ? (size_t)got : 0;
        if (got < 0 && errno == EINTR)
            got = 1;
    }
    source->position += (int64_t)done;
    return done;
}

static void keep_bytes(struct byte_source *source, const unsigned char *bytes, size_t n)
{
    const size_t total = source->window_size + n;
    unsigned char *larger;

    if (!source->keep || n == 0)
        return;
    larger = total <= MAX_WINDOW ? realloc(source->window, total) : NULL;
    if (larger == NULL) {
        source->keep = false;
        return;
    }
    memcpy(larger + source->window_size, bytes, n);
    source->window = larger;
    source->window_size = total;
}

/* Chunks of the header are skipped by offset. */
static void keep_up_to(struct byte_source *source, int64_t at)
{
    unsigned char skipped[4096];
    size_t got = 1;

    if (at > source->window_start + MAX_WINDOW)
        return;
    while (source->keep && source->position < at && got > 0) {
        const int64_t gap = at - source->position;

        got = read_pipe(source, skipped,
                        gap < (int64_t)sizeof skipped ? (size_t)gap : sizeof skipped);
        keep_bytes(source, skipped, got);
    }
}

size_t byte_source_read(struct byte_source *source, int64_t at, unsigned char *bytes, size_t n)
{
    const int64_t before = at - source->window_start;
    size_t done = 0;

    if (!source->is_pipe)
        return at < source->size ? read_file(source->fd, at, bytes, n) : 0;
    keep_up_to(source, at);
    if (before >= 0 && before < (int64_t)source->window_size) {
        done = source->window_size - (size_t)before;
        done = done < n ? done : n;
        memcpy(bytes, source->window + before, done);
    }
    if (done < n && at + (int64_t)done == source->position) {
        const size_t got = read_pipe(source, bytes + done, n - done);

        keep_bytes(source, bytes + done, got);
        done += got;
    }
    return done;
}

bool byte_source_read_all(struct byte_source *source, int64_t at, unsigned char *bytes, size_t n)
{
    return byte_source_read(source, at, bytes, n) == n;
}
