/** @file
 *  One file on its way through a model: what is read, what is written, and a block of both. */
#ifndef TONECELL_PASSAGE_H
#define TONECELL_PASSAGE_H

#include "audio/audio_reader.h"
#include "audio/audio_writer.h"
#include "audio/render_plan.h"

/** Frames of a block: so few that a file that ends within one wastes little of the others' time,
 *  and whole looks of a stream's guard, so that files may come and go between blocks. */
enum { PASSAGE_FRAMES = 16 * TC_GUARD_FRAMES };

/** What the files of one call have in common. */
struct passage_terms {
    const struct tc_model *model;
    bool rate_assumed;          /* the model's file does not say its rate */
    struct audio_format wanted; /* of the results; 0 in either part: as the input's */
    bool no_dither, say_names;  /* say_names: of results that the user did not name */
};

struct passage {
    const struct passage_terms *terms;
    const struct rendering *names;
    struct audio_info info;
    unsigned channels; /* of a player: groups of the model's audio inputs */
    unsigned outputs;  /* channels of the result */
    struct audio_reader *reader;
    struct audio_writer *writer;
    size_t n_frames;   /* in the block */
    float **in, **out; /* [info.channels] and [outputs] buffers of PASSAGE_FRAMES */
    float *samples;    /* those buffers */
};

/** Open a file and its result. NULL after talk_error(), and then nothing is left behind. */
struct passage *passage_new(const struct passage_terms *terms, const struct rendering *names);

/** Read the next block into `in`, with zeros after its n_frames. Fewer than PASSAGE_FRAMES are the
 *  last; 0 if there are no more. False after talk_error(). */
bool passage_read(struct passage *passage);

/** Write the block in `out`. False after talk_error(). */
bool passage_write(struct passage *passage);

/** Complete the result: it appears in its place, and what there is to say of it is said. False
 *  after talk_error(). */
bool passage_finish(struct passage *passage);

/** What to call the input; standard input has no name of its own. */
const char *passage_name(const struct passage *passage);

/** Close (NULL allowed); a result that is not complete leaves nothing behind. */
void passage_free(struct passage *passage);

#endif
