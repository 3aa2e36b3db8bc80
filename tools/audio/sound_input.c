#include "config.h"
#include "audio/sound_input.h"

#include "audio/pipe_wait.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The samples of a pipe that states no length, bytes: more than will ever come. */
static const uint64_t ENDLESS = UINT64_C(1) << 47;

/* A length that counts the header of its chunk as well is no sign of a file that was cut. */
enum { SLACK = 24 };

/* ------------------------------------------------------------------ what libsndfile streams */

/* The first bytes of a pipe, which stay in it. */
static bool peek(int fd, unsigned char bytes[4])
{
    int copy[2];
    bool got = false;

    if (!pipe_wait(fd) || pipe(copy) != 0)
        return false;
    got = tee(fd, copy[1], 4, 0) == 4 && read(copy[0], bytes, 4) == 4;
    close(copy[0]);
    close(copy[1]);
    return got;
}

/* Ogg and MPEG: no header states their length, and libsndfile reads them from a pipe by itself. */
static bool is_stream(int fd)
{
    unsigned char b[4];

    return peek(fd, b) && (memcmp(b, "OggS", 4) == 0 || memcmp(b, "ID3", 3) == 0 ||
                           (b[0] == 0xff && (b[1] & 0xe0) == 0xe0));
}

/* ------------------------------------------------------------------ opening */

static void examine_file(struct sound_input *input)
{
    const struct sound_data *const data = &input->data;
    const uint64_t present =
        data->start < input->source.size ? (uint64_t)(input->source.size - data->start) : 0;

    input->n_bytes = data->stated;
    if (data->stated == SOUND_NO_LENGTH)
        input->patched = true;
    else if (data->stated > present)
        input->missing = data->stated - present > SLACK ? data->stated - present : 0;
    else
        input->goes_on =
            sound_data_goes_on(&input->source, data, data->start + (int64_t)data->stated);
    if (input->patched || input->goes_on || data->stated > present)
        input->n_bytes = present;
    input->patched = input->patched || input->goes_on || sound_data_needs_patch(data);
    input->direct = !input->patched;
    input->size = data->start + (int64_t)input->n_bytes;
}

static void examine_pipe(struct sound_input *input)
{
    struct sound_data *const data = &input->data;

    if (data->stated == 0 && sound_data_goes_on(&input->source, data, data->start))
        data->stated = SOUND_NO_LENGTH;
    input->patched = true;
    input->n_bytes = ENDLESS;
    input->size = data->start + (int64_t)ENDLESS;
    input->end = data->stated == SOUND_NO_LENGTH ? INT64_MAX : data->start + (int64_t)data->stated;
}

void sound_input_open(struct sound_input *input, int fd, bool is_pipe)
{
    const bool stream = is_pipe && is_stream(fd);

    *input = (struct sound_input){.source = byte_source_of(fd, is_pipe), .end = INT64_MAX};
    if (!stream && sound_data_find(&input->source, &input->data)) {
        if (is_pipe)
            examine_pipe(input);
        else
            examine_file(input);
        return;
    }
    input->data.container = NULL;
    input->direct = !is_pipe || stream;
    input->size = (int64_t)ENDLESS;
}

void sound_input_opened(struct sound_input *input)
{
    byte_source_keep(&input->source, false);
}

void sound_input_close(struct sound_input *input)
{
    byte_source_close(&input->source);
}

/* ------------------------------------------------------------------ libsndfile */

static sf_count_t io_size(void *user)
{
    return ((struct sound_input *)user)->size;
}

static sf_count_t io_seek(sf_count_t offset, int whence, void *user)
{
    struct sound_input *const in = user;

    in->at = offset + (whence == SEEK_CUR ? in->at : whence == SEEK_END ? in->size : 0);
    return in->at;
}

static size_t read_patched(struct sound_input *in, unsigned char *bytes, size_t n)
{
    const size_t got = byte_source_read(&in->source, in->at, bytes, n);

    for (size_t i = 0; in->patched && in->at < in->data.start && i < got; ++i)
        bytes[i] = sound_data_patch(&in->data, in->n_bytes, in->at + (int64_t)i, bytes[i]);
    in->at += (int64_t)got;
    return got;
}

/* The samples that a pipe stated have come: it may have more. */
static void look_beyond(struct sound_input *in)
{
    byte_source_keep(&in->source, true);
    in->goes_on =
        in->source.position == in->end && sound_data_goes_on(&in->source, &in->data, in->end);
    byte_source_keep(&in->source, false);
    in->end = in->goes_on ? INT64_MAX : in->end;
}

static sf_count_t io_read(void *bytes, sf_count_t n, void *user)
{
    struct sound_input *const in = user;
    const int64_t before_end = in->end - in->at;
    const size_t wanted = (size_t)n;
    size_t got = 0;

    if (before_end > n || in->source.keep)
        return (sf_count_t)read_patched(in, bytes, wanted);
    if (before_end > 0)
        got = read_patched(in, bytes, (size_t)before_end);
    if (in->at == in->end)
        look_beyond(in);
    if (in->goes_on)
        got += read_patched(in, (unsigned char *)bytes + got, wanted - got);
    return (sf_count_t)got;
}

static sf_count_t io_tell(void *user)
{
    return ((struct sound_input *)user)->at;
}

SF_VIRTUAL_IO sound_input_io = {
    .get_filelen = io_size, .seek = io_seek, .read = io_read, .tell = io_tell};
