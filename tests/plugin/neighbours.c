/* Plugins that share a process, all loaded with RTLD_GLOBAL:
 *
 *     neighbours [--library FILE.so] PLUGIN.so...
 *
 * They play in turn, block by block. Then the first is unloaded, unless it is the only one, and the
 * others play on. For each this prints its file name and a hash of the samples that it delivered
 * before that and, of the others, after it. The library is loaded first and stays. */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/plugin/plugin_host.h"

enum { MAX_PLUGINS = 8, N = 333, BLOCKS = 60 };

/* FNV-1a, 64 bits. */
static uint64_t hash(uint64_t state, const float *samples, size_t n)
{
    const unsigned char *const byte = (const void *)samples;

    for (size_t i = 0; i < n * sizeof *samples; ++i)
        state = (state ^ byte[i]) * UINT64_C(0x100000001b3);
    return state;
}

static void play(struct host *host, uint64_t *hashes, unsigned n_plugins, unsigned seed)
{
    float x[N], y[N], *const in[1] = {x}, *const out[1] = {y};

    for (unsigned i = 0; i < n_plugins; ++i)
        hashes[i] = UINT64_C(0xcbf29ce484222325);
    for (unsigned block = 0; block < BLOCKS; ++block)
        for (unsigned i = 0; i < n_plugins; ++i) {
            host_noise(x, N, seed + block);
            host_run(&host[i], in, out, N);
            hashes[i] = hash(hashes[i], y, N);
        }
}

static bool open_all(struct host *host, char **path, unsigned n_plugins)
{
    for (unsigned i = 0; i < n_plugins; ++i)
        if (!host_open_with(&host[i], path[i], 0, RTLD_NOW | RTLD_GLOBAL))
            return false;
    return true;
}

static int play_together(char **path, unsigned n_plugins)
{
    const unsigned closed = n_plugins > 1 ? 1 : 0;
    struct host host[MAX_PLUGINS];
    uint64_t before[MAX_PLUGINS], after[MAX_PLUGINS];

    if (!open_all(host, path, n_plugins))
        return 1;
    play(host, before, n_plugins, 1);
    if (closed > 0)
        host_close(&host[0]);
    play(host + closed, after + closed, n_plugins - closed, 1 + BLOCKS);
    for (unsigned i = 0; i < n_plugins; ++i) {
        printf("%s %016" PRIx64, strrchr(path[i], '/') + 1, before[i]);
        if (i >= closed) {
            printf(" %016" PRIx64, after[i]);
            host_close(&host[i]);
        }
        putchar('\n');
    }
    return 0;
}

int main(int argc, char **argv)
{
    int first = 1;

    if (argc > 2 && strcmp(argv[1], "--library") == 0) {
        if (!dlopen(argv[2], RTLD_NOW | RTLD_GLOBAL)) {
            printf("%s\n", dlerror());
            return 1;
        }
        first = 3;
    }
    if (argc <= first || argc - first > MAX_PLUGINS) {
        fputs("usage: see the head of neighbours.c\n", stderr);
        return 2;
    }
    return play_together(argv + first, (unsigned)(argc - first));
}
