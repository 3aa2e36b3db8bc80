# The plugin and its bundles.
plugin_defines = -DPLUGIN='"$(abs_top_builddir)/plugin/.libs/tonecell.so"' \
	-DBUILTIN_MODEL='"$(abs_top_srcdir)/plugin/builtin.safetensors"'
plugin_host = %D%/plugin_host.c %D%/plugin_host.h

unit_tests += %D%/check_naming %D%/check_plugin %D%/check_bundle
plugin_test_libs = core/model/libidentity.la $(format_test_libs)
%C%_check_naming_SOURCES = %D%/check_naming.c plugin/ports.c
%C%_check_naming_LDADD = $(plugin_test_libs)
%C%_check_plugin_CPPFLAGS = $(AM_CPPFLAGS) $(plugin_defines)
%C%_check_plugin_SOURCES = %D%/check_plugin.c $(plugin_host) \
	plugin/builtin_image.c
%C%_check_plugin_LDADD = $(plugin_test_libs)
%C%_check_bundle_CPPFLAGS = $(AM_CPPFLAGS) $(plugin_defines)
%C%_check_bundle_SOURCES = %D%/check_bundle.c $(plugin_host) $(temp_folder)
%C%_check_bundle_LDADD = core/files/libfiles.la $(plugin_test_libs)

check_LTLIBRARIES += %D%/hostile.la
%C%_hostile_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
%C%_hostile_la_SOURCES = %D%/hostile.c
check_PROGRAMS += %D%/neighbours
%C%_neighbours_SOURCES = %D%/neighbours.c $(plugin_host)
%C%_neighbours_LDADD = $(model_libs)

plugin_scripts = %D%/check_symbols.sh %D%/check_neighbours.sh \
	%D%/check_install.sh %D%/check_strip.sh
EXTRA_DIST += $(plugin_scripts)
TESTS += $(plugin_scripts)
# A library that never ends.
slow_tests += %D%/check_install.sh
