# tests
EXTRA_DIST += %D%/no-check.sh

# From PyTorch, for check_golden.
EXTRA_DIST += \
	%D%/golden/make_golden.py \
	%D%/golden/rnn1.safetensors \
	%D%/golden/rnn2.safetensors \
	%D%/golden/lstm1.safetensors \
	%D%/golden/lstm2.safetensors \
	%D%/golden/lstm_knobs.safetensors \
	%D%/golden/gru1.safetensors \
	%D%/golden/gru2.safetensors

if HAVE_CHECK
# What the unit tests of the core share.
check_LTLIBRARIES += %D%/libsupport.la
%C%_libsupport_la_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_libsupport_la_SOURCES = \
	%D%/support.c %D%/support.h \
	%D%/reference.c %D%/reference.h

core_tests = \
	%D%/check_activation \
	%D%/check_kernels \
	%D%/check_cells \
	%D%/check_stream \
	%D%/check_player \
	%D%/check_realtime \
	%D%/check_network \
	%D%/check_golden

check_PROGRAMS += $(core_tests)
TESTS += $(core_tests)

# These see the inside of the core, so they link it statically.
core_test_libs = %D%/libsupport.la core/libplay.la $(CHECK_LIBS) -lm

# As the core is compiled, for the inline functions that it checks.
%C%_check_activation_CFLAGS = $(AM_CFLAGS) $(CORE_CFLAGS) $(CHECK_CFLAGS)
%C%_check_activation_LDADD = $(core_test_libs)
%C%_check_kernels_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_kernels_LDADD = $(core_test_libs)
%C%_check_cells_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_cells_LDADD = $(core_test_libs)
%C%_check_stream_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_stream_LDADD = $(core_test_libs)
%C%_check_player_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_player_LDADD = $(core_test_libs)

# Static as well, so that the wrappers catch the core's own calls.
%C%_check_realtime_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_realtime_LDADD = $(core_test_libs)
%C%_check_realtime_LDFLAGS = \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=aligned_alloc \
	-Wl,--wrap=posix_memalign -Wl,--wrap=free \
	-Wl,--wrap=pthread_mutex_lock -Wl,--wrap=pthread_mutex_unlock \
	-Wl,--wrap=fopen -Wl,--wrap=fclose -Wl,--wrap=fwrite -Wl,--wrap=write \
	-Wl,--wrap=nanosleep

%C%_check_network_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_network_LDADD = %D%/libsupport.la core/libtonecell-train.la core/libtonecell.la \
	$(CHECK_LIBS) -lm
%C%_check_golden_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
%C%_check_golden_LDADD = $(%C%_check_network_LDADD) $(JANSSON_LIBS)
else
TESTS += %D%/no-check.sh
endif
# README's commands and program.
TESTS += %D%/check_readme.sh
EXTRA_DIST += README.md %D%/check_readme.sh %D%/example.c

# Files and images. Allocations of the library are made to fail, so it is linked statically.
if HAVE_CHECK
format_tests = %D%/check_file %D%/check_image %D%/check_native %D%/check_safetensors
check_PROGRAMS += $(format_tests)
TESTS += $(format_tests)
format_test_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
format_test_libs = %D%/libsupport.la core/libtonecell.la $(JANSSON_LIBS) $(CHECK_LIBS) -lm
failing_malloc = %D%/failing_malloc.c %D%/failing_malloc.h
failing_malloc_ldflags = -static \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc,--wrap=strdup
sample_model = %D%/sample_model.c %D%/sample_model.h
temp_folder = %D%/temp_folder.c %D%/temp_folder.h

%C%_check_file_SOURCES = %D%/check_file.c $(failing_malloc) $(temp_folder)
%C%_check_file_CFLAGS = $(format_test_cflags)
%C%_check_file_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_file_LDADD = $(format_test_libs)

%C%_check_image_SOURCES = %D%/check_image.c $(failing_malloc) $(sample_model)
%C%_check_image_CFLAGS = $(format_test_cflags)
%C%_check_image_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_image_LDADD = $(format_test_libs)

%C%_check_native_SOURCES = %D%/check_native.c $(failing_malloc) $(sample_model) $(temp_folder)
%C%_check_native_CFLAGS = $(format_test_cflags)
%C%_check_native_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_native_LDADD = $(format_test_libs)

%C%_check_safetensors_SOURCES = %D%/check_safetensors.c
%C%_check_safetensors_CFLAGS = $(format_test_cflags)
%C%_check_safetensors_LDADD = $(format_test_libs)
endif
# The command line
check_PROGRAMS += %D%/make_model %D%/peak_memory
%C%_make_model_LDADD = core/libtonecell.la

if HAVE_CHECK
check_PROGRAMS += %D%/check_options
TESTS += %D%/check_options
%C%_check_options_SOURCES = %D%/check_options.c tools/options.c
%C%_check_options_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_options_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_options_LDADD = $(CHECK_LIBS) -lm
endif

