#include "config.h"

#include "plugins/plugin_rdf.h"

#include <dlfcn.h>
#include <ladspa.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/markup.h"
#include "cli/paths.h"
#include "plugins/make_folders.h"
#include "plugins/plugin_folders.h"

enum { MAX_CHOICES = 3 };

/* The values of the controls with a few choices, from 0. */
static const struct {
    const char *port, *value[MAX_CHOICES];
} choices[] = {
    {"Bypass", {"off", "on"}},
    {"Normalise", {"off", "to -18 dB"}},
    {"DC blocker", {"off", "on"}},
    {"Rate", {"automatic", "resample", "delay of the recurrence"}},
    {"Oversampling", {"none", "2 times", "4 times"}},
};

static const char head[] =
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    "<!DOCTYPE rdf:RDF [\n"
    "  <!ENTITY rdf 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\n"
    "  <!ENTITY dc 'http://purl.org/dc/elements/1.1/'>\n"
    "  <!ENTITY ladspa 'http://ladspa.org/ontology#'>\n"
    "]>\n"
    "<rdf:RDF xmlns:rdf=\"&rdf;\" xmlns:dc=\"&dc;\" xmlns:ladspa=\"&ladspa;\">\n";

/* ------------------------------------------------------------------------- XML */

static void put_escaped(FILE *out, const char *text)
{
    for (; *text; ++text)
        markup_put(out, *text);
}

static void put_element(FILE *out, const char *element, const char *text)
{
    if (!text[0])
        return;
    fprintf(out, "    <%s>", element);
    put_escaped(out, text);
    fprintf(out, "</%s>\n", element);
}

/* ------------------------------------------------------------------------- ports */

/* "Input gain (dB)" has the unit dB; liblrdf knows a few. */
static void put_unit(FILE *out, const char *port)
{
    static const char *const units[][2] = {
        {"(dB)", "dB"}, {"(Hz)", "Hz"}, {"(s)", "seconds"}, {"(ms)", "milliseconds"}};
    const char *const unit = strrchr(port, '(');

    for (size_t i = 0; unit && i < sizeof units / sizeof *units; ++i)
        if (strcmp(unit, units[i][0]) == 0)
            fprintf(out, "        <ladspa:hasUnit rdf:resource=\"&ladspa;%s\" />\n", units[i][1]);
}

static void put_scale(FILE *out, const char *const value[MAX_CHOICES])
{
    fputs("        <ladspa:hasScale>\n          <ladspa:Scale>\n", out);
    for (unsigned i = 0; i < MAX_CHOICES && value[i]; ++i)
        fprintf(out,
                "            <ladspa:hasPoint>\n"
                "              <ladspa:Point rdf:value=\"%u\" ladspa:hasLabel=\"%s\" />\n"
                "            </ladspa:hasPoint>\n",
                i, value[i]);
    fputs("          </ladspa:Scale>\n        </ladspa:hasScale>\n", out);
}

static void put_choices(FILE *out, const char *port)
{
    for (size_t i = 0; i < sizeof choices / sizeof *choices; ++i)
        if (strcmp(choices[i].port, port) == 0)
            put_scale(out, choices[i].value);
}

static void put_port(FILE *out, const LADSPA_Descriptor *plugin, unsigned long port)
{
    fprintf(out,
            "    <ladspa:hasPort>\n      <ladspa:InputControlPort "
            "rdf:about=\"&ladspa;%lu.%lu\" ladspa:hasLabel=\"",
            plugin->UniqueID, port);
    put_escaped(out, plugin->PortNames[port]);
    fputs("\">\n", out);
    put_unit(out, plugin->PortNames[port]);
    put_choices(out, plugin->PortNames[port]);
    fputs("      </ladspa:InputControlPort>\n    </ladspa:hasPort>\n", out);
}

static bool is_control_input(const LADSPA_Descriptor *plugin, unsigned long port)
{
    return LADSPA_IS_PORT_CONTROL(plugin->PortDescriptors[port]) &&
           LADSPA_IS_PORT_INPUT(plugin->PortDescriptors[port]);
}

/* The exact initial values: hints know some values only. The knobs are the first ports, all other
 * controls start at 0. */
