#include "config.h"
#include "audio/player_group.h"

#include "cli/talk.h"

#include <string.h>

/* Files meet and part here, and a stream's looks for lost states count its own frames. */
_Static_assert(PASSAGE_FRAMES % TC_GUARD_FRAMES == 0, "a block is whole looks of the guard");

bool lanes_take(struct lanes *lanes, struct passage *passage)
{
    if (lanes->n > 0 && (lanes->channels + passage->channels > LANES_MAX ||
                         passage->info.rate_hz != lanes->lane[0].passage->info.rate_hz))
        return false;
    lanes->lane[lanes->n++] = (struct lane){.passage = passage};
    lanes->channels += passage->channels;
    lanes->changed = true;
    return true;
}

/* The later ones move up. */
static void leave(struct lanes *lanes, unsigned index)
{
    struct lane *const lane = &lanes->lane[index];

    lanes->channels -= lane->passage->channels;
    passage_free(lane->passage);
    --lanes->n;
    memmove(lane, lane + 1, (lanes->n - index) * sizeof *lane);
    lanes->changed = true;
}

static void fail(struct lanes *lanes, unsigned index, struct lanes_news *news)
{
    ++news->failed;
    leave(lanes, index);
}

static void end(struct lanes *lanes, unsigned index, struct lanes_news *news)
{
    if (!passage_finish(lanes->lane[index].passage)) {
        fail(lanes, index, news);
        return;
    }
    ++news->written;
    leave(lanes, index);
}

static void read_blocks(struct lanes *lanes, struct lanes_news *news)
{
    for (unsigned i = lanes->n; i-- > 0;)
        if (!passage_read(lanes->lane[i].passage))
            fail(lanes, i, news);
        else if (lanes->lane[i].passage->n_frames == 0)
            end(lanes, i, news);
}

static void write_blocks(struct lanes *lanes, struct lanes_news *news)
{
    for (unsigned i = lanes->n; i-- > 0;)
        if (!passage_write(lanes->lane[i].passage))
            fail(lanes, i, news);
        else if (lanes->lane[i].passage->n_frames < PASSAGE_FRAMES)
            end(lanes, i, news);
}

/* Deal the channels of a new player. What has begun goes on in it where it was. */
static void move_to(struct lanes *lanes, struct tc_player *player)
{
    unsigned first = 0;

    for (unsigned i = 0; i < lanes->n; ++i) {
        struct lane *const lane = &lanes->lane[i];

        for (unsigned c = 0; lane->begun && c < lane->passage->channels; ++c)
            tc_player_copy_channel(player, first + c, lanes->player, lane->first + c);
        lane->first = first;
        lane->begun = true;
        first += lane->passage->channels;
    }
    tc_player_free(lanes->player);
    lanes->player = player;
    lanes->changed = false;
}

static bool fit_player(struct lanes *lanes)
{
    struct tc_player *player;
    struct tc_error error;

    if (!lanes->changed)
        return true;
    if (tc_player_new_with(&player, lanes->model, lanes->channels,
                           lanes->lane[0].passage->info.rate_hz, lanes->precision,
                           &error) == TC_OK) {
        move_to(lanes, player);
        return true;
    }
    for (unsigned i = 0; i < lanes->n; ++i)
        talk_error(passage_name(lanes->lane[i].passage), "%s", error.message);
    return false;
}

/* What the block is of the input, as far as its length is known. */
static double bytes_of(const struct passage *p)
{
    const bool is_known = p->info.n_frames > 0 && p->info.n_frames != AUDIO_UNKNOWN_LENGTH;

    return is_known ? p->names->bytes * (double)p->n_frames / (double)p->info.n_frames : 0.0;
}

/* Shorter blocks end with zeros; when all are short, so is this one. */
static void play(struct lanes *lanes, struct lanes_news *news)
{
    size_t n_in = 0, n_out = 0, n_frames = 0;

    for (unsigned i = 0; i < lanes->n; ++i) {
        const struct passage *const p = lanes->lane[i].passage;

        for (unsigned c = 0; c < p->info.channels; ++c)
            lanes->in[n_in++] = p->in[c];
        for (unsigned c = 0; c < p->outputs; ++c)
            lanes->out[n_out++] = p->out[c];
        n_frames = p->n_frames > n_frames ? p->n_frames : n_frames;
        news->bytes += bytes_of(p);
        news->sound_s += (double)p->n_frames / p->info.rate_hz;
    }
    tc_player_process(lanes->player, lanes->controls, lanes->in, lanes->out, n_frames);
}

struct lanes_news lanes_advance(struct lanes *lanes)
{
    struct lanes_news news = {0};

    read_blocks(lanes, &news);
    if (lanes->n == 0)
        return news;
    if (fit_player(lanes)) {
        play(lanes, &news);
        write_blocks(lanes, &news);
    } else {
        while (lanes->n > 0)
            fail(lanes, 0, &news);
    }
    return news;
}

void lanes_free(struct lanes *lanes)
{
    while (lanes->n > 0)
        leave(lanes, 0);
    tc_player_free(lanes->player);
}
