#include "config.h"
#include "audio_file.h"

#include "output_file.h"
#include "paths.h"
#include "quantise.h"
#include "wav_header.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_FRAMES = 4096, LOG_SIZE = 4096 };

/* A WAV header that was written before its length was known says about 2^31 or 2^32 bytes. */
static const uint64_t NO_LENGTH = 0x7fff0000u;

/* libsndfile keeps the reason of a failed opening in one place for all threads. */
static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;

/* ------------------------------------------------------------------------- formats */

static const struct word {
    const char *word; /* a container's is also the ending of its files */
    int code;
} containers[] =
    {
        {"wav", SF_FORMAT_WAV},   {"aiff", SF_FORMAT_AIFF}, {"aif", SF_FORMAT_AIFF},
        {"aifc", SF_FORMAT_AIFF}, {"flac", SF_FORMAT_FLAC}, {"ogg", SF_FORMAT_OGG},
        {"oga", SF_FORMAT_OGG},   {"caf", SF_FORMAT_CAF},   {"w64", SF_FORMAT_W64},
        {"rf64", SF_FORMAT_RF64}, {"au", SF_FORMAT_AU},     {"snd", SF_FORMAT_AU},
#if HAVE_DECL_SF_FORMAT_MPEG
        {"mp3", SF_FORMAT_MPEG},
#endif
},
  samples[] = {
      {"16", SF_FORMAT_PCM_16},   {"24", SF_FORMAT_PCM_24},     {"32", SF_FORMAT_PCM_32},
      {"float", SF_FORMAT_FLOAT}, {"double", SF_FORMAT_DOUBLE},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The code of a word; 0 if it is none of them. */
static int word_code(const struct word *words, size_t n, const char *text, size_t length)
{
    for (size_t i = 0; i < n; ++i)
        if (strlen(words[i].word) == length && strncasecmp(words[i].word, text, length) == 0)
            return words[i].code;
    return 0;
}

const char *audio_extension(int container)
{
    for (size_t i = 0; i < COUNT(containers); ++i)
        if (containers[i].code == container)
            return containers[i].word;
    return NULL;
}

static int container_of(const char *path)
{
    const char *const dot = strrchr(path, '.');

    return dot ? word_code(containers, COUNT(containers), dot + 1, strlen(dot + 1)) : 0;
}

bool audio_name(const char *name)
{
    return name[0] != '.' && container_of(name) != 0;
}

static const char *format_name(int code)
{
    SF_FORMAT_INFO info = {.format = code};

    return sf_command(NULL, SFC_GET_FORMAT_INFO, &info, sizeof info) == 0 ? info.name : "unknown";
}

enum tc_status audio_format_parse(const char *text, struct audio_format *format,
                                  struct tc_error *error)
{
    struct audio_format found = {0};

    for (const char *c = text;; ++c) {
        const size_t length = strcspn(c, ":");
        const int container = word_code(containers, COUNT(containers), c, length);
        const int sample = word_code(samples, COUNT(samples), c, length);

        if ((!container && !sample) || (container && found.container) || (sample && found.samples))
            return tc_fail(error, TC_BAD_ARGUMENT,
                           "'%s' is not a format such as wav, flac, 24, float or flac:24", text);
        found.container |= container;
        found.samples |= sample;
        c += length;
        if (*c == '\0')
            break;
    }
    *format = found;
    return TC_OK;
}

static bool can_write(int container, int sample, const struct audio_info *info)
{
    const SF_INFO sf = {.samplerate = (int)info->rate_hz,
                        .channels = (int)info->channels,
                        .format = container | sample};

    return sf_format_check(&sf) != 0;
}

/* Bits of an integer sample; 0 for all that is coded in another way. */
static unsigned integer_bits(int sample)
{
    switch (sample) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
        return 8;
    case SF_FORMAT_PCM_16:
        return 16;
    case SF_FORMAT_PCM_24:
        return 24;
    case SF_FORMAT_PCM_32:
        return 32;
    default:
        return 0;
    }
}

/* Bytes of a sample in a file; 0 if they vary. */
static unsigned sample_size(int sample)
{
    if (sample == SF_FORMAT_FLOAT)
        return 4;
    if (sample == SF_FORMAT_DOUBLE)
        return 8;
    return integer_bits(sample) / 8;
}

/* The input's sample format, or the nearest that the container takes; 0 if there is none. What is
 * compressed stays with its own container: others may know it by name, but not how to write it. */
