#include "player/wet_path.h"

#include "memory.h"
#include "model/model.h"

#include <stdlib.h>

static void carve_rows(struct tc_carver *carver, float **row, unsigned rows, size_t n_frames)
{
    for (unsigned i = 0; i < rows; ++i)
        row[i] = tc_carve(carver, n_frames);
}

static void lay_out(struct tc_wet_path *wet, struct tc_carver *carver,
                    const struct tc_converter_size *largest)
{
    const unsigned model_frames = largest->model_frames;
    const size_t block = model_frames > TC_PLAYER_BLOCK ? model_frames : TC_PLAYER_BLOCK;

    carve_rows(carver, wet->in, wet->n_inputs, TC_PLAYER_BLOCK);
    carve_rows(carver, wet->model_in, wet->n_inputs, model_frames);
    carve_rows(carver, wet->model_out, wet->n_outputs, block);
    carve_rows(carver, wet->knob_values, wet->knobs, block);
    wet->fifo.rows = model_frames ? wet->n_outputs : 0;
    wet->fifo.capacity = tc_fifo_capacity(largest->pending_frames + TC_PLAYER_BLOCK);
    wet->fifo.samples = tc_carve(carver, wet->fifo.rows * wet->fifo.capacity);
}

static bool allocate(struct tc_wet_path *wet, const struct tc_converter_size *largest)
{
    struct tc_carver carver = {0};

    wet->pointers =
        calloc(2 * wet->n_inputs + 2 * wet->n_outputs + wet->knobs, sizeof *wet->pointers);
    if (!wet->pointers)
        return false;
    wet->in = wet->pointers;
    wet->model_in = wet->in + wet->n_inputs;
    wet->model_out = wet->model_in + wet->n_inputs;
    wet->output = wet->model_out + wet->n_outputs;
    wet->knob_values = wet->output + wet->n_outputs;
    lay_out(wet, &carver, largest);
    wet->memory = tc_floats_new(carver.used);
    carver = (struct tc_carver){.base = wet->memory};
    lay_out(wet, &carver, largest);
    return wet->memory;
}

enum tc_status tc_wet_path_init(struct tc_wet_path *wet, const struct tc_model *model,
                                unsigned channels, enum tc_precision precision,
                                const struct tc_converter_size *largest, struct tc_error *error)
{
    const struct tc_architecture *const arch = &model->arch;
    enum tc_status status;

    *wet = (struct tc_wet_path){.inputs = arch->audio_inputs,
                                .outputs = arch->outputs,
                                .n_inputs = channels * arch->audio_inputs,
                                .n_outputs = channels * arch->outputs,
                                .knobs = arch->knobs};
    status = tc_stream_new_with(&wet->stream, model, channels, NULL, precision, error);
    if (status)
        return status;
    if (!allocate(wet, largest))
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a player of %u channels", channels);
    return TC_OK;
}

void tc_wet_path_free(struct tc_wet_path *wet)
{
    tc_stream_free(wet->stream);
    free(wet->pointers);
    free(wet->memory);
}

void tc_wet_path_reset(struct tc_wet_path *wet, struct tc_converter *converter)
{
    tc_stream_reset(wet->stream);
    wet->converter = converter;
    if (!converter)
        return;
    converter->reset(converter);
    tc_fifo_reset(&wet->fifo, converter->size.pending_frames);
}

void tc_wet_path_copy_channel(struct tc_wet_path *wet, unsigned channel,
                              const struct tc_wet_path *from, unsigned from_channel)
{
    tc_stream_copy_channel(wet->stream, channel, from->stream, from_channel);
    if (!wet->converter)
        return;
    wet->converter->copy_channel(wet->converter, channel, from->converter, from_channel);
    for (unsigned o = 0; o < wet->outputs; ++o)
        tc_fifo_copy_row(&wet->fifo, channel * wet->outputs + o, &from->fifo,
                         from_channel * wet->outputs + o);
}

static void run_model(struct tc_wet_path *wet, float *const *in, size_t n)
{
    for (unsigned k = 0; k < wet->knobs; ++k)
        tc_ramp_run(&wet->knob[k], wet->knob_values[k], n);
    tc_stream_process(wet->stream, (const float *const *)in, (const float *const *)wet->knob_values,
                      wet->model_out, n);
}

static void run_converted(struct tc_wet_path *wet, size_t n)
{
    struct tc_converter *const converter = wet->converter;
    const size_t n_model =
        converter->to_model(converter, (const float *const *)wet->in, n, wet->model_in);

    run_model(wet, wet->model_in, n_model);
    tc_fifo_reserve(&wet->fifo, n + converter->size.pending_frames);
    for (unsigned o = 0; o < wet->n_outputs; ++o)
        wet->output[o] = tc_fifo_end(&wet->fifo, o);
    tc_fifo_push(&wet->fifo, converter->to_host(converter, (const float *const *)wet->model_out,
                                                n_model, wet->output));
    for (unsigned o = 0; o < wet->n_outputs; ++o)
        wet->output[o] = tc_fifo_start(&wet->fifo, o);
    tc_fifo_pop(&wet->fifo, n);
}

const float *const *tc_wet_path_process(struct tc_wet_path *wet, size_t n)
{
    if (wet->converter) {
        run_converted(wet, n);
        return (const float *const *)wet->output;
    }
    run_model(wet, wet->in, n);
    return (const float *const *)wet->model_out;
}
