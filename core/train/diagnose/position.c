/* The measurements at one position of the signal. */
#include "train/diagnose/work.h"

#include "decibel.h"
#include "model/embedding.h"
#include "model/model.h"
#include "model/network_input.h"
#include "stream/stream.h"
#include "train/measure/stream_buffers.h"

/* The first frame that is measured at a position. The last position ends with the signal. */
static size_t position_start(const struct tc_diagnosis_work *work, unsigned position)
{
    const size_t last = work->n_frames - work->diagnosis->frames;
    const unsigned positions = work->diagnosis->positions;

    return positions > 1 ? (size_t)((double)last * position / (positions - 1)) : last;
}

/* Run the stream up to a frame of the signal, which it does not process. */
static enum tc_status advance_stream(struct tc_diagnosis_work *work, size_t frame)
{
    const struct tc_architecture *const arch = &work->model->arch;
    struct tc_stream_buffers buffers;
    enum tc_status status = tc_stream_buffers_init(&buffers, arch, 1, work->options->knob);

    while (!status && work->stream_frames < frame) {
        const size_t remaining = frame - work->stream_frames;
        const size_t n = remaining < buffers.frames ? remaining : buffers.frames;

        for (unsigned i = 0; i < tc_input_buffers(arch); ++i)
            buffers.in[i] = work->input[i] + work->stream_frames;
        tc_stream_buffers_process(&buffers, work->stream, n);
        work->stream_frames += n;
    }
    tc_stream_buffers_done(&buffers);
    return status;
}

/* Network input: audio with the input gain, the mapped knobs, then a symbol's vector. */
static void fill_input(const struct tc_diagnosis_work *work, size_t start)
{
    const struct tc_architecture *const arch = &work->model->arch;
    const struct tc_metadata *const meta = &work->model->meta;
    const float gain = tc_gain_from_db(meta->in_gain_db);
    double *value = work->trajectory.input;

    for (size_t t = start; t < start + work->trajectory.frames; ++t) {
        for (unsigned a = 0; a < arch->audio_inputs; ++a)
            *value++ = (double)tc_audio_input(work->input[a][t], gain);
        for (unsigned k = 0; k < arch->knobs; ++k)
            *value++ = (double)tc_knob_input(&meta->knob[k], work->options->knob[k]);
        if (arch->symbols) {
            const ptrdiff_t at = tc_embedding_offset(arch, work->input[arch->audio_inputs][t]);

            for (unsigned i = 0; i < arch->embedding; ++i)
                *value++ = at < 0 ? 0.0 : (double)work->model->parameters[at + i];
        }
    }
}

static void report_progress(const struct tc_diagnosis_work *work, double positions_done)
{
    if (work->options->progress)
        work->options->progress(positions_done / work->diagnosis->positions, work->options->user);
}

enum tc_status tc_diagnosis_measure(struct tc_diagnosis_work *work, unsigned position,
                                    struct tc_error *error)
{
    const struct tc_diagnosis *const d = work->diagnosis;
    const size_t start = position_start(work, position);
    enum tc_status status = advance_stream(work, start);
    size_t bad = 0;

    if (status)
        return status;
    fill_input(work, start);
    tc_stream_store_state(work->stream, work->parameters);
    tc_jacobian_initial_state(work->model, work->parameters, work->trajectory.state);
    status = tc_stream_recoveries(work->stream)
                 ? TC_BAD_VALUE
                 : tc_trajectory_run(&work->trajectory, work->network, &work->statistics, &bad);
    if (status == TC_BAD_VALUE)
        return tc_fail(error, TC_BAD_VALUE,
                       "the state of the network is not finite at or before frame %zu of the "
                       "signal: its recurrent weights are too large",
                       start + bad);
    report_progress(work, position + 0.3);
    if (!status)
        status = tc_flow_measure(&work->flow[position], work->network, &work->trajectory, d->lag,
                                 d->lags, d->norm_lag);
    report_progress(work, position + 1.0);
    return status;
}
