bin_PROGRAMS += %D%/tonecell
%C%_tonecell_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%
%C%_tonecell_CFLAGS = $(WARN_CFLAGS) $(JANSSON_CFLAGS) $(SNDFILE_CFLAGS) $(OPENBLAS_CFLAGS) \
	$(OPENMP_CFLAGS) $(CAIRO_CFLAGS)
%C%_tonecell_LDADD = core/libtonecell-train.la core/libtonecell.la \
	$(OPENBLAS_LIBS) $(SNDFILE_LIBS) $(JANSSON_LIBS) $(CAIRO_LIBS) -lm
%C%_tonecell_SOURCES = \
	%D%/main.c \
	%D%/environment.c %D%/environment.h \
	%D%/commands.c %D%/commands.h \
	%D%/options.c %D%/options.h \
	%D%/help.c \
	%D%/now.c %D%/now.h \
	%D%/noise.h \
	%D%/quantile.c %D%/quantile.h \
	%D%/talk.c %D%/talk.h \
	%D%/audio_sndfile.h \
	%D%/audio_format.c %D%/audio_format.h \
	%D%/audio_reader.c %D%/audio_reader.h \
	%D%/audio_writer.c %D%/audio_writer.h \
	%D%/audio.c %D%/audio.h \
	%D%/output_file.c %D%/output_file.h \
	%D%/quantise.c %D%/quantise.h \
	%D%/recipe.c %D%/recipe.h \
	%D%/wav_header.c %D%/wav_header.h \
	%D%/paths.c %D%/paths.h \
	%D%/printable.c %D%/printable.h \
	%D%/load_model.c %D%/load_model.h \
	%D%/cell_choice.c %D%/cell_choice.h \
	%D%/knobs.c %D%/knobs.h \
	%D%/renderings.c %D%/renderings.h \
	%D%/passage.c %D%/passage.h \
	%D%/lanes.c %D%/lanes.h \
	%D%/csv.c %D%/csv.h \
	%D%/manifest.c %D%/manifest.h \
	%D%/dataset.c %D%/dataset.h \
	%D%/alignment.c %D%/alignment.h \
	%D%/holdout.c %D%/holdout.h \
	%D%/measure.c %D%/measure.h \
	%D%/json_result.c %D%/json_result.h \
	%D%/interrupt.c %D%/interrupt.h \
	%D%/knob_range.c %D%/knob_range.h \
	%D%/model_texts.c %D%/model_texts.h \
	%D%/output_check.c %D%/output_check.h \
	%D%/training_record.c %D%/training_record.h \
	%D%/train_report.c %D%/train_report.h \
	%D%/cmd_train.c \
	%D%/cmd_eval.c \
	%D%/cmd_process.c \
	%D%/settling.c %D%/settling.h \
	%D%/half_error.c %D%/half_error.h \
	%D%/selftest_verdict.c %D%/selftest_verdict.h \
	%D%/table.c %D%/table.h \
	%D%/info_list.c %D%/info_list.h \
	%D%/findings.c %D%/findings.h \
	%D%/info.h %D%/info_text.c %D%/info_json.c \
	%D%/cmd_info.c \
	%D%/cmd_convert.c \
	%D%/chart.c %D%/chart.h \
	%D%/diagnosis.h %D%/diagnosis_words.c %D%/diagnosis_text.c %D%/diagnosis_json.c \
	%D%/diagnosis_plot.c \
	%D%/cmd_diagnose.c \
	%D%/machine_limits.c %D%/machine_limits.h \
	%D%/machine_loops.c %D%/machine_loops.h \
	%D%/timed_stream.c %D%/timed_stream.h \
	%D%/timed_training.c %D%/timed_training.h \
	%D%/bench_train.c %D%/bench_train.h \
	%D%/cmd_bench.c

# What the CPU can do at most with each instruction set: only these objects may use it.
%C%_tonecell_CPPFLAGS += $(KERNELS_CPPFLAGS)
if HAVE_X86_64
noinst_LTLIBRARIES += %D%/libloops-avx2.la %D%/libloops-avx512.la
%C%_tonecell_LDADD += %D%/libloops-avx2.la %D%/libloops-avx512.la
%C%_libloops_avx2_la_SOURCES = %D%/machine_loops.c %D%/machine_loops.h
%C%_libloops_avx2_la_CPPFLAGS = $(AM_CPPFLAGS) -DMACHINE_LOOPS=machine_loops_avx2
%C%_libloops_avx2_la_CFLAGS = $(WARN_CFLAGS) -ffp-contract=fast -mavx2 -mfma
%C%_libloops_avx512_la_SOURCES = %D%/machine_loops.c %D%/machine_loops.h
%C%_libloops_avx512_la_CPPFLAGS = $(AM_CPPFLAGS) -DMACHINE_LOOPS=machine_loops_avx512
%C%_libloops_avx512_la_CFLAGS = $(WARN_CFLAGS) -ffp-contract=fast -mavx512f
endif

.PHONY: bench
bench: %D%/tonecell$(EXEEXT) tests/signal_bench$(EXEEXT) tests/load_bench$(EXEEXT)
	%D%/tonecell$(EXEEXT) bench
	tests/signal_bench$(EXEEXT)
	tests/load_bench$(EXEEXT)
	TONECELL=%D%/tonecell$(EXEEXT) $(srcdir)/tests/bench/train.sh

# The program knows its own manual, so the page is made by running it. It depends on the sources,
# and on the program in order only: a release carries the page, which is made anew only when they
# change.
dist_man_MANS += %D%/tonecell.1
CLEANFILES += %D%/tonecell.1
%D%/tonecell.1: $(%C%_tonecell_SOURCES) configure.ac | %D%/tonecell$(EXEEXT)
	$(AM_V_GEN)%D%/tonecell$(EXEEXT) help --man >$@.tmp && mv $@.tmp $@

# Models as plugins.
%C%_tonecell_CPPFLAGS += -DLADSPADIR='"$(ladspadir)"'
%D%/tonecell-libraries.$(OBJEXT) %D%/tonecell-template.$(OBJEXT): Makefile
%C%_tonecell_SOURCES += \
	%D%/bundle.c %D%/bundle.h \
	%D%/libraries.c %D%/libraries.h \
	%D%/template.c %D%/template.h \
	%D%/cmd_install.c %D%/cmd_installed.c \
	plugin/identity.c plugin/identity.h plugin/image.h
