# These tests see the inside of the core, so they link it statically.
unit_tests += %D%/check_activation %D%/check_kernel_choice
kernel_suites += \
	%D%/check_kernels \
	%D%/check_kernel_steps \
	%D%/check_kernel_channels \
	%D%/check_half_precision \
	%D%/check_kernel_activations \
	%D%/check_slow_gates

# The same for another CPU, and on one that has none of them.
emulated = %D%/check_neon.sh %D%/check_baseline.sh
EXTRA_DIST += $(emulated) %D%/plain/check.c %D%/plain/check.h
TESTS += $(emulated)
AM_TESTS_ENVIRONMENT += \
	unset TONECELL_KERNELS; \
	CORE_CFLAGS='$(CORE_CFLAGS)'; export CORE_CFLAGS; \
	BUILD_CC='$(CC) $(CFLAGS)'; export BUILD_CC; \
	PLAY_SOURCES='$(core_libplay_la_SOURCES)'; export PLAY_SOURCES;

slow_tests = %D%/check_activation %D%/check_neon.sh %D%/check_baseline.sh \
	%D%/check_kernel_activations-avx512.set %D%/check_kernel_activations-avx2.set \
	%D%/check_kernel_activations-neon.set %D%/check_kernel_activations-c.set

EXTRA_DIST += %D%/check_cost.sh
TESTS += %D%/check_cost.sh

activation_scan = %D%/activation_scan.c %D%/activation_scan.h
# As the core is compiled, for the inline functions that it checks.
%C%_check_activation_SOURCES = %D%/check_activation.c $(activation_scan)
%C%_check_activation_CFLAGS = $(AM_CFLAGS) $(CORE_CFLAGS)
%C%_check_activation_LDADD = $(core_test_libs)

kernel_cases = %D%/kernel_cases.c %D%/kernel_cases.h tests/support/guarded.c tests/support/guarded.h
kernel_fixture = $(kernel_cases) %D%/kernel_fixture.c %D%/kernel_fixture.h \
	%D%/exact_step.c %D%/exact_step.h %D%/step_checks.c %D%/step_checks.h
%C%_check_kernels_SOURCES = %D%/check_kernels.c $(kernel_cases)
%C%_check_kernels_LDADD = $(core_test_libs)
%C%_check_kernel_steps_SOURCES = %D%/check_kernel_steps.c $(kernel_fixture)
%C%_check_kernel_steps_LDADD = $(core_test_libs)
%C%_check_kernel_channels_SOURCES = %D%/check_kernel_channels.c $(kernel_fixture)
%C%_check_kernel_channels_LDADD = $(core_test_libs)
%C%_check_half_precision_SOURCES = %D%/check_half_precision.c $(kernel_fixture)
%C%_check_half_precision_LDADD = $(core_test_libs)

%C%_check_kernel_activations_SOURCES = %D%/check_kernel_activations.c $(activation_scan)
%C%_check_kernel_activations_LDADD = $(core_test_libs)
%C%_check_slow_gates_LDADD = $(core_test_libs)
%C%_check_kernel_choice_SOURCES = %D%/check_kernel_choice.c $(stream_fixture)
%C%_check_kernel_choice_LDADD = $(core_test_libs)
