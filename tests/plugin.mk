# The plugin, its bundles, and hosts that play them.
plugin_defines = -DPLUGIN='"$(abs_top_builddir)/plugin/.libs/tonecell.so"' \
	-DBUILTIN_MODEL='"$(abs_top_srcdir)/plugin/builtin.safetensors"'
plugin_host = %D%/plugin_host.c %D%/plugin_host.h

unit_tests += %D%/check_naming %D%/check_plugin %D%/check_bundle
plugin_test_libs = %D%/libsupport.la core/libtonecell.la $(CHECK_LIBS) -lm
%C%_check_naming_SOURCES = %D%/check_naming.c plugin/identity.c plugin/ports.c
%C%_check_naming_LDADD = $(plugin_test_libs)
%C%_check_plugin_CPPFLAGS = $(AM_CPPFLAGS) $(plugin_defines)
%C%_check_plugin_SOURCES = %D%/check_plugin.c $(plugin_host) \
	plugin/identity.c plugin/builtin_image.c
%C%_check_plugin_LDADD = $(plugin_test_libs)
%C%_check_bundle_CPPFLAGS = $(AM_CPPFLAGS) $(plugin_defines)
%C%_check_bundle_SOURCES = %D%/check_bundle.c $(plugin_host) $(temp_folder) \
	plugin/identity.c tools/bundle.c
%C%_check_bundle_LDADD = $(plugin_test_libs)

check_PROGRAMS += %D%/hosts/torture %D%/hosts/wavs
%C%_hosts_torture_CPPFLAGS = $(AM_CPPFLAGS) $(plugin_defines)
%C%_hosts_torture_SOURCES = %D%/hosts/torture.c %D%/hosts/torture_checks.h \
	%D%/hosts/torture_descriptor.c %D%/hosts/torture_life.c %D%/hosts/torture_blocks.c \
	%D%/hosts/torture_values.c %D%/hosts/torture_surroundings.c \
	%D%/hosts/instance.c %D%/hosts/instance.h $(plugin_host)
%C%_hosts_torture_LDADD = core/libtonecell.la -lm -lpthread
%C%_hosts_wavs_CFLAGS = $(AM_CFLAGS) $(SNDFILE_CFLAGS)
%C%_hosts_wavs_SOURCES = %D%/hosts/wavs.c $(plugin_host) plugin/builtin_image.c
%C%_hosts_wavs_LDADD = core/libtonecell.la $(SNDFILE_LIBS) -lm

# -rpath: libtool makes a shared library only of what could be installed.
check_LTLIBRARIES += %D%/hosts/rtcheck.la %D%/hosts/rtbad.la
host_library_ldflags = -module -avoid-version -shared -rpath /nowhere
%C%_hosts_rtcheck_la_CFLAGS = $(AM_CFLAGS) -O2 -fno-omit-frame-pointer
%C%_hosts_rtcheck_la_LDFLAGS = $(host_library_ldflags)
%C%_hosts_rtcheck_la_SOURCES = %D%/hosts/rtcheck.c %D%/hosts/rtcheck.h \
	%D%/hosts/rtcheck_calls.c %D%/hosts/rtcheck_syscalls.c %D%/hosts/rtcheck_report.c
%C%_hosts_rtbad_la_CFLAGS = $(AM_CFLAGS) -O1
%C%_hosts_rtbad_la_LDFLAGS = $(host_library_ldflags)
%C%_hosts_rtbad_la_SOURCES = %D%/hosts/rtbad.c

plugin_scripts = %D%/check_symbols.sh %D%/check_install.sh \
	%D%/hosts/check_hosts.sh %D%/hosts/check_rtcheck.sh
EXTRA_DIST += %D%/hosts/hosts.sh $(plugin_scripts)
TESTS += $(plugin_scripts) %D%/hosts/torture
