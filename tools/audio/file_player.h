/** @file
 *  One file that is played through a model: its reader, the writer of its result, and a block of
 *  samples of both. The model itself runs in player_group.h. */
#ifndef TONECELL_FILE_PLAYER_H
#define TONECELL_FILE_PLAYER_H

#include "audio/audio_reader.h"
#include "audio/audio_writer.h"
#include "audio/render_plan.h"
#include "cli/rate_choice.h"

#include <stdatomic.h>

/** Frames of a block. Short, since a file that ends within a block is padded to its end; and a
 *  multiple of the interval at which a stream checks its state, so that files may join and leave
 *  between blocks. */
enum { FILE_BLOCK_FRAMES = 16 * TC_GUARD_FRAMES };

/** A model whose control signal is a knob, as tc_model_with_control_input() makes of it, and its
 *  controls; model is NULL where there is none. */
struct controlled_model {
    struct tc_model *model;
    struct tc_controls controls;
};

/** Options that hold for all files of a call. */
struct file_player_options {
    const struct tc_model *model;
    const struct tc_controls *controls;
    struct controlled_model controlled; /* for files of two channels */
    bool rate_assumed;                  /* the model's file does not say its rate */
    struct audio_format wanted;         /* of the results; 0 in either part: as the input's */
    bool force;                         /* replace files that may be recordings: result_mark.h */
    bool no_dither, report_names;       /* report_names: of results that the user did not name */
    const struct rate_choice *rate;     /* for files of another rate than the model's */
    atomic_flag *reported;              /* that files are converted: once for all files */
};

struct file_player {
    const struct file_player_options *options;
    const struct render_job *job;
    const struct tc_model *model; /* of the options */
    const struct tc_controls *controls;
    struct audio_info info;
    unsigned channels; /* of the tc_player: groups of the model's audio inputs */
    unsigned outputs;  /* channels of the result */
    struct audio_reader *reader;
    struct audio_writer *writer;
    size_t n_frames;   /* of the current block */
    size_t n_read;     /* of those, frames of the file */
    uint64_t n_total;  /* frames of the file that were read, all together */
    size_t skip;       /* frames of the output that are still to be dropped: the player's latency */
    size_t tail;       /* zeros that are still to follow the file, to make up for it */
    float **in, **out; /* [info.channels] and [outputs] buffers of FILE_BLOCK_FRAMES */
    float *samples;    /* those buffers */
    const float **written; /* [outputs] where the block's first frame to be written is */
};

/** Open a file and its result. NULL after talk_error(), and then nothing is left behind. */
struct file_player *file_player_new(const struct file_player_options *options,
                                    const struct render_job *job);

/** Tell a file that is new how late the player's output is: as many frames are dropped at its
 *  start, and follow after its end. */
void file_player_set_latency(struct file_player *file, size_t latency_frames);

/** Read the next block into `in`, with zeros after the file's frames. Fewer n_frames than
 *  FILE_BLOCK_FRAMES are the last; 0 if there are no more. False after talk_error(). */
bool file_player_read(struct file_player *file);

/** Write the block in `out`. False after talk_error(). */
bool file_player_write(struct file_player *file);

/** Complete the result: it gets its name; its name and any samples over full scale are reported.
 *  False after talk_error(). */
bool file_player_finish(struct file_player *file);

/** The input's name for messages: its path, or "standard input". */
const char *file_player_input_name(const struct file_player *file);

/** Close (NULL allowed); a result that is not complete leaves nothing behind. */
void file_player_free(struct file_player *file);

#endif
