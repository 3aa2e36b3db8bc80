#include <math.h>
#include <stdio.h>
#include <tonecell.h>

enum { RATE = 44100, BLOCK = 256, BLOCKS = 172 }; /* about a second */

static double energy(const float *block)
{
    double sum = 0.0;

    for (int k = 0; k < BLOCK; ++k)
        sum += block[k] * block[k];
    return sum;
}

/* Play a low A block by block and say how loud it is before and after. */
static void play(struct tc_player *player, const struct tc_controls *controls)
{
    float block[BLOCK];
    float *const out[] = {block};
    const float *const in[] = {block}; /* in place is allowed */
    double before = 0.0, after = 0.0;

    for (int n = 0; n < BLOCKS; ++n) {
        for (int k = 0; k < BLOCK; ++k)
            block[k] = 0.25f * (float)sin(2.0 * 3.14159265 * 110.0 / RATE * (n * BLOCK + k));
        before += energy(block);
        tc_player_process(player, controls, in, out, BLOCK); /* safe in an audio thread */
        after += energy(block);
    }
    printf("RMS %.4f in, %.4f out\n", sqrt(before / (BLOCKS * BLOCK)),
           sqrt(after / (BLOCKS * BLOCK)));
}

int main(int argc, char **argv)
{
    struct tc_model *model = NULL;
    struct tc_player *player = NULL;
    struct tc_controls controls;
    struct tc_error error;

    if (argc != 2) {
        fprintf(stderr, "usage: example MODEL\n");
        return 2;
    }
    if (tc_model_load(&model, argv[1], &error) != TC_OK ||
        tc_player_new(&player, model, 1, RATE, &error) != TC_OK) {
        fprintf(stderr, "example: %s: %s\n", argv[1], error.message);
        tc_model_free(model);
        return 1;
    }
    tc_controls_init(&controls, model); /* every knob at its initial value */
    play(player, &controls);
    tc_player_free(player);
    tc_model_free(model);
    return 0;
}
