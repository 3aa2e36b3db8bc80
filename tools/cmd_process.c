#include "config.h"
#include "commands.h"
#include "interrupt.h"
#include "knobs.h"
#include "load_model.h"
#include "now.h"
#include "passage.h"
#include "talk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_JOBS = 64 };

struct process_options {
    const char *model, *out, *format;
    struct text_list knobs;
    unsigned jobs;
    double in_gain_db, out_gain_db, dry;
    bool no_dither;
};

/* What the threads share: all constant but the counts, which the lock guards. */
struct work {
    struct passage_terms terms;
    const struct renderings *plan;
    struct tc_controls controls;
    pthread_mutex_t lock;
    size_t next, failed;
    double done;           /* in files */
    double sound_s, begun; /* seconds of sound played; when the work began */
};

/* ------------------------------------------------------------------------- one file */

static void show_progress(struct work *work, const struct passage *p)
{
    const bool known = p->info.n_frames != AUDIO_UNKNOWN_LENGTH;
    const double n = (double)p->n_frames;
    double done, sound_s;

    pthread_mutex_lock(&work->lock);
    work->done += known ? n / (double)p->info.n_frames : 0.0;
    work->sound_s += n / p->info.rate_hz;
    done = known ? work->done / (double)work->plan->n : -1.0;
    sound_s = work->sound_s;
    pthread_mutex_unlock(&work->lock);
    talk_progress(done, "%s  %.1f x real time", passage_name(p),
                  sound_s / (now_s() - work->begun + 1e-3));
}

static bool play(struct work *work, struct passage *p, struct tc_player *player)
{
    do {
        if (!passage_read(p))
            return false;
        tc_player_process(player, &work->controls, (const float *const *)p->in, p->out,
                          p->n_frames);
        if (!passage_write(p))
            return false;
        show_progress(work, p);
    } while (p->n_frames > 0 && !interrupt_asked());
    return !interrupt_asked() && passage_finish(p);
}

static bool process_file(struct work *work, const struct rendering *names)
{
    struct passage *const p = passage_new(&work->terms, names);
    struct tc_player *player = NULL;
    struct tc_error error;
    bool done = false;

    if (!p)
        return false;
    if (tc_player_new(&player, work->terms.model, p->channels, p->info.rate_hz, &error) == TC_OK)
        done = play(work, p, player);
    else
        talk_error(passage_name(p), "%s", error.message);
    tc_player_free(player);
    passage_free(p);
    return done;
}

/* ------------------------------------------------------------------------- all files */

static void *process_files(void *user)
{
    struct work *const work = user;

    for (;;) {
        size_t index;

        pthread_mutex_lock(&work->lock);
        index = work->next++;
        pthread_mutex_unlock(&work->lock);
        if (index >= work->plan->n || interrupt_asked())
            return NULL;
        if (!process_file(work, &work->plan->item[index])) {
            pthread_mutex_lock(&work->lock);
            ++work->failed;
            pthread_mutex_unlock(&work->lock);
        }
    }
}

/* This thread works as well, so that a machine that gives no other still gets it done. */
static void process_all(struct work *work, unsigned jobs)
{
    pthread_t thread[MAX_JOBS];
    unsigned started = 0;

    talk_progress_begin(false);
    while (started + 1 < jobs && started + 1 < work->plan->n &&
           pthread_create(&thread[started], NULL, process_files, work) == 0)
        ++started;
    process_files(work);
    for (unsigned i = 0; i < started; ++i)
        pthread_join(thread[i], NULL);
    talk_progress_end();
}

static int process_plan(struct work *work, struct renderings *plan, unsigned jobs)
{
    if (renderings_make_folder(plan) != 0)
        return 1;
    if (tc_model_metadata(work->terms.model)->sample_rate_hz <= 0.0)
        talk_warn(NULL, "the model does not say its sample rate; it may sound wrong");
    interrupt_begin();
    work->plan = plan;
    work->begun = now_s();
    process_all(work, jobs);
    renderings_drop_folder(plan);
    if (interrupt_asked())
        talk_error(NULL, "interrupted; the file at work was not written");
    else if (work->failed > 0 && plan->n > 1)
        talk_error(NULL, "%zu of %zu files failed", work->failed, plan->n);
    return work->failed > 0 || interrupt_asked() ? 1 : 0;
}

