/** @file
 *  Recordings in memory, aligned and cut into clips, as the trainer and eval take them. What the
 *  user should know (lengths that differ, delays, the validation split) is reported through
 *  talk.h. */
#ifndef TONECELL_DATASET_H
#define TONECELL_DATASET_H

#include "cli/options.h"
#include "data/alignment.h"
#include "data/clips.h"
#include "data/control.h"
#include "data/ignored_frames.h"
#include "data/manifest.h"
#include "data/recordings.h"

/** An option of the commands that take recordings: a const char *. */
#define MANIFEST_OPTION(offset)                                \
    OPT_ROW(0, "manifest", OPT_TEXT, offset, 0, 0, "FILE.csv", \
            "CSV table of the recordings, instead of DRY and WET", GROUP_DATA, EVERYDAY)

struct dataset_request {
    const char *manifest; /* NULL: the files */
    unsigned n_files;
    char *const *files; /* DRY WET [DRY WET ...], or with CHANNEL_SPLIT both in one, each */
    enum channel_choice channel; /* with a control signal: of the targets */
    struct control control; /* for training a knob is the manifest's first; to score, a column of
                               its name stands for the signal */
    size_t warmup;          /* a clip must be longer */
    double rate_hz;         /* to which files are converted; 0: that of the first */
    bool no_resample;       /* refuse files of another rate */
    struct alignment_options alignment; /* of rows without a delay in the manifest */
    struct model_alignment model;       /* .delay_s = NAN: there is none */
    enum clipping clipping; /* if train: whether what a converter clipped is learned, too */
    bool refuse_faults;     /* fail where a finding says that training makes no sense */
    bool train;             /* take train and val, and split val off train if there is none */
    bool may_be_dry;        /* if train: rows, or the only file, may have no target */
    bool examine;     /* take all rows, as for training, and tell nothing: the findings are there */
    enum split split; /* if not train: the rows to take to be scored; if the manifest has no */
    bool split_if_there; /* such row, take all and report it, or fail */
};

/** What clips are for: only the first two if the data set is for training, else only the last. */
enum { CLIPS_TRAIN, CLIPS_VAL, CLIPS_SCORED, N_CLIP_SETS };

/** Clips point into the recordings, and to the rows of the manifest. */
struct dataset {
    struct manifest manifest;
    struct control control;       /* as requested; recordings.control tells whether it is used */
    struct recordings recordings; /* the pairs */
    struct recordings dry;        /* what has no target: the input is there in its place */
    double rate_hz;
    struct clip_set clips[N_CLIP_SETS];
};

/** Refuse a manifest together with files, and files that are no pairs: 0, or 2 after
 *  usage_error(). */
int dataset_check_operands(const struct command *self, const char *manifest, unsigned n_files,
                           char *const *files, enum channel_choice channel);

/** Load a data set. Every message names the file. On failure *data is empty.
 *
 *  Where some rows have targets, and none is for validation, the part that validates is taken from
 *  these alone. Clips of the others have their input as target. */
enum tc_status dataset_load(struct dataset *data, const struct dataset_request *request,
                            struct tc_error *error);

void dataset_free(struct dataset *data);

#endif
