#include "bench/training_benchmark.h"

#include "cli/json_result.h"

bool training_benchmark_print_json(const struct training_benchmark *benchmark)
{
    const struct training_benchmark *const b = benchmark;
    json_t *const all = json_pack(
        "{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:s, s:f, s:f, s:f, s:f, s:I, s:f}", "cpu", b->cpu,
        "cell", tc_cell_name(b->arch.layer[0].cell), "hidden", (int)b->arch.layer[0].hidden,
        "layers", (int)b->arch.layers, "batch", (int)b->options.batch, "truncate",
        (int)b->options.truncate, "threads", (int)b->options.threads, "kernels", b->time.kernels,
        "frames_per_second", b->time.frames_per_second, "gflops", b->gflops, "peak_gflops",
        b->limits.peak_gflops, "percent_of_peak", b->percent, "memory_bytes",
        (json_int_t)b->time.memory_bytes, "bytes_per_frame", b->bytes_per_frame);
    const bool whole = json_print(all);

    json_decref(all);
    return whole;
}
