# What plays models. These tests see the inside of the core, so they link it statically.
unit_tests += \
	%D%/check_activation \
	%D%/check_cells \
	%D%/check_kernel_choice
core_test_libs = %D%/libsupport.la core/libplay.la $(CHECK_LIBS) -lm

# These run once with each set of kernels there may be, so that one that is missing here shows as
# skipped: check_kernels-neon.set stands for check_kernels with TONECELL_KERNELS=neon.
kernel_suites = \
	%D%/check_kernels \
	%D%/check_kernel_steps \
	%D%/check_kernel_lanes \
	%D%/check_half_precision \
	%D%/check_kernel_activations \
	%D%/check_slow_gates \
	%D%/check_stream \
	%D%/check_recovery \
	%D%/check_player \
	%D%/check_player_controls \
	%D%/check_realtime
kernel_suite_runs = \
	$(kernel_suites:=-avx512.set) $(kernel_suites:=-avx2.set) \
	$(kernel_suites:=-neon.set) $(kernel_suites:=-c.set)
TEST_EXTENSIONS = .set
SET_LOG_COMPILER = $(SHELL) $(srcdir)/%D%/with_kernels.sh
EXTRA_DIST += %D%/with_kernels.sh
CLEANFILES += $(kernel_suite_runs)
$(kernel_suite_runs): Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && echo "see $(SET_LOG_COMPILER)" >$@

# The same for another CPU, and on one that has none of them.
emulated = %D%/check_neon.sh %D%/check_baseline.sh
EXTRA_DIST += $(emulated) %D%/plain/check.c %D%/plain/check.h
TESTS += $(emulated)
AM_TESTS_ENVIRONMENT += \
	unset TONECELL_KERNELS; \
	CORE_CFLAGS='$(CORE_CFLAGS)'; export CORE_CFLAGS; \
	BUILD_CC='$(CC) $(CFLAGS)'; export BUILD_CC; \
	PLAY_SOURCES='$(core_libplay_la_SOURCES)'; export PLAY_SOURCES;

# Every float there is through every activation there is; train.mk adds what trains for long.
slow_tests = %D%/check_activation \
	%D%/check_kernel_activations-avx512.set %D%/check_kernel_activations-avx2.set \
	%D%/check_kernel_activations-neon.set %D%/check_kernel_activations-c.set
.PHONY: check-slow
check-slow:
	SCAN_STRIDE=1 LONG_TESTS=1 CK_TIMEOUT_MULTIPLIER=100 $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(slow_tests)'

# The cost of a stream on each signal: against the clock in `make bench`, counted in a test.
check_PROGRAMS += %D%/signal_bench
%C%_signal_bench_SOURCES = %D%/signal_bench.c $(noise_model) tools/now.c tools/quantile.c
%C%_signal_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_signal_bench_LDADD = core/libplay.la -lm
EXTRA_DIST += %D%/check_cost.sh
TESTS += %D%/check_cost.sh

activation_scan = %D%/activation_scan.c %D%/activation_scan.h
# As the core is compiled, for the inline functions that it checks.
%C%_check_activation_SOURCES = %D%/check_activation.c $(activation_scan)
%C%_check_activation_CFLAGS = $(AM_CFLAGS) $(CORE_CFLAGS)
%C%_check_activation_LDADD = $(core_test_libs)

kernel_cases = %D%/kernel_cases.c %D%/kernel_cases.h %D%/guarded.c %D%/guarded.h
kernel_trial = $(kernel_cases) %D%/kernel_trial.c %D%/kernel_trial.h \
	%D%/exact_step.c %D%/exact_step.h %D%/trial_checks.c %D%/trial_checks.h
%C%_check_kernels_SOURCES = %D%/check_kernels.c $(kernel_cases)
%C%_check_kernels_LDADD = $(core_test_libs)
%C%_check_kernel_steps_SOURCES = %D%/check_kernel_steps.c $(kernel_trial)
%C%_check_kernel_steps_LDADD = $(core_test_libs)
%C%_check_kernel_lanes_SOURCES = %D%/check_kernel_lanes.c $(kernel_trial)
%C%_check_kernel_lanes_LDADD = $(core_test_libs)
%C%_check_half_precision_SOURCES = %D%/check_half_precision.c $(kernel_trial)
%C%_check_half_precision_LDADD = $(core_test_libs)

%C%_check_kernel_activations_SOURCES = %D%/check_kernel_activations.c $(activation_scan)
%C%_check_kernel_activations_LDADD = $(core_test_libs)
%C%_check_slow_gates_LDADD = $(core_test_libs)
%C%_check_cells_LDADD = $(core_test_libs)

stream_bench = %D%/stream_bench.c %D%/stream_bench.h
%C%_check_stream_SOURCES = %D%/check_stream.c $(stream_bench)
%C%_check_stream_LDADD = $(core_test_libs)
%C%_check_kernel_choice_SOURCES = %D%/check_kernel_choice.c $(stream_bench)
%C%_check_kernel_choice_LDADD = $(core_test_libs)
%C%_check_recovery_SOURCES = %D%/check_recovery.c $(stream_bench)
%C%_check_recovery_LDADD = $(core_test_libs)

player_bench = %D%/player_bench.c %D%/player_bench.h
%C%_check_player_SOURCES = %D%/check_player.c $(player_bench) $(failing_malloc)
%C%_check_player_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_player_LDADD = $(core_test_libs)
%C%_check_player_controls_SOURCES = %D%/check_player_controls.c $(player_bench)
%C%_check_player_controls_LDADD = $(core_test_libs)

# The wrappers catch the core's own calls.
%C%_check_realtime_LDADD = $(core_test_libs)
%C%_check_realtime_LDFLAGS = \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=aligned_alloc \
	-Wl,--wrap=posix_memalign -Wl,--wrap=free \
	-Wl,--wrap=pthread_mutex_lock -Wl,--wrap=pthread_mutex_unlock \
	-Wl,--wrap=fopen -Wl,--wrap=fclose -Wl,--wrap=fwrite -Wl,--wrap=write \
	-Wl,--wrap=nanosleep
