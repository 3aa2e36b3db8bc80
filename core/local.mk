include_HEADERS += %D%/tonecell.h %D%/tonecell-train.h
pkgconfig_DATA = %D%/tonecell.pc %D%/tonecell-train.pc

# What the plugin links: everything but formats, libc and libm only.
noinst_LTLIBRARIES += %D%/libplay.la
%C%_libplay_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS)
%C%_libplay_la_CPPFLAGS = $(AM_CPPFLAGS) $(KERNELS_CPPFLAGS)
%C%_libplay_la_LIBADD = $(kernel_libs) -lm
%C%_libplay_la_SOURCES = \
	%D%/decibel.h %D%/finite.h %D%/memory.h \
	%D%/status.c \
	%D%/model/architecture.c \
	%D%/model/model.c %D%/model/model.h %D%/model/cell.h \
	%D%/model/bytes.h %D%/model/image.c \
	%D%/kernels/kernels.c %D%/kernels/kernels.h %D%/kernels/tables.h \
	%D%/kernels/activation.h %D%/kernels/precision.h \
	%D%/kernels/kernels_c.c \
	%D%/cells/cells.h %D%/cells/product.h \
	%D%/cells/pack.c %D%/cells/rnn.c %D%/cells/lstm.c %D%/cells/lstm_peephole.c \
	%D%/cells/gru.c %D%/cells/gru_reset_before.c \
	%D%/cells/norm.c %D%/cells/norm.h \
	%D%/cells/readout.c %D%/cells/readout.h \
	%D%/stream/denormals.h \
	%D%/stream/stream.c %D%/stream/stream.h \
	%D%/player/ramp.h \
	%D%/player/player.c

# Kernels for instruction sets that not every CPU has: only these files may use them.
kernel_libs =
vector_gates = %D%/kernels/gates.h %D%/kernels/gates_by_quotient.h %D%/kernels/gates_by_table.h \
	%D%/kernels/tanh_table.h %D%/kernels/inline.h
vector_steps = $(vector_gates) %D%/kernels/shape.h %D%/kernels/pack.h %D%/kernels/sums.h \
	%D%/kernels/group.h %D%/kernels/steps.h %D%/kernels/norm.h %D%/kernels/readout.h
if HAVE_X86_64
noinst_LTLIBRARIES += %D%/libkernels-avx2.la %D%/libkernels-avx512.la
kernel_libs += %D%/libkernels-avx2.la %D%/libkernels-avx512.la
%C%_libkernels_avx2_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) -mavx2 -mfma
%C%_libkernels_avx2_la_SOURCES = %D%/kernels/kernels_avx2.c \
	%D%/kernels/vector_avx2.h %D%/kernels/half_in_whole.h $(vector_steps)
%C%_libkernels_avx512_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) -mfma -mavx512f -mavx512dq -mavx512vl
%C%_libkernels_avx512_la_SOURCES = %D%/kernels/kernels_avx512.c \
	%D%/kernels/vector_avx512.h $(vector_steps)
endif
if HAVE_AARCH64
noinst_LTLIBRARIES += %D%/libkernels-neon.la
kernel_libs += %D%/libkernels-neon.la
%C%_libkernels_neon_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS)
%C%_libkernels_neon_la_SOURCES = %D%/kernels/kernels_neon.c \
	%D%/kernels/vector_neon.h %D%/kernels/half_in_whole.h $(vector_steps)
endif

# On Makefile: libraries and plugin hold the folder they are installed in, which configure sets.
lib_LTLIBRARIES += %D%/libtonecell.la
EXTRA_%C%_libtonecell_la_DEPENDENCIES = Makefile
%C%_libtonecell_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(JANSSON_CFLAGS)
%C%_libtonecell_la_LDFLAGS = -version-info 0:0:0 -no-undefined -export-symbols-regex '^tc_'
%C%_libtonecell_la_LIBADD = %D%/libplay.la $(JANSSON_LIBS) -lm
%C%_libtonecell_la_SOURCES = \
	%D%/formats/selftest.c %D%/formats/selftest.h \
	%D%/formats/file.c %D%/formats/file.h \
	%D%/formats/json.c %D%/formats/json.h \
	%D%/formats/array.c %D%/formats/array.h \
	%D%/formats/facts.c %D%/formats/facts.h \
	%D%/formats/metadata.c %D%/formats/metadata.h \
	%D%/formats/safetensors.c %D%/formats/safetensors.h \
	%D%/formats/stages.c %D%/formats/stages.h \
	%D%/formats/state_dict.c %D%/formats/state_dict.h \
	%D%/formats/npy.c %D%/formats/npy.h \
	%D%/formats/readers.h \
	%D%/formats/native.c \
	%D%/formats/keras_network.c %D%/formats/keras_network.h \
	%D%/formats/keras.c \
	%D%/formats/guitarml.c \
	%D%/formats/nam_knobs.c %D%/formats/nam_knobs.h \
	%D%/formats/nam.c \
	%D%/formats/detect.c \
	%D%/formats/plain.c %D%/formats/plain.h \
	%D%/formats/write_json.c %D%/formats/write_json.h \
	%D%/formats/writers.h \
	%D%/formats/write_guitarml.c \
	%D%/formats/write_keras.c \
	%D%/formats/residual.c %D%/formats/residual.h \
	%D%/formats/loudness.c %D%/formats/loudness.h \
	%D%/formats/write_nam.c \
	%D%/formats/protobuf.c %D%/formats/protobuf.h \
	%D%/formats/write_onnx.c \
	%D%/formats/export.c

