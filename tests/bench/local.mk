# For `make bench`.
EXTRA_DIST += %D%/train.sh %D%/torch_train.py %D%/recipe.sh %D%/recipe.md

# The cost of a stream on each signal: against the clock here, counted in tests/kernels/check_cost.sh.
check_PROGRAMS += %D%/signal_bench %D%/load_bench
%C%_signal_bench_SOURCES = %D%/signal_bench.c $(noise_model) tools/measurement/quantile.c
%C%_signal_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_signal_bench_LDADD = core/libplay.la -lm

# How long files take to load.
%C%_load_bench_SOURCES = %D%/load_bench.c $(noise_model) $(scratch_folder) \
	tools/measurement/quantile.c
%C%_load_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_load_bench_LDADD = $(model_libs)

# Gear of which everything is known, for the experiments of recipe.md.
EXTRA_PROGRAMS += %D%/made_up_gear
%C%_made_up_gear_SOURCES = %D%/made_up_gear.c
%C%_made_up_gear_CFLAGS = $(AM_CFLAGS) $(SNDFILE_CFLAGS)
%C%_made_up_gear_LDADD = $(SNDFILE_LIBS) -lm
