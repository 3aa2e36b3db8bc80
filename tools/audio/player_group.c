#include "config.h"
#include "audio/player_group.h"

#include "cli/talk.h"

#include <string.h>

/* Files join and leave between blocks, but a stream checks its state at fixed frames of its own. */
_Static_assert(FILE_BLOCK_FRAMES % TC_GUARD_FRAMES == 0,
               "a block is a multiple of the check interval");

bool player_group_add(struct player_group *group, struct file_player *file)
{
    const double rate_hz = file->info.rate_hz;

    if (group->n > 0 &&
        (group->channels + file->channels > GROUP_MAX_CHANNELS || file->model != group->model ||
         rate_hz != group->member[0].file->info.rate_hz ||
         tc_player_converts(group->model, rate_hz)))
        return false;
    group->model = file->model;
    group->controls = file->controls;
    group->member[group->n++] = (struct group_member){.file = file};
    group->channels += file->channels;
    group->changed = true;
    return true;
}

static void remove_member(struct player_group *group, unsigned index)
{
    struct group_member *const member = &group->member[index];

    group->channels -= member->file->channels;
    file_player_free(member->file);
    --group->n;
    memmove(member, member + 1, (group->n - index) * sizeof *member);
    group->changed = true;
}

static void fail(struct player_group *group, unsigned index, struct group_progress *progress)
{
    ++progress->failed;
    remove_member(group, index);
}

static void end(struct player_group *group, unsigned index, struct group_progress *progress)
{
    if (!file_player_finish(group->member[index].file)) {
        fail(group, index, progress);
        return;
    }
    ++progress->written;
    remove_member(group, index);
}

static void read_blocks(struct player_group *group, struct group_progress *progress)
{
    for (unsigned i = group->n; i-- > 0;)
        if (!file_player_read(group->member[i].file))
            fail(group, i, progress);
        else if (group->member[i].file->n_frames == 0)
            end(group, i, progress);
}

static void write_blocks(struct player_group *group, struct group_progress *progress)
{
    for (unsigned i = group->n; i-- > 0;)
        if (!file_player_write(group->member[i].file))
            fail(group, i, progress);
        else if (group->member[i].file->n_frames < FILE_BLOCK_FRAMES)
            end(group, i, progress);
}

/* Assign the channels of a new player; files that have started continue there with their state. */
static void replace_player(struct player_group *group, struct tc_player *player)
{
    unsigned first = 0;

    for (unsigned i = 0; i < group->n; ++i) {
        struct group_member *const member = &group->member[i];

        for (unsigned c = 0; member->started && c < member->file->channels; ++c)
            tc_player_copy_channel(player, first + c, group->player, member->first + c);
        if (!member->started)
            file_player_set_latency(member->file,
                                    tc_player_latency_frames(player, group->controls));
        member->first = first;
        member->started = true;
        first += member->file->channels;
    }
    tc_player_free(group->player);
    group->player = player;
    group->changed = false;
}

static bool update_player(struct player_group *group)
{
    struct tc_player *player;
    struct tc_error error;

    if (!group->changed || group->n == 0)
        return true;
    if (tc_player_new_with(&player, group->model, group->channels,
                           group->member[0].file->info.rate_hz, group->precision, group->controls,
                           &error) == TC_OK) {
        replace_player(group, player);
        return true;
    }
    for (unsigned i = 0; i < group->n; ++i)
        talk_error(file_player_input_name(group->member[i].file), "%s", error.message);
    return false;
}

/* Bytes of the input that the block stands for; 0 if the length is not known. */
static double block_bytes(const struct file_player *p)
{
    const bool is_known = p->info.n_frames > 0 && p->info.n_frames != AUDIO_UNKNOWN_LENGTH;

    return is_known ? p->job->bytes * (double)p->n_read / (double)p->info.n_frames : 0.0;
}

/* As many frames as the longest block has; the others are padded with zeros. */
static void play(struct player_group *group, struct group_progress *progress)
{
    size_t n_in = 0, n_out = 0, n_frames = 0;

    for (unsigned i = 0; i < group->n; ++i) {
        const struct file_player *const p = group->member[i].file;

        for (unsigned c = 0; c < p->info.channels; ++c)
            group->in[n_in++] = p->in[c];
        for (unsigned c = 0; c < p->outputs; ++c)
            group->out[n_out++] = p->out[c];
        n_frames = p->n_frames > n_frames ? p->n_frames : n_frames;
        progress->bytes += block_bytes(p);
        progress->audio_s += (double)p->n_read / p->info.rate_hz;
    }
    tc_player_process(group->player, group->controls, group->in, group->out, n_frames);
}

struct group_progress player_group_advance(struct player_group *group)
{
    struct group_progress progress = {0};

    if (update_player(group)) { /* whose latency new files need */
        read_blocks(group, &progress);
        if (group->n == 0)
            return progress;
        if (update_player(group)) {
            play(group, &progress);
            write_blocks(group, &progress);
            return progress;
        }
    }
    while (group->n > 0)
        fail(group, 0, &progress);
    return progress;
}

void player_group_free(struct player_group *group)
{
    while (group->n > 0)
        remove_member(group, 0);
    tc_player_free(group->player);
}
