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
	%D%/layer_norm.c %D%/layer_norm.h \
	%D%/pack_columns.c \
	%D%/output_activation.c %D%/output_activation.h \
	%D%/rnn.c
