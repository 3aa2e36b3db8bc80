#include "doctor/corrected_copies.h"

#include "audio/audio_writer.h"
#include "cli/paths.h"
#include "cli/talk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_SIZE = 256, PATH_SIZE = 4608 };

/* The name of a pair's target without folder and ending. */
static void stem_of(const struct examined_pair *d, char stem[NAME_SIZE])
{
    char *dot;

    (void)snprintf(stem, NAME_SIZE, "%s", path_name(d->pair->target->path));
    dot = strrchr(stem, '.');
    if (dot != NULL && dot != stem)
        *dot = '\0';
}

/* That name, with a number after it if earlier pairs have the same. */
static void name_of(const struct examination *examination, size_t index, char name[NAME_SIZE])
{
    char stem[NAME_SIZE], earlier[NAME_SIZE];
    size_t n = 1;

    stem_of(&examination->pair[index], stem);
    for (size_t i = 0; i < index; ++i) {
        stem_of(&examination->pair[i], earlier);
        n += strcmp(earlier, stem) == 0;
    }
    if (n == 1)
        (void)snprintf(name, NAME_SIZE, "%s", stem);
    else
        (void)snprintf(name, NAME_SIZE, "%.200s-%zu", stem, n);
}

static enum tc_status write_file(const char *path, const float *const *channels,
                                 unsigned n_channels, size_t n_frames, double rate_hz,
                                 struct tc_error *error)
{
    struct audio_create_options options = {
        .info = {.channels = n_channels, .rate_hz = rate_hz, .n_frames = n_frames}};
    struct audio_writer *writer;
    struct tc_error inner;
    enum tc_status status = audio_format_parse("wav:float", &options.info.format, &inner);

    if (status == TC_OK && access(path, F_OK) == 0)
        return tc_fail(error, TC_IO, "%s: the file is there; choose another folder", path);
    if (status == TC_OK)
        status = audio_create(&writer, path, &options, &inner);
    if (status != TC_OK)
        return tc_fail(error, status, "%s: %s", path, inner.message);
    status = audio_write(writer, channels, n_frames, &inner);
    if (status == TC_OK)
        status = audio_commit(writer, &inner);
    else
        audio_discard(writer);
    return status == TC_OK ? TC_OK : tc_fail(error, status, "%s: %s", path, inner.message);
}

static enum tc_status write_pair(const struct examination *examination, size_t index,
                                 const char *folder, struct tc_error *error)
{
    const struct examined_pair *const d = &examination->pair[index];
    const unsigned n = d->pair->input->audio.channels;
    const float *const control = d->pair->input->control;
    const unsigned n_dry = n + (control != NULL);
    const float **const channels = calloc(n_dry + (size_t)n, sizeof *channels);
    struct aligned_pair aligned = recording_pair_aligned(d->pair, 0, d->delay);
    char name[NAME_SIZE], path[PATH_SIZE];
    enum tc_status status;

    if (channels == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %u channels", n);
    for (unsigned c = 0; c < n; ++c) {
        aligned = recording_pair_aligned(d->pair, c, d->delay);
        channels[c] = aligned.input;
        channels[n_dry + c] = aligned.target;
    }
    if (control != NULL)
        channels[1] = control + (channels[0] - d->pair->input->audio.channel[0]);
    name_of(examination, index, name);
    (void)snprintf(path, sizeof path, "%s/%s-dry.wav", folder, name);
    status = write_file(path, channels, n_dry, aligned.n_frames, aligned.rate_hz, error);
    (void)snprintf(path, sizeof path, "%s/%s-wet.wav", folder, name);
    if (status == TC_OK)
        status = write_file(path, channels + n_dry, n, aligned.n_frames, aligned.rate_hz, error);
    free(channels);
    return status;
}

enum tc_status corrected_copies_write(const struct examination *examination, const char *folder,
                                      struct tc_error *error)
{
    const struct recordings *const recordings = &examination->data->recordings;
    enum tc_status status = TC_OK;

    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return tc_fail(error, TC_IO, "%s: the folder cannot be made: %s", folder, strerror(errno));
    for (size_t i = 0; i < recordings->n_pairs && status == TC_OK; ++i) {
        const struct examined_pair *const d = &examination->pair[i];

        if (d->pair->unclear)
            talk_warn(d->pair->target->path, "no copy is written, since its delay is not known");
        else
            status = write_pair(examination, i, folder, error);
    }
    return status;
}
