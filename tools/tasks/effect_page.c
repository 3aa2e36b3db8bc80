#include "tasks/effect_playing.h"

enum tc_status effect_fill_page(const void *data, const struct tc_model *model,
                                const struct tc_progress *progress, size_t warmup,
                                struct scored_signals *signals, struct page *page,
                                struct tc_error *error)
{
    const struct effect_data *const effect = data;
    const enum tc_status status = effect_play(effect, CLIPS_VAL, model, warmup, signals, error);

    page->scored_on =
        effect->n_taught_val == 0
            ? "the validation part of the recordings, on which the model was not trained"
            : "the validation part of the recordings, on which the model was not trained; the "
              "target is its teacher's output";
    page->recordings = &effect->recordings.recordings;
    page->dry = &effect->recordings.dry;
    page->scores = effect->baselines;
    page->scores.esr = progress->best_score;
    return status;
}
