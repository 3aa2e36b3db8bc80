#include "config.h"
#include "audio/audio_reader.h"

#include "audio/audio_sndfile.h"
#include "audio/sound_input.h"
#include "cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* libsndfile states more frames than will ever come where it does not know how many do. */
static const uint64_t NO_LENGTH = UINT64_C(1) << 40;

/* A larger sample is no sound in any scale: the file is damaged, or it is no audio. */
static const float MAX_SAMPLE = 1e18f;

struct audio_reader {
    SNDFILE *file;
    struct sound_input input;
    unsigned channels;
    uint64_t n_frames; /* may be AUDIO_UNKNOWN_LENGTH */
    bool stops_there;  /* what libsndfile gives after them is no sound */
    bool estimated;    /* n_frames is not exact */
    uint64_t frames_read;
    float *interleaved; /* [AUDIO_BLOCK_FRAMES * channels] */
};

/* A named pipe that has no writer yet is waited for where it is read, so that a signal can end
 * it. */
static int open_without_waiting(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd >= 0)
        (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

static enum tc_status open_input(const char *path, int *fd, bool *pipe, struct tc_error *error)
{
    struct stat st;

    *fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open_without_waiting(path);
    if (*fd < 0 || fstat(*fd, &st) != 0) {
        const int reason = errno;

        if (*fd >= 0)
            close(*fd);
        return tc_fail(error, TC_IO, "%s", strerror(reason));
    }
    *pipe = !S_ISREG(st.st_mode);
    if (!S_ISDIR(st.st_mode) && (*pipe || st.st_size > 0))
        return TC_OK;
    close(*fd);
    return S_ISDIR(st.st_mode)
               ? tc_fail(error, TC_BAD_FORMAT, "is a folder, expected an audio file")
               : tc_fail(error, TC_BAD_FORMAT, "is empty, expected an audio file");
}

static enum tc_status check_not_cut(const struct sound_input *input, struct tc_error *error)
{
    const unsigned long long present = input->n_bytes, stated = input->n_bytes + input->missing;

    if (input->missing == 0)
        return TC_OK;
    return tc_fail(error, TC_BAD_FORMAT, "cut short: %llu bytes of samples, the header states %llu",
                   present, stated);
}

static enum tc_status open_sound(struct audio_reader *reader, int fd, bool pipe, SF_INFO *sf,
                                 struct tc_error *error)
{
    struct sound_input *const input = &reader->input;
    enum tc_status status;
    const char *reason;

    sound_input_open(input, fd, pipe);
    if (pipe && interrupt_asked())
        return tc_fail(error, TC_IO, "interrupted while a pipe had nothing to read");
    status = check_not_cut(input, error);
    if (status != TC_OK)
        return status;
    pthread_mutex_lock(&audio_open_lock);
    /* A descriptor of its own: it closes what it cannot read, whatever it is told. */
    reader->file = input->direct ? sf_open_fd(dup(fd), SFM_READ, sf, SF_TRUE)
                                 : sf_open_virtual(&sound_input_io, SFM_READ, sf, input);
    if (!reader->file) {
        reason = sf_strerror(NULL);
        status = tc_fail(error, TC_BAD_FORMAT, "not an audio file that can be read%s: %.*s",
                         pipe ? " from a pipe (WAV can)" : "", audio_reason_length(reason), reason);
    }
    pthread_mutex_unlock(&audio_open_lock);
    sound_input_opened(input);
    return status;
}

/* Codecs that put a fixed number of frames into blocks of fixed size, of which libsndfile makes
 * sound also after the end of the file. */
static bool has_blocks(int format)
{
    switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_IMA_ADPCM:
    case SF_FORMAT_MS_ADPCM:
    case SF_FORMAT_GSM610:
    case SF_FORMAT_VOX_ADPCM:
        return true;
    default:
        return false;
    }
}

/* How many frames the header states; libsndfile counts those of all bytes that it was told. */
static uint64_t stated_frames(const struct audio_reader *reader, const SF_INFO *sf)
{
    const struct sound_input *const in = &reader->input;
    const uint64_t bytes = audio_sample_size(sf->format & SF_FORMAT_SUBMASK);
    uint64_t told = in->n_bytes;

    if (!in->patched)
        return (uint64_t)sf->frames < NO_LENGTH ? (uint64_t)sf->frames : AUDIO_UNKNOWN_LENGTH;
    if (in->data.stated == SOUND_NO_LENGTH)
        return AUDIO_UNKNOWN_LENGTH;
    if (bytes > 0)
        return in->data.stated / (bytes * (unsigned)sf->channels);
    if (told == 0)
        return 0;
    if (in->data.field_size == 4 && told > UINT32_MAX)
        told = UINT32_MAX;
    return (uint64_t)((double)sf->frames * (double)in->data.stated / (double)told);
}

static enum tc_status set_length(struct audio_reader *reader, const SF_INFO *sf, bool pipe,
                                 struct tc_error *error)
{
    const bool all_there = !pipe && (uint64_t)sf->frames < NO_LENGTH;

