#include "config.h"
#include "report/diagnosis.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* A gate is reported if its units are saturated for more than this fraction of the time. */
static const double MOSTLY = 0.9;

const char *diagnosis_span(const struct diagnosis *diagnosis, double frames, char text[64])
{
    snprintf(text, 64, "%.0f sample%s (%.3g ms)", frames, frames == 1.0 ? "" : "s",
             1e3 * frames / diagnosis->rate_hz);
    return text;
}

static void add_advice(struct diagnosis_summary *summary, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_advice(struct diagnosis_summary *summary, const char *format, ...)
{
    va_list arguments;

    if (summary->n_advice == ADVICE_MAX)
        return;
    va_start(arguments, format);
    vsnprintf(summary->advice[summary->n_advice++], SENTENCE_SIZE, format, arguments);
    va_end(arguments);
}

/* The chunk length that the model was trained with; 0 if it does not say. */
static size_t trained_truncate(const struct tc_model *model)
{
    const char *const text = tc_model_metadata(model)->training;
    json_t *const record = text ? json_loads(text, 0, NULL) : NULL;
    const json_t *const options = json_object_get(record, "options");
    const json_int_t truncate = json_integer_value(json_object_get(options, "truncate"));

    json_decref(record);
    return truncate > 0 ? (size_t)truncate : 0;
}

/* ------------------------------------------------------------------------- the verdict */

static const char *describe_exploding(const struct diagnosis *diagnosis,
                                      char headline[SENTENCE_SIZE])
{
    const struct tc_diagnosis *const d = diagnosis->result;
    double most = 0.0;
    char span[64];

    for (size_t i = 0; i < d->lags; ++i)
        most = fmax(most, d->gradient[i].median);
    if (d->exponent[0] * (double)d->frames > 1.0)
        snprintf(headline, SENTENCE_SIZE, "exploding tenfold every %s",
                 diagnosis_span(diagnosis, ceil(log(10.0) / d->exponent[0]), span));
    else
        snprintf(headline, SENTENCE_SIZE, "exploding %.3g-fold", most / d->gradient[0].median);
    return "the gradient grows as it is propagated back in time, and small changes of the past "
           "dominate it";
}

static const char *describe_vanishing(const struct diagnosis *diagnosis,
                                      char headline[SENTENCE_SIZE])
{
    char span[64];

    snprintf(headline, SENTENCE_SIZE, "vanishing beyond %s",
             diagnosis_span(diagnosis, diagnosis->result->memory.median, span));
    return "less than 1 % of the gradient reaches earlier samples, too little to learn from";
}

static const char *describe_healthy(const struct diagnosis *diagnosis, char headline[SENTENCE_SIZE])
{
    const double memory = diagnosis->result->memory.median;
    const double last = (double)diagnosis->result->frames - 1.0;
    char span[64];

    snprintf(headline, SENTENCE_SIZE, "healthy over %s",
             diagnosis_span(diagnosis, fmin(memory, last), span));
    return isinf(memory)
               ? "more than 1 % of the gradient remains at the largest lag that was measured"
               : "more than 1 % of the gradient remains at this lag, and it does not explode";
}

/* ------------------------------------------------------------------------- what to change */

/* False if no layer is a plain (Elman) network. */
static bool advise_plain(const struct diagnosis *diagnosis, struct diagnosis_summary *summary)
{
    const struct tc_architecture *const arch = tc_model_architecture(diagnosis->model);

    for (unsigned l = 0; l < arch->layers; ++l) {
        if (arch->layer[l].cell != TC_CELL_RNN)
            continue;
        add_advice(summary, "train with --cell lstm or --cell gru, whose gates can keep the state, "
                            "or with --orthogonal: the state of other plain networks (rnn) decays "
                            "or grows at every sample");
        if (arch->layer[l].activation == TC_LOGISTIC)
            add_advice(
                summary,
                "if it is to stay plain, train with --activation tanh: the derivative of the "
                "logistic function, by which every sample multiplies the gradient, is at most 1/4");
        return true;
    }
    return false;
}

static void advise_saturated(const struct diagnosis *diagnosis, struct diagnosis_summary *summary)
{
    for (unsigned l = 0; l < diagnosis->result->layers; ++l)
        for (unsigned g = 0; g < diagnosis->result->layer[l].gates; ++g) {
            const struct tc_gate_diagnosis *const gate = &diagnosis->result->layer[l].gate[g];

            if (gate->low + gate->high < MOSTLY)
                continue;
            add_advice(
                summary,
                "'%s' of layer %u is saturated %.0f %% of the time, so that its gradient is almost "
                "0: train with a lower --learning-rate, or with recordings that are less loud",
                gate->name, l + 1, 100.0 * (gate->low + gate->high));
            return;
        }
}

static void advise_vanishing(const struct diagnosis *diagnosis, struct diagnosis_summary *summary)
{
    const size_t truncate = trained_truncate(diagnosis->model);
    char span[64];

    add_advice(summary,
               "nothing, if the device has no memory longer than that, such as a plain distortion; "
               "--reach sets the memory length that the model should have, here %s",
               diagnosis_span(diagnosis, (double)diagnosis->min_memory, span));
    if (!advise_plain(diagnosis, summary))
        add_advice(
            summary,
            "train with --memory %zu, which initialises the gate biases for that memory length",
            diagnosis->min_memory);
    if (truncate > 0 && truncate < diagnosis->min_memory)
        add_advice(summary,
                   "train with --truncate %zu or more: with %zu training cut the gradient sooner",
                   diagnosis->min_memory, truncate);
    else
        add_advice(summary, "train longer (--effort best) or with more units (--hidden): long "
                            "memory is learned late");
    advise_saturated(diagnosis, summary);
}

static void advise_exploding(const struct diagnosis *diagnosis, struct diagnosis_summary *summary)
{
    const struct tc_diagnosis *const d = diagnosis->result;

    add_advice(summary, "train with a lower --clip-norm, which limits the norm of the gradient, "
                        "and a lower --learning-rate");
    for (unsigned l = 0; l < d->layers; ++l)
        if (!isnan(d->layer[l].gamma) && d->layer[l].gate[0].radius > 1.0)
            add_advice(summary,
                       "the recurrent matrix of layer %u has a spectral radius of %.3g: above 1 it "
                       "can amplify the state at every sample",
                       l + 1, d->layer[l].gate[0].radius);
    (void)advise_plain(diagnosis, summary);
}

static void advise_healthy(const struct diagnosis *diagnosis, struct diagnosis_summary *summary)
{
    const size_t truncate = trained_truncate(diagnosis->model),
                 last = diagnosis->result->frames - 1;
    char span[64];

    if (isinf(diagnosis->result->memory.median) && last < diagnosis->min_memory)
        add_advice(summary,
                   "nothing yet: the largest lag that was measured is below %s (--reach); a longer "
                   "SIGNAL or a higher --lag tells more",
                   diagnosis_span(diagnosis, (double)diagnosis->min_memory, span));
    else if (truncate > 0 && diagnosis->result->memory.median > (double)truncate)
        add_advice(summary,
                   "nothing; a longer --truncate may still improve the model: the gradient reaches "
                   "further back than the %zu frames after which training cut it",
                   truncate);
    else
        add_advice(summary, "nothing");
    advise_saturated(diagnosis, summary);
}

void diagnosis_summarise(const struct diagnosis *diagnosis, struct diagnosis_summary *summary)
{
    static const struct {
        const char *verdict;
        const char *(*describe)(const struct diagnosis *diagnosis, char headline[SENTENCE_SIZE]);
        void (*advise)(const struct diagnosis *diagnosis, struct diagnosis_summary *summary);
    } flows[] = {[TC_FLOW_HEALTHY] = {"healthy", describe_healthy, advise_healthy},
                 [TC_FLOW_VANISHING] = {"vanishing", describe_vanishing, advise_vanishing},
                 [TC_FLOW_EXPLODING] = {"exploding", describe_exploding, advise_exploding}};
    const enum tc_gradient_flow flow = diagnosis->result->flow;

    *summary = (struct diagnosis_summary){.verdict = flows[flow].verdict};
    summary->meaning = flows[flow].describe(diagnosis, summary->headline);
    flows[flow].advise(diagnosis, summary);
}
