#include "kernel_cases.h"

#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

const struct tc_layer kinds[KINDS] = {
    {TC_CELL_RNN, TC_TANH, 0},
    {TC_CELL_RNN, TC_LOGISTIC, 0},
    {TC_CELL_RNN, TC_RELU, 0},
    {TC_CELL_RNN, TC_IDENTITY, 0},
    {TC_CELL_RNN, TC_MODRELU, 0},
    {TC_CELL_RNN, TC_ELU, 0},
    {TC_CELL_RNN, TC_SOFTMAX, 0},
    {TC_CELL_LSTM, TC_TANH, 0},
    {TC_CELL_GRU, TC_TANH, 0},
    {TC_CELL_LSTM_PEEPHOLE, TC_TANH, 0},
    {TC_CELL_GRU_RESET_BEFORE, TC_TANH, 0},
};

const size_t inputs_tried[INPUTS] = {1, 2, 3, 16};
const size_t channels_tried[CHANNEL_COUNTS] = {1, 2, 3, 4, 7, 16};

size_t inputs_for(size_t hidden, int turn)
{
    return inputs_tried[(hidden + hidden / 16 + (size_t)turn) % INPUTS];
}

size_t channels_for(size_t hidden, int turn)
{
    return channels_tried[(hidden + hidden / 16 + (size_t)turn) % CHANNEL_COUNTS];
}

size_t hidden_stride(void)
{
    const char *const given = getenv("HIDDEN_STRIDE");
    const size_t stride = given ? strtoul(given, NULL, 10) : 1;

    ck_assert_uint_gt(stride, 0);
    return stride;
}

/* Whether it is one of the tables to test. */
static bool is_tested(const struct tc_kernels *k)
{
    unsigned i = 0;

    while (support_kernels(i) && strcmp(support_kernels(i), k->name) != 0)
        ++i;
    return support_kernels(i) != NULL;
}

const struct tc_kernels *const *tested(const struct tc_kernels *const *k)
{
    while (*k && !is_tested(*k))
        ++k;
    return *k ? k : NULL;
}