static int nearest_samples(int container, const struct audio_info *input)
{
    const int kept = input->format.samples;
    const bool is_kept = container == input->format.container || sample_size(kept) > 0;
    const int tried[] = {
        is_kept ? kept : SF_FORMAT_PCM_24,
        SF_FORMAT_PCM_24,
        SF_FORMAT_PCM_16,
        SF_FORMAT_FLOAT,
        SF_FORMAT_VORBIS,
#if HAVE_DECL_SF_FORMAT_MPEG
        SF_FORMAT_MPEG_LAYER_III,
#endif
    };

    for (size_t i = 0; i < COUNT(tried); ++i)
        if (can_write(container, tried[i], input))
            return tried[i];
    return 0;
}

/* Whether a name ends in what no file of the input's container is called. */
static bool has_other_ending(const char *path, int container)
{
    SF_FORMAT_INFO info = {.format = container};
    const char *const dot = strrchr(path_name(path), '.');

    return dot && (sf_command(NULL, SFC_GET_FORMAT_INFO, &info, sizeof info) != 0 ||
                   strcasecmp(dot + 1, info.extension) != 0);
}

/* WAV with the long form of its header, and its 64-bit form, also end in .wav. */
static bool same_ending(int a, int b)
{
    return a == b || (a == SF_FORMAT_WAV && (b == SF_FORMAT_WAVEX || b == SF_FORMAT_RF64));
}

enum tc_status audio_format_choose(const struct audio_format *wanted,
                                   const struct audio_info *input, const char *path,
                                   struct audio_format *chosen, struct tc_error *error)
{
    const int ending = output_is_stream(path) ? SF_FORMAT_WAV : container_of(path);
    int container = wanted->container ? wanted->container : ending;
    int sample = wanted->samples;

    if (!container && has_other_ending(path, input->format.container))
        return tc_fail(
            error, TC_UNSUPPORTED,
            "'%s' is not the ending of a format that can be written; --format says which",
            strrchr(path, '.'));
    if (!container || same_ending(container, input->format.container))
        container = input->format.container;
    if (!sample)
        sample = nearest_samples(container, input);
    if (!sample || !can_write(container, sample, input))
        return tc_fail(error, TC_UNSUPPORTED, "%s cannot hold %u channels at %g Hz as %s",
                       format_name(container), input->channels, input->rate_hz,
                       sample ? format_name(sample) : "anything");
    *chosen = (struct audio_format){container, sample};
    return TC_OK;
}

/* ------------------------------------------------------------------------- reading */

struct audio_reader {
    SNDFILE *file;
    unsigned channels;
    uint64_t n_frames, done; /* n_frames may be AUDIO_UNKNOWN_LENGTH */
    float *interleaved;      /* [BLOCK_FRAMES * channels] */
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

static enum tc_status open_sound(int fd, bool pipe, SNDFILE **file, SF_INFO *sf,
                                 struct tc_error *error)
{
    enum tc_status status = TC_OK;

