#include "config.h"
#include "audio/render.h"

#include "audio/player_group.h"
#include "cli/interrupt.h"
#include "files/new_file.h"
#include "clock.h"
#include "cli/talk.h"

#include <pthread.h>

/* Files open at a time. Each takes two descriptors, and 1024 is a common limit. */
enum { MAX_OPEN = 256 };

/* What the threads share. The lock guards `threads` and all below it. */
struct work {
    const struct render_settings *settings;
    const struct render_plan *plan;
    double total_bytes; /* of all inputs */
    double start_s;
    pthread_mutex_t lock;
    unsigned threads;
    size_t next;    /* index of the next job */
    size_t playing; /* jobs that were started and have not ended */
    struct group_progress total;
};

/* ------------------------------------------------------------------------- one thread */

/* A thread takes no file while it has more than the others on average: they need work first, and
 * long files, which come first in the plan, are then spread over all threads. */
static bool has_capacity(const struct work *work, const struct player_group *group)
{
    return group->channels < GROUP_MAX_CHANNELS && group->n < MAX_OPEN / work->threads &&
           group->n * work->threads <= work->playing;
}

/* NULL if there is none for this thread now, or none at all if its group is empty. A pipe may block
 * its reader until another file was read, so it is played alone. */
static const struct render_job *next_job(struct work *work, const struct player_group *group)
{
    const struct render_job *job = NULL;

    pthread_mutex_lock(&work->lock);
    if (work->next < work->plan->n && has_capacity(work, group)) {
        job = &work->plan->job[work->next];
        if (group->n > 0 && job->is_pipe)
            job = NULL;
    }
    if (job) {
        ++work->next;
        ++work->playing;
    }
    pthread_mutex_unlock(&work->lock);
    return job;
}

static void report(struct work *work, struct group_progress progress)
{
    struct group_progress total;

    pthread_mutex_lock(&work->lock);
    work->playing -= progress.written + progress.failed;
    work->total.written += progress.written;
    work->total.failed += progress.failed;
    work->total.bytes += progress.bytes;
    work->total.audio_s += progress.audio_s;
    total = work->total;
    pthread_mutex_unlock(&work->lock);
    talk_progress(total.bytes > 0.0 ? total.bytes / work->total_bytes : -1.0,
                  "%zu of %zu files  %.1f x real time", total.written + total.failed, work->plan->n,
                  total.audio_s / (tc_now_s() - work->start_s + 1e-3));
}

static struct file_player *open_next(struct work *work, const struct player_group *group)
{
    const struct render_job *job;

    while (!interrupt_asked() && (job = next_job(work, group))) {
        struct file_player *const file = file_player_new(&work->settings->files, job);

        if (file)
            return file;
        report(work, (struct group_progress){.failed = 1});
    }
    return NULL;
}

/* A file that does not fit beside the others stays in *next until they have ended. */
static void add_files(struct work *work, struct player_group *group, struct file_player **next)
{
    while (*next || (*next = open_next(work, group))) {
        if (!player_group_add(group, *next))
            return;
        *next = NULL;
    }
}

static void *play_files(void *user)
{
    struct work *const work = user;
    struct player_group group = {.precision = work->settings->precision};
    struct file_player *next = NULL;

    for (;;) {
        add_files(work, &group, &next);
        if (group.n == 0 || interrupt_asked())
            break;
        report(work, player_group_advance(&group));
    }
    file_player_free(next);
    player_group_free(&group);
    return NULL;
}

/* ------------------------------------------------------------------------- all threads */

/* The calling thread plays as well, so that all files are played even if no other can be started.
 */
static void play_all(struct work *work, unsigned n_threads)
{
    pthread_t thread[RENDER_MAX_THREADS];
    unsigned started = 0;

    talk_progress_begin(false);
    while (started + 1 < n_threads && pthread_create(&thread[started], NULL, play_files, work) == 0)
        ++started;
    pthread_mutex_lock(&work->lock);
    work->threads = started + 1;
    pthread_mutex_unlock(&work->lock);
    play_files(work);
    for (unsigned i = 0; i < started; ++i)
        pthread_join(thread[i], NULL);
    talk_progress_end();
}

static int exit_status(const struct work *work)
{
    const size_t n = work->plan->n, failed = work->total.failed, written = work->total.written;

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

int render(const struct render_settings *settings, struct render_plan *plan, unsigned n_threads)
{
    struct work work = {.settings = settings,
                        .plan = plan,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .threads = n_threads < plan->n ? n_threads : (unsigned)plan->n};

    if (render_plan_create_folder(plan) != 0)
        return 1;
    if (tc_model_metadata(settings->files.model)->sample_rate_hz <= 0.0)
        talk_warn(NULL, "the model does not say its sample rate; it may sound wrong");
    for (size_t i = 0; i < plan->n; ++i)
        work.total_bytes += plan->job[i].bytes;
    if (plan->n > 0)
        tc_new_files_sweep(plan->job[0].out);
    interrupt_begin();
    work.start_s = tc_now_s();
    play_all(&work, work.threads);
    render_plan_remove_folder(plan);
    return exit_status(&work);
}
