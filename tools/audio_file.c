#include "config.h"
#include "audio_file.h"

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

enum { BLOCK_FRAMES = 4096, HEADER_SIZE = 58, LOG_SIZE = 4096 };

/* A WAV header that was written before its length was known says about 2^31 or 2^32 bytes. */
static const uint64_t NO_LENGTH = 0x7fff0000u;

static const uint64_t WAV_LIMIT = 0xffff0000u;

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
    const int tried[] = {is_kept ? kept : SF_FORMAT_PCM_24, SF_FORMAT_PCM_24, SF_FORMAT_PCM_16,
                         SF_FORMAT_FLOAT, SF_FORMAT_VORBIS};

    for (size_t i = 0; i < COUNT(tried); ++i)
        if (can_write(container, tried[i], input))
            return tried[i];
    return 0;
}

/* stdout, or a file that cannot be replaced by another: a pipe or device. */
static bool is_stream(const char *path)
{
    struct stat st;

    return strcmp(path, "-") == 0 ||
           (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
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
    const int ending = is_stream(path) ? SF_FORMAT_WAV : container_of(path);
    int container = wanted->container ? wanted->container : ending;
    int sample = wanted->samples;

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

/* ------------------------------------------------------------------------- whole files */

void audio_free(struct audio *audio)
{
    for (unsigned c = 0; audio->channel && c < audio->channels; ++c)
        free(audio->channel[c]);
    free(audio->channel);
    *audio = (struct audio){0};
}

static bool grow(struct audio *audio, size_t n_frames)
{
    if (n_frames > SIZE_MAX / sizeof(float))
        return false;
    for (unsigned c = 0; c < audio->channels; ++c) {
        float *const larger = realloc(audio->channel[c], n_frames * sizeof(float));

        if (!larger)
            return false;
        audio->channel[c] = larger;
    }
    return true;
}

/* Read to the end. Memory grows with what was read: the length stated may be a lie. */
static enum tc_status load_all(struct audio_reader *reader, uint64_t stated, float **at,
                               struct audio *audio, struct tc_error *error)
{
    size_t room = 0, got;

    do {
        enum tc_status status;

        if (audio->n_frames == room) {
            room = room ? 2 * room : (size_t)1 << 20;
            if (room > stated && stated > audio->n_frames)
                room = (size_t)stated;
            if (!grow(audio, room))
                return tc_fail(error, TC_NO_MEMORY, "out of memory after %zu frames",
                               audio->n_frames);
        }
        for (unsigned c = 0; c < audio->channels; ++c)
            at[c] = audio->channel[c] + audio->n_frames;
        status = audio_read(reader, at, room - audio->n_frames, &got, error);
        if (status != TC_OK)
            return status;
        audio->n_frames += got;
    } while (got > 0);
    return TC_OK;
}

static enum tc_status load_from(struct audio_reader *reader, const struct audio_info *info,
                                struct audio *audio, struct tc_error *error)
{
    float **const at = calloc(info->channels, sizeof *at);
    enum tc_status status = TC_NO_MEMORY;

    *audio = (struct audio){.rate_hz = info->rate_hz, .channels = info->channels};
    audio->channel = calloc(info->channels, sizeof *audio->channel);
    if (at && audio->channel)
        status = load_all(reader, info->n_frames, at, audio, error);
    else
        tc_fail(error, status, "out of memory");
    free(at);
    return status;
}

enum tc_status audio_load(struct audio *audio, const char *path, struct tc_error *error)
{
    struct audio_reader *reader;
    struct audio_info info;
    enum tc_status status;

    *audio = (struct audio){0};
    status = audio_open(&reader, path, &info, error);
    if (status != TC_OK)
        return status;
    status = load_from(reader, &info, audio, error);
    audio_close(reader);
    if (status != TC_OK)
        audio_free(audio);
    return status;
}

/* ------------------------------------------------------------------------- writing */

struct audio_writer {
    SNDFILE *file;
    int fd, reason;         /* reason: errno of the first write that failed, or 0 */
    char *path, *temporary; /* temporary is NULL for stdout and devices */
    sf_count_t position;    /* of a stream, in bytes */
    struct audio_format format;
    unsigned channels;
    bool dither;
    uint64_t random, overs, bytes;
    void *interleaved; /* [BLOCK_FRAMES * channels] float or int */
};

/* libsndfile writes through these, so that the reason of a failure is known and a stream, which
 * cannot seek, still works. */
static sf_count_t io_length(void *user)
{
    const struct audio_writer *const w = user;
    struct stat st;

    return w->temporary && fstat(w->fd, &st) == 0 ? st.st_size : w->position;
}

static sf_count_t io_seek(sf_count_t offset, int whence, void *user)
{
    const struct audio_writer *const w = user;

    return w->temporary ? lseek(w->fd, offset, whence) : w->position;
}

static sf_count_t io_read(void *bytes, sf_count_t n, void *user)
{
    const struct audio_writer *const w = user;

    return w->temporary ? read(w->fd, bytes, (size_t)n) : 0;
}

static sf_count_t io_write(const void *bytes, sf_count_t n, void *user)
{
    struct audio_writer *const w = user;
    sf_count_t done = 0;

    while (done < n && !w->reason) {
        const ssize_t step = write(w->fd, (const char *)bytes + done, (size_t)(n - done));

        if (step > 0)
            done += step;
        else if (errno != EINTR)
            w->reason = errno ? errno : EIO;
    }
    w->position += done;
    return done;
}

static sf_count_t io_tell(void *user)
{
    const struct audio_writer *const w = user;

    return w->temporary ? lseek(w->fd, 0, SEEK_CUR) : w->position;
}

static enum tc_status no_write(const struct audio_writer *w, struct tc_error *error)
{
    if (w->reason)
        return tc_fail(error, TC_IO, "cannot write: %s", strerror(w->reason));
    return tc_fail(error, TC_IO, "cannot write: %s", sf_strerror(w->file));
}

/* A new file beside the target, with the rights that the target has or would get. */
static enum tc_status open_temporary(struct audio_writer *w, const char *path,
                                     const struct stat *old, struct tc_error *error)
{
    mode_t mode = umask(0);

    umask(mode);
    mode = old ? old->st_mode & 07777 : 0666 & ~mode;
    w->path = old ? realpath(path, NULL) : strdup(path); /* not the link, but what it points to */
    if (!w->path || asprintf(&w->temporary, "%s.XXXXXX", w->path) < 0) {
        w->temporary = NULL;
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    }
    w->fd = mkostemp(w->temporary, O_CLOEXEC);
    if (w->fd < 0 || fchmod(w->fd, mode) != 0) {
        tc_fail(error, TC_IO, "cannot write: %s", strerror(errno));
        if (w->fd < 0) {
            free(w->temporary);
            w->temporary = NULL;
        }
        return TC_IO;
    }
    return TC_OK;
}

static enum tc_status open_output(struct audio_writer *w, const char *path, struct tc_error *error)
{
    struct stat old;
    const bool exists = stat(path, &old) == 0;

    if (strcmp(path, "-") == 0) {
        if (isatty(STDOUT_FILENO))
            return tc_fail(error, TC_IO, "is a terminal, expected a pipe or file");
        w->fd = dup(STDOUT_FILENO);
    } else if (exists && S_ISDIR(old.st_mode)) {
        return tc_fail(error, TC_IO, "is a folder, expected a file to write");
    } else if (exists && !S_ISREG(old.st_mode)) {
        w->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else if (exists && access(path, W_OK) != 0) {
        return tc_fail(error, TC_IO, "cannot write: %s", strerror(errno));
    } else {
        return open_temporary(w, path, exists ? &old : NULL, error);
    }
    if (w->fd < 0)
        return tc_fail(error, TC_IO, "cannot write: %s", strerror(errno));
    return TC_OK;
}

static unsigned char *put(unsigned char *at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; ++i)
        *at++ = (unsigned char)(value >> 8 * i);
    return at;
}

static unsigned char *put_tag(unsigned char *at, const char *tag)
{
    memcpy(at, tag, 4);
    return at + 4;
}

/* The header of a WAV stream: RIFF, fmt (18 bytes), fact, data. A length that is not known, or too
 * long to be stated, is the longest there is.
 * From: Multimedia Programming Interface and Data Specifications 1.0, IBM & Microsoft 1991. */
static void stream_header(unsigned char header[HEADER_SIZE], const struct audio_info *info)
{
    const unsigned size = sample_size(info->format.samples);
    const unsigned frame = size * info->channels;
    const bool stated = info->n_frames < WAV_LIMIT / frame;
    const uint64_t data = stated ? info->n_frames * frame : UINT32_MAX;
    const bool is_float = integer_bits(info->format.samples) == 0;
    const uint64_t rate = (uint64_t)info->rate_hz;
    unsigned char *at = put_tag(header, "RIFF");

    at = put(at, stated ? data + (data & 1) + HEADER_SIZE - 8 : UINT32_MAX, 4);
    at = put_tag(put_tag(at, "WAVE"), "fmt ");
    at = put(put(put(at, 18, 4), is_float ? 3 : 1, 2), info->channels, 2);
    at = put(put(put(at, rate, 4), rate * frame, 4), frame, 2);
    at = put(put(at, 8 * size, 2), 0, 2);
    at = put(put(put_tag(at, "fact"), 4, 4), stated ? info->n_frames : UINT32_MAX, 4);
    put(put_tag(at, "data"), data, 4);
}

static enum tc_status begin_stream(struct audio_writer *w, const struct audio_info *info,
                                   SF_INFO *sf, struct tc_error *error)
{
    unsigned char header[HEADER_SIZE];
    const int container = info->format.container;

    if ((container != SF_FORMAT_WAV && container != SF_FORMAT_WAVEX) ||
        sample_size(info->format.samples) == 0)
        return tc_fail(error, TC_UNSUPPORTED,
                       "only WAV can be written to a pipe or device (--format wav:24)");
    stream_header(header, info);
    io_write(header, HEADER_SIZE, w);
    /* The 8-bit samples of WAV are unsigned, as libsndfile's WAV reader says. */
    sf->format = SF_FORMAT_RAW | SF_ENDIAN_LITTLE | info->format.samples;
    return w->reason ? no_write(w, error) : TC_OK;
}

/* The header of a WAV file has 32 bits for its length; that of a stream need not be true. */
static bool wav_holds(const struct audio_writer *w, uint64_t size)
{
    const int container = w->format.container;

    return !w->temporary || size <= WAV_LIMIT ||
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
    enum tc_status status = open_output(w, path, error);

    if (status == TC_OK && !w->temporary)
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
    pthread_mutex_unlock(&open_lock);
    return status;
}

static void free_writer(struct audio_writer *w)
{
    if (w->fd >= 0)
        close(w->fd);
    free(w->interleaved);
    free(w->temporary);
    free(w->path);
    free(w);
}

enum tc_status audio_create(struct audio_writer **writer, const char *path,
                            const struct audio_create_options *options, struct tc_error *error)
{
    struct audio_writer *const w = calloc(1, sizeof *w);
    enum tc_status status;

    if (!w)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    w->fd = -1;
    w->format = options->info.format;
    w->channels = options->info.channels;
    w->dither = !options->no_dither;
    w->random = 1;
    status = begin(w, path, &options->info, error);
    if (status != TC_OK)
        audio_discard(w);
    else
        *writer = w;
    return status;
}

/* The next of a stream of numbers, even in [0, 1). From: Knuth, TAOCP 2, 3.3.4 (MMIX). */
static double uniform(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) * 0x1p-53;
}

/* An integer sample in the high bits of an int, as libsndfile takes it. Two even numbers make the
 * triangular dither of two steps that leaves no distortion and no change of the noise with the
 * signal. From: Lipshitz, Wannamaker & Vanderkooy 1992. */
static int quantise(struct audio_writer *w, float sample, unsigned bits)
{
    const double steps = ldexp(1.0, (int)bits - 1);
    double value = (double)sample * steps;

    if (w->dither)
        value += uniform(&w->random) - uniform(&w->random);
    value = fmin(fmax(rint(value), -steps), steps - 1.0);
    return (int)ldexp(value, 32 - (int)bits);
}

static enum tc_status write_block(struct audio_writer *w, const float *const *channels, size_t at,
                                  size_t n, struct tc_error *error)
{
    const unsigned bits = integer_bits(w->format.samples);
    const size_t count = n * w->channels;
    sf_count_t written;

    for (size_t i = 0; i < count; ++i) {
        const float sample = channels[i % w->channels][at + i / w->channels];

        w->overs += fabsf(sample) > 1.0f;
        if (bits)
            ((int *)w->interleaved)[i] = quantise(w, sample, bits);
        else
            ((float *)w->interleaved)[i] = sample;
    }
    if (bits)
        written = sf_write_int(w->file, w->interleaved, (sf_count_t)count);
    else
        written = sf_write_float(w->file, w->interleaved, (sf_count_t)count);
    return written == (sf_count_t)count && !w->reason ? TC_OK : no_write(w, error);
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

/* The name appears when the bytes are on the disk; the folder is synced so that it stays. */
static enum tc_status sync_and_rename(struct audio_writer *w, struct tc_error *error)
{
    char *const slash = strrchr(w->path, '/');
    int folder;

    if (fsync(w->fd) != 0 || rename(w->temporary, w->path) != 0)
        return tc_fail(error, TC_IO, "cannot write: %s", strerror(errno));
    free(w->temporary);
    w->temporary = NULL;
    if (slash)
        slash[slash == w->path] = '\0';
    folder = open(slash ? w->path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder); /* not every file system can; the rename is done anyway */
        close(folder);
    }
    return TC_OK;
}

enum tc_status audio_commit(struct audio_writer *writer, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    /* A chunk of WAV has an even size: stated lengths count on the byte that fills it up. */
    if (!writer->temporary && writer->bytes & 1)
        io_write("", 1, writer);
    if (sf_close(writer->file) != 0 || writer->reason) {
        writer->file = NULL;
        status = no_write(writer, error);
    }
    writer->file = NULL;
    if (status == TC_OK && writer->temporary)
        status = sync_and_rename(writer, error);
    audio_discard(writer);
    return status;
}

void audio_discard(struct audio_writer *writer)
{
    if (!writer)
        return;
    if (writer->file)
        sf_close(writer->file);
    if (writer->temporary)
        unlink(writer->temporary);
    free_writer(writer);
}
