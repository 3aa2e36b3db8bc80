#include "train/start_state.h"

#include "model/model.h"
#include "stream/stream.h"

enum tc_status tc_start_state_from_silence(const struct tc_model *model, float *parameters)
{
    enum { BLOCK = TC_GUARD_FRAMES }; /* so that no loss of the state is still to be found out */
    const struct tc_architecture *const arch = &model->arch;
    const double rate = model->meta.sample_rate_hz > 0.0 ? model->meta.sample_rate_hz : 48000.0;
    struct tc_stream *stream = NULL;
    const float *in[TC_MAX_AUDIO], *knobs[TC_MAX_KNOBS];
    float silence[BLOCK] = {0}, knob[TC_MAX_KNOBS][BLOCK], discarded[TC_MAX_AUDIO][BLOCK];
    float *out[TC_MAX_AUDIO];
    const enum tc_status status = tc_stream_new(&stream, model, 1, NULL);

    if (status)
        return status;
    for (unsigned a = 0; a < TC_MAX_AUDIO; ++a) {
        in[a] = silence;
        out[a] = discarded[a];
    }
    for (unsigned k = 0; k < arch->knobs; ++k) {
        for (unsigned t = 0; t < BLOCK; ++t)
            knob[k][t] = model->meta.knob[k].initial;
        knobs[k] = knob[k];
    }
    for (double t = 0.0; t < rate; t += BLOCK)
        tc_stream_process(stream, in, knobs, out, BLOCK);
    if (!tc_stream_recoveries(stream))
        tc_stream_store_state(stream, parameters);
    tc_stream_free(stream);
    return TC_OK;
}
