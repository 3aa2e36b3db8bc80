#include "cli/nearest_word.h"

#include <stdint.h>
#include <string.h>

enum { MAX_SLIPS = 2, MAX_WORD = 32 };

static size_t least(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Letters to change, add, remove or swap with their neighbour to make one word the other.
 * From: Damerau 1964, restricted to one edit of each letter. */
static size_t slips(const char *a, const char *b)
{
    size_t d[MAX_WORD + 1][MAX_WORD + 1];
    const size_t m = strlen(a), n = strlen(b);

    if (m > MAX_WORD || n > MAX_WORD)
        return SIZE_MAX;
    for (size_t i = 0; i <= m; ++i)
        for (size_t j = 0; j <= n; ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] =
                least(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1, SIZE_MAX);
        }
    return d[m][n];
}

const char *nearest_word(const char *text, const char *const *words, size_t n)
{
    const char *nearest = NULL;
    size_t fewest = MAX_SLIPS + 1;

    for (size_t i = 0; i < n; ++i) {
        const size_t count = slips(text, words[i]);

        if (count < fewest && count < strlen(words[i])) {
            fewest = count;
            nearest = words[i];
        }
    }
    return nearest;
}
