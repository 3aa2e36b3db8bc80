#include "cli/talk.h"
#include "page/page.h"
#include "tasks/training.h"

static enum tc_status write_page(const struct training *t, struct page *page,
                                 struct tc_error *error)
{
    struct scored_signals signals = {0};
    struct tc_model *model = NULL;
    enum tc_status status = tc_trainer_best(t->trainer, NULL, &model, error);

    if (status == TC_OK)
        status = t->task->fill_page(t->data, model, &t->progress, t->options.warmup, &signals, page,
                                    error);
    page->model = model;
    page->signals = &signals;
    if (status == TC_OK)
        status = page_write(page, error);
    scored_signals_free(&signals);
    tc_model_free(model);
    return status;
}

bool training_page(const struct training *t)
{
    struct page page = {.folder = t->arguments->report,
                        .model_path = t->arguments->output,
                        .trained = true,
                        .result = training_result_json(t)};
    struct tc_error error;
    enum tc_status status;

    page.n_history = tc_trainer_history(t->trainer, &page.history);
    status = write_page(t, &page, &error);
    if (status == TC_OK)
        talk_say(page.folder, "report.html is the report: open it in a web browser");
    else
        talk_error(page.folder, "the report is not written: %s", error.message);
    json_decref(page.result);
    return status == TC_OK;
}
