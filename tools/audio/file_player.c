#include "config.h"
#include "audio/file_player.h"

#include "audio/result_mark.h"
#include "cli/talk.h"

#include <stdlib.h>
#include <string.h>

const char *file_player_input_name(const struct file_player *file)
{
    return strcmp(file->job->in, "-") == 0 ? "standard input" : file->job->in;
}

static const char *output_name(const struct file_player *p)
{
    return strcmp(p->job->out, "-") == 0 ? "standard output" : p->job->out;
}

static bool failed(const char *path, const struct tc_error *error)
{
    talk_error(path, "%s", error->message);
    return false;
}

/* ------------------------------------------------------------------------- opening */

/* The player converts files of another rate than the model's, which may only be assumed. */
static bool check_rate(const struct file_player *p)
{
    const double rate_hz = tc_model_metadata(p->options->model)->sample_rate_hz;

    if (rate_hz <= 0.0 || rate_hz == p->info.rate_hz)
        return true;
    if (p->options->rate->no_resample || !tc_player_converts(p->options->model, p->info.rate_hz)) {
        talk_error(file_player_input_name(p), "%g Hz, but the model was made at %g Hz",
                   p->info.rate_hz, rate_hz);
        return false;
    }
    if (atomic_flag_test_and_set(p->options->reported))
        return true;
    rate_choice_report(p->options->rate, p->options->model, p->options->rate_assumed,
                       file_player_input_name(p), p->info.rate_hz);
    return true;
}

/* A file of two channels has the control signal of a knob as its second. */
static void choose_model(struct file_player *p)
{
    const struct file_player_options *const o = p->options;
    const bool controlled = o->controlled.model && p->info.channels == 2;

    p->model = controlled ? o->controlled.model : o->model;
    p->controls = controlled ? &o->controlled.controls : o->controls;
    if (controlled)
        talk_say(file_player_input_name(p), "the second channel is '%s'",
                 tc_model_metadata(o->model)->control);
}

/* Each group of as many channels as the model has audio inputs is a channel of the player. */
static bool check_fit(struct file_player *p)
{
    const struct tc_architecture *const arch = tc_model_architecture(p->model);
    const char *const control = tc_model_metadata(p->model)->control;

    if (arch->symbols) {
        talk_error(file_player_input_name(p), "the model has an input of symbols, expected audio");
        return false;
    }
    p->channels = p->info.channels / arch->audio_inputs;
    p->outputs = p->channels * arch->outputs;
    if (p->info.channels % arch->audio_inputs == 0 && p->channels <= TC_MAX_CHANNELS)
        return true;
    if (tc_model_control(p->model) == TC_CONTROL_AUDIO)
        talk_error(file_player_input_name(p),
                   "%u channel%s, expected 2: the signal and the control signal '%s'",
                   p->info.channels, p->info.channels == 1 ? "" : "s", control);
    else
        talk_error(file_player_input_name(p), "%u channels, expected a multiple of %u, at most %u",
                   p->info.channels, arch->audio_inputs, TC_MAX_CHANNELS * arch->audio_inputs);
    return false;
}

static bool make_buffers(struct file_player *p)
{
    const unsigned n = p->info.channels + p->outputs;

    p->samples = calloc(n, FILE_BLOCK_FRAMES * sizeof *p->samples);
    p->in = calloc(n, sizeof *p->in);
    p->written = calloc(p->outputs, sizeof *p->written);
    if (!p->samples || !p->in || !p->written) {
        talk_error(file_player_input_name(p), "out of memory");
        return false;
    }
    for (unsigned i = 0; i < n; ++i)
        p->in[i] = p->samples + (size_t)i * FILE_BLOCK_FRAMES;
    p->out = p->in + p->info.channels;
    return true;
}

static bool open_result(struct file_player *p)
{
    struct audio_create_options options = {.info = p->info, .no_dither = p->options->no_dither};
    struct tc_error error;

    if (!p->options->force && !result_may_replace(p->job->out)) {
        talk_error(p->job->out, RESULT_REFUSED);
        return false;
    }
    options.info.channels = p->outputs;
    if (audio_format_choose(&p->options->wanted, &options.info, p->job->out, &options.info.format,
                            &error) != TC_OK ||
        audio_create(&p->writer, p->job->out, &options, &error) != TC_OK)
        return failed(output_name(p), &error);
    return true;
}

