# Shared by tests: checks and references in double, failing allocations, models, folders.
failing_malloc = %D%/failing_malloc.c %D%/failing_malloc.h
failing_malloc_ldflags = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc,--wrap=strdup
noise_model = %D%/noise_model.c %D%/noise_model.h
sample_model = %D%/sample_model.c %D%/sample_model.h
scratch_folder = %D%/scratch_folder.c %D%/scratch_folder.h
temp_folder = %D%/temp_folder.c %D%/temp_folder.h $(scratch_folder)

check_PROGRAMS += %D%/make_model
%C%_make_model_LDADD = $(model_libs)
EXTRA_DIST += %D%/leaks.txt %D%/scratch.sh %D%/resumed.sh %D%/short_training.sh %D%/no-check.sh %D%/with_kernels.sh

if HAVE_CHECK
check_LTLIBRARIES += %D%/libsupport.la
%C%_libsupport_la_SOURCES = \
	%D%/support.h \
	%D%/allocate.c %D%/allocate.h \
	%D%/compare.c %D%/compare.h \
	%D%/models.c %D%/models.h \
	%D%/networks.c %D%/networks.h \
	%D%/splitmix.c %D%/splitmix.h \
	%D%/runner.c %D%/runner.h \
	%D%/signals.c %D%/signals.h \
	%D%/reference.h \
	%D%/reference_forward.c \
	%D%/reference_differences.c \
	%D%/reference_backward.c \
	%D%/reference_layer.c %D%/reference_layer.h
endif
