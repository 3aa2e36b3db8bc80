/** @file
 *  Conversion of a recording to another sample rate, by libsamplerate. */
#ifndef TONECELL_SAMPLE_RATE_H
#define TONECELL_SAMPLE_RATE_H

#include "audio/audio.h"

/** Convert all channels by a windowed sinc of about 145 dB, without delay: frame i of the result is
 *  the signal at the time i / rate_hz. There are llround(n_frames * rate_hz / old rate) frames.
 *
 *  Errors: TC_UNSUPPORTED (the rates differ by more than 256 times), TC_NO_MEMORY. *audio is
 *  unchanged then. */
enum tc_status audio_convert_rate(struct audio *audio, double rate_hz, struct tc_error *error);

#endif