# What training takes beside the plain C.
batch_sources = %D%/train/kernels/source.h %D%/train/kernels/tiles.h %D%/train/kernels/gates.h \
	%D%/train/kernels/packing.h %D%/train/kernels/layout.h %D%/train/kernels/forward.h \
	%D%/train/kernels/backward.h %D%/train/kernels/gradient.h %D%/train/kernels/readout.h \
	$(vector_gates)
batch_libs =
if HAVE_X86_64
noinst_LTLIBRARIES += %D%/libbatch-avx2.la %D%/libbatch-avx512.la
batch_libs += %D%/libbatch-avx2.la %D%/libbatch-avx512.la
%C%_libbatch_avx2_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) -mavx2 -mfma
%C%_libbatch_avx2_la_SOURCES = %D%/train/kernels/batch_avx2.c %D%/kernels/vector_avx2.h
%C%_libbatch_avx512_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) -mavx512f -mavx512dq -mavx512vl
%C%_libbatch_avx512_la_SOURCES = %D%/train/kernels/batch_avx512.c %D%/kernels/vector_avx512.h
endif
if HAVE_AARCH64
noinst_LTLIBRARIES += %D%/libbatch-neon.la
batch_libs += %D%/libbatch-neon.la
%C%_libbatch_neon_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS)
%C%_libbatch_neon_la_SOURCES = %D%/train/kernels/batch_neon.c %D%/kernels/vector_neon.h
endif

lib_LTLIBRARIES += %D%/libtonecell-train.la
EXTRA_%C%_libtonecell_train_la_DEPENDENCIES = Makefile
%C%_libtonecell_train_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(OPENMP_CFLAGS) \
	$(OPENBLAS_CFLAGS) $(LAPACKE_CFLAGS) $(KISSFFT_CFLAGS)
%C%_libtonecell_train_la_LDFLAGS = -version-info 0:0:0 -no-undefined -export-symbols-regex '^tc_'
%C%_libtonecell_train_la_CPPFLAGS = $(AM_CPPFLAGS) $(KERNELS_CPPFLAGS)
%C%_libtonecell_train_la_LIBADD = $(batch_libs) %D%/libtonecell.la \
	$(LAPACKE_LIBS) $(OPENBLAS_LIBS) $(KISSFFT_LIBS) -lm
%C%_libtonecell_train_la_SOURCES = \
	%D%/train/network.h \
	%D%/train/kernels/batch.c %D%/train/kernels/batch.h %D%/train/kernels/batch_tables.h \
	%D%/train/kernels/batch_c.c %D%/kernels/vector_c.h $(batch_sources) \
	%D%/train/weights.c %D%/train/weights.h \
	%D%/train/shard.c %D%/train/shard_layer.c %D%/train/shard_forward.c \
	%D%/train/shard_backward.c %D%/train/shard.h \
	%D%/train/clones.h \
	%D%/train/random.h \
	%D%/train/initial.c %D%/train/initial.h \
	%D%/train/batch_norm.c %D%/train/batch_norm.h \
	%D%/train/dropout.c %D%/train/dropout.h \
	%D%/train/encoder.c %D%/train/encoder.h \
	%D%/train/norm_back.c %D%/train/norm_back.h \
	%D%/train/held.c %D%/train/held.h \
	%D%/train/optimizer.c %D%/train/optimizer.h \
	%D%/train/loss.c %D%/train/loss.h \
	%D%/train/direct.c \
	%D%/train/truncation.c %D%/train/truncation.h \
	%D%/train/walk.c %D%/train/walk.h \
	%D%/train/validate.c %D%/train/validate.h \
	%D%/train/check.c %D%/train/check.h \
	%D%/train/step.c %D%/train/step.h \
	%D%/train/settle.c %D%/train/settle.h \
	%D%/train/trainer.c %D%/train/trainer.h %D%/train/run.c \
	%D%/train/exact/cell.h \
	%D%/train/exact/rnn.c %D%/train/exact/lstm.c %D%/train/exact/gru.c %D%/train/exact/gru_reset_before.c \
	%D%/train/exact/network.c %D%/train/exact/network.h \
	%D%/train/diagnose/spectrum.c %D%/train/diagnose/spectrum.h \
	%D%/train/diagnose/lyapunov.c %D%/train/diagnose/lyapunov.h \
	%D%/train/diagnose/survey.c %D%/train/diagnose/survey.h \
	%D%/train/diagnose/flow.c %D%/train/diagnose/flow.h \
	%D%/train/diagnose/diagnose.c \
	%D%/train/align.c \
	%D%/train/score.c \
	%D%/train/fir.c