EXTRA_DIST += %D%/check_cli_process.sh %D%/check_cli_help.sh %D%/check_cli_info.sh
TESTS += %D%/check_cli_process.sh %D%/check_cli_help.sh %D%/check_cli_info.sh
# The plugin, its bundles, and hosts that play them.
EXTRA_DIST += %D%/hosts/hosts.sh $(plugin_scripts)
plugin_scripts = %D%/check_symbols.sh %D%/check_install.sh \
	%D%/hosts/check_hosts.sh %D%/hosts/check_rtcheck.sh
plugin_defines = -DPLUGIN='"$(abs_top_builddir)/plugin/.libs/tonecell.so"' \
	-DBUILTIN_MODEL='"$(abs_top_srcdir)/plugin/builtin.safetensors"'
AM_TESTS_ENVIRONMENT = \
	PLUGIN_FOLDER='$(abs_top_builddir)/plugin/.libs'; export PLUGIN_FOLDER; \
	HOSTS_BUILD='$(abs_top_builddir)/%D%/hosts'; export HOSTS_BUILD; \
	MAKE_MODEL='$(abs_top_builddir)/%D%/make_model'; export MAKE_MODEL; \
	TONECELL='$(abs_top_builddir)/tools/tonecell'; export TONECELL; \
	OMP_WAIT_POLICY=passive; export OMP_WAIT_POLICY;
TESTS += $(plugin_scripts) %D%/hosts/torture

check_PROGRAMS += %D%/hosts/torture %D%/hosts/wavs
%C%_hosts_torture_CPPFLAGS = $(AM_CPPFLAGS) $(plugin_defines)
%C%_hosts_torture_SOURCES = %D%/hosts/torture.c %D%/plugin_host.c %D%/plugin_host.h
%C%_hosts_torture_LDADD = core/libtonecell.la -lm -lpthread
%C%_hosts_wavs_CFLAGS = $(AM_CFLAGS) $(SNDFILE_CFLAGS)
%C%_hosts_wavs_SOURCES = %D%/hosts/wavs.c %D%/plugin_host.c %D%/plugin_host.h plugin/builtin_image.c
%C%_hosts_wavs_LDADD = core/libtonecell.la $(SNDFILE_LIBS) -lm

# -rpath: libtool makes a shared library only of what could be installed.
check_LTLIBRARIES += %D%/hosts/rtcheck.la %D%/hosts/rtbad.la
%C%_hosts_rtcheck_la_CFLAGS = $(AM_CFLAGS) -O2 -fno-omit-frame-pointer
%C%_hosts_rtcheck_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
%C%_hosts_rtcheck_la_SOURCES = %D%/hosts/rtcheck.c
%C%_hosts_rtbad_la_CFLAGS = $(AM_CFLAGS) -O1
%C%_hosts_rtbad_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
%C%_hosts_rtbad_la_SOURCES = %D%/hosts/rtbad.c

if HAVE_CHECK
plugin_checks = %D%/check_plugin %D%/check_bundle
check_PROGRAMS += $(plugin_checks)
TESTS += $(plugin_checks)
%C%_check_plugin_CPPFLAGS = $(AM_CPPFLAGS) $(plugin_defines)
%C%_check_plugin_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_plugin_SOURCES = %D%/check_plugin.c %D%/plugin_host.c %D%/plugin_host.h \
	plugin/identity.c plugin/ports.c plugin/builtin_image.c
%C%_check_plugin_LDADD = core/libtonecell.la $(CHECK_LIBS) -lm
%C%_check_bundle_CPPFLAGS = $(AM_CPPFLAGS) $(plugin_defines)
%C%_check_bundle_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_bundle_SOURCES = %D%/check_bundle.c %D%/plugin_host.c %D%/plugin_host.h \
	plugin/identity.c tools/bundle.c
%C%_check_bundle_LDADD = core/libtonecell.la $(CHECK_LIBS) -lm
endif

# Data sets and measures of the trainer.
EXTRA_DIST += %D%/check_cli_train.sh %D%/check_recordings.sh
TESTS += %D%/check_cli_train.sh %D%/check_recordings.sh
if HAVE_CHECK
train_tests = %D%/check_align %D%/check_fir %D%/check_manifest \
	%D%/check_steps %D%/check_trainer %D%/check_walk
check_PROGRAMS += $(train_tests)
TESTS += $(train_tests)
train_test_libs = %D%/libsupport.la core/libtonecell-train.la core/libtonecell.la $(CHECK_LIBS) -lm
%C%_check_align_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_align_LDADD = $(train_test_libs)
%C%_check_fir_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_fir_LDADD = $(train_test_libs)
%C%_check_manifest_SOURCES = %D%/check_manifest.c tools/manifest.c tools/csv.c tools/options.c
%C%_check_manifest_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_manifest_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_manifest_LDADD = $(train_test_libs)
%C%_check_steps_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_steps_LDADD = $(train_test_libs)
%C%_check_trainer_SOURCES = %D%/check_trainer.c $(failing_malloc)
%C%_check_trainer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_trainer_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_trainer_LDADD = $(train_test_libs)
%C%_check_walk_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_walk_LDADD = $(train_test_libs)
endif
