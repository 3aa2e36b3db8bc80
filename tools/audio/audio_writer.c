#include "config.h"
#include "audio/audio_writer.h"

#include "audio/audio_sndfile.h"
#include "audio/output_file.h"
#include "audio/quantise.h"
#include "audio/result_mark.h"
#include "audio/wav_header.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes at the start of a file that hold its texts. */
enum { MARK_WITHIN = 4096 };

struct audio_writer {
    SNDFILE *file;
    struct output_file output;
    struct audio_format format;
    unsigned channels;
    struct quantiser quantiser; /* 0 bits: samples are not integers */
    uint64_t overs, bytes;
    uint64_t hash;     /* of the samples, for the mark of the file */
    void *interleaved; /* [AUDIO_BLOCK_FRAMES * channels] float or int */
};

/* libsndfile writes through these, so that errno of a failure is known, and pipes, which cannot
 * seek, can be written. */
static sf_count_t io_length(void *user)
{
    const struct audio_writer *const w = user;

    return output_length(&w->output);
}

static sf_count_t io_seek(sf_count_t offset, int whence, void *user)
{
    const struct audio_writer *const w = user;

    return output_seek(&w->output, offset, whence);
}

static sf_count_t io_read(void *bytes, sf_count_t n, void *user)
{
    const struct audio_writer *const w = user;

    return output_read(&w->output, bytes, n);
}

static sf_count_t io_write(const void *bytes, sf_count_t n, void *user)
{
    struct audio_writer *const w = user;

    return output_write(&w->output, bytes, n);
}

static sf_count_t io_tell(void *user)
{
    return io_seek(0, SEEK_CUR, user);
}

static enum tc_status no_write(const struct audio_writer *w, struct tc_error *error)
{
    const char *const reason = w->output.reason ? strerror(w->output.reason) : sf_strerror(w->file);

    return tc_fail(error, TC_IO, "cannot write: %.*s", audio_reason_length(reason), reason);
}

static enum tc_status begin_stream(struct audio_writer *w, const struct audio_info *info,
                                   SF_INFO *sf, struct tc_error *error)
{
    const int container = info->format.container;
    const struct wav_form form = {.channels = info->channels,
                                  .rate_hz = (unsigned)info->rate_hz,
                                  .sample_size = audio_sample_size(info->format.samples),
                                  .is_float = audio_integer_bits(info->format.samples) == 0,
                                  .n_frames = info->n_frames};
    unsigned char header[WAV_HEADER_SIZE];

    if ((container != SF_FORMAT_WAV && container != SF_FORMAT_WAVEX) || form.sample_size == 0)
        return tc_fail(error, TC_UNSUPPORTED,
                       "only WAV can be written to a pipe or device (--format wav:24)");
    wav_header(header, &form);
    output_write(&w->output, header, WAV_HEADER_SIZE);
    /* The 8-bit samples of WAV are unsigned, as libsndfile's WAV reader says. */
    sf->format = SF_FORMAT_RAW | SF_ENDIAN_LITTLE | info->format.samples;
    return w->output.reason ? no_write(w, error) : TC_OK;
}

/* The header of a WAV file has 32 bits for its length; that of a stream may be wrong. */
static bool wav_holds(const struct audio_writer *w, uint64_t size)
{
    const int container = w->format.container;

    return w->output.is_stream || size <= WAV_LIMIT ||
           (container != SF_FORMAT_WAV && container != SF_FORMAT_WAVEX);
}

static enum tc_status wav_too_long(struct tc_error *error)
{
    return tc_fail(error, TC_TOO_LARGE, "a WAV file ends at 4 GiB; --format rf64 or w64 has room");
}

static enum tc_status begin(struct audio_writer *w, const char *path, const struct audio_info *info,
                            struct tc_error *error)
{
    static SF_VIRTUAL_IO io = {io_length, io_seek, io_read, io_write, io_tell};
    SF_INFO sf = {.samplerate = (int)info->rate_hz,
                  .channels = (int)info->channels,
                  .format = info->format.container | info->format.samples};
    char unset[RESULT_MARK_SIZE];
    enum tc_status status = output_open(&w->output, path, error);

