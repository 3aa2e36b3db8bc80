/** @file
 *  The loss of spectra: short-time Fourier transforms of output and target at several resolutions.
 *
 *  Of windows of N = 512, 1024 and 2048 frames (Hann), one every N / 4 frames that lies within the
 *  range of a chunk (or of a part of it, where that is longer than a shard's memory), with |Y| the
 *  magnitudes of the output, |T| those of the target, and the sums over F windows and K = N / 2 + 1
 *  bins:
 *
 *      spectral convergence    sqrt(sum (|T| - |Y|)^2) / sqrt(F K r^2 sum w^2)
 *      log magnitude           1 / (F K) sum |log(|T|^2 + d^2) - log(|Y|^2 + d^2)| / 2
 *
 *  The loss is the mean of their sums over the resolutions. r is the RMS of all targets and w the
 *  window: in place of the chunk's own sum |T|^2 the first is divided by its mean for noise as
 *  strong, so that quiet chunks do not outweigh loud ones. d = 1e-3 r sqrt(sum w^2) hides what is
 *  60 dB below.
 *
 *  From: Arik, Jun & Diamos 2019; Yamamoto, Song & Kim 2020. */
#ifndef TC_STFT_LOSS_H
#define TC_STFT_LOSS_H

#include "train/data/chunk.h"

enum { TC_STFT_LONGEST = 2048 };

struct tc_stft_loss;

/** rms is r. Errors: TC_NO_MEMORY. */
enum tc_status tc_stft_loss_new(struct tc_stft_loss **stft, double rms, struct tc_error *error);
void tc_stft_loss_free(struct tc_stft_loss *stft);

/** The loss of one output times `scale`, whose gradient is added to dy inside the range. Frames
 *  that the range ignores count as if the output were the target. Windows that do not fit into the
 *  range are left out. Any number of threads may share `stft`. */
double tc_stft_loss_add(const struct tc_stft_loss *stft, const float *y, const float *target,
                        float target_gain, const struct tc_loss_range *range, double scale,
                        float *dy);

#endif
