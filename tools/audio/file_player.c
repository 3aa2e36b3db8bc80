#include "config.h"
#include "audio/file_player.h"

#include "cli/talk.h"

#include <stdlib.h>
#include <string.h>

const char *passage_name(const struct passage *passage)
{
    return strcmp(passage->names->in, "-") == 0 ? "standard input" : passage->names->in;
}

static const char *output_name(const struct passage *p)
{
    return strcmp(p->names->out, "-") == 0 ? "standard output" : p->names->out;
}

static bool failed(const char *path, const struct tc_error *error)
{
    talk_error(path, "%s", error->message);
    return false;
}

/* ------------------------------------------------------------------------- opening */

/* An assumed rate may be wrong: files of another are played, with a warning. */
static bool check_rate(const struct passage *p)
{
    const double rate_hz = tc_model_metadata(p->terms->model)->sample_rate_hz;

    if (rate_hz <= 0.0 || rate_hz == p->info.rate_hz)
        return true;
    if (p->terms->rate_assumed)
        talk_warn(passage_name(p), "%g Hz, but %g Hz is assumed of the model; it may sound wrong",
                  p->info.rate_hz, rate_hz);
    else
        talk_error(passage_name(p),
                   "%g Hz, but the model was made at %g Hz; convert the file first",
                   p->info.rate_hz, rate_hz);
    return p->terms->rate_assumed;
}

/* The file's channels are dealt to groups of the model's audio inputs. */
static bool check_fit(struct passage *p)
{
    const struct tc_architecture *const arch = tc_model_architecture(p->terms->model);

    p->channels = p->info.channels / arch->audio_inputs;
    p->outputs = p->channels * arch->outputs;
    if (p->info.channels % arch->audio_inputs == 0 && p->channels <= TC_MAX_CHANNELS)
        return true;
    talk_error(passage_name(p), "%u channels, expected a multiple of %u, at most %u",
               p->info.channels, arch->audio_inputs, TC_MAX_CHANNELS * arch->audio_inputs);
    return false;
}

static bool make_buffers(struct passage *p)
{
    const unsigned n = p->info.channels + p->outputs;

    p->samples = calloc(n, PASSAGE_FRAMES * sizeof *p->samples);
    p->in = calloc(n, sizeof *p->in);
    if (!p->samples || !p->in) {
        talk_error(passage_name(p), "out of memory");
        return false;
    }
    for (unsigned i = 0; i < n; ++i)
        p->in[i] = p->samples + (size_t)i * PASSAGE_FRAMES;
    p->out = p->in + p->info.channels;
    return true;
}

static bool open_result(struct passage *p)
{
    struct audio_create_options options = {.info = p->info, .no_dither = p->terms->no_dither};
    struct tc_error error;

    options.info.channels = p->outputs;
    if (audio_format_choose(&p->terms->wanted, &options.info, p->names->out, &options.info.format,
                            &error) != TC_OK ||
        audio_create(&p->writer, p->names->out, &options, &error) != TC_OK)
        return failed(output_name(p), &error);
    return true;
}

static bool open_both(struct passage *p)
{
    struct tc_error error;

    if (audio_open(&p->reader, p->names->in, &p->info, &error) != TC_OK)
        return failed(passage_name(p), &error);
    return check_rate(p) && check_fit(p) && make_buffers(p) && open_result(p);
}

struct passage *passage_new(const struct passage_terms *terms, const struct rendering *names)
{
    struct passage *const made = calloc(1, sizeof *made);

    if (!made) {
        talk_error(names->in, "out of memory");
        return NULL;
    }
    made->terms = terms;
    made->names = names;
    if (open_both(made))
        return made;
    passage_free(made);
    return NULL;
}

void passage_free(struct passage *passage)
{
    if (!passage)
        return;
    audio_discard(passage->writer);
    audio_close(passage->reader);
    free(passage->samples);
    free(passage->in);
    free(passage);
}

/* ------------------------------------------------------------------------- blocks */

bool passage_read(struct passage *passage)
{
    struct tc_error error;

    if (audio_read(passage->reader, passage->in, PASSAGE_FRAMES, &passage->n_frames, &error) !=
        TC_OK)
        return failed(passage_name(passage), &error);
    for (unsigned i = 0; i < passage->info.channels; ++i)
        memset(passage->in[i] + passage->n_frames, 0,
               (PASSAGE_FRAMES - passage->n_frames) * sizeof **passage->in);
    return true;
}

bool passage_write(struct passage *passage)
{
    struct tc_error error;

    if (audio_write(passage->writer, (const float *const *)passage->out, passage->n_frames,
                    &error) != TC_OK)
        return failed(output_name(passage), &error);
    return true;
}

bool passage_finish(struct passage *passage)
{
    const uint64_t overs = audio_overs(passage->writer);
    struct audio_writer *const writer = passage->writer;
    struct tc_error error;

    passage->writer = NULL;
    if (audio_commit(writer, &error) != TC_OK)
        return failed(output_name(passage), &error);
    if (passage->terms->say_names && strcmp(passage->names->out, "-") != 0)
        talk_say(output_name(passage), "written");
    if (overs > 0)
        talk_warn(output_name(passage),
                  "%llu samples are over full scale; --out-gain makes it softer",
                  (unsigned long long)overs);
    return true;
}
