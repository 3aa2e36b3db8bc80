# Hosts that play the plugin.
check_PROGRAMS += %D%/torture %D%/wavs
%C%_torture_CPPFLAGS = $(AM_CPPFLAGS) $(plugin_defines)
%C%_torture_SOURCES = %D%/torture.c %D%/torture_checks.h \
	%D%/torture_descriptor.c %D%/torture_life.c %D%/torture_blocks.c \
	%D%/torture_values.c %D%/torture_surroundings.c \
	%D%/torture_random.c %D%/torture_long.c \
	%D%/torture_host.c %D%/torture_host.h $(plugin_host)
%C%_torture_LDADD = $(model_libs) -lpthread
%C%_wavs_CFLAGS = $(AM_CFLAGS) $(SNDFILE_CFLAGS)
%C%_wavs_SOURCES = %D%/wavs.c $(plugin_host)
%C%_wavs_LDADD = $(model_libs) $(SNDFILE_LIBS) -lm

# -rpath: libtool makes a shared library only of what could be installed.
check_LTLIBRARIES += %D%/rtcheck.la %D%/rtbad.la
host_library_ldflags = -module -avoid-version -shared -rpath /nowhere
%C%_rtcheck_la_CFLAGS = $(AM_CFLAGS) -O2 -fno-omit-frame-pointer
%C%_rtcheck_la_LDFLAGS = $(host_library_ldflags)
%C%_rtcheck_la_SOURCES = %D%/rtcheck.c %D%/rtcheck.h \
	%D%/rtcheck_calls.c %D%/rtcheck_syscalls.c %D%/rtcheck_report.c
%C%_rtbad_la_CFLAGS = $(AM_CFLAGS) -O1
%C%_rtbad_la_LDFLAGS = $(host_library_ldflags)
%C%_rtbad_la_SOURCES = %D%/rtbad.c

host_scripts = %D%/check_hosts.sh %D%/check_desktop_hosts.sh \
	%D%/check_caches.sh \
	%D%/check_rtcheck.sh %D%/check_torture.sh
slow_tests += %D%/check_torture.sh
EXTRA_DIST += %D%/hosts.sh %D%/equality.sh $(host_scripts)
TESTS += $(host_scripts) %D%/torture
