#include "player/wet_path.h"

#include "memory.h"
#include "model/model.h"
#include "stream/stream.h"

#include <stdlib.h>

static void carve_rows(struct tc_carver *carver, float **row, unsigned rows, size_t n_frames)
{
    for (unsigned i = 0; i < rows; ++i)
        row[i] = tc_carve(carver, n_frames);
}

static void lay_out(struct tc_wet_path *wet, struct tc_carver *carver)
{
    static const struct tc_converter_size none;
    const struct tc_converter_size *const size = wet->converter ? &wet->converter->size : &none;
    const size_t block =
        size->model_frames > TC_PLAYER_BLOCK ? size->model_frames : TC_PLAYER_BLOCK;

    carve_rows(carver, wet->in, wet->n_inputs, TC_PLAYER_BLOCK);
    carve_rows(carver, wet->model_in, wet->n_inputs * wet->oversampling, size->model_frames);
    carve_rows(carver, wet->model_out, wet->n_outputs * wet->oversampling, block);
    carve_rows(carver, wet->knob_values, wet->knobs, block);
    wet->fifo.rows = wet->converter ? wet->n_outputs : 0;
    wet->fifo.capacity = tc_fifo_capacity(size->pending_frames + TC_PLAYER_BLOCK);
    wet->fifo.samples = tc_carve(carver, wet->fifo.rows * wet->fifo.capacity);
}

static bool allocate(struct tc_wet_path *wet)
{
    const size_t rows = (size_t)wet->n_inputs + wet->n_outputs;
    struct tc_carver carver = {0};

    wet->pointers = calloc(rows * (1 + wet->oversampling) + wet->knobs, sizeof *wet->pointers);
    if (!wet->pointers)
        return false;
    wet->in = wet->pointers;
    wet->output = wet->in + wet->n_inputs;
    wet->model_in = wet->output + wet->n_outputs;
    wet->model_out = wet->model_in + wet->n_inputs * wet->oversampling;
    wet->knob_values = wet->model_out + wet->n_outputs * wet->oversampling;
    lay_out(wet, &carver);
    wet->memory = tc_floats_new(carver.used);
    carver = (struct tc_carver){.base = wet->memory};
    lay_out(wet, &carver);
    return wet->memory;
}

enum tc_status tc_wet_path_init(struct tc_wet_path *wet, const struct tc_model *model,
                                unsigned channels, const struct tc_wet_setting *setting,
                                struct tc_error *error)
{
    const struct tc_architecture *const arch = &model->arch;
    const struct tc_converter *const converter = setting->converter;
    const unsigned oversampling = converter ? converter->size.oversampling : 1;
    enum tc_status status;

    *wet = (struct tc_wet_path){
        .converter = setting->converter,
        .oversampling = oversampling,
        .knob_ramp_frames = tc_ramp_frames(converter ? converter->model_rate_hz : setting->rate_hz),
        .inputs = arch->audio_inputs,
        .outputs = arch->outputs,
        .n_inputs = channels * arch->audio_inputs,
        .n_outputs = channels * arch->outputs,
        .knobs = arch->knobs};
    status = tc_stream_new_delayed(&wet->stream, model, channels * oversampling, NULL,
                                   setting->precision, setting->delay, error);
    if (status)
        return status;
    if (!allocate(wet))
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a player of %u channels", channels);
    return TC_OK;
}

void tc_wet_path_free(struct tc_wet_path *wet)
{
    tc_stream_free(wet->stream);
    free(wet->pointers);
    free(wet->memory);
}

void tc_wet_path_reset(struct tc_wet_path *wet)
{
    tc_stream_reset(wet->stream);
    if (!wet->converter)
        return;
    wet->converter->reset(wet->converter);
    tc_fifo_reset(&wet->fifo, wet->converter->size.pending_frames);
}

void tc_wet_path_copy_channel(struct tc_wet_path *wet, unsigned channel,
                              const struct tc_wet_path *from, unsigned from_channel)
{
    for (unsigned i = 0; i < wet->oversampling; ++i)
        tc_stream_copy_channel(wet->stream, channel * wet->oversampling + i, from->stream,
                               from_channel * wet->oversampling + i);
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

float *const *tc_wet_path_process(struct tc_wet_path *wet, size_t n)
{
    if (wet->converter) {
        run_converted(wet, n);
        return wet->output;
    }
    run_model(wet, wet->in, n);
    return wet->model_out;
}
