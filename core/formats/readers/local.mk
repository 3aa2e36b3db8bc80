# Bytes -> model, recognised by content.
core_libformats_la_SOURCES += \
	%D%/checkpoint.c %D%/checkpoint.h \
	%D%/detect.c \
	%D%/keras_network.c %D%/keras_network.h \
	%D%/nam_container.c %D%/nam_container.h \
	%D%/nam_knobs.c %D%/nam_knobs.h \
	%D%/npy.c %D%/npy.h \
	%D%/read_guitarml.c \
	%D%/read_keras.c \
	%D%/read_nam.c \
	%D%/read_native.c \
	%D%/read_plugin.c \
	%D%/readers.h \
	%D%/stages.c %D%/stages.h \
	%D%/state_dict.c %D%/state_dict.h
