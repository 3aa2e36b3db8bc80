# Speed on this machine.
tools_tonecell_SOURCES += \
	%D%/machine_limits.c %D%/machine_limits.h \
	%D%/machine_loops.c %D%/machine_loops.h \
	%D%/player_timing.c %D%/player_timing.h \
	%D%/stream_benchmark.c %D%/stream_benchmark.h \
	%D%/stream_benchmark_json.c %D%/stream_benchmark_text.c \
	%D%/timed_player.c %D%/timed_player.h \
	%D%/timed_stream.c %D%/timed_stream.h \
	%D%/timed_training.c %D%/timed_training.h \
	%D%/training_benchmark.c %D%/training_benchmark.h \
	%D%/training_benchmark_json.c %D%/training_benchmark_text.c

# What the CPU can do at most with each instruction set: only these objects may use it.
tools_tonecell_CPPFLAGS += $(KERNELS_CPPFLAGS)
if HAVE_X86_64
noinst_LTLIBRARIES += %D%/libloops-avx2.la %D%/libloops-avx512.la
tools_tonecell_LDADD += %D%/libloops-avx2.la %D%/libloops-avx512.la
%C%_libloops_avx2_la_SOURCES = %D%/machine_loops.c %D%/machine_loops.h
%C%_libloops_avx2_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tools -DMACHINE_LOOPS=machine_loops_avx2
%C%_libloops_avx2_la_CFLAGS = $(WARN_CFLAGS) -ffp-contract=fast -mavx2 -mfma
%C%_libloops_avx512_la_SOURCES = %D%/machine_loops.c %D%/machine_loops.h
%C%_libloops_avx512_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tools -DMACHINE_LOOPS=machine_loops_avx512
%C%_libloops_avx512_la_CFLAGS = $(WARN_CFLAGS) -ffp-contract=fast -mavx512f
endif

.PHONY: bench
bench: tools/tonecell$(EXEEXT) tests/bench/signal_bench$(EXEEXT) tests/bench/load_bench$(EXEEXT)
	tools/tonecell$(EXEEXT) bench
	tests/bench/signal_bench$(EXEEXT)
	tests/bench/load_bench$(EXEEXT)
	TONECELL=tools/tonecell$(EXEEXT) $(srcdir)/tests/bench/train.sh
