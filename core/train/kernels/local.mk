# The steps of a layer in training, for each instruction set, chosen at run time.
layer_sources = %D%/source.h %D%/layout.h %D%/tiles.h \
	%D%/packing.h %D%/forward.h %D%/backward.h \
	%D%/rnn_gates.h %D%/lstm_gates.h %D%/gru_gates.h \
	%D%/gru_reset_before_gates.h %D%/functions_by_cell.h \
	%D%/gradient.h %D%/readout.h \
	$(vector_gates)
core_libtraining_la_SOURCES += \
	%D%/layer_kernels.c %D%/layer_kernels.h %D%/layer_tables.h \
	%D%/layer_c.c core/kernels/vector_c.h $(layer_sources)
layer_libs =
if HAVE_X86_64
noinst_LTLIBRARIES += %D%/liblayer-avx2.la %D%/liblayer-avx512.la
layer_libs += %D%/liblayer-avx2.la %D%/liblayer-avx512.la
%C%_liblayer_avx2_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden) -mavx2 -mfma
%C%_liblayer_avx2_la_SOURCES = %D%/layer_avx2.c core/kernels/vector_avx2.h
%C%_liblayer_avx512_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden) -mavx512f -mavx512dq -mavx512vl
%C%_liblayer_avx512_la_SOURCES = %D%/layer_avx512.c core/kernels/vector_avx512.h
endif
if HAVE_AARCH64
noinst_LTLIBRARIES += %D%/liblayer-neon.la
layer_libs += %D%/liblayer-neon.la
%C%_liblayer_neon_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden)
%C%_liblayer_neon_la_SOURCES = %D%/layer_neon.c core/kernels/vector_neon.h
endif