    pthread_mutex_lock(&open_lock);
    *file = sf_open_fd(fd, SFM_READ, sf, SF_TRUE); /* closes fd, also when it fails */
    if (!*file)
        status = tc_fail(error, TC_BAD_FORMAT, "not an audio file that can be read%s: %s",
                         pipe ? " from a pipe (WAV can)" : "", sf_strerror(NULL));
    pthread_mutex_unlock(&open_lock);
    return status;
}

/* libsndfile shortens a WAV file that was cut off without a word, but notes it in its log:
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
    const uint64_t size = sample_size(sf->format & SF_FORMAT_SUBMASK);
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
        status = open_sound(fd, pipe, &reader->file, sf, error);
    if (status == TC_OK)
        status = check_not_cut(reader->file, error);
    if (status != TC_OK)
        return status;
    reader->channels = (unsigned)sf->channels;
    reader->n_frames = stated_length(sf, pipe);
    if (reader->n_frames == 0)
        return tc_fail(error, TC_BAD_FORMAT, "holds no sound: 0 frames");
    reader->interleaved = malloc(BLOCK_FRAMES * reader->channels * sizeof(float));
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
    status = open_checked(r, path, &sf, error);
    if (status != TC_OK) {
        audio_close(r);
        return status;
    }
    *info = (struct audio_info){
        .channels = r->channels,
        .rate_hz = sf.samplerate,
        .n_frames = r->n_frames,
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
    free(reader->interleaved);
    free(reader);
}

/* Sort a block by channels from frame `at` on. False if a sample is not finite: its place in the
 * block is in *bad. */
static bool deinterleave(const float *in, float *const *out, size_t at, size_t n, unsigned channels,
                         size_t *bad)
{
    for (size_t i = 0; i < n * channels; ++i) {
        out[i % channels][at + i / channels] = in[i];
        if (!isfinite(in[i])) {
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
        return tc_fail(error, TC_BAD_FORMAT, "after frame %llu: %s", (unsigned long long)r->done,
                       sf_error_number(reason));
    if (r->n_frames != AUDIO_UNKNOWN_LENGTH && r->done < r->n_frames)
        return tc_fail(error, TC_BAD_FORMAT, "cut short: %llu frames, the header states %llu",
                       (unsigned long long)r->done, (unsigned long long)r->n_frames);
    return r->done ? TC_OK : tc_fail(error, TC_BAD_FORMAT, "holds no sound: 0 frames");
}

enum tc_status audio_read(struct audio_reader *reader, float *const *channels, size_t max_frames,
                          size_t *n_frames, struct tc_error *error)
{
    size_t total = 0, bad;

    while (total < max_frames) {
        const size_t left = max_frames - total;
        const sf_count_t want = left < BLOCK_FRAMES ? (sf_count_t)left : BLOCK_FRAMES;
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
                           "frame %llu, channel %zu: the sample is %f, expected a finite number",
                           (unsigned long long)(reader->done + bad / reader->channels),
                           bad % reader->channels + 1, (double)reader->interleaved[bad]);
        total += (size_t)got;
        reader->done += (uint64_t)got;
    }
    *n_frames = total;
    return TC_OK;
}

/* ------------------------------------------------------------------------- writing */

struct audio_writer {
    SNDFILE *file;
    struct output_file output;
    struct audio_format format;
    unsigned channels;
    struct quantiser quantiser; /* 0 bits: samples are not integers */
    uint64_t overs, bytes;
    void *interleaved; /* [BLOCK_FRAMES * channels] float or int */
};

/* libsndfile writes through these, so that the reason of a failure is known and a stream, which
 * cannot seek, still works. */
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
    if (w->output.reason)
        return tc_fail(error, TC_IO, "cannot write: %s", strerror(w->output.reason));
    return tc_fail(error, TC_IO, "cannot write: %s", sf_strerror(w->file));
}

static enum tc_status begin_stream(struct audio_writer *w, const struct audio_info *info,
                                   SF_INFO *sf, struct tc_error *error)
{
    const int container = info->format.container;
    const struct wav_form form = {.channels = info->channels,
                                  .rate_hz = (unsigned)info->rate_hz,
                                  .sample_size = sample_size(info->format.samples),
                                  .is_float = integer_bits(info->format.samples) == 0,
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

/* The header of a WAV file has 32 bits for its length; that of a stream need not be true. */
static bool wav_holds(const struct audio_writer *w, uint64_t size)
{
    const int container = w->format.container;

    return !w->output.temporary || size <= WAV_LIMIT ||
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
    enum tc_status status = output_open(&w->output, path, error);

    if (status == TC_OK && !w->output.temporary)
        status = begin_stream(w, info, &sf, error);
    if (status != TC_OK)
        return status;
    if (info->n_frames != AUDIO_UNKNOWN_LENGTH &&
        !wav_holds(w, info->n_frames * info->channels * sample_size(info->format.samples)))
        return wav_too_long(error);
    w->interleaved = malloc(BLOCK_FRAMES * info->channels * sizeof(float));
    if (!w->interleaved)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    pthread_mutex_lock(&open_lock);
    w->file = sf_open_virtual(&io, SFM_WRITE, &sf, w);
    if (!w->file)
        status = no_write(w, error);
    else /* the time of day is in it, and the same samples are to be the same file */
        sf_command(w->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    pthread_mutex_unlock(&open_lock);
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
    w->quantiser = (struct quantiser){
        .bits = integer_bits(w->format.samples), .dither = !options->no_dither, .random = 1};
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
    if (integers)
        written = sf_write_int(w->file, w->interleaved, (sf_count_t)count);
    else
        written = sf_write_float(w->file, w->interleaved, (sf_count_t)count);
    return written == (sf_count_t)count && !w->output.reason ? TC_OK : no_write(w, error);
}

enum tc_status audio_write(struct audio_writer *writer, const float *const *channels,
                           size_t n_frames, struct tc_error *error)
{
    for (size_t at = 0; at < n_frames; at += BLOCK_FRAMES) {
        const size_t n = n_frames - at < BLOCK_FRAMES ? n_frames - at : BLOCK_FRAMES;
        const enum tc_status status = write_block(writer, channels, at, n, error);

        if (status != TC_OK)
            return status;
        writer->bytes += n * writer->channels * sample_size(writer->format.samples);
        if (!wav_holds(writer, writer->bytes))
            return wav_too_long(error);
    }
    return TC_OK;
}

uint64_t audio_overs(const struct audio_writer *writer)
{
    return writer->overs;
}

enum tc_status audio_commit(struct audio_writer *writer, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    /* A chunk of WAV has an even size: stated lengths count on the byte that fills it up. */
    if (!writer->output.temporary && writer->bytes & 1)
        output_write(&writer->output, "", 1);
    if (sf_close(writer->file) != 0 || writer->output.reason) {
        writer->file = NULL;
        status = no_write(writer, error);
    }
    writer->file = NULL;
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
