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

# They see the inside of the core, hence the static libplay.la before anything shared.
core_tests = \
	%D%/check_activation \
	%D%/check_kernels \
	%D%/check_cells

check_PROGRAMS += $(core_tests)
TESTS += $(core_tests)

%C%_check_activation_CFLAGS = $(AM_CFLAGS) $(CORE_CFLAGS) $(CHECK_CFLAGS)
%C%_check_activation_LDADD = %D%/libsupport.la core/libplay.la $(CHECK_LIBS) -lm
%C%_check_kernels_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_kernels_LDADD = %D%/libsupport.la core/libplay.la $(CHECK_LIBS) -lm
%C%_check_cells_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_cells_LDADD = %D%/libsupport.la core/libplay.la $(CHECK_LIBS) -lm
else
TESTS += %D%/no-check.sh
endif
