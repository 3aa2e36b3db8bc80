/* Tries what surrounds an instance: floating point modes of the host, which must neither matter nor
 * change, other instances that run in turn or at the same time, and another thread with a small
 * stack for each run(). */
#include "torture_checks.h"

#include <pthread.h>
#include <stdlib.h>

#include "torture_host.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#if defined(__x86_64__)
/* Hosts run with and without flushed denormals; the output must be the same for both, and the mode
 * kept. */
bool check_float_mode(void)
{
    enum { DENORMALS_ARE_ZERO = 0x40, FLUSH_TO_ZERO = 0x8000, STICKY_FLAGS = 0x3f };
    static const unsigned mode[] = {0, DENORMALS_ARE_ZERO, FLUSH_TO_ZERO,
                                    DENORMALS_ARE_ZERO | FLUSH_TO_ZERO};
    const unsigned usual = _mm_getcsr() & ~(unsigned)(DENORMALS_ARE_ZERO | FLUSH_TO_ZERO);

    for (unsigned i = 0; i < 4; ++i) {
        struct instance *const instance = new_active_instance();
        unsigned left;

        _mm_setcsr(usual | mode[i]);
        run(instance, noise, i ? second : first, 0, N);
        left = _mm_getcsr();
        _mm_setcsr(usual);
        if ((left ^ (usual | mode[i])) & ~(unsigned)STICKY_FLAGS)
            return report_failure("run() changed MXCSR from %#x to %#x", usual | mode[i], left);
        if (i && outputs_differ(first, second, N, "denormals kept and flushed by the host"))
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
    struct instance *const one = new_active_instance(), *const other =
                                                            new_instance(setting.rate_hz / 2);

    activate(other);
    for (size_t start = 0; start < N; start += 512) {
        run(other, noise, first, 0, 300);
        run(one, noise, second, start, 512);
    }
    run(new_active_instance(), noise, first, 0, N);
    return outputs_differ(first, second, N, "alone and beside another instance");
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
    struct job job = {.instance = new_active_instance()};
    pthread_attr_t small;

    (void)pthread_attr_init(&small);
    (void)pthread_attr_setstacksize(&small, (size_t)128 * 1024);
    for (; job.start < N; job.start += 1024) {
        pthread_t thread;

        if (pthread_create(&thread, &small, run_job, &job) != 0)
            return report_failure("no thread");
        (void)pthread_join(thread, NULL);
    }
    run(new_active_instance(), noise, first, 0, N);
    return outputs_differ(first, second, N, "one thread and many");
}

bool check_many_instances(void)
{
    enum { INSTANCES = 200, FRAMES = 2048, BLOCK = 64 };
    struct instance *instance[INSTANCES];
    bool bad = false;

    run(new_active_instance(), noise, first, 0, FRAMES);
    for (unsigned i = 0; i < INSTANCES; ++i)
        instance[i] = new_active_instance();
    for (size_t start = 0; start < FRAMES; start += BLOCK)
        for (unsigned i = 0; i < INSTANCES && !bad; ++i) {
            run(instance[i], noise, second, start, BLOCK);
            bad = outputs_differ(first, second, start + BLOCK, "alone and as one of 200 instances");
        }
    for (unsigned i = 0; i < INSTANCES; ++i)
        free_instance(instance[i]);
    return bad;
}

struct parallel_job {
    struct instance *instance;
    float *out[MAX_PORTS];
};

static void *run_parallel_job(void *context)
{
    struct parallel_job *const job = context;

    for (size_t start = 0; start < N; start += 128)
        run(job->instance, noise, job->out, start, 128);
    return NULL;
}

bool check_parallel(void)
{
    enum { THREADS = 8 };
    struct parallel_job job[THREADS];
    pthread_t thread[THREADS];
    bool bad = false;

    run(new_active_instance(), noise, first, 0, N);
    for (unsigned i = 0; i < THREADS; ++i) {
        job[i].instance = new_active_instance();
        for (unsigned c = 0; c < audio_out.n; ++c)
            job[i].out[c] = calloc(N, sizeof(float));
        if (pthread_create(&thread[i], NULL, run_parallel_job, &job[i]) != 0)
            return report_failure("no thread");
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        (void)pthread_join(thread[i], NULL);
        bad |= outputs_differ(first, job[i].out, N, "alone and beside other threads");
    }
    return bad;
}
