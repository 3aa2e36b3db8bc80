# What the tests share; each group of them has a file of its own, included below.

# Unit tests, by Check. They link the libraries of the trainer unless they say otherwise.
unit_tests =
AM_CFLAGS += $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
LDADD = %D%/libsupport.la core/libtonecell-train.la core/libtonecell.la $(CHECK_LIBS) -lm

failing_malloc = %D%/failing_malloc.c %D%/failing_malloc.h
failing_malloc_ldflags = -static \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc,--wrap=strdup
noise_model = %D%/noise_model.c %D%/noise_model.h
sample_model = %D%/sample_model.c %D%/sample_model.h
scratch_folder = %D%/scratch_folder.c %D%/scratch_folder.h
temp_folder = %D%/temp_folder.c %D%/temp_folder.h $(scratch_folder)

# Scripts.
check_PROGRAMS += %D%/make_model
%C%_make_model_LDADD = core/libtonecell.la
AM_TESTS_ENVIRONMENT = \
	PLUGIN_FOLDER='$(abs_top_builddir)/plugin/.libs'; export PLUGIN_FOLDER; \
	HOSTS_BUILD='$(abs_top_builddir)/%D%/hosts'; export HOSTS_BUILD; \
	MAKE_MODEL='$(abs_top_builddir)/%D%/make_model'; export MAKE_MODEL; \
	TONECELL='$(abs_top_builddir)/tools/tonecell'; export TONECELL; \
	LSAN_OPTIONS=suppressions=$(abs_srcdir)/%D%/leaks.txt:print_suppressions=0; export LSAN_OPTIONS; \
	OMP_WAIT_POLICY=passive; export OMP_WAIT_POLICY;
EXTRA_DIST += %D%/leaks.txt

include %D%/core.mk
include %D%/formats.mk
include %D%/train.mk
include %D%/cli.mk
include %D%/plugin.mk

EXTRA_DIST += %D%/no-check.sh %D%/bench/train.sh %D%/bench/torch_train.py
if HAVE_CHECK
check_LTLIBRARIES += %D%/libsupport.la
%C%_libsupport_la_SOURCES = \
	%D%/support.c %D%/support.h \
	%D%/reference.c %D%/reference_back.c %D%/reference.h
check_PROGRAMS += $(unit_tests) $(kernel_suites)
TESTS += $(unit_tests) $(kernel_suite_runs)
else
TESTS += %D%/no-check.sh
endif
