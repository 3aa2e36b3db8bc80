#include "train/initial_state.h"

#include "memory.h"
#include "model/model.h"
#include "model/usual_rate.h"
#include "stream/stream.h"

enum tc_status tc_initial_state_from_silence(const struct tc_model *model, float *parameters)
{
    enum { BLOCK = TC_GUARD_FRAMES }; /* so that no loss of the state is still to be found out */
    const struct tc_architecture *const arch = &model->arch;
    const double rate = tc_usual_rate_hz(&model->meta);
    struct tc_stream *stream = NULL;
    float **signals; /* inputs: silence, no symbol; then knobs, and outputs, which are discarded */
    const unsigned buffers = tc_input_buffers(arch);
    const float *const *in;
    const enum tc_status status = tc_stream_new(&stream, model, 1, NULL);

    if (status)
        return status;
    signals = tc_signals_new(buffers + arch->knobs + arch->outputs, BLOCK);
    if (!signals) {
        tc_stream_free(stream);
        return TC_NO_MEMORY;
    }
    in = (const float *const *)signals;
    for (unsigned t = 0; arch->symbols && t < BLOCK; ++t)
        signals[arch->audio_inputs][t] = -1.0f;
    for (unsigned k = 0; k < arch->knobs; ++k)
        for (unsigned t = 0; t < BLOCK; ++t)
            signals[buffers + k][t] = model->meta.knob[k].initial;
    for (double t = 0.0; t < rate; t += BLOCK)
        tc_stream_process(stream, in, in + buffers, signals + buffers + arch->knobs, BLOCK);
    if (!tc_stream_recoveries(stream))
        tc_stream_store_state(stream, parameters);
    free(signals);
    tc_stream_free(stream);
    return TC_OK;
}
