/** @file
 *  The error of half precision against full precision. */
#ifndef TONECELL_HALF_PRECISION_ERROR_H
#define TONECELL_HALF_PRECISION_ERROR_H

#include "tonecell.h"

/** Play noise at full and at half precision: *esr is the energy of the difference over that of the
 *  output at full precision. 0 if no layer takes half precision here. Errors: as tc_player_new().
 */
enum tc_status half_precision_error_measure(const struct tc_model *model, double rate_hz,
                                            double *esr, struct tc_error *error);

#endif
