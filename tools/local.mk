bin_PROGRAMS += %D%/tonecell
%C%_tonecell_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%
%C%_tonecell_CFLAGS = $(WARN_CFLAGS) $(JANSSON_CFLAGS) $(SNDFILE_CFLAGS) $(SAMPLERATE_CFLAGS) \
	$(OPENBLAS_CFLAGS) $(OPENMP_CFLAGS) $(CAIRO_CFLAGS)
%C%_tonecell_LDFLAGS =
%C%_tonecell_LDADD = core/libtonecell-train.la core/libtonecell.la core/files/libfiles.la \
	$(OPENBLAS_LIBS) $(SNDFILE_LIBS) $(SAMPLERATE_LIBS) $(JANSSON_LIBS) $(CAIRO_LIBS) -lm
%C%_tonecell_SOURCES =
include %D%/cli/local.mk
include %D%/measurement/local.mk
include %D%/audio/local.mk
include %D%/data/local.mk
include %D%/doctor/local.mk
include %D%/checks/local.mk
include %D%/report/local.mk
include %D%/page/local.mk
include %D%/signal/local.mk
include %D%/tasks/local.mk
include %D%/plugins/local.mk
include %D%/bench/local.mk
include %D%/commands/local.mk

# The program knows its own manual, so the page is made by running it. It depends on the sources,
# and on the program in order only: a release carries the page, which is made anew only when they
# change.
dist_man_MANS += %D%/tonecell.1
CLEANFILES += %D%/tonecell.1
%D%/tonecell.1: $(%C%_tonecell_SOURCES) configure.ac | %D%/tonecell$(EXEEXT)
	$(AM_V_GEN)%D%/tonecell$(EXEEXT) help --man >$@.tmp && mv $@.tmp $@
