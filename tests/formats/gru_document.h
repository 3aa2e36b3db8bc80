/** @file
 *  A GRU of two units as a Keras document, with a batch of what it gave where it was trained. */
#ifndef GRU_DOCUMENT_H
#define GRU_DOCUMENT_H

#include "foreign_document.h"

/** z, r, h; then the same with z and r exchanged, with the biases exchanged, with both. */
extern const char *const grus[4];

/** The document: its kernels, and a batch_of() or "". */
const char *gru_document(char text[TEXT_SIZE], const char *weights, const char *batch);

/** What a model, which is freed, gives for noise without its input gain; `error` is added to it. */
const char *batch_of(char batch[TEXT_SIZE], struct tc_model *model, float error);

#endif
