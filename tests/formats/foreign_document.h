/** @file
 *  Files of other programs, small enough to be worked out by hand, and what the tests of their
 *  readers do with them. */
#ifndef FOREIGN_DOCUMENT_H
#define FOREIGN_DOCUMENT_H

#include "tests/support/support.h"

enum { TEXT_SIZE = 1 << 14, FRAMES = 64 };

/** An LSTM of one unit as Keras has it: columns i, f, c, o. */
extern const char keras[];

/** The same network; its two biases add up to the one above. */
extern const char guitarml[];

/** The same, with an initial state of its own. */
extern const char nam[];

/** A document with one part replaced. Fails if the part is not there. */
const char *with(char text[TEXT_SIZE], const char *document, const char *from, const char *to);

enum tc_status read_text(const char *text, struct tc_model **model, struct tc_error *error);

/** The model of a document with one part replaced. */
struct tc_model *model_of(const char *document, const char *from, const char *to);

/** The model's output for noise, its knobs at these values. */
void play(const struct tc_model *model, const float *knobs, float out[FRAMES]);

/** Do two models give the same samples, up to rounding? Both are freed. */
void assert_alike(struct tc_model *a, const float *a_knobs, struct tc_model *b,
                  const float *b_knobs);

/** A document with one part replaced, and the error expected of it. */
struct refusal {
    const char *document, *from, *to;
    enum tc_status status;
    const char *message;
};

void assert_refused(const struct refusal *refusal);

#endif
