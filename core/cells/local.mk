# One frame through one layer, in plain C.
core_libplay_la_SOURCES += \
	%D%/cells.h \
	%D%/gru.c \
	%D%/gru_reset_before.c \
	%D%/lstm.c \
	%D%/lstm_peephole.c \
	%D%/norm.c %D%/norm.h \
	%D%/pack.c \
	%D%/product.h \
	%D%/readout.c %D%/readout.h \
	%D%/rnn.c
