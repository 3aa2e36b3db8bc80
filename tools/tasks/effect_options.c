#include "tasks/effect_options.h"

#include "data/dataset.h"
#include "tasks/train_arguments.h"

#define AT(field) offsetof(struct effect_options, field)
static const struct opt opts[] = {
    {0, "knob-range", OPT_REPEAT, AT(knob_ranges), 0, 0, "NAME=MIN:MAX[:DEFAULT[:UNIT]]",
     "range of a knob, with its default and its unit [the range in the manifest]", GROUP_DATA,
     EVERYDAY},
    CONTROL_OPTION(AT(control)),
    CHANNEL_OPTION(AT(channel)),
    ALIGNMENT_OPTIONS(AT(alignment), "measured"),
    {0, "sample-rate", OPT_REAL, AT(sample_rate_hz), 1, 1e6, "HZ",
     "sample rate of the model, to which recordings of another are converted [that of the first "
     "DRY]",
     GROUP_DATA, EXPERT},
    {0, "no-resample", OPT_FLAG, AT(no_resample), 0, 0, NULL,
     "refuse recordings of another sample rate", GROUP_DATA, EXPERT},
    {0, "clipping", OPT_CHOICE, AT(clipping), 0, 0, "auto|keep",
     "what a converter clipped at full scale [auto: left out of the loss where it is rare]",
     GROUP_DATA, EXPERT},
    {0, "ignore-faults", OPT_FLAG, AT(ignore_faults), 0, 0, NULL,
     "train although the recordings have a fault with which training makes no sense", GROUP_DATA,
     EXPERT},
};

const struct opt_table effect_option_table =
    OPT_TABLE(opts, offsetof(struct train_arguments, effect));
