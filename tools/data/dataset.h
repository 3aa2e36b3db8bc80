/** @file
 *  Recordings in memory, cut into clips and aligned, as the trainer and eval take them.
 *
 *  Each channel of a recording makes a clip of its own: models are mono. What the user should know
 *  (lengths that differ, delays, what validates) is said through talk.h. */
#ifndef TONECELL_DATASET_H
#define TONECELL_DATASET_H

#include "audio/audio.h"
#include "data/manifest.h"
#include "cli/options.h"
#include "tonecell-train.h"

/** Options of the commands that take recordings: a const char * and a bool. */
#define MANIFEST_OPTION(offset)                                \
    OPT_ROW(0, "manifest", OPT_TEXT, offset, 0, 0, "FILE.csv", \
            "CSV table of the recordings, instead of DRY and WET", GROUP_DATA, EVERYDAY)
#define NO_ALIGN_OPTION(offset)                          \
    OPT_ROW(0, "no-align", OPT_FLAG, offset, 0, 0, NULL, \
            "do not measure the delay between the recordings", GROUP_DATA, EXPERT)

struct dataset_request {
    const char *manifest; /* NULL: the files */
    unsigned n_files;
    char *const *files;  /* DRY WET [DRY WET ...] */
    size_t warmup;       /* a clip must be longer */
    bool no_align;       /* do not measure delays */
    double delay;        /* of every row that does not say; NAN: measure */
    bool train;          /* take train and val, and cut val from train if there is none */
    enum split split;    /* if not train: the split to take, SPLIT_NONE for all rows; if the */
    bool split_if_there; /* manifest has no row of it, take all and say so, or fail */
};

/** A file, loaded once however many rows name it. */
struct dataset_file {
    const char *path;
    struct audio audio;
    uint64_t hash; /* FNV-1a of the samples, channel by channel */
};

/** Where a clip comes from, beside the struct tc_clip of the same index. */
struct dataset_source {
    const struct manifest_row *row;
    unsigned channel;
    size_t start; /* first frame of the input */
    long delay;   /* by which the target was moved */
    const float *input, *target;
};

struct dataset_part {
    size_t n;
    struct tc_clip *clip;
    struct dataset_source *source;
};

struct dataset {
    struct manifest manifest;
    double rate_hz;
    size_t n_files;
    struct dataset_file *file;
    size_t n_pairs;
    struct dataset_pair *pair;
    struct dataset_part part[N_SPLITS]; /* only `part[SPLIT_TEST]` if not for training */
    bool inverted;                      /* of most frames, the target's polarity is opposite */
};

/** The recordings of a pair of files, and how its target lies against its input. */
struct dataset_pair {
    const struct dataset_file *input, *target;
    size_t n_frames;      /* of the shorter */
    uint64_t start, stop; /* what the rows use, all together */
    bool needed;          /* a row takes its delay from here */
    long delay;           /* where the row does not say */
    bool measured, inverted;
    double confidence;
};

/** Load a data set. Every message names the file. On failure *data is empty. */
enum tc_status dataset_load(struct dataset *data, const struct dataset_request *request,
                            struct tc_error *error);

void dataset_free(struct dataset *data);

/** Append a clip of n_frames with its source, whose samples it plays. The arrays must have room. */
void dataset_append(struct dataset_part *part, const struct dataset_source *source,
                    const float *knob, size_t n_frames);

#endif
