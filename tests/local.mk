# tests

# The command line
check_PROGRAMS += %D%/make_model
%C%_make_model_LDADD = core/libtonecell.la
EXTRA_DIST += %D%/no-check.sh

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
	%D%/check_network

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
else
TESTS += %D%/no-check.sh
endif
# README's commands and program.
TESTS += %D%/check_readme.sh
EXTRA_DIST += README.md %D%/check_readme.sh %D%/example.c