static void put_defaults(FILE *out, const LADSPA_Descriptor *plugin, const struct tc_model *model)
{
    fputs("    <ladspa:hasSetting>\n      <ladspa:Default ladspa:hasLabel=\"Initial values\">\n",
          out);
    for (unsigned long p = 0; p < plugin->PortCount; ++p)
        if (is_control_input(plugin, p))
            fprintf(out,
                    "        <ladspa:hasPortValue>\n"
                    "          <ladspa:PortValue rdf:value=\"%.9g\">\n"
                    "            <ladspa:forPort rdf:resource=\"&ladspa;%lu.%lu\" />\n"
                    "          </ladspa:PortValue>\n"
                    "        </ladspa:hasPortValue>\n",
                    p < tc_model_architecture(model)->knobs
                        ? (double)tc_model_metadata(model)->knob[p].initial
                        : 0.0,
                    plugin->UniqueID, p);
    fputs("      </ladspa:Default>\n    </ladspa:hasSetting>\n", out);
}

static void put_plugin(FILE *out, const LADSPA_Descriptor *plugin, const struct tc_model *model)
{
    fprintf(out, "  <ladspa:SimulatorPlugin rdf:about=\"&ladspa;%lu\" ladspa:hasLabel=\"%s\">\n",
            plugin->UniqueID, plugin->Label);
    put_element(out, "dc:title", plugin->Name);
    put_element(out, "dc:creator", tc_model_metadata(model)->author);
    put_element(out, "dc:rights", tc_model_metadata(model)->licence);
    for (unsigned long p = 0; p < plugin->PortCount; ++p)
        if (is_control_input(plugin, p))
            put_port(out, plugin, p);
    put_defaults(out, plugin, model);
    fputs("  </ladspa:SimulatorPlugin>\n", out);
}

/* ------------------------------------------------------------------------- the file */

/* The text of all plugins of a library, for free(); NULL without memory. */
static char *describe(LADSPA_Descriptor_Function descriptor, const struct tc_model *model)
{
    char *text = NULL;
    size_t size;
    FILE *const out = open_memstream(&text, &size);
    const LADSPA_Descriptor *plugin;

    if (!out)
        return NULL;
    fputs(head, out);
    for (unsigned long i = 0; (plugin = descriptor(i)); ++i)
        put_plugin(out, plugin, model);
    fputs("</rdf:RDF>\n", out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static bool find_path(char path[PATH_MAX], const char *plugin_path)
{
    const size_t folder = path_folder_length(plugin_path);
    const char *const name = path_name(plugin_path);
    const size_t length = strlen(name);
    char system[PATH_MAX];

    if (length < 3 || strcmp(name + length - 3, ".so") != 0)
        return false;
    (void)snprintf(system, sizeof system, "%s/", system_folder());
    if (strncmp(system, plugin_path, folder) == 0 && system[folder] == '\0')
        return snprintf(path, PATH_MAX, "%s/%.*s.rdf", RDFDIR, (int)length - 3, name) < PATH_MAX;
    return snprintf(path, PATH_MAX, "%.*srdf/%.*s.rdf", (int)folder, plugin_path, (int)length - 3,
                    name) < PATH_MAX;
}

static enum tc_status write_text(const char *plugin_path, const char *text, struct tc_error *error)
{
    char path[PATH_MAX];

    if (!text)
        return tc_fail(error, TC_NO_MEMORY, "no memory for its description in RDF");
    if (!find_path(path, plugin_path))
        return tc_fail(error, TC_IO, "the name is too long for a description in RDF");
    if (!make_folders_of(path, error))
        return TC_IO;
    return tc_file_replace(path, text, strlen(text), 0644, error);
}

enum tc_status plugin_rdf_write(const char *plugin_path, const struct tc_model *model,
                                struct tc_error *error)
{
    void *const library = dlopen(plugin_path, RTLD_NOW | RTLD_LOCAL);
    LADSPA_Descriptor_Function descriptor = NULL;
    enum tc_status status;
    char *text;

    *(void **)&descriptor = library ? dlsym(library, "ladspa_descriptor") : NULL;
    if (!descriptor) {
        status = tc_fail(error, TC_BAD_FORMAT, "hosts cannot load it: %s", dlerror());
    } else {
        text = describe(descriptor, model);
        status = write_text(plugin_path, text, error);
        free(text);
    }
    if (library)
        (void)dlclose(library);
    return status;
}

void plugin_rdf_remove(const char *plugin_path)
{
    char path[PATH_MAX];

    if (find_path(path, plugin_path))
        (void)unlink(path);
}
