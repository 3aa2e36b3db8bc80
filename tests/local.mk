# The tests mirror the tree. Unit tests, by Check, link the libraries of the trainer unless they say
# otherwise.
unit_tests =
kernel_suites =
AM_CFLAGS += $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
# Tests see the inside of the libraries, which the installed ones do not export.
core_test_libs = %D%/support/libsupport.la core/libplay.la $(CHECK_LIBS) -lm
format_test_libs = %D%/support/libsupport.la $(model_libs) $(CHECK_LIBS) -lm
LDADD = core/libtraining.la $(training_libs) $(format_test_libs)

# Scripts start the program hundreds of times: directly, since libtool's wrapper takes longer than it.
set_program = TONECELL='$(abs_top_builddir)/tools/tonecell'; \
	if test -x tools/.libs/tonecell; then \
		TONECELL='$(abs_top_builddir)/tools/.libs/tonecell'; \
		LD_LIBRARY_PATH='$(abs_top_builddir)/core/.libs'$${LD_LIBRARY_PATH:+:$$LD_LIBRARY_PATH}; \
		export LD_LIBRARY_PATH; \
	fi; export TONECELL

AM_TESTS_ENVIRONMENT = \
	PLUGIN_FOLDER='$(abs_top_builddir)/plugin/.libs'; export PLUGIN_FOLDER; \
	HOSTS_BUILD='$(abs_top_builddir)/%D%/hosts'; export HOSTS_BUILD; \
	MAKE_MODEL='$(abs_top_builddir)/%D%/support/make_model'; export MAKE_MODEL; \
	$(set_program); \
	LSAN_OPTIONS=suppressions=$(abs_srcdir)/%D%/support/leaks.txt:print_suppressions=0; export LSAN_OPTIONS; \
	OMP_WAIT_POLICY=passive; export OMP_WAIT_POLICY;

include %D%/support/local.mk
include %D%/core/local.mk
include %D%/kernels/local.mk
include %D%/stream/local.mk
include %D%/formats/local.mk
include %D%/train/local.mk
include %D%/tools/local.mk
include %D%/plugin/local.mk
include %D%/hosts/local.mk
include %D%/bench/local.mk
include %D%/fuzz/local.mk
include %D%/demo/local.mk

# These run once with each set of kernels there may be, so that one that is missing here shows as
# skipped: check_kernels-neon.set stands for check_kernels with TONECELL_KERNELS=neon.
kernel_suite_runs = \
	$(kernel_suites:=-avx512.set) $(kernel_suites:=-avx2.set) \
	$(kernel_suites:=-neon.set) $(kernel_suites:=-c.set)
TEST_EXTENSIONS = .set
SET_LOG_COMPILER = $(SHELL) $(srcdir)/%D%/support/with_kernels.sh
CLEANFILES += $(kernel_suite_runs)
$(kernel_suite_runs): Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && echo "see $(SET_LOG_COMPILER)" >$@

# Every float there is through every activation there is, and what trains for long.
.PHONY: check-slow
check-slow:
	SCAN_STRIDE=1 LONG_TESTS=1 CK_TIMEOUT_MULTIPLIER=100 $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(slow_tests)'

if HAVE_CHECK
check_PROGRAMS += $(unit_tests) $(kernel_suites)
TESTS += $(unit_tests) $(kernel_suite_runs)
else
TESTS += %D%/support/no-check.sh
endif
