/** @file
 *  Manifests: which recordings make up a data set, and how (the manual page has the columns).
 *
 *  Every message of an error names the file, and the line and column where there is one. */
#ifndef TONECELL_MANIFEST_H
#define TONECELL_MANIFEST_H

#include "tonecell.h"

/** Which part of a data set a row belongs to, or which rows are asked for. */
enum split {
    SPLIT_TRAIN,
    SPLIT_VAL,
    SPLIT_TEST,
    SPLIT_ALL, /* asked for: every row */
    SPLIT_NONE /* of a row: its manifest has no such column */
};

enum { N_SPLITS = 3 }; /* that a manifest may name */

/** "train", "val", "test", "all" or "none". */
const char *split_name(enum split split);

#define MANIFEST_TO_THE_END UINT64_MAX

struct manifest_row {
    unsigned line;        /* of the file; 0 if from the command line */
    char *input, *target; /* paths that work from here */
    bool is_dry;          /* there is no target: `target` is the input's path */
    enum split split;
    uint64_t start, stop; /* frames, stop excluded; MANIFEST_TO_THE_END */
    double delay;         /* frames by which the target is late; NAN: not given */
    float knob[TC_MAX_KNOBS];
};

struct manifest {
    char *path; /* NULL if from the command line */
    unsigned n_knobs;
    char knob_name[TC_MAX_KNOBS][sizeof((struct tc_knob *)0)->name];
    bool has_split;
    size_t n_rows;
    struct manifest_row *row;
};

/** Which rows a manifest may have. */
enum manifest_rows {
    MANIFEST_PAIRS,       /* each has an input and a target */
    MANIFEST_PAIRS_OR_DRY /* some, or all, may have no target, and then no delay */
};

/** Read a manifest. Errors as csv_load(), and TC_BAD_FORMAT, TC_BAD_VALUE, TC_TOO_LARGE,
 *  TC_UNSUPPORTED. On failure *manifest is empty. */
enum tc_status manifest_load(struct manifest *manifest, const char *path, enum manifest_rows rows,
                             struct tc_error *error);

/** The same from memory; `path` is what the manifest is called, and what its files are beside. */
enum tc_status manifest_read(struct manifest *manifest, const char *path, enum manifest_rows rows,
                             const char *text, size_t size, struct tc_error *error);

/** A manifest of DRY WET pairs: n_files is even; or of one file that is DRY alone; or, with
 *  `split`, of files that are both. Errors: TC_NO_MEMORY. */
enum tc_status manifest_of_pairs(struct manifest *manifest, unsigned n_files, char *const *files,
                                 bool split, struct tc_error *error);

/** Whether a column is a knob of this name. */
bool manifest_has_knob(const struct manifest *manifest, const char *name);

/** Insert a knob before the others, 0 in every row. Errors: TC_TOO_LARGE. */
enum tc_status manifest_insert_knob(struct manifest *manifest, const char *name,
                                    struct tc_error *error);

void manifest_free(struct manifest *manifest);

/** Write "pairs.csv: line 3" or, for the command line, the row's files. Returns text. */
const char *manifest_row_name(const struct manifest *manifest, const struct manifest_row *row,
                              char text[512]);

#endif
