/* Tries block sizes and buffers: the same samples however a signal is cut into blocks, run() of no
 * frames and of half a million, one buffer as input and output, all ports on one buffer, buffers
 * that end at an unreadable page or are read-only, and run_adding(). */
#include "torture_checks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "torture_host.h"

enum { PAGE = 4096 };

/* Play the noise once in blocks, of which the sizes are asked for. */
static void run_in_blocks(struct instance *instance, size_t (*next_size)(void))
{
    for (size_t start = 0; start < N;) {
        const size_t wanted = next_size();
        const size_t n = wanted < N - start ? wanted : N - start;

        run(instance, noise, second, start, n);
        start += n;
    }
}

static size_t next_listed_size(void)
{
    static const size_t size[] = {1,  2,  3,   5,   7,   17,  31,  32,  33,   63,
                                  64, 65, 100, 127, 128, 256, 441, 512, 1000, 1023};
    static unsigned i;

    return size[i++ % (sizeof size / sizeof *size)];
}

/* 0 to N, as often below 16 as above 512. */
static size_t next_random_size(void)
{
    static unsigned state = 1;

    return random_below(&state, N + 1) >> random_below(&state, 14);
}

bool check_block_sizes(void)
{
    enum { ROUNDS = 12 };
    struct instance *const whole = new_active_instance(), *const cut = new_active_instance();
    bool bad = false;

    for (unsigned i = 0; i < ROUNDS && !bad; ++i) {
        run(whole, noise, first, 0, N);
        run_in_blocks(cut, i ? next_random_size : next_listed_size);
        bad = outputs_differ(first, second, N, "one block and many");
    }
    return bad;
}

bool check_empty_block(void)
{
    struct instance *const plain = new_active_instance(), *const with_empty = new_active_instance();

    for (unsigned c = 0; c < audio_out.n; ++c)
        second[c][0] = 42.0f;
    run(with_empty, noise, second, 0, 0);
    for (unsigned c = 0; c < audio_out.n; ++c)
        if (second[c][0] != 42.0f)
            return report_failure("run(0) wrote to output %u", c);
    run(plain, noise, first, 0, 512);
    run(with_empty, noise, second, 0, 512);
    return outputs_differ(first, second, 512, "without and with run(0)");
}

/* Audacity. */
bool check_large_block(void)
{
    enum { LARGE = 524288 };
    float *in[MAX_PORTS], *out[MAX_PORTS];

    for (unsigned c = 0; c < audio_in.n; ++c) {
        in[c] = malloc(LARGE * sizeof(float));
        host_noise(in[c], LARGE, c);
    }
    for (unsigned c = 0; c < audio_out.n; ++c)
        out[c] = malloc(LARGE * sizeof(float));
    run(new_active_instance(), in, out, 0, LARGE);
    return has_bad_samples(out, LARGE, "a large block");
}

bool check_in_place(void)
{
    run(new_active_instance(), noise, first, 0, N);
    run(new_active_instance(), noise, noise, 0, N);
    return outputs_differ(first, noise, N, "separate buffers and in place");
}

/* Ardour's probe of the latency: all ports on one buffer. */
bool check_one_buffer(void)
{
    struct instance *const probed = new_active_instance();
    float *one[MAX_PORTS];

    for (unsigned c = 0; c < MAX_PORTS; ++c)
        one[c] = second[0];
    run(probed, one, one, 0, 1024);
    deactivate(probed);
    activate(probed);
    run(probed, noise, first, 0, 1024);
    run(new_active_instance(), noise, second, 0, 1024);
    return outputs_differ(first, second, 1024, "after a probe and fresh");
}

/* n floats that end at an unreadable page, so that they are aligned to 4 bytes only. */
static float *guarded(size_t n, bool read_only, const float *from)
{
    const size_t size = (n * sizeof(float) + PAGE - 1) / PAGE * PAGE;
    char *const page =
        mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    float *const samples = (float *)(void *)(page + size) - n;

    memcpy(samples, from, n * sizeof *samples);
    (void)mprotect(page, size, read_only ? PROT_READ : PROT_READ | PROT_WRITE);
    (void)mprotect(page + size, PAGE, PROT_NONE);
    return samples;
}

bool check_bounds(void)
{
    static const size_t size[] = {1, 2, 3, 4, 7, 8, 15, 16, 33, 64, 100, 255, 1024, 1027};

    for (size_t i = 0; i < sizeof size / sizeof *size; ++i) {
        struct instance *const instance = new_active_instance();
        float *in[MAX_PORTS], *out[MAX_PORTS];

        for (unsigned c = 0; c < audio_in.n; ++c)
            in[c] = guarded(size[i], true, noise[c]);
        for (unsigned c = 0; c < audio_out.n; ++c)
            out[c] = guarded(size[i], false, first[c]);
        run(instance, in, out, 0, size[i]);
        run(instance, in, out, 0, size[i]);
        free_instance(instance);
    }
    return false;
}

bool check_run_adding(void)
{
    struct instance *const plain = new_active_instance(), *const adding = new_active_instance();

    if (!plugin->run_adding)
        return false;
    if (!plugin->set_run_adding_gain)
        return report_failure("run_adding without set_run_adding_gain");
    run(plain, noise, first, 0, 512);
    for (unsigned c = 0; c < audio_out.n; ++c)
        for (size_t i = 0; i < 512; ++i)
            second[c][i] = 1.0f;
    run(adding, noise, second, 0, 0);
    plugin->set_run_adding_gain(adding->handle, 0.5f);
    plugin->run_adding(adding->handle, 512);
    for (unsigned c = 0; c < audio_out.n; ++c)
        for (size_t i = 0; i < 512; ++i)
            if (fabsf(second[c][i] - (1.0f + 0.5f * first[c][i])) > 1e-5f)
                return report_failure("run_adding: output %u is %g at frame %zu", c,
                                      (double)second[c][i], i);
    return false;
}
