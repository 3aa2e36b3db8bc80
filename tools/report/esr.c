#include "report/esr.h"

#include <math.h>

double esr_db(double esr)
{
    return 10.0 * log10(esr);
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