    if (status == TC_OK && w->output.is_stream)
        status = begin_stream(w, info, &sf, error);
    if (status != TC_OK)
        return status;
    if (info->n_frames != AUDIO_UNKNOWN_LENGTH &&
        !wav_holds(w, info->n_frames * info->channels * audio_sample_size(info->format.samples)))
        return wav_too_long(error);
    w->interleaved = malloc(AUDIO_BLOCK_FRAMES * info->channels * sizeof(float));
    if (!w->interleaved)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    pthread_mutex_lock(&audio_open_lock);
    w->file = sf_open_virtual(&io, SFM_WRITE, &sf, w);
    if (!w->file)
        status = no_write(w, error);
    else /* it contains the time of day; the same samples shall give the same file */
        sf_command(w->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    pthread_mutex_unlock(&audio_open_lock);
    if (status == TC_OK && !w->output.is_stream && audio_keeps_samples(w->format))
        (void)sf_set_string(w->file, SF_STR_SOFTWARE, result_mark_text(0, unset));
    return status;
}

enum tc_status audio_create(struct audio_writer **writer, const char *path,
                            const struct audio_create_options *options, struct tc_error *error)
{
    struct audio_writer *const w = calloc(1, sizeof *w);
    enum tc_status status;

    if (!w)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    w->format = options->info.format;
    w->channels = options->info.channels;
    w->hash = RESULT_MARK_START;
    w->quantiser = (struct quantiser){
        .bits = audio_integer_bits(w->format.samples), .dither = !options->no_dither, .random = 1};
    status = begin(w, path, &options->info, error);
    if (status != TC_OK)
        audio_discard(w);
    else
        *writer = w;
    return status;
}

static enum tc_status write_block(struct audio_writer *w, const float *const *channels, size_t at,
                                  size_t n, struct tc_error *error)
{
    const bool integers = w->quantiser.bits > 0;
    const size_t count = n * w->channels;
    sf_count_t written;

    for (size_t i = 0; i < count; ++i) {
        const float sample = channels[i % w->channels][at + i / w->channels];

        w->overs += fabsf(sample) > 1.0f;
        if (integers)
            ((int *)w->interleaved)[i] = quantise(&w->quantiser, sample);
        else
            ((float *)w->interleaved)[i] = sample;
    }
    w->hash = result_mark_add(w->hash, w->interleaved, count);
    if (integers)
        written = sf_write_int(w->file, w->interleaved, (sf_count_t)count);
    else
        written = sf_write_float(w->file, w->interleaved, (sf_count_t)count);
    return written == (sf_count_t)count && !w->output.reason ? TC_OK : no_write(w, error);
}

enum tc_status audio_write(struct audio_writer *writer, const float *const *channels,
                           size_t n_frames, struct tc_error *error)
{
    for (size_t at = 0; at < n_frames; at += AUDIO_BLOCK_FRAMES) {
        const size_t n = n_frames - at < AUDIO_BLOCK_FRAMES ? n_frames - at : AUDIO_BLOCK_FRAMES;
        const enum tc_status status = write_block(writer, channels, at, n, error);

        if (status != TC_OK)
            return status;
        writer->bytes += n * writer->channels * audio_sample_size(writer->format.samples);
        if (!wav_holds(writer, writer->bytes))
            return wav_too_long(error);
    }
    return TC_OK;
}

uint64_t audio_overs(const struct audio_writer *writer)
{
    return writer->overs;
}

/* The mark has its place among the texts at the start of the file, where the format has any. */
static void mark(struct audio_writer *w)
{
    char start[MARK_WITHIN], unset[RESULT_MARK_SIZE], text[RESULT_MARK_SIZE];
    const size_t length = strlen(result_mark_text(0, unset));
    const char *place = NULL;
    off_t n = 0;

    if (output_seek(&w->output, 0, SEEK_SET) == 0)
        n = output_read(&w->output, start, sizeof start);
    if (n > 0)
        place = memmem(start, (size_t)n, unset, length);
    if (place != NULL && output_seek(&w->output, place - start, SEEK_SET) == place - start)
        output_write(&w->output, result_mark_text(w->hash, text), (off_t)length);
}

enum tc_status audio_commit(struct audio_writer *writer, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    /* A WAV chunk has an even size: a padding byte follows an odd one. */
    if (writer->output.is_stream && writer->bytes & 1)
        output_write(&writer->output, "", 1);
    if (sf_close(writer->file) != 0 || writer->output.reason) {
        writer->file = NULL;
        status = no_write(writer, error);
    }
    writer->file = NULL;
    if (status == TC_OK && !writer->output.is_stream)
        mark(writer);
    if (status == TC_OK)
        status = output_commit(&writer->output, error);
    audio_discard(writer);
    return status;
}

void audio_discard(struct audio_writer *writer)
{
    if (!writer)
        return;
    if (writer->file)
        sf_close(writer->file);
    output_discard(&writer->output);
    free(writer->interleaved);
    free(writer);
}