    reader->n_frames = all_there ? (uint64_t)sf->frames : stated_frames(reader, sf);
    reader->stops_there = has_blocks(sf->format);
#if HAVE_DECL_SF_FORMAT_MPEG
    reader->estimated = (sf->format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
#endif
    if (reader->stops_there && reader->n_frames == AUDIO_UNKNOWN_LENGTH)
        return tc_fail(error, TC_UNSUPPORTED,
                       "compressed samples of unknown length cannot be read from a pipe");
    return reader->n_frames > 0 ? TC_OK : tc_fail(error, TC_BAD_FORMAT, "holds no sound: 0 frames");
}

static enum tc_status open_checked(struct audio_reader *reader, const char *path, SF_INFO *sf,
                                   struct tc_error *error)
{
    int fd = -1;
    bool pipe = false;
    enum tc_status status = open_input(path, &fd, &pipe, error);

    if (status == TC_OK)
        status = open_sound(reader, fd, pipe, sf, error);
    if (status == TC_OK)
        status = set_length(reader, sf, pipe, error);
    if (status != TC_OK)
        return status;
    reader->channels = (unsigned)sf->channels;
    reader->interleaved = malloc(AUDIO_BLOCK_FRAMES * reader->channels * sizeof(float));
    return reader->interleaved ? TC_OK : tc_fail(error, TC_NO_MEMORY, "out of memory");
}

enum tc_status audio_open(struct audio_reader **reader, const char *path, struct audio_info *info,
                          struct tc_error *error)
{
    struct audio_reader *const r = calloc(1, sizeof *r);
    SF_INFO sf = {0};
    enum tc_status status;

    if (!r)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    r->input.source.fd = -1;
    status = open_checked(r, path, &sf, error);
    if (status != TC_OK) {
        audio_close(r);
        return status;
    }
    *info = (struct audio_info){
        .channels = r->channels,
        .rate_hz = sf.samplerate,
        .n_frames = r->n_frames,
        .stated_frames = stated_frames(r, &sf),
        .format = {sf.format & SF_FORMAT_TYPEMASK, sf.format & SF_FORMAT_SUBMASK},
    };
    *reader = r;
    return TC_OK;
}

void audio_close(struct audio_reader *reader)
{
    if (!reader)
        return;
    if (reader->file)
        sf_close(reader->file);
    sound_input_close(&reader->input);
    free(reader->interleaved);
    free(reader);
}

/* Write the samples of a block to the channels, from frame `at` on. False if a sample is no number
 * up to MAX_SAMPLE: *bad is its index in the block. */
static bool deinterleave(const float *in, float *const *out, size_t at, size_t n, unsigned channels,
                         size_t *bad)
{
    for (size_t i = 0; i < n * channels; ++i) {
        out[i % channels][at + i / channels] = in[i];
        if (!(fabsf(in[i]) <= MAX_SAMPLE)) {
            *bad = i;
            return false;
        }
    }
    return true;
}

static enum tc_status end_of_file(const struct audio_reader *r, struct tc_error *error)
{
    const int reason = sf_error(r->file);

    if (reason != SF_ERR_NO_ERROR)
        return tc_fail(error, TC_BAD_FORMAT, "after frame %llu: %s",
                       (unsigned long long)r->frames_read, sf_error_number(reason));
    if (r->n_frames != AUDIO_UNKNOWN_LENGTH && r->frames_read < r->n_frames && !r->estimated)
        return tc_fail(error, TC_BAD_FORMAT, "cut short: %llu frames, the header states %llu",
                       (unsigned long long)r->frames_read, (unsigned long long)r->n_frames);
    return r->frames_read ? TC_OK : tc_fail(error, TC_BAD_FORMAT, "holds no sound: 0 frames");
}

static sf_count_t block_frames(const struct audio_reader *reader, size_t n)
{
    const uint64_t remaining = reader->n_frames - reader->frames_read;

    n = n < AUDIO_BLOCK_FRAMES ? n : AUDIO_BLOCK_FRAMES;
    return (sf_count_t)(reader->stops_there && remaining < n ? remaining : n);
}

enum tc_status audio_read(struct audio_reader *reader, float *const *channels, size_t max_frames,
                          size_t *n_frames, struct tc_error *error)
{
    size_t total = 0, bad;

    while (total < max_frames) {
        const sf_count_t want = block_frames(reader, max_frames - total);
        const sf_count_t got = sf_readf_float(reader->file, reader->interleaved, want);

        if (got <= 0) {
            const enum tc_status status = end_of_file(reader, error);

            if (status != TC_OK)
                return status;
            break;
        }
        if (!deinterleave(reader->interleaved, channels, total, (size_t)got, reader->channels,
                          &bad))
            return tc_fail(error, TC_BAD_VALUE,
                           "frame %llu, channel %zu: the sample is %g, expected a number below "
                           "1e18; full scale is 1",
                           (unsigned long long)(reader->frames_read + bad / reader->channels),
                           bad % reader->channels + 1, (double)reader->interleaved[bad]);
        total += (size_t)got;
        reader->frames_read += (uint64_t)got;
    }
    *n_frames = total;
    return TC_OK;
}
