#include "torture_checks.h"

#include <pthread.h>

#include "instance.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

/* Floating point modes, other instances, other threads. */

#if defined(__x86_64__)
/* Hosts run with and without flushed denormals; both must hear the same and keep their mode. */
bool check_float_mode(void)
{
    enum { DENORMALS_ARE_ZERO = 0x40, FLUSH_TO_ZERO = 0x8000, STICKY_FLAGS = 0x3f };
    static const unsigned mode[] = {0, DENORMALS_ARE_ZERO, FLUSH_TO_ZERO,
                                    DENORMALS_ARE_ZERO | FLUSH_TO_ZERO};
    const unsigned usual = _mm_getcsr() & ~(unsigned)(DENORMALS_ARE_ZERO | FLUSH_TO_ZERO);

    for (unsigned i = 0; i < 4; ++i) {
        struct instance *const instance = make_active();
        unsigned left;

        _mm_setcsr(usual | mode[i]);
        run(instance, noise, i ? second : first, 0, N);
        left = _mm_getcsr();
        _mm_setcsr(usual);
        if ((left ^ (usual | mode[i])) & ~(unsigned)STICKY_FLAGS)
            return fails("run() changed MXCSR from %#x to %#x", usual | mode[i], left);
        if (i && differ(first, second, N, "denormals kept and flushed by the host"))
            return true;
    }
    return false;
}
#else
bool check_float_mode(void)
{
    return false;
}
#endif

bool check_instances(void)
{
    struct instance *const one = make_active(), *const other = make(44100);

    activate(other);
    for (size_t start = 0; start < N; start += 512) {
        run(other, noise, first, 0, 300);
        run(one, noise, second, start, 512);
    }
    run(make_active(), noise, first, 0, N);
    return differ(first, second, N, "alone and beside another instance");
}

struct job {
    struct instance *instance;
    size_t start;
};

static void *run_job(void *context)
{
    const struct job *const job = context;

    run(job->instance, noise, second, job->start, 1024);
    return NULL;
}

/* LMMS changes the thread; JACK's and Ardour's threads have 512 KiB of stack. */
bool check_threads(void)
{
    struct job job = {.instance = make_active()};
    pthread_attr_t small;

    (void)pthread_attr_init(&small);
    (void)pthread_attr_setstacksize(&small, (size_t)128 * 1024);
    for (; job.start < N; job.start += 1024) {
        pthread_t thread;

        if (pthread_create(&thread, &small, run_job, &job) != 0)
            return fails("no thread");
        (void)pthread_join(thread, NULL);
    }
    run(make_active(), noise, first, 0, N);
    return differ(first, second, N, "one thread and many");
}
