#include "train/network/sample_loss.h"

#include <math.h>

/* log cosh(v), which overflows for no v. */
static double log_cosh(double v)
{
    return fabs(v) + log1p(exp(-2.0 * fabs(v))) - log(2.0);
}

static float sign(float e)
{
    return (float)((e > 0.0f) - (e < 0.0f));
}

double tc_sample_loss(enum tc_loss loss, float e, float r)
{
    const double scale = (double)r;

    switch (loss) {
    case TC_LOSS_ESR:
    case TC_LOSS_MSE:
        break;
    case TC_LOSS_MAE:
        return scale * fabs((double)e);
    case TC_LOSS_LOG_COSH:
        return scale * scale * log_cosh((double)e / scale);
    }
    return (double)e * (double)e;
}

float tc_sample_loss_derivative(enum tc_loss loss, float e, float r)
{
    switch (loss) {
    case TC_LOSS_ESR:
    case TC_LOSS_MSE:
        break;
    case TC_LOSS_MAE:
        return isnan(e) ? e : r * sign(e);
    case TC_LOSS_LOG_COSH:
        return r * tanhf(e / r);
    }
    return 2.0f * e;
}
