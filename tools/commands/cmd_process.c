#include "config.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/knobs.h"
#include "audio/player_group.h"
#include "cli/load_model.h"
#include "cli/now.h"
#include "cli/talk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* MAX_OPEN: files at a time. Each takes two descriptors, and 1024 is a common limit. */
enum { MAX_JOBS = 64, MAX_OPEN = 256 };

struct process_options {
    const char *model, *out, *format;
    struct text_list knobs;
    unsigned jobs;
    int precision;
    double in_gain_db, out_gain_db, dry, sample_rate_hz;
    bool no_dither;
};

/* What the threads share: constant but for what the lock guards. */
struct work {
    struct passage_terms terms;
    struct tc_controls controls;
    enum tc_precision precision;
    const struct renderings *plan;
    double bytes; /* of all inputs */
    double begun_s;
    pthread_mutex_t lock;
    unsigned threads;
    size_t next, playing; /* the next file to take; how many are taken and have not ended */
    struct lanes_news sum;
};

/* ------------------------------------------------------------------------- one thread */

/* A thread takes no file while it has more than the others on average: they need work first, and
 * then long files, which come first in the list. */
static bool has_room(const struct work *work, const struct lanes *lanes)
{
    return lanes->channels < LANES_MAX && lanes->n < MAX_OPEN / work->threads &&
           lanes->n * work->threads <= work->playing;
}

/* NULL if there is none for this thread now, or none at all if it plays nothing. A pipe may keep
 * its reader waiting, and what feeds it may wait for another file: it is played alone. */
static const struct rendering *next_file(struct work *work, const struct lanes *lanes)
{
    const struct rendering *file = NULL;

    pthread_mutex_lock(&work->lock);
    if (work->next < work->plan->n && has_room(work, lanes)) {
        file = &work->plan->item[work->next];
        if (lanes->n > 0 && file->is_pipe)
            file = NULL;
    }
    if (file) {
        ++work->next;
        ++work->playing;
    }
    pthread_mutex_unlock(&work->lock);
    return file;
}

static void report(struct work *work, struct lanes_news news)
{
    struct lanes_news sum;

    pthread_mutex_lock(&work->lock);
    work->playing -= news.written + news.failed;
    work->sum.written += news.written;
    work->sum.failed += news.failed;
    work->sum.bytes += news.bytes;
    work->sum.sound_s += news.sound_s;
    sum = work->sum;
    pthread_mutex_unlock(&work->lock);
    talk_progress(sum.bytes > 0.0 ? sum.bytes / work->bytes : -1.0,
                  "%zu of %zu files  %.1f x real time", sum.written + sum.failed, work->plan->n,
                  sum.sound_s / (now_s() - work->begun_s + 1e-3));
}

static struct passage *open_next(struct work *work, const struct lanes *lanes)
{
    const struct rendering *file;

    while (!interrupt_asked() && (file = next_file(work, lanes))) {
        struct passage *const passage = passage_new(&work->terms, file);

        if (passage)
            return passage;
        report(work, (struct lanes_news){.failed = 1});
    }
    return NULL;
}

/* What finds no room beside the others stays in *next until they have ended. */
static void take_files(struct work *work, struct lanes *lanes, struct passage **next)
{
    while (*next || (*next = open_next(work, lanes))) {
        if (!lanes_take(lanes, *next))
            return;
        *next = NULL;
    }
}

static void *process_files(void *user)
{
    struct work *const work = user;
    struct lanes lanes = {
        .model = work->terms.model, .controls = &work->controls, .precision = work->precision};
    struct passage *next = NULL;

    for (;;) {
        take_files(work, &lanes, &next);
        if (lanes.n == 0 || interrupt_asked())
            break;
        report(work, lanes_advance(&lanes));
    }
    passage_free(next);
    lanes_free(&lanes);
    return NULL;
}

/* ------------------------------------------------------------------------- all files */

