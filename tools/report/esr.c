#include "report/esr.h"

#include <math.h>
#include <stdio.h>

double esr_db(double esr)
{
    return 10.0 * log10(esr);
}

/* Less is what is left of rounding, in figures that say nothing. */
static const double least_shown = 1e-5, least_shown_in_db = 1e-10;

const char *score_text(double score, char text[SCORE_TEXT_SIZE])
{
    if (score < least_shown)
        (void)snprintf(text, SCORE_TEXT_SIZE, "below %.5f", least_shown);
    else
        (void)snprintf(text, SCORE_TEXT_SIZE, "%.5f", score);
    return text;
}

void esr_print(const char *name, int width, double esr, const char *words)
{
    char text[SCORE_TEXT_SIZE];

    printf("%-13s %*s", name, width, score_text(esr, text));
    if (esr < least_shown_in_db)
        printf("  below %.0f dB", esr_db(least_shown_in_db));
    else
        printf("  %6.1f dB", esr_db(esr));
    printf("%s%s\n", words[0] != '\0' ? "  " : "", words);
}

const char *esr_description(double esr)
{
    if (esr < ESR_HARD_TO_TELL)
        return "hard to tell from the device";
    if (esr < 0.01)
        return "very close to the device";
    if (esr < 0.035)
        return "close to the device";
    if (esr < 0.1)
        return "the device's character, with audible differences";
    if (esr < 0.3)
        return "a resemblance: more training, more units or more recordings would help";
    return "not the device: check the recordings and train longer";
}
