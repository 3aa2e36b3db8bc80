# A stream as users hear it.
core_libplay_la_SOURCES += \
	%D%/player.c \
	%D%/ramp.h
