#include "page/page.h"
#include "report/model_evaluation.h"

bool model_evaluation_page(const struct model_evaluation *e, const char *folder,
                           const char *model_path)
{
    const struct page page = {.folder = folder,
                              .model_path = model_path,
                              .model = e->model,
                              .signals = e->signals,
                              .scored_on = "the recordings that were compared, to which gain and "
                                           "filter are fitted",
                              .recordings = &e->data->recordings,
                              .scores = e->pooled,
                              .result = model_evaluation_json(e)};
    const bool written = page_write_reported(&page);

    json_decref(page.result);
    return written;
}
