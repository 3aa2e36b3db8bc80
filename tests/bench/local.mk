# For `make bench`.
EXTRA_DIST += %D%/train.sh %D%/torch_train.py

# The cost of a stream on each signal: against the clock here, counted in tests/kernels/check_cost.sh.
check_PROGRAMS += %D%/signal_bench %D%/load_bench
%C%_signal_bench_SOURCES = %D%/signal_bench.c $(noise_model) tools/measurement/now.c tools/measurement/quantile.c
%C%_signal_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_signal_bench_LDADD = core/libplay.la -lm

# How long files take to load.
%C%_load_bench_SOURCES = %D%/load_bench.c $(noise_model) $(scratch_folder) \
	tools/measurement/now.c tools/measurement/quantile.c
%C%_load_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_load_bench_LDADD = $(model_libs)
