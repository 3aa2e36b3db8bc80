/** @file
 *  Recordings in memory: the audio files that the rows of a manifest name, each loaded once, and
 *  the pairs that they form. */
#ifndef TONECELL_RECORDINGS_H
#define TONECELL_RECORDINGS_H

#include "audio/audio.h"
#include "checks/delay_steps.h"
#include "checks/pair_checks.h"
#include "data/channels.h"
#include "data/findings.h"
#include "data/frame_mask.h"
#include "data/manifest.h"
#include "tonecell-train.h"

/** A file, loaded once however many rows name it; with CHANNEL_SPLIT or a control signal once as
 *  input and once as target. */
struct recording {
    const char *path;
    bool is_target;
    struct audio audio; /* the channels that are used */
    float *control;     /* of an input: audio.n_frames of the control signal; NULL: none */
    unsigned *number;   /* [audio.channels] their numbers in the file, channels_choose() */
    double file_hz; /* sample rate of the file, from which `audio` was converted if it is another */
    struct frame_mask clipped; /* what a converter clipped; no channels if nothing */
    uint64_t hash; /* FNV-1a of the file's samples of these channels, one after the other */
};

/** An input, its target, and how the target lies against the input. */
struct recording_pair {
    const struct recording *input, *target; /* the same of a DRY alone */
    size_t n_frames;                        /* of the shorter */
    uint64_t start, stop;                   /* what the rows use, all together */
    bool needed;                            /* a row takes its delay from here */
    long delay;                             /* where the row has none */
    double row_delay; /* of the first row that has its own, frames of the input file; or NAN */
    bool measured, inverted;
    bool unclear;     /* the delay was looked for, and not found */
    double drift_ppm; /* of the target's clock, if that has been compensated; else 0 */
    /* From frame `start` on, if it has been compensated; else empty. */
    struct tc_delay_curve wander;
    float **compensated; /* [channels] buffers of n_frames; NULL: the target as it was recorded */
    struct frame_mask
        ignored; /* of the (compensated) target: frames that carry no loss; no channels
                                  if none do */
    struct pair_checks checks; /* of the first channel; all 0 if unclear */
    struct delay_steps steps;  /* all 0 where they were not looked for */
};

struct recordings {
    enum channel_choice channel;
    const char *control; /* inputs have a second channel with a signal of this name; NULL: not */
    double rate_hz;      /* of all recordings; 0: that of the first file */
    bool no_resample;    /* refuse files of another rate, which are converted otherwise */
    struct findings findings;
    size_t n_files;
    struct recording *file;
    size_t n_pairs;
    struct recording_pair *pair;
};

enum { HASH_TEXT_SIZE = 32 };

/** A hash as it is shown and recorded: "fnv1a64:" and 16 digits. Returns text. */
const char *recording_hash_text(const struct recording *file, char text[HASH_TEXT_SIZE]);

/** Memory for the recordings of n_rows rows; the caller sets channel, control, rate_hz and
 *  no_resample before. recordings_free() also after a failure. */
enum tc_status recordings_init(struct recordings *recordings, size_t n_rows,
                               struct tc_error *error);
void recordings_free(struct recordings *recordings);

/** Load the pair of a row, unless another row did; of a row without a target its input alone, which
 *  stands for the target. The two must have as many channels that are used. */
enum tc_status recordings_add(struct recordings *recordings, const struct manifest_row *row,
                              struct tc_error *error);

/** Frames of the recordings in one frame of the pair's input file, in which rows count. */
double recording_pair_ratio(const struct recording_pair *pair);

/** The delay of a pair as a whole, in frames of the recordings: that of the first row that has its
 *  own, or else the pair's. */
long recording_pair_delay(const struct recording_pair *pair);

/** The pair of a row; NULL if it was not loaded. */
struct recording_pair *recordings_find(const struct recordings *recordings,
                                       const struct manifest_row *row);

/** Buffers for a compensated target, into which the caller writes. Errors: TC_NO_MEMORY. */
enum tc_status recording_pair_detach_target(struct recording_pair *pair, struct tc_error *error);

/** A channel of the target, compensated if it has been. */
const float *recording_pair_target(const struct recording_pair *pair, unsigned channel);

/** Which frames of a channel of the target are ignored, from the frame at `from` on; NULL if none
 *  are. */
const bool *recording_pair_ignored(const struct recording_pair *pair, unsigned channel,
                                   const float *from);

/** The delay of a row's target: its own, in frames of the recordings, or else the pair's. */
long recording_row_delay(const struct recording_pair *pair, const struct manifest_row *row);

/** Frames of the target, which is as long as its input if it has been compensated. */
size_t recording_pair_target_frames(const struct recording_pair *pair);

/** A channel of frames start to stop - 1 of a pair, of which those that lose their partner to the
 *  delay are left out. If they end with the pair, all that its files have beyond. */
struct aligned_pair recording_align(const struct recording_pair *pair, unsigned channel,
                                    uint64_t start, uint64_t stop, long delay);

/** The same of what the rows use of a pair. */
struct aligned_pair recording_pair_aligned(const struct recording_pair *pair, unsigned channel,
                                           long delay);

/** Report which files were converted to the rate of the recordings. */
void recordings_report_rates(struct recordings *recordings);

/** The frames that a row uses of its pair. Fails if the pair does not have them. A row counts in
 *  frames of its input file, also if that was converted to another rate. */
enum tc_status recording_row_range(const struct recording_pair *pair,
                                   const struct manifest *manifest, const struct manifest_row *row,
                                   uint64_t *start, uint64_t *stop, struct tc_error *error);

/** Set start and stop of each loaded pair to what all rows use together, those of other splits
 *  too, so that every command measures the same delay. */
enum tc_status recordings_join_ranges(struct recordings *recordings,
                                      const struct manifest *manifest, struct tc_error *error);

/** Fail if a channel of the input is silent or constant in what the rows use. */
enum tc_status recording_pair_check_input(const struct recording_pair *pair,
                                          struct tc_error *error);

/** The same of input and target; warn about equal files. */
enum tc_status recording_pair_check(const struct recording_pair *pair, struct findings *findings,
                                    struct tc_error *error);

#endif
