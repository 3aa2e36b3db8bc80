# What plays models. These tests see the inside of the core, so they link it statically.
unit_tests += \
	%D%/check_activation \
	%D%/check_kernels \
	%D%/check_cells \
	%D%/check_stream \
	%D%/check_recovery \
	%D%/check_player \
	%D%/check_realtime
core_test_libs = %D%/libsupport.la core/libplay.la $(CHECK_LIBS) -lm

# As the core is compiled, for the inline functions that it checks.
%C%_check_activation_CFLAGS = $(AM_CFLAGS) $(CORE_CFLAGS)
%C%_check_activation_LDADD = $(core_test_libs)
%C%_check_kernels_LDADD = $(core_test_libs)
%C%_check_cells_LDADD = $(core_test_libs)

stream_bench = %D%/stream_bench.c %D%/stream_bench.h
%C%_check_stream_SOURCES = %D%/check_stream.c $(stream_bench)
%C%_check_stream_LDADD = $(core_test_libs)
%C%_check_recovery_SOURCES = %D%/check_recovery.c $(stream_bench)
%C%_check_recovery_LDADD = $(core_test_libs)

%C%_check_player_SOURCES = %D%/check_player.c $(failing_malloc)
%C%_check_player_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_player_LDADD = $(core_test_libs)

# The wrappers catch the core's own calls.
%C%_check_realtime_LDADD = $(core_test_libs)
%C%_check_realtime_LDFLAGS = \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=aligned_alloc \
	-Wl,--wrap=posix_memalign -Wl,--wrap=free \
	-Wl,--wrap=pthread_mutex_lock -Wl,--wrap=pthread_mutex_unlock \
	-Wl,--wrap=fopen -Wl,--wrap=fclose -Wl,--wrap=fwrite -Wl,--wrap=write \
	-Wl,--wrap=nanosleep
