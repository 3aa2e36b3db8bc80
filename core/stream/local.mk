# The state of n channels.
core_libplay_la_SOURCES += \
	%D%/denormals.h \
	%D%/recurrence_delay.c %D%/recurrence_delay.h \
	%D%/stream.c %D%/stream.h \
	%D%/stream_new.c \
	%D%/stream_state.c %D%/stream_state.h
