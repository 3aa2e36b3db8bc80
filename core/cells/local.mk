# One frame through one layer, in plain C.
core_libplay_la_SOURCES += \
	%D%/activation.h \
	%D%/cells.h \
	%D%/column_product.h \
	%D%/gru.c \
	%D%/gru_reset_before.c \
	%D%/layer_weights.h \
	%D%/lstm.c \
	%D%/lstm_peephole.c \
	%D%/norm.c %D%/norm.h \
	%D%/pack_columns.c \
	%D%/readout.c %D%/readout.h \
	%D%/rnn.c
