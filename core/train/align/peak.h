/** @file
 *  The peak of a correlation that is known by its spectrum. */
#ifndef TONECELL_ALIGN_PEAK_H
#define TONECELL_ALIGN_PEAK_H

#include "train/align/spectra.h"

struct align_peak {
    double lag;       /* need not be whole */
    double height;    /* of the peak, from -1 to 1: 1 if all frequencies agree */
    double curvature; /* mean of w^2, w radians per frame, at the peak */
};

/** The highest peak within `reach` lags.
 *
 *  cross   [bins] the spectrum; 0 from bin `end` on
 *  taper   the fraction by which a peak at the end of the reach counts less than one at 0: of a
 *          periodic sound, all periods have a peak
 *  sign    1: of the positive ones; -1: of the negative ones; 0: of both
 *  work    [size] scratch */
struct align_peak align_find_peak(const struct align_transform *transform,
                                  const kiss_fft_cpx *cross, size_t end, size_t reach, double taper,
                                  int sign, float *work);

/** cross = weight X* T S* for the bins before `end`. */
void align_cross(const kiss_fft_cpx *x, const kiss_fft_cpx *t, const double *s_r, const double *s_i,
                 const double *weight, size_t end, kiss_fft_cpx *cross);

#endif
