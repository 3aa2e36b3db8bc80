#include "config.h"
#include "report/diagnosis.h"
#include "report/health_report.h"

#include <math.h>
#include <stdio.h>

enum { TEXT_WIDTH = 80, KEY_WIDTH = 14 };

/* A key in the margin and text beside it, in lines that fit a terminal. */
static void print_wrapped(const char *key, const char *text)
{
    const int indent = KEY_WIDTH + (text[0] == '-' ? 2 : 0); /* of a list's items */
    int column = printf("%-*s", KEY_WIDTH, key);

    while (*text) {
        int length = 0;

        while (text[length] != '\0' && text[length] != ' ')
            ++length;
        if (column + 1 + length > TEXT_WIDTH)
            column = printf("\n%*s", indent, "") - 1;
        column += printf(" %.*s", length, text);
        text += length;
        text += *text == ' ';
    }
    printf("\n");
}

static void print_summary(const struct diagnosis *diagnosis)
{
    struct diagnosis_summary summary;
    char item[SENTENCE_SIZE + 2];

    diagnosis_summarise(diagnosis, &summary);
    print_wrapped("Gradient flow", summary.headline);
    print_wrapped("", summary.meaning);
    for (unsigned i = 0; i < summary.n_advice; ++i) {
        snprintf(item, sizeof item, "- %s", summary.advice[i]);
        print_wrapped(i ? "" : "What to change", item);
    }
}

static void print_signal(const struct diagnosis *diagnosis)
{
    const struct tc_diagnosis *const d = diagnosis->result;
    char span[64];

    printf("%-14s %u position%s of %s in %s, %.2f s\n", "Signal", d->positions,
           d->positions == 1 ? "" : "s", diagnosis_span(diagnosis, (double)d->frames, span),
           diagnosis->signal_path, (double)diagnosis->frames / diagnosis->rate_hz);
}

static void print_memory(const struct diagnosis *diagnosis)
{
    const struct tc_spread *const memory = &diagnosis->result->memory;
    const double last = (double)diagnosis->result->frames - 1.0;
    char span[64];

    printf("%-14s ", "Memory");
    if (isinf(memory->median))
        printf("more than %s", diagnosis_span(diagnosis, last, span));
    else
        printf("%s", diagnosis_span(diagnosis, memory->median, span));
    if (diagnosis->result->positions > 1 && isinf(memory->high))
        printf(", by position from %.0f to more than %.0f", fmin(memory->low, last), last);
    else if (diagnosis->result->positions > 1)
        printf(", by position from %.0f to %.0f", memory->low, memory->high);
    printf("\n");
}

static void print_exponents(const struct diagnosis *diagnosis)
{
    const struct tc_diagnosis *const d = diagnosis->result;
    const double first = d->exponent[0];
    char span[64];

    printf("%-14s", "Lyapunov");
    for (unsigned i = 0; i < d->exponents; ++i)
        printf(" %.4g", d->exponent[i]);
    printf(" per sample\n%-14s perturbations ", "");
    if (fabs(first) * (double)d->frames < 0.01)
        printf("neither decay nor grow\n");
    else
        printf("%s by a factor e in %s\n", first < 0.0 ? "decay" : "grow",
               diagnosis_span(diagnosis, ceil(1.0 / fabs(first)), span));
}

static void print_bound(const struct tc_diagnosis *d)
{
    printf("%-14s |ds_t/ds_k| <= %.4g^(t-k), ", "Bound", d->step_bound);
    if (d->layers == 1 && !isnan(d->layer[0].gamma))
        printf("gamma lambda = %.4g x %.4g\n", d->layer[0].gamma, d->layer[0].gate[0].singular[0]);
    else
        printf("the largest bound of a single step\n");
}

/* ------------------------------------------------------------------------- tables */

static void print_number(double value)
{
    if (isnan(value))
        printf(" %10s", "-");
    else if (value > 1e12)
        printf(" %10s", ">1e12");
    else
        printf(value >= 1e-4 || value == 0.0 ? " %10.4g" : " %10.2e", value);
}

static void print_row(const struct diagnosis *diagnosis, size_t i)
{
    const struct tc_diagnosis *const d = diagnosis->result;

    printf("%8zu %9.3g", d->lag[i], 1e3 * (double)d->lag[i] / diagnosis->rate_hz);
    print_number(d->jacobian[i].median);
    print_number(d->bound[i]);
    print_number(d->gradient[i].median);
    for (unsigned l = 0; l < d->layers; ++l) {
        print_number(d->layer[l].dh[i]);
        if (d->layer[l].dc)
            print_number(d->layer[l].dc[i]);
    }
    printf("\n");
}

static void print_flow(const struct diagnosis *diagnosis)
{
    const struct tc_diagnosis *const d = diagnosis->result;
    size_t next = 0;
    char name[32];

    printf("\nGradients of state and output by the state t-k samples earlier (norms)\n"
           "%8s %9s %10s %10s %10s",
           "t-k", "ms", "ds_t/ds_k", "bound", "dy_t/ds_k");
    for (unsigned l = 0; l < d->layers; ++l) {
        snprintf(name, sizeof name, "layer %u h", l + 1);
        printf(" %10s", name);
        if (d->layer[l].dc)
            printf(" %10s", "c");
    }
    printf("\n");
    for (size_t i = 0; i < d->lags; ++i) {
        if (d->lag[i] < next && i + 1 < d->lags)
            continue;
        print_row(diagnosis, i);
        if (d->gradient[i].median == 0.0)
            break;
        next = i ? 2 * d->lag[i] : 1;
    }
}

static void print_layers(const struct diagnosis *diagnosis)
{
    const struct tc_architecture *const arch = tc_model_architecture(diagnosis->model);

    printf("\nGates: how often they are saturated, and spectrum of the recurrent matrix of each\n"
           "%-16s %-10s %9s %9s %9s  %s\n",
           "layer", "gate", "low end", "high end", "radius", "singular values");
    for (unsigned l = 0; l < arch->layers; ++l) {
        const struct tc_layer_diagnosis *const layer = &diagnosis->result->layer[l];
        char name[48];

        snprintf(name, sizeof name, "%u %s, %u units", l + 1, tc_cell_name(arch->layer[l].cell),
                 layer->hidden);
        for (unsigned g = 0; g < layer->gates; ++g) {
            const struct tc_gate_diagnosis *const gate = &layer->gate[g];

            printf("%-16s %-10s %7.1f %% %7.1f %% %9.4g  %.3g to %.3g\n", g ? "" : name, gate->name,
                   100.0 * gate->low, 100.0 * gate->high, gate->radius,
                   gate->singular[layer->hidden - 1], gate->singular[0]);
        }
    }
}

static void print_health(const struct diagnosis *diagnosis)
{
    printf("\nHealth: what gradients on this signal do not show\n");
    health_print_sensitivity("On the signal", diagnosis->sensitivity_db, "the signal");
    health_print(tc_model_architecture(diagnosis->model), &diagnosis->health);
}

void diagnosis_print(const struct diagnosis *diagnosis)
{
    print_summary(diagnosis);
    print_signal(diagnosis);
    print_memory(diagnosis);
    print_exponents(diagnosis);
    print_bound(diagnosis->result);
    print_flow(diagnosis);
    print_layers(diagnosis);
    print_health(diagnosis);
}
