#include "stream/recurrence_delay.h"

#include <math.h>

struct tc_recurrence_delay tc_recurrence_delay_of(double frames, unsigned taps)
{
    const bool whole = frames == floor(frames);
    const double centred = floor(frames) + 1.0 - taps / 2.0;
    struct tc_recurrence_delay delay = {.taps = whole ? 1 : taps,
                                        .first = centred > 1.0 ? (unsigned)centred : 1};

    if (whole)
        delay.first = (unsigned)frames;
    for (unsigned k = 0; k < delay.taps; ++k) {
        double weight = 1.0;

        for (unsigned m = 0; m < delay.taps; ++m)
            if (m != k)
                weight *= (frames - delay.first - m) / ((double)k - m);
        delay.weight[k] = (float)weight;
    }
    return delay;
}
