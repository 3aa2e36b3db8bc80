#include "stream_fixture.h"

#include "stream/stream.h"

/* Wider networks than those of the list: several vectors, whole and half ones, of any width. */
static const struct support_network wide[NETWORKS - SUPPORT_NETWORKS] = {
    {"lstm 40", {.audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_LSTM, 0, 40}}}},
    {"gru 67, lstm 19",
     {.audio_inputs = 1,
      .knobs = 1,
      .outputs = 1,
      .layers = 2,
      .direct = 1.0f,
      .layer = {{TC_CELL_GRU, 0, 67}, {TC_CELL_LSTM, 0, 19}}}},
    {"rnn 33, gru 24",
     {.audio_inputs = 2,
      .outputs = 2,
      .layers = 2,
      .layer = {{TC_CELL_RNN, TC_LOGISTIC, 33}, {TC_CELL_GRU, 0, 24}}}},
    {"peepholes 67, 20",
     {.audio_inputs = 1,
      .outputs = 1,
      .layers = 2,
      .layer = {{TC_CELL_LSTM_PEEPHOLE, 0, 67}, {TC_CELL_LSTM_PEEPHOLE, 0, 20}}}},
    {"reset before 40, 67",
     {.audio_inputs = 1,
      .outputs = 1,
      .layers = 2,
      .layer = {{TC_CELL_GRU_RESET_BEFORE, 0, 40}, {TC_CELL_GRU_RESET_BEFORE, 0, 67}}}},
};

const struct support_network *network_at(int index)
{
    return index < SUPPORT_NETWORKS ? &support_networks[index] : &wide[index - SUPPORT_NETWORKS];
}

int with_all_kernels(int cases)
{
    unsigned n = 0;

    while (support_kernels(n))
        ++n;
    return cases * (int)n;
}

const char *kernels_of(int index, int cases)
{
    return support_kernels((unsigned)(index / cases));
}

struct tc_stream *stream_with(const struct tc_model *model, unsigned channels, const char *kernels)
{
    struct tc_stream *stream = NULL;

    ck_assert_int_eq(tc_stream_new_with(&stream, model, channels, kernels, TC_PRECISION_FULL, NULL),
                     TC_OK);
    return stream;
}

struct stream_fixture fixture_of(struct tc_model *model, unsigned channels, const char *kernels)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct stream_fixture b = {.model = model, .kernels = kernels, .channels = channels};

    b.stream = stream_with(model, channels, kernels);
    b.in = support_noise(channels * arch->audio_inputs, FRAMES, 3, 1.0f);
    b.knobs = support_noise(arch->knobs, FRAMES, 4, 1.5f); /* beyond the knobs' range, too */
    b.out = support_signals_new(channels * arch->outputs, FRAMES);
    return b;
}

struct stream_fixture fixture_new(int index, unsigned channels)
{
    return fixture_of(support_model(&network_at(index % NETWORKS)->arch, 11), channels,
                      kernels_of(index, NETWORKS));
}

void fixture_free(struct stream_fixture *b)
{
    support_signals_free(&b->in);
    support_signals_free(&b->knobs);
    support_signals_free(&b->out);
    tc_stream_free(b->stream);
    tc_model_free(b->model);
}

void fixture_play(struct stream_fixture *b, size_t start, size_t n)
{
    support_play(b->stream, &b->in, &b->knobs, &b->out, start, n);
}

struct support_signals expected_output(const struct stream_fixture *b)
{
    return expected_start(b, FRAMES);
}

struct support_signals expected_start(const struct stream_fixture *b, size_t n)
{
    struct tc_stream *const stream = stream_with(b->model, b->channels, b->kernels);
    const struct support_signals out = support_signals_new(b->out.rows, FRAMES);

    support_play(stream, &b->in, &b->knobs, &out, 0, n);
    tc_stream_free(stream);
    return out;
}

void compare_output(const struct stream_fixture *b, struct support_signals expected,
                    const char *what)
{
    const size_t n = expected.rows * expected.frames;

    for (size_t i = 0; i < n; ++i)
        support_require(support_same(&b->out.samples[i], &expected.samples[i], 1),
                        "%s: buffer %zu, frame %zu is %.9g, expected %.9g", what, i / FRAMES,
                        i % FRAMES, (double)b->out.samples[i], (double)expected.samples[i]);
}

void check_output(const struct stream_fixture *b, struct support_signals expected, const char *what)
{
    compare_output(b, expected, what);
    support_signals_free(&expected);
}
