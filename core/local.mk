include_HEADERS += %D%/tonecell.h %D%/tonecell-train.h %D%/tonecell-align.h %D%/tonecell-score.h \
	%D%/tonecell-health.h
pkgconfig_DATA = %D%/tonecell.pc %D%/tonecell-train.pc

# The libraries export what these headers declare, and nothing else.
hidden = -fvisibility=hidden

# What the plugin links: everything but formats, libc and libm only.
noinst_LTLIBRARIES += %D%/libplay.la
%C%_libplay_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden)
%C%_libplay_la_CPPFLAGS = $(AM_CPPFLAGS) $(KERNELS_CPPFLAGS)
%C%_libplay_la_LIBADD = $(kernel_libs) -lm
%C%_libplay_la_SOURCES = %D%/clock.h %D%/decibel.h %D%/finite.h %D%/memory.h %D%/status.c \
	%D%/utf8.h %D%/windowed_sinc.h
include %D%/model/local.mk
include %D%/kernels/local.mk
include %D%/cells/local.mk
include %D%/stream/local.mk
include %D%/player/local.mk
include %D%/files/local.mk

# Model files.
noinst_LTLIBRARIES += %D%/libformats.la
%C%_libformats_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden) $(JANSSON_CFLAGS)
%C%_libformats_la_SOURCES = %D%/stream/loudness.c
include %D%/formats/local.mk

# Fitting models.
noinst_LTLIBRARIES += %D%/libtraining.la
%C%_libtraining_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden) $(OPENMP_CFLAGS) \
	$(OPENBLAS_CFLAGS) $(LAPACKE_CFLAGS) $(KISSFFT_CFLAGS) $(JANSSON_CFLAGS)
%C%_libtraining_la_CPPFLAGS = $(AM_CPPFLAGS) $(KERNELS_CPPFLAGS)
%C%_libtraining_la_LIBADD = $(layer_libs)
%C%_libtraining_la_SOURCES =
include %D%/train/local.mk

# What is installed. On Makefile: libraries and plugin hold the folder they are installed in, which
# configure sets.
lib_LTLIBRARIES += %D%/libtonecell.la %D%/libtonecell-train.la
model_libs = %D%/libformats.la %D%/files/libfiles.la %D%/libplay.la $(JANSSON_LIBS) -lm
EXTRA_%C%_libtonecell_la_DEPENDENCIES = Makefile
%C%_libtonecell_la_LDFLAGS = -version-info 0:0:0 -no-undefined -export-symbols-regex '^tc_'
%C%_libtonecell_la_LIBADD = $(model_libs)
%C%_libtonecell_la_SOURCES =

# It has its own copy of what it shares with libtonecell inside, and exports none of it.
training_libs = $(LAPACKE_LIBS) $(OPENBLAS_LIBS) $(KISSFFT_LIBS) $(OPENMP_CFLAGS) -lm
EXTRA_%C%_libtonecell_train_la_DEPENDENCIES = Makefile
%C%_libtonecell_train_la_LDFLAGS = -version-info 0:0:0 -no-undefined \
	-export-symbols-regex '^tc_(train|diagnos|direct_path|find_|align|delay_curve|score|fir|health)'
%C%_libtonecell_train_la_LIBADD = %D%/libtraining.la $(model_libs) %D%/libtonecell.la \
	$(training_libs)
%C%_libtonecell_train_la_SOURCES =
