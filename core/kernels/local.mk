# The steps of the cells for each instruction set, chosen at run time.
core_libplay_la_SOURCES += \
	%D%/kernels.c %D%/kernels.h %D%/kernel_sets.h \
	%D%/bf16_pair.h \
	%D%/kernels_c.c

# Kernels for instruction sets that not every CPU has: only these files may use them.
kernel_libs =
vector_gates = %D%/gates.h %D%/gates_by_quotient.h %D%/gates_by_table.h \
	%D%/tanh_table.h %D%/inline.h
vector_steps = $(vector_gates) %D%/weight_layout.h %D%/pack_weights.h \
	%D%/gate_sums.h %D%/block.h \
	%D%/rnn_block.h %D%/lstm_block.h %D%/gru_block.h %D%/gru_reset_before_block.h \
	%D%/group_step.h %D%/layer_forward.h %D%/vector_layer_norm.h %D%/vector_readout.h \
	%D%/weighted_sum.h
if HAVE_X86_64
noinst_LTLIBRARIES += %D%/libkernels-avx2.la %D%/libkernels-avx512.la
kernel_libs += %D%/libkernels-avx2.la %D%/libkernels-avx512.la
%C%_libkernels_avx2_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden) -mavx2 -mfma
%C%_libkernels_avx2_la_SOURCES = %D%/kernels_avx2.c \
	%D%/vector_avx2.h $(vector_steps)
%C%_libkernels_avx512_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden) -mfma -mavx512f -mavx512dq -mavx512vl
%C%_libkernels_avx512_la_SOURCES = %D%/kernels_avx512.c \
	%D%/vector_avx512.h $(vector_steps)
endif
if HAVE_AARCH64
noinst_LTLIBRARIES += %D%/libkernels-neon.la
kernel_libs += %D%/libkernels-neon.la
%C%_libkernels_neon_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden)
%C%_libkernels_neon_la_SOURCES = %D%/kernels_neon.c \
	%D%/vector_neon.h $(vector_steps)
endif
