# Streams and players, with each set of kernels.
unit_tests += %D%/check_rate_accuracy %D%/check_resampler
kernel_suites += \
	%D%/check_stream \
	%D%/check_recovery \
	%D%/check_player \
	%D%/check_player_controls \
	%D%/check_control \
	%D%/check_player_rates \
	%D%/check_rate_methods \
	%D%/check_realtime

stream_fixture = %D%/stream_fixture.c %D%/stream_fixture.h
%C%_check_stream_SOURCES = %D%/check_stream.c $(stream_fixture)
%C%_check_stream_LDADD = $(core_test_libs)
%C%_check_recovery_SOURCES = %D%/check_recovery.c $(stream_fixture)
%C%_check_recovery_LDADD = $(core_test_libs)

player_fixture = %D%/player_fixture.c %D%/player_fixture.h
%C%_check_player_SOURCES = %D%/check_player.c $(player_fixture) $(failing_malloc)
%C%_check_player_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_player_LDADD = $(core_test_libs)
%C%_check_player_controls_SOURCES = %D%/check_player_controls.c $(player_fixture)
%C%_check_player_controls_LDADD = $(core_test_libs)
%C%_check_player_rates_SOURCES = %D%/check_player_rates.c %D%/test_converters.c %D%/test_converters.h \
	$(player_fixture) $(failing_malloc)
%C%_check_player_rates_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_player_rates_LDADD = $(core_test_libs)

%C%_check_rate_accuracy_SOURCES = %D%/check_rate_accuracy.c \
	tests/formats/reference_models.c tests/formats/reference_models.h
%C%_check_control_LDADD = $(format_test_libs)
%C%_check_rate_methods_SOURCES = %D%/check_rate_methods.c $(player_fixture)
%C%_check_rate_methods_LDADD = $(core_test_libs)

# The wrappers catch the core's own calls.
%C%_check_realtime_LDADD = $(core_test_libs)
%C%_check_realtime_LDFLAGS = \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=aligned_alloc \
	-Wl,--wrap=posix_memalign -Wl,--wrap=free \
	-Wl,--wrap=pthread_mutex_lock -Wl,--wrap=pthread_mutex_unlock \
	-Wl,--wrap=fopen -Wl,--wrap=fclose -Wl,--wrap=fwrite -Wl,--wrap=write \
	-Wl,--wrap=nanosleep