/* This thread works as well, so that a machine that gives no other still gets it done. */
static void process_all(struct work *work)
{
    pthread_t thread[MAX_JOBS];
    const unsigned threads = work->threads;
    unsigned started = 0;

    talk_progress_begin(false);
    while (started + 1 < threads &&
           pthread_create(&thread[started], NULL, process_files, work) == 0)
        ++started;
    pthread_mutex_lock(&work->lock);
    work->threads = started + 1;
    pthread_mutex_unlock(&work->lock);
    process_files(work);
    for (unsigned i = 0; i < started; ++i)
        pthread_join(thread[i], NULL);
    talk_progress_end();
}

static void plan_work(struct work *work, const struct renderings *plan, unsigned jobs)
{
    work->plan = plan;
    work->threads = jobs < plan->n ? jobs : (unsigned)plan->n;
    for (size_t i = 0; i < plan->n; ++i)
        work->bytes += plan->item[i].bytes;
    work->begun_s = now_s();
}

/* The program's exit status, explained. */
static int result_of(const struct work *work)
{
    const size_t n = work->plan->n, failed = work->sum.failed, written = work->sum.written;

    if (written == n)
        return 0;
    if (failed + written < n && n > 1)
        talk_error(NULL, "interrupted; %zu of %zu files were written", written, n);
    else if (failed + written < n)
        talk_error(NULL, "interrupted; the file at work was not written");
    else if (n > 1)
        talk_error(NULL, "%zu of %zu files failed", failed, n);
    return 1;
}

static int process_plan(struct work *work, struct renderings *plan, unsigned jobs)
{
    if (renderings_make_folder(plan) != 0)
        return 1;
    if (tc_model_metadata(work->terms.model)->sample_rate_hz <= 0.0)
        talk_warn(NULL, "the model does not say its sample rate; it may sound wrong");
    interrupt_begin();
    plan_work(work, plan, jobs);
    process_all(work);
    renderings_drop_folder(plan);
    return result_of(work);
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
    work->precision = (enum tc_precision)o->precision;
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
    struct tc_file_facts facts;
    int status;

    if (!o->model)
        return usage_error(self, "--model is missing");
    if (o->format && audio_format_parse(o->format, &work.terms.wanted, &error) != TC_OK)
        return usage_error(self, "--format: %s", error.message);
    model = load_model(o->model, o->sample_rate_hz, &facts);
    if (!model)
        return 1;
    work.terms.rate_assumed = facts.rate_assumed;
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
    KNOB_OPTION(AT(knobs), "as the model says"),
    {'j', "jobs", OPT_UINT, AT(jobs), 1, MAX_JOBS, "JOBS",
     "threads that share the files; each plays several at once, up to 16 channels [1]"},
    {0, "in-gain", OPT_REAL, AT(in_gain_db), TC_GAIN_MIN_DB, TC_GAIN_MAX_DB, "DB",
     "gain before the model [0]"},
    {0, "out-gain", OPT_REAL, AT(out_gain_db), TC_GAIN_MIN_DB, TC_GAIN_MAX_DB, "DB",
     "gain after the model [0]"},
    {0, "dry", OPT_REAL, AT(dry), 0, 1, "PART", "part of the input in the result, 0 to 1 [0]"},
    PRECISION_OPTION(AT(precision)),
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
    {'f', "format", OPT_TEXT, AT(format), 0, 0, "FORMAT",
     "container, samples or both: wav, aiff, flac, ogg, caf, au, w64, rf64, mp3; 16, 24, 32, "
     "float, double; flac:24 [as OUT ends, and as the input]"},
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
    .synopsis = "-m MODEL [-o OUT] [--knob NAME=VALUE]... [options] IN...",
    OPERANDS("IN", 1, OPERANDS_ANY),
    .summary = "play files through a model",
    .description =
        "Plays audio files of any length through a model, exactly as the plugin does. IN may be a "
        "folder, which stands for every audio file in it, or - for standard input (WAV). Each "
        "channel is played on its own; a model with several audio inputs takes them from the "
        "file's channels.\n\n"
        "The sample rate must be the model's, unless that is only assumed. The result keeps the "
        "container and sample format of "
        "the input unless OUT's ending or --format says otherwise. Samples over full scale are "
        "counted and reported; a file of floats keeps them. A file appears when it is complete; "
        "one that cannot be read leaves nothing behind, and the others are still done.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = process,
};
