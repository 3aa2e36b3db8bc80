#include "config.h"
#include "audio/wav_length.h"

#include <string.h>
#include <unistd.h>

/* A file that goes on for less than this after a length other than 0 has something else there, as
 * an ID3 tag. */
enum { MIN_REST = 16384, CHUNK_HEADER = 8, FIRST_CHUNK = 12 };

static uint32_t number(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static bool read_at(int fd, int64_t at, unsigned char *bytes, size_t n)
{
    return pread(fd, bytes, n, at) == (ssize_t)n;
}

/* A chunk begins here that fits into the file. From: Multimedia Programming Interface and Data
 * Specifications 1.0, IBM & Microsoft 1991. */
static bool is_chunk(int fd, int64_t at, int64_t size)
{
    unsigned char header[CHUNK_HEADER];

    if (!read_at(fd, at, header, sizeof header))
        return false;
    for (unsigned i = 0; i < 4; ++i)
        if (header[i] < 0x20 || header[i] > 0x7e)
            return false;
    return at + CHUNK_HEADER + (int64_t)number(header + 4) <= size;
}

/* Walk to the data chunk; false if there is none. */
static bool find_data(int fd, struct wav_length *length)
{
    unsigned char header[CHUNK_HEADER], align[2];
    int64_t at = FIRST_CHUNK;

    while (read_at(fd, at, header, sizeof header)) {
        if (memcmp(header, "fmt ", 4) == 0 && read_at(fd, at + CHUNK_HEADER + 12, align, 2))
            length->frame_size = align[0] | (unsigned)align[1] << 8;
        if (memcmp(header, "data", 4) == 0) {
            length->field = at + 4;
            length->stated = number(header + 4);
            return length->frame_size > 0;
        }
        at += CHUNK_HEADER + (int64_t)number(header + 4) + (header[4] & 1);
    }
    return false;
}

bool wav_length_is_wrong(int fd, struct wav_length *length)
{
    unsigned char riff[FIRST_CHUNK];
    int64_t end, rest;

    *length = (struct wav_length){.fd = fd, .size = lseek(fd, 0, SEEK_END)};
    if (length->size < 0 || lseek(fd, 0, SEEK_SET) != 0 || !read_at(fd, 0, riff, sizeof riff) ||
        memcmp(riff, "RIFF", 4) != 0 || memcmp(riff + 8, "WAVE", 4) != 0 || !find_data(fd, length))
        return false;
    end = length->field + 4 + (int64_t)length->stated;
    rest = length->size - end;
    if (rest < (length->stated > 0 ? MIN_REST : (int64_t)length->frame_size))
        return false;
    return !is_chunk(fd, end, length->size) && !is_chunk(fd, end + (end & 1), length->size);
}

/* ------------------------------------------------------------------------------ libsndfile */

static sf_count_t io_size(void *user)
{
    return ((struct wav_length *)user)->size;
}

static sf_count_t io_seek(sf_count_t offset, int whence, void *user)
{
    struct wav_length *const l = user;

    l->at = offset + (whence == SEEK_CUR ? l->at : whence == SEEK_END ? l->size : 0);
    return l->at;
}

static sf_count_t io_read(void *bytes, sf_count_t n, void *user)
{
    struct wav_length *const l = user;
    const ssize_t got = pread(l->fd, bytes, (size_t)n, l->at);

    for (ssize_t i = 0; i < got; ++i)
        if (l->at + i >= l->field && l->at + i < l->field + 4)
            ((unsigned char *)bytes)[i] = 0xff;
    l->at += got > 0 ? got : 0;
    return got > 0 ? got : 0;
}

static sf_count_t io_tell(void *user)
{
    return ((struct wav_length *)user)->at;
}

SF_VIRTUAL_IO wav_length_io = {
    .get_filelen = io_size, .seek = io_seek, .read = io_read, .tell = io_tell};
