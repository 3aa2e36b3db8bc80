#include "config.h"
#include "audio/audio_format.h"

#include "audio/audio_sndfile.h"
#include "audio/output_file.h"
#include "cli/paths.h"

#include <sndfile.h>
#include <string.h>
#include <strings.h>

pthread_mutex_t audio_open_lock = PTHREAD_MUTEX_INITIALIZER;

struct format_name {
    const char *text; /* a container's is also the ending of its files */
    int code;
};

static const struct format_name containers[] = {
    {"wav", SF_FORMAT_WAV},   {"aiff", SF_FORMAT_AIFF}, {"aif", SF_FORMAT_AIFF},
    {"aifc", SF_FORMAT_AIFF}, {"flac", SF_FORMAT_FLAC}, {"ogg", SF_FORMAT_OGG},
    {"oga", SF_FORMAT_OGG},   {"caf", SF_FORMAT_CAF},   {"w64", SF_FORMAT_W64},
    {"rf64", SF_FORMAT_RF64}, {"au", SF_FORMAT_AU},     {"snd", SF_FORMAT_AU},
#if HAVE_DECL_SF_FORMAT_MPEG
    {"mp3", SF_FORMAT_MPEG},
#endif
};

static const struct format_name samples[] = {
    {"16", SF_FORMAT_PCM_16},   {"24", SF_FORMAT_PCM_24},     {"32", SF_FORMAT_PCM_32},
    {"float", SF_FORMAT_FLOAT}, {"double", SF_FORMAT_DOUBLE},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The code of a name, in either case; 0 if it is not in the list. */
static int format_code(const struct format_name *names, size_t n, const char *text, size_t length)
{
    for (size_t i = 0; i < n; ++i)
        if (strlen(names[i].text) == length && strncasecmp(names[i].text, text, length) == 0)
            return names[i].code;
    return 0;
}

const char *audio_extension(int container)
{
    for (size_t i = 0; i < COUNT(containers); ++i)
        if (containers[i].code == container)
            return containers[i].text;
    return NULL;
}

static int container_of(const char *path)
{
    const char *const dot = strrchr(path, '.');

    return dot ? format_code(containers, COUNT(containers), dot + 1, strlen(dot + 1)) : 0;
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
        const int container = format_code(containers, COUNT(containers), c, length);
        const int sample = format_code(samples, COUNT(samples), c, length);

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

unsigned audio_integer_bits(int sample)
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

int audio_reason_length(const char *reason)
{
    const size_t length = strlen(reason);

    return (int)(length > 0 && reason[length - 1] == '.' ? length - 1 : length);
}

unsigned audio_sample_size(int sample)
{
    if (sample == SF_FORMAT_FLOAT)
        return 4;
    if (sample == SF_FORMAT_DOUBLE)
        return 8;
    return audio_integer_bits(sample) / 8;
}

bool audio_keeps_samples(struct audio_format format)
{
    return audio_sample_size(format.samples) > 0;
}

/* The input's sample format, or the nearest that the container can hold; 0 if there is none. A
 * compressed format is kept within its own container only: libsndfile knows it in others, but
 * cannot write it there. */
static int nearest_samples(int container, const struct audio_info *input)
{
    const int input_samples = input->format.samples;
    const bool keep_samples =
        container == input->format.container || audio_sample_size(input_samples) > 0;
    const int tried[] = {
        keep_samples ? input_samples : SF_FORMAT_PCM_24,
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

/* True if the path has an ending that files of the container do not have. */
static bool has_other_ending(const char *path, int container)
{
    SF_FORMAT_INFO info = {.format = container};
    const char *const dot = strrchr(path_name(path), '.');

    return dot && (sf_command(NULL, SFC_GET_FORMAT_INFO, &info, sizeof info) != 0 ||
                   strcasecmp(dot + 1, info.extension) != 0);
}

/* Files in WAVEX (the extended header) and RF64 (64 bits) also end in .wav. */
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
