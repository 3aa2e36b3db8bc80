/** @file
 *  Real files of other programs, with outputs that other implementations computed. They are not
 *  part of the project: without them there is nothing to test. */
#ifndef REFERENCE_MODELS_H
#define REFERENCE_MODELS_H

#include "tests/support/support.h"

#include <stdbool.h>

enum { FRAMES = 2048, PATH_SIZE = 8192 };

/** Find their folder, ../shared/models beside the sources. False, and a line that the test is
 *  skipped, if it is missing. */
bool reference_models_find(void);

/** The path of one: FOLDER/NAME and its ending. Returns path. */
const char *reference_path(char path[PATH_SIZE], const char *folder, const char *name,
                           const char *end);

/** All doubles of a .npy file, which has no more than `max`. Returns how many. */
size_t read_npy(const char *path, double *values, size_t max);

/** The numbers of a text, whatever stands between them. Returns how many, at most `max`. */
size_t read_numbers(const char *path, float *values, size_t max);

struct tc_model *load_reference(const char *path, struct tc_file_facts *facts);

/** The model's output for n frames, each of audio, then knobs in their own unit. */
void play_frames(const struct tc_model *model, const char *kernels, const float *frames, size_t n,
                 float *out);

/** The largest difference from `expected` over n frames and all kernels that this CPU has. */
double largest_difference(const struct tc_model *model, const float *frames, size_t n,
                          const double *expected);

#endif
