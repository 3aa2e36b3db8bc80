#include "bench/stream_benchmark.h"

#include "cli/json_result.h"

#include <stdio.h>

static json_t *blocks_json(const struct stream_timing *timing)
{
    json_t *const blocks = json_array();

    for (size_t i = 0; timing->has_blocks && i < BENCHMARK_BLOCKS; ++i)
        json_array_append_new(blocks,
                              json_pack("{s:i, s:f, s:f}", "frames", (int)benchmark_block_frames[i],
                                        "median_us", 1e6 * timing->block[i].median_s, "p999_us",
                                        1e6 * timing->block[i].p999_s));
    return blocks;
}

static json_t *core_json(const struct stream_timing *timing)
{
    json_t *const core = json_object();
    char rate[16];

    for (size_t r = 0; r < BENCHMARK_RATES; ++r) {
        snprintf(rate, sizeof rate, "%u", benchmark_rates_hz[r]);
        json_object_set_new(core, rate,
                            json_real(stream_core_percent(timing, benchmark_rates_hz[r])));
    }
    return core;
}

static json_t *stream_json(const struct stream_benchmark *b, const struct stream_timing *timing)
{
    const struct tc_architecture *const arch = tc_model_architecture(timing->model);

    return json_pack("{s:s, s:i, s:i, s:i, s:s, s:f, s:b, s:f, s:o, s:o}", "cell",
                     tc_cell_name(arch->layer[0].cell), "hidden", (int)arch->layer[0].hidden,
                     "layers", (int)arch->layers, "channels", (int)timing->channels, "kernels",
                     timing->kernels, "ns_per_sample", timing->ns_per_sample, "best", timing->best,
                     "percent_of_peak", stream_percent_of_peak(b, timing), "core_percent",
                     core_json(timing), "blocks", blocks_json(timing));
}

static json_t *streams_json(const struct stream_benchmark *b)
{
    json_t *const streams = json_array();

    for (size_t i = 0; i < b->n_timings; ++i)
        json_array_append_new(streams, stream_json(b, &b->timing[i]));
    return streams;
}

static json_t *player_json(const struct player_timing *player, enum player_setting setting)
{
    const struct tc_architecture *const arch = tc_model_architecture(player->model);

    return json_pack(
        "{s:s, s:i, s:i, s:s, s:f, s:f, s:f, s:f, s:i}", "cell", tc_cell_name(arch->layer[0].cell),
        "hidden", (int)arch->layer[0].hidden, "layers", (int)arch->layers, "setting",
        player_setting_name(setting), "rate_hz", player->rate_hz[setting], "ns_per_sample",
        player->time[setting].ns_per_sample, "core_percent", player_core_percent(player, setting),
        "times_own_rate", player_times_own_rate(player, setting), "latency_frames",
        (int)player->time[setting].latency_frames);
}

static json_t *players_json(const struct stream_benchmark *b)
{
    json_t *const players = json_array();

    for (size_t i = 0; i < b->n_players; ++i)
        for (unsigned s = 0; s < PLAYER_SETTINGS; ++s)
            if (b->player[i].rate_hz[s] > 0.0)
                json_array_append_new(players, player_json(&b->player[i], (enum player_setting)s));
    return players;
}

bool stream_benchmark_print_json(const struct stream_benchmark *benchmark)
{
    json_t *const all = json_pack(
        "{s:s, s:s?, s:s, s:s, s:f, s:f, s:f, s:o, s:o}", "cpu", benchmark->cpu, "model",
        benchmark->path, "precision", benchmark->precision == TC_PRECISION_HALF ? "half" : "full",
        "limits_kernels", tc_kernels_name(0), "peak_gflops", benchmark->limits.peak_gflops,
        "l1_gb_per_s", benchmark->limits.l1_gb_per_s, "l2_gb_per_s", benchmark->limits.l2_gb_per_s,
        "streams", streams_json(benchmark), "players", players_json(benchmark));
    const bool whole = json_print(all);

    json_decref(all);
    return whole;
}
