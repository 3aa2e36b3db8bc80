/* Tries no function of the plugin, only reads its descriptor: label, names and UniqueID, port
 * names, audio and control bits, bounds and defaults of every control, and the order of ports that
 * hosts count right. */
#include "torture_checks.h"

#include <math.h>
#include <string.h>

#include "torture_host.h"

static bool label_is_bad(void)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    if (!plugin->Label || !*plugin->Label || plugin->Label[strspn(plugin->Label, allowed)])
        return report_failure("the label is not made of letters, digits and _");
    if (!plugin->Name || !*plugin->Name || !plugin->Maker || !plugin->Copyright)
        return report_failure("name, maker or copyright is missing");
    if (plugin->UniqueID == 0 || plugin->UniqueID >= 0x1000000)
        return report_failure("UniqueID %lu is not within 1 and 0xffffff", plugin->UniqueID);
    if (plugin->Properties & LADSPA_PROPERTY_INPLACE_BROKEN)
        return report_failure("INPLACE_BROKEN: Ardour and ecasound refuse it");
    if (!plugin->run || !plugin->instantiate || !plugin->connect_port || !plugin->cleanup)
        return report_failure("a function is missing");
    return false;
}

static bool hint_is_bad(unsigned long port)
{
    const LADSPA_PortRangeHint *const hint = &plugin->PortRangeHints[port];
    const char *const name = plugin->PortNames[port];
    const float value = host_default(plugin, port);

    if (!LADSPA_IS_HINT_HAS_DEFAULT(hint->HintDescriptor))
        return report_failure("'%s' has no default: sox and ffmpeg refuse it", name);
    if (!LADSPA_IS_HINT_BOUNDED_BELOW(hint->HintDescriptor) ||
        !LADSPA_IS_HINT_BOUNDED_ABOVE(hint->HintDescriptor))
        return report_failure("'%s' is not bounded on both sides", name);
    if (LADSPA_IS_HINT_SAMPLE_RATE(hint->HintDescriptor) ||
        LADSPA_IS_HINT_LOGARITHMIC(hint->HintDescriptor))
        return report_failure("'%s' has a scale that hosts disagree about", name);
    if (!isfinite(hint->LowerBound) || !isfinite(hint->UpperBound) ||
        !(hint->LowerBound < hint->UpperBound))
        return report_failure("'%s' ranges from %g to %g", name, (double)hint->LowerBound,
                              (double)hint->UpperBound);
    if (!(value >= hint->LowerBound && value <= hint->UpperBound))
        return report_failure("'%s' defaults to %g, outside its range", name, (double)value);
    return false;
}

static bool port_is_bad(unsigned long port)
{
    const LADSPA_PortDescriptor bits = plugin->PortDescriptors[port];
    const char *const name = plugin->PortNames[port];

    if (!name || !*name)
        return report_failure("port %lu has no name", port);
    if (!LADSPA_IS_PORT_INPUT(bits) == !LADSPA_IS_PORT_OUTPUT(bits) ||
        !LADSPA_IS_PORT_AUDIO(bits) == !LADSPA_IS_PORT_CONTROL(bits))
        return report_failure("'%s' has impossible bits %d", name, bits);
    for (unsigned long other = 0; other < port; ++other)
        if (strcmp(plugin->PortNames[other], name) == 0)
            return report_failure("two ports are called '%s'", name);
    for (unsigned long other = 0; other < port; ++other)
        if (LADSPA_IS_PORT_AUDIO(plugin->PortDescriptors[other]) && LADSPA_IS_PORT_CONTROL(bits) &&
            LADSPA_IS_PORT_INPUT(bits))
            return report_failure("control input '%s' follows an audio port: melt shifts its value",
                                  name);
    return LADSPA_IS_PORT_CONTROL(bits) && hint_is_bad(port);
}

bool check_descriptor(void)
{
    bool bad = label_is_bad();

    if (!plugin->PortRangeHints || !plugin->PortNames || !plugin->PortDescriptors)
        return report_failure("a port array is missing");
    for (unsigned long port = 0; port < plugin->PortCount; ++port)
        bad |= port_is_bad(port);
    if (audio_in.n < audio_out.n || audio_out.n == 0)
        bad |= report_failure("%u inputs and %u outputs: sox crashes", audio_in.n, audio_out.n);
    return bad;
}