/* What was found of a header that is not right, or states nothing. */
static void report_length(const struct file_player *p)
{
    const unsigned long long stated = p->info.stated_frames, present = p->info.n_frames;

    if (p->info.stated_frames != AUDIO_UNKNOWN_LENGTH && stated < present)
        talk_warn(file_player_input_name(p),
                  "the header states %llu frames, but there are %llu: all are played", stated,
                  present);
    else if (p->info.stated_frames == AUDIO_UNKNOWN_LENGTH && p->info.n_frames != stated)
        talk_say(file_player_input_name(p),
                 "the header states no length: all %llu frames are played", present);
    else if (p->info.stated_frames == AUDIO_UNKNOWN_LENGTH)
        talk_say(file_player_input_name(p), "the header states no length: played to the end");
}

/* Of a pipe this is known at its end. */
static void report_more(const struct file_player *p)
{
    if (p->info.n_frames == p->info.stated_frames && p->n_total > p->info.n_frames)
        talk_warn(file_player_input_name(p),
                  "the header states %llu frames, but %llu came: all were played",
                  (unsigned long long)p->info.stated_frames, (unsigned long long)p->n_total);
}

static bool open_files(struct file_player *p)
{
    struct tc_error error;

    if (audio_open(&p->reader, p->job->in, &p->info, &error) != TC_OK)
        return failed(file_player_input_name(p), &error);
    report_length(p);
    choose_model(p);
    return check_rate(p) && check_fit(p) && make_buffers(p) && open_result(p);
}

struct file_player *file_player_new(const struct file_player_options *options,
                                    const struct render_job *job)
{
    struct file_player *const made = calloc(1, sizeof *made);

    if (!made) {
        talk_error(job->in, "out of memory");
        return NULL;
    }
    made->options = options;
    made->job = job;
    if (open_files(made))
        return made;
    file_player_free(made);
    return NULL;
}

void file_player_free(struct file_player *file)
{
    if (!file)
        return;
    audio_discard(file->writer);
    audio_close(file->reader);
    free(file->samples);
    free(file->in);
    free(file->written);
    free(file);
}

/* ------------------------------------------------------------------------- blocks */

void file_player_set_latency(struct file_player *file, size_t latency_frames)
{
    file->skip = file->tail = latency_frames;
}

bool file_player_read(struct file_player *file)
{
    size_t rest, tail;
    struct tc_error error;

    if (audio_read(file->reader, file->in, FILE_BLOCK_FRAMES, &file->n_read, &error) != TC_OK)
        return failed(file_player_input_name(file), &error);
    file->n_total += file->n_read;
    rest = FILE_BLOCK_FRAMES - file->n_read;
    for (unsigned i = 0; i < file->info.channels; ++i)
        memset(file->in[i] + file->n_read, 0, rest * sizeof **file->in);
    tail = file->tail < rest ? file->tail : rest;
    file->tail -= tail;
    file->n_frames = file->n_read + tail;
    return true;
}

bool file_player_write(struct file_player *file)
{
    const size_t skipped = file->skip < file->n_frames ? file->skip : file->n_frames;
    struct tc_error error;

    file->skip -= skipped;
    for (unsigned o = 0; o < file->outputs; ++o)
        file->written[o] = file->out[o] + skipped;
    if (audio_write(file->writer, file->written, file->n_frames - skipped, &error) != TC_OK)
        return failed(output_name(file), &error);
    return true;
}

bool file_player_finish(struct file_player *file)
{
    const uint64_t overs = audio_overs(file->writer);
    struct audio_writer *const writer = file->writer;
    struct tc_error error;

    file->writer = NULL;
    if (audio_commit(writer, &error) != TC_OK)
        return failed(output_name(file), &error);
    report_more(file);
    if (file->options->report_names && strcmp(file->job->out, "-") != 0)
        talk_say(output_name(file), "written");
    if (overs > 0)
        talk_warn(output_name(file), "%llu samples are over full scale; --out-gain makes it softer",
                  (unsigned long long)overs);
    return true;
}
