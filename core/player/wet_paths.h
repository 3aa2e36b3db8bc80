/** @file
 *  The wet paths among which a player's controls choose: the model at its own rate by resampling,
 *  or at the host's with its states delayed, without oversampling, or with 2 or 4 times. */
#ifndef TC_WET_PATHS_H
#define TC_WET_PATHS_H

#include "player/resampler.h"
#include "player/wet_path.h"

/** How a model runs at a rate that is not its own. */
enum tc_rate_method { TC_RATE_RESAMPLE, TC_RATE_DELAY, TC_RATE_METHODS };

enum { TC_OVERSAMPLINGS = 3, TC_MAX_WET_PATHS = TC_RATE_METHODS * TC_OVERSAMPLINGS };

struct tc_wet_paths {
    unsigned n;
    struct tc_wet_path path[TC_MAX_WET_PATHS];
    struct tc_resampler *resampler[TC_MAX_WET_PATHS];              /* of a path, or NULL */
    struct tc_wet_path *choice[TC_RATE_METHODS][TC_OVERSAMPLINGS]; /* none NULL */
};

/** All paths of a player, or those of `fixed` controls alone. Where a delay is not stable, or the
 *  rates are equal, its choices are those of resampling. To be freed on failure, too. Errors: as
 *  tc_player_new_with(). */
enum tc_status tc_wet_paths_init(struct tc_wet_paths *paths, const struct tc_model *model,
                                 unsigned channels, double rate_hz, enum tc_precision precision,
                                 const struct tc_controls *fixed, struct tc_error *error);

/** One path for every choice, with the caller's converter. */
enum tc_status tc_wet_paths_init_one(struct tc_wet_paths *paths, const struct tc_model *model,
                                     unsigned channels, const struct tc_wet_setting *setting,
                                     struct tc_error *error);

/** Free what paths of zeros, or after a call of the above, own. */
void tc_wet_paths_free(struct tc_wet_paths *paths);

/** The path that controls choose. */
struct tc_wet_path *tc_wet_paths_choose(const struct tc_wet_paths *paths,
                                        const struct tc_controls *controls) TC_REALTIME;

/** The most latency of any. */
unsigned tc_wet_paths_latency_frames(const struct tc_wet_paths *paths);

#endif
