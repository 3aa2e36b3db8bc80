/** @file
 *  What is found in recordings: train and eval write a line for each finding. */
#ifndef TONECELL_FINDINGS_H
#define TONECELL_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

enum finding_level {
    FINDING_FACT,    /* what was measured, and no fault */
    FINDING_NOTE,    /* taken care of */
    FINDING_WARNING, /* the model will be worse for it */
    FINDING_FATAL    /* it makes no sense to train on this */
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
    bool silent; /* findings_talk() writes nothing: the caller shows them */
    size_t n, capacity, n_talked;
    struct finding *finding;
    struct finding dropped; /* written where memory ran out */
};

/** Append a finding whose texts the caller fills in; `file` must outlive it. Never NULL. */
struct finding *findings_add(struct findings *findings, const char *kind, enum finding_level level,
                             const char *file);

/** The same with its text `what`, to be told as it is. */
struct finding *findings_tell(struct findings *findings, const char *kind, enum finding_level level,
                              const char *file, const char *what, ...)
    __attribute__((format(printf, 5, 6)));

/** Write "file: what: action" for each that was not written before; of many of a kind the first
 *  few. */
void findings_talk(struct findings *findings);

/** The highest level of all; FINDING_FACT if there are none. */
enum finding_level findings_worst(const struct findings *findings);

void findings_free(struct findings *findings);

#endif
