# The batched steps of the cells for each instruction set, chosen at run time.
batch_sources = %D%/source.h %D%/tiles.h %D%/gates.h \
	%D%/packing.h %D%/layout.h %D%/forward.h \
	%D%/backward.h %D%/gradient.h %D%/readout.h \
	$(vector_gates)
core_libtonecell_train_la_SOURCES += \
	%D%/batch.c %D%/batch.h %D%/batch_tables.h \
	%D%/batch_c.c core/kernels/vector_c.h $(batch_sources)
batch_libs =
if HAVE_X86_64
noinst_LTLIBRARIES += %D%/libbatch-avx2.la %D%/libbatch-avx512.la
batch_libs += %D%/libbatch-avx2.la %D%/libbatch-avx512.la
%C%_libbatch_avx2_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) -mavx2 -mfma
%C%_libbatch_avx2_la_SOURCES = %D%/batch_avx2.c core/kernels/vector_avx2.h
%C%_libbatch_avx512_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) -mavx512f -mavx512dq -mavx512vl
%C%_libbatch_avx512_la_SOURCES = %D%/batch_avx512.c core/kernels/vector_avx512.h
endif
if HAVE_AARCH64
noinst_LTLIBRARIES += %D%/libbatch-neon.la
batch_libs += %D%/libbatch-neon.la
%C%_libbatch_neon_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS)
%C%_libbatch_neon_la_SOURCES = %D%/batch_neon.c core/kernels/vector_neon.h
endif
