#include "cli/json_result.h"
#include "page/content.h"

#include <math.h>

/* ------------------------------------------------------------------ JSON */

static json_t *history_json(const struct page *page)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < page->n_history; ++i) {
        const struct tc_history_entry *const entry = &page->history[i];
        json_t *const object = json_object();

        json_set_count(object, "epoch", entry->epoch);
        json_set_count(object, "updates", entry->updates);
        json_set_count(object, "frames", entry->frames);
        json_object_set_new(object, "loss", json_number(entry->loss));
        json_object_set_new(object, "esr", json_number(entry->score));
        json_object_set_new(object, "learning_rate", json_number(entry->learning_rate));
        json_object_set_new(object, "gradient_norm", json_number(entry->gradient_norm));
        json_object_set_new(object, "improved", json_boolean(entry->improved));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *second_json(const struct content *content, size_t index)
{
    const struct second *const second = &content->seconds.second[index];
    json_t *const object = json_object();

    json_object_set_new(object, "start_s",
                        json_number((double)second->first / content->page->signals->rate_hz));
    json_object_set_new(object, "esr", json_number(second->esr));
    return object;
}

static json_t *seconds_json(const struct content *content)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < content->seconds.n; ++i)
        json_array_append_new(array, second_json(content, i));
    return array;
}

static json_t *cost_json(const struct model_measurements *m)
{
    json_t *const object = json_object();

    json_object_set_new(object, "ns_per_sample", json_number(m->ns_per_sample));
    json_object_set_new(object, "core_percent", json_number(m->core_percent));
    json_object_set_new(object, "rate_hz", json_number(m->rate_hz));
    return object;
}

static enum tc_status write_json(const struct content *content, FILE *out, struct tc_error *error)
{
    const struct page *const page = content->page;
    json_t *const all = json_copy(page->result);
    bool written;

    if (page->trained)
        json_object_set_new(all, "history", history_json(page));
    json_object_set_new(all, "esr_over_time", seconds_json(content));
    if (content->seconds.n_scored > 0) {
        json_object_set_new(all, "best_second", second_json(content, content->seconds.best));
        json_object_set_new(all, "median_second", second_json(content, content->seconds.median));
        json_object_set_new(all, "worst_second", second_json(content, content->seconds.worst));
    }
    json_object_set_new(all, "cost", cost_json(&content->measured));
    written = json_write(all, out);
    json_decref(all);
    return written ? TC_OK : tc_fail(error, TC_NO_MEMORY, "out of memory for metrics.json");
}

/* ------------------------------------------------------------------ CSV */

/* A number that is none is an empty cell. */
static void write_cell(FILE *out, double value, const char *end)
{
    if (isfinite(value))
        fprintf(out, "%.9g", value);
    fputs(end, out);
}

static enum tc_status write_history(const struct content *content, FILE *out,
                                    struct tc_error *error)
{
    (void)error;
    fputs("epoch,updates,frames,loss,esr,learning_rate,gradient_norm\n", out);
    for (size_t i = 0; i < content->page->n_history; ++i) {
        const struct tc_history_entry *const entry = &content->page->history[i];

        fprintf(out, "%u,%llu,%llu,", entry->epoch, (unsigned long long)entry->updates,
                (unsigned long long)entry->frames);
        write_cell(out, entry->loss, ",");
        write_cell(out, entry->score, ",");
        write_cell(out, entry->learning_rate, ",");
        write_cell(out, entry->gradient_norm, "\n");
    }
    return TC_OK;
}

static enum tc_status write_seconds(const struct content *content, FILE *out,
                                    struct tc_error *error)
{
    (void)error;
    fputs("start_s,esr,target_level_db\n", out);
    for (size_t i = 0; i < content->seconds.n; ++i) {
        const struct second *const second = &content->seconds.second[i];

        write_cell(out, (double)second->first / content->page->signals->rate_hz, ",");
        write_cell(out, second->esr, ",");
        write_cell(out, 10.0 * log10(second->target_power), "\n");
    }
    return TC_OK;
}

enum tc_status page_write_metrics(const struct content *content, struct tc_error *error)
{
    enum tc_status status = page_write_file(content, "metrics.json", write_json, error);

    if (status == TC_OK)
        status = page_write_file(content, "seconds.csv", write_seconds, error);
    if (status == TC_OK && content->page->trained)
        status = page_write_file(content, "history.csv", write_history, error);
    return status;
}
