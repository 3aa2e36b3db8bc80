# A stream with gains, dry signal, bypass and smooth controls, at any rate of the host.
core_libplay_la_SOURCES += \
	%D%/ceiling.h \
	%D%/converter.h \
	%D%/dc_blocker.h \
	%D%/fifo.h \
	%D%/player.c %D%/player.h \
	%D%/ramp.h \
	%D%/rate_filter.c %D%/rate_filter.h \
	%D%/resampler.c %D%/resampler.h \
	%D%/stable_delay.c %D%/stable_delay.h \
	%D%/wet_path.c %D%/wet_path.h \
	%D%/wet_paths.c %D%/wet_paths.h
