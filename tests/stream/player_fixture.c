#include "player_fixture.h"

struct tc_player *player_new(const struct tc_model *model, unsigned channels)
{
    struct tc_player *player = NULL;

    ck_assert_int_eq(tc_player_new(&player, model, channels, RATE_HZ, NULL), TC_OK);
    return player;
}

struct player_fixture fixture_of(struct tc_model *model, unsigned channels)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct player_fixture b = {.model = model, .channels = channels};

    b.player = player_new(model, channels);
    tc_controls_init(&b.controls, model);
    b.in = support_noise(channels * arch->audio_inputs, FRAMES, 9, 1.0f);
    b.out = support_signals_new(channels * arch->outputs, FRAMES);
    return b;
}

struct player_fixture fixture_new(int network, unsigned channels)
{
    return fixture_of(support_model(&support_networks[network].arch, 13), channels);
}

struct player_fixture fixture_with_gain(float direct)
{
    static const float parameters[7] = {0};
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .direct = direct,
                                         .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}}};

    return fixture_of(support_model_of(&arch, parameters), 1);
}

void fixture_free(struct player_fixture *b)
{
    support_signals_free(&b->in);
    support_signals_free(&b->out);
    tc_player_free(b->player);
    tc_model_free(b->model);
}

void run_player(struct tc_player *player, const struct tc_controls *controls,
                const struct support_signals *in, const struct support_signals *out, size_t start,
                size_t n)
{
    const struct support_buffers from = support_buffers(in, start);
    const struct support_buffers to = support_buffers(out, start);

    tc_player_process(player, controls, support_inputs(&from), to.row, n);
}

void play(struct player_fixture *b, size_t start, size_t n)
{
    run_player(b->player, &b->controls, &b->in, &b->out, start, n);
}

void play_in_blocks(struct player_fixture *b, size_t start, size_t n, uint64_t seed)
{
    struct support_random random = {seed};

    for (const size_t end = start + n; start < end;) {
        const size_t wish = support_bits(&random) % 150;
        const size_t n_frames = wish < end - start ? wish : end - start;

        play(b, start, n_frames);
        start += n_frames;
    }
}

void play_with_changes(struct player_fixture *b, uint64_t seed)
{
    static const struct {
        size_t start, end;
        float in_gain_db, out_gain_db, dry, bypass, knob;
    } part[] = {{0, 700, 0.0f, 0.0f, 0.0f, 0.0f, 0.5f},
                {700, 900, 12.0f, -6.0f, 0.25f, 0.0f, 1.0f},
                {900, 2000, -12.0f, 3.0f, 0.75f, 1.0f, 0.0f},
                {2000, FRAMES, 0.0f, 0.0f, 0.0f, 0.0f, 0.5f}};

    for (size_t i = 0; i < sizeof part / sizeof *part; ++i) {
        b->controls.in_gain_db = part[i].in_gain_db;
        b->controls.out_gain_db = part[i].out_gain_db;
        b->controls.dry = part[i].dry;
        b->controls.bypass = part[i].bypass;
        b->controls.knob[0] = part[i].knob;
        if (seed)
            play_in_blocks(b, part[i].start, part[i].end - part[i].start, seed);
        else
            play(b, part[i].start, part[i].end - part[i].start);
    }
}

void check_output(const struct player_fixture *b, const float *expected, size_t start, size_t n,
                  const char *what)
{
    for (size_t row = 0; row < b->out.rows; ++row)
        for (size_t t = start; t < start + n; ++t) {
            const size_t i = row * FRAMES + t;

            support_require(support_same(&b->out.samples[i], &expected[i], 1),
                            "%s: buffer %zu, frame %zu is %.9g, expected %.9g", what, row, t,
                            (double)b->out.samples[i], (double)expected[i]);
        }
}

void check_channel(const struct player_fixture *b, unsigned channel, const float *expected,
                   size_t start, const char *what)
{
    const unsigned outputs = b->out.rows / b->channels;

    for (size_t o = 0; o < outputs; ++o)
        ck_assert_msg(support_same(expected + o * FRAMES + start,
                                   b->out.samples + (channel * outputs + o) * FRAMES + start,
                                   FRAMES - start),
                      "%s: output %zu", what, o);
}

void check_in_place(struct player_fixture *b, struct player_fixture *expected)
{
    play_with_changes(expected, 0);
    support_signals_free(&b->out);
    b->out = b->in;
    b->out.rows = expected->out.rows; /* there may be fewer outputs than inputs */
    play_with_changes(b, 7);
    check_output(b, expected->out.samples, 0, FRAMES, "in place");
    b->out.samples = NULL; /* b->in owns them */
}

void check_reset(struct player_fixture *b, struct player_fixture *fresh)
{
    tc_player_reset(b->player);
    b->controls = fresh->controls;
    play_with_changes(b, 0);
    play_with_changes(fresh, 0);
    check_output(b, fresh->out.samples, 0, FRAMES, "after a reset");
}
