# The state of n channels.
core_libplay_la_SOURCES += \
	%D%/denormals.h \
	%D%/stream.c %D%/stream.h
