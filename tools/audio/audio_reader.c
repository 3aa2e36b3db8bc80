#include "config.h"
#include "audio/audio_reader.h"

#include "audio/audio_sndfile.h"
#include "audio/wav_length.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_SIZE = 4096 };

/* A WAV header that was written before the length was known states about 2^31 or 2^32 bytes. */
static const uint64_t NO_LENGTH = 0x7fff0000u;

/* A larger sample is no sound in any scale: the file is damaged, or it is no audio. */
static const float MAX_SAMPLE = 1e18f;

struct audio_reader {
    SNDFILE *file;
    struct wav_length length; /* fd is ours if the header's length is wrong, else -1 */
    unsigned channels;
    uint64_t n_frames; /* may be AUDIO_UNKNOWN_LENGTH */
    uint64_t frames_read;
    float *interleaved; /* [AUDIO_BLOCK_FRAMES * channels] */
};

static enum tc_status open_input(const char *path, int *fd, bool *pipe, struct tc_error *error)
{
    struct stat st;

    *fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
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

static enum tc_status open_sound(struct audio_reader *reader, int fd, bool pipe, SF_INFO *sf,
                                 struct tc_error *error)
{
    enum tc_status status = TC_OK;
    const char *reason;

    pthread_mutex_lock(&audio_open_lock);
    if (!pipe && wav_length_is_wrong(fd, &reader->length)) {
        reader->file = sf_open_virtual(&wav_length_io, SFM_READ, sf, &reader->length);
    } else {
        reader->file = sf_open_fd(fd, SFM_READ, sf, SF_TRUE); /* closes fd, also when it fails */
        reader->length.fd = -1;
    }
    if (!reader->file) {
        reason = sf_strerror(NULL);
        status = tc_fail(error, TC_BAD_FORMAT, "not an audio file that can be read%s: %.*s",
                         pipe ? " from a pipe (WAV can)" : "", audio_reason_length(reason), reason);
    }
    pthread_mutex_unlock(&audio_open_lock);
    return status;
}

/* libsndfile shortens a WAV file that is cut short without an error, but notes it in its log:
 * "data : 17640 (should be 4920)". */
static enum tc_status check_not_cut(SNDFILE *file, struct tc_error *error)
{
    char log[LOG_SIZE];
    unsigned long long stated, present;
    const char *note;

    sf_command(file, SFC_GET_LOG_INFO, log, sizeof log);
    note = strstr(log, "\ndata : ");
    if (note && sscanf(note, " data : %llu (should be %llu)", &stated, &present) == 2 &&
        stated > present && stated < NO_LENGTH)
        return tc_fail(error, TC_BAD_FORMAT,
                       "cut short: %llu bytes of samples, the header states %llu", present, stated);
    return TC_OK;
}

static uint64_t stated_length(const SF_INFO *sf, bool pipe)
{
    const uint64_t size = audio_sample_size(sf->format & SF_FORMAT_SUBMASK);
    const uint64_t frames = (uint64_t)sf->frames;
    const uint64_t frame_size = (uint64_t)sf->channels * (size ? size : 1);

    return pipe && frames >= NO_LENGTH / frame_size ? AUDIO_UNKNOWN_LENGTH : frames;
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
        status = check_not_cut(reader->file, error);
    if (status != TC_OK)
        return status;
    reader->channels = (unsigned)sf->channels;
    reader->n_frames = stated_length(sf, pipe);
    if (reader->n_frames == 0)
        return tc_fail(error, TC_BAD_FORMAT, "holds no sound: 0 frames");
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
    r->length.fd = -1;
    status = open_checked(r, path, &sf, error);
    if (status != TC_OK) {
        audio_close(r);
        return status;
    }
    *info = (struct audio_info){
        .channels = r->channels,
        .rate_hz = sf.samplerate,
        .n_frames = r->n_frames,
        .stated_frames = r->length.fd < 0 ? r->n_frames : r->length.stated / r->length.frame_size,
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
    if (reader->length.fd >= 0)
        close(reader->length.fd);
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
    if (r->n_frames != AUDIO_UNKNOWN_LENGTH && r->frames_read < r->n_frames)
        return tc_fail(error, TC_BAD_FORMAT, "cut short: %llu frames, the header states %llu",
                       (unsigned long long)r->frames_read, (unsigned long long)r->n_frames);
    return r->frames_read ? TC_OK : tc_fail(error, TC_BAD_FORMAT, "holds no sound: 0 frames");
}

enum tc_status audio_read(struct audio_reader *reader, float *const *channels, size_t max_frames,
                          size_t *n_frames, struct tc_error *error)
{
    size_t total = 0, bad;

    while (total < max_frames) {
        const size_t remaining = max_frames - total;
        const sf_count_t want =
            remaining < AUDIO_BLOCK_FRAMES ? (sf_count_t)remaining : AUDIO_BLOCK_FRAMES;
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
