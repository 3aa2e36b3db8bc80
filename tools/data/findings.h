/** @file
 *  What is peculiar about recordings: train and eval write a line for each finding. */
#ifndef TONECELL_FINDINGS_H
#define TONECELL_FINDINGS_H

#include <stddef.h>

enum finding_level {
    FINDING_NOTE,   /* taken care of */
    FINDING_WARNING /* the model will be worse for it */
};

/** Clauses in lower case without a full stop. */
struct finding {
    const char *kind; /* a word, the same for all findings of a kind: "channels" */
    enum finding_level level;
    const char *file; /* NULL: none in particular */
    char what[288];   /* what was found, and how much */
    char effect[160]; /* what it does to training; may be empty */
    char action[160]; /* what is done about it; may be empty */
};

/** Zeroed: none. */
struct findings {
    size_t n, capacity, n_talked;
    struct finding *finding;
    struct finding dropped; /* written where memory ran out */
};

/** Append a finding whose texts the caller fills in; `file` must outlive it. Never NULL. */
struct finding *findings_add(struct findings *findings, const char *kind, enum finding_level level,
                             const char *file);

/** Write "file: what: action" for each that was not written before; of many of a kind the first
 *  few. */
void findings_talk(struct findings *findings);

void findings_free(struct findings *findings);

#endif
