#include "train/measure/stream_buffers.h"

#include <stdlib.h>

/* Frames of a block: less for models with very many outputs, so that all buffers stay at about
 * 4 MiB. The length of blocks does not change a stream's output. */
enum { MAX_FRAMES = 1024, MAX_SAMPLES = 1 << 20 };

enum tc_status tc_stream_buffers_init(struct tc_stream_buffers *buffers,
                                      const struct tc_architecture *arch, size_t channels,
                                      const float *knob)
{
    const size_t outputs = channels * arch->outputs, n_buffers = outputs + arch->knobs + 1;
    const size_t affordable = MAX_SAMPLES / n_buffers, most = affordable ? affordable : 1;
    const size_t frames = most < MAX_FRAMES ? most : MAX_FRAMES;
    float *next;

    *buffers = (struct tc_stream_buffers){.frames = frames};
    buffers->in = calloc(channels * tc_input_buffers(arch), sizeof *buffers->in);
    buffers->out = calloc(outputs, sizeof *buffers->out);
    buffers->knob = calloc(arch->knobs + 1, sizeof *buffers->knob);
    buffers->samples = calloc(n_buffers * frames, sizeof *buffers->samples);
    if (!buffers->in || !buffers->out || !buffers->knob || !buffers->samples)
        return TC_NO_MEMORY;
    buffers->silence = next = buffers->samples;
    for (size_t o = 0; o < outputs; ++o)
        buffers->out[o] = next += frames;
    for (unsigned k = 0; k < arch->knobs; ++k) {
        buffers->knob[k] = next += frames;
        for (size_t t = 0; t < frames; ++t)
            next[t] = knob[k];
    }
    return TC_OK;
}

void tc_stream_buffers_done(struct tc_stream_buffers *buffers)
{
    free(buffers->samples);
    free(buffers->knob);
    free(buffers->out);
    free(buffers->in);
}

void tc_stream_buffers_process(const struct tc_stream_buffers *buffers, struct tc_stream *stream,
                               size_t n)
{
    tc_stream_process(stream, buffers->in, buffers->knob, buffers->out, n);
}