static int process_with(struct work *work, const struct command *self,
                        const struct process_options *o, unsigned n, char **operands)
{
    const struct renderings_request request = {.out = o->out,
                                               .model = o->model,
                                               .extension =
                                                   audio_extension(work->terms.wanted.container)};
    struct renderings plan;
    int status;

    tc_controls_init(&work->controls, work->terms.model);
    work->controls.in_gain_db = (float)o->in_gain_db;
    work->controls.out_gain_db = (float)o->out_gain_db;
    work->controls.dry = (float)o->dry;
    status = knobs_set(self, &o->knobs, work->terms.model, work->controls.knob);
    if (status != 0)
        return status;
    status = renderings_plan(&plan, self, &request, n, operands);
    if (status == 0)
        status = process_plan(work, &plan, o->jobs);
    renderings_free(&plan);
    return status;
}

static int process(const struct command *self, const void *options, unsigned n, char **operands)
{
    const struct process_options *const o = options;
    struct work work = {.terms = {.no_dither = o->no_dither, .say_names = !o->out},
                        .lock = PTHREAD_MUTEX_INITIALIZER};
    struct tc_model *model;
    struct tc_error error;
    int status;

    if (!o->model)
        return usage_error(self, "--model is missing");
    if (o->format && audio_format_parse(o->format, &work.terms.wanted, &error) != TC_OK)
        return usage_error(self, "--format: %s", error.message);
    model = load_model(o->model);
    if (!model)
        return 1;
    work.terms.model = model;
    status = process_with(&work, self, o, n, operands);
    tc_model_free(model);
    return status;
}

/* ------------------------------------------------------------------------- the table */

#define AT(field) offsetof(struct process_options, field)

static const struct opt opts[] = {
    {'m', "model", OPT_TEXT, AT(model), 0, 0, "MODEL", "the model to play; must be given"},
    {'o', "output", OPT_TEXT, AT(out), 0, 0, "OUT",
     "the file to write, or the folder if there are several inputs; - is standard output "
     "[beside each input, as NAME-MODEL]"},
    {'k', "knob", OPT_REPEAT, AT(knobs), 0, 0, "NAME=VALUE",
     "turn a knob of the model, in its own unit; may be given several times [as the model says]"},
    {'j', "jobs", OPT_UINT, AT(jobs), 1, MAX_JOBS, "JOBS", "files at a time [1]"},
    {0, "in-gain", OPT_REAL, AT(in_gain_db), TC_GAIN_MIN_DB, TC_GAIN_MAX_DB, "DB",
     "gain before the model [0]"},
    {0, "out-gain", OPT_REAL, AT(out_gain_db), TC_GAIN_MIN_DB, TC_GAIN_MAX_DB, "DB",
     "gain after the model [0]"},
    {0, "dry", OPT_REAL, AT(dry), 0, 1, "PART", "part of the input in the result, 0 to 1 [0]"},
    {'f', "format", OPT_TEXT, AT(format), 0, 0, "FORMAT",
     "container, samples or both: wav, aiff, flac, ogg, caf, au, w64, rf64, mp3; 16, 24, 32, "
     "float, "
     "double; flac:24 [as OUT ends, and as the input]"},
    {0, "no-dither", OPT_FLAG, AT(no_dither), 0, 0, NULL,
     "round integer samples without the dither that hides the rounding"},
};

static const struct example examples[] = {
    {"-m amp.safetensors riff.wav", "Writes riff-amp.wav."},
    {"-m amp.safetensors -o loud.flac --knob Drive=7 riff.wav", "Turns a knob, writes FLAC."},
    {"-m amp.safetensors -o rendered -j 2 takes", "Plays every file of a folder into another."},
    {"-m amp.safetensors -o - - <riff.wav | aplay", "Plays a stream."},
};

static const struct process_options defaults = {.jobs = 1};

const struct command cmd_process = {
    .name = "process",
    .synopsis = "-m MODEL [-o OUT] [--knob NAME=VALUE]... [-j JOBS] IN...",
    .summary = "play files through a model",
    .description =
        "Plays audio files of any length through a model, exactly as the plugin does. IN may be a "
        "folder, which stands for every audio file in it, or - for standard input (WAV). Each "
        "channel is played on its own; a model with several audio inputs takes them from the "
        "file's channels.\n\n"
        "The sample rate must be the model's. The result keeps the container and sample format of "
        "the input unless OUT's ending or --format says otherwise. Samples over full scale are "
        "counted and reported; a file of floats keeps them. A file appears when it is complete; "
        "one that cannot be read leaves nothing behind, and the others are still done.",
    .operand = "IN",
    .min_operands = 1,
    .max_operands = OPERANDS_ANY,
    OPTS(opts),
    EXAMPLES(examples),
    .defaults = &defaults,
    .options_size = sizeof defaults,
    .run = process,
};
