#include "doctor/examination.h"

#include <stdlib.h>

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"good", "usable", "bad"};

    return names[verdict];
}

static const struct manifest_row *first_row(const struct dataset *data,
                                            const struct recording_pair *pair)
{
    const struct manifest_row *row = data->manifest.row;

    while (recordings_find(&data->recordings, row) != pair)
        ++row;
    return row;
}

static enum verdict judge(const struct findings *findings)
{
    const enum finding_level worst = findings_worst(findings);

    return worst == FINDING_FATAL     ? VERDICT_BAD
           : worst == FINDING_WARNING ? VERDICT_USABLE
                                      : VERDICT_GOOD;
}

enum tc_status examination_make(struct examination *examination, const struct dataset *data,
                                struct tc_error *error)
{
    const struct recordings *const recordings = &data->recordings;
    enum tc_status status = TC_OK;

    *examination = (struct examination){
        .data = data,
        .pair = calloc(recordings->n_pairs, sizeof *examination->pair),
        .verdict = judge(&recordings->findings),
    };
    if (examination->pair == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu recordings", recordings->n_pairs);
    for (size_t i = 0; i < recordings->n_pairs && status == TC_OK; ++i) {
        struct examined_pair *const d = &examination->pair[i];
        struct aligned_pair aligned;

        d->pair = &recordings->pair[i];
        d->delay = recording_row_delay(d->pair, first_row(data, d->pair));
        aligned = recording_pair_aligned(d->pair, 0, d->delay);
        status = linear_share_measure(&aligned, &d->linear, error);
    }
    return status;
}

void examination_free(struct examination *examination)
{
    free(examination->pair);
}
