#include "cli/talk.h"
#include "page/page.h"
#include "tasks/training.h"

/* Play the model on the validation clips. */
static bool fill_page(const struct training *t, const struct tc_model *model,
                      struct scored_signals *signals, struct page *page)
{
    struct tc_error error;

    if (t->task->fill_page(t->data, model, &t->progress, t->options.warmup, signals, page,
                           &error) == TC_OK)
        return true;
    talk_error(page->folder, "the report is not written: %s", error.message);
    return false;
}

bool training_page(const struct training *t)
{
    struct scored_signals signals = {0};
    struct tc_model *model;
    struct tc_error error;
    struct page page = {.folder = t->arguments->report,
                        .model_path = t->arguments->output,
                        .signals = &signals,
                        .trained = true};
    bool written;

    if (tc_trainer_best(t->trainer, NULL, &model, &error) != TC_OK) {
        talk_error(page.folder, "the report is not written: %s", error.message);
        return false;
    }
    page.model = model;
    page.n_history = tc_trainer_history(t->trainer, &page.history);
    page.result = training_result_json(t);
    written = fill_page(t, model, &signals, &page) && page_write_reported(&page);
    json_decref(page.result);
    scored_signals_free(&signals);
    tc_model_free(model);
    return written;
}
