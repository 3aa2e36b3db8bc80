# What readers do with any bytes. tests/fuzz/inputs holds what they once failed at.
target_sources = %D%/targets.c %D%/targets.h %D%/settings_target.c %D%/settings_target.h \
	tools/data/manifest.c tools/data/csv.c tools/cli/paths.c \
	$(settings_sources)
target_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
target_libs = $(model_libs)

check_PROGRAMS += %D%/replay
%C%_replay_CPPFLAGS = $(target_cppflags)
%C%_replay_LDADD = $(target_libs)
%C%_replay_SOURCES = %D%/replay.c $(target_sources)

TESTS += %D%/check_fuzz.sh
EXTRA_DIST += %D%/check_fuzz.sh %D%/inputs %D%/fuzz.sh %D%/seeds.sh %D%/words.dict

# `make fuzz` looks for more, FUZZ_SECONDS long in each reader.
fuzz_runs = fuzz-any fuzz-safetensors fuzz-keras fuzz-guitarml fuzz-pytorch fuzz-nam fuzz-npy \
	fuzz-manifest fuzz-settings
.PHONY: fuzz $(fuzz_runs)
EXTRA_PROGRAMS += %D%/fuzz
%C%_fuzz_CPPFLAGS = $(target_cppflags)
%C%_fuzz_LDFLAGS = -fsanitize=fuzzer
%C%_fuzz_LDADD = $(target_libs)
%C%_fuzz_SOURCES = %D%/fuzz.c $(target_sources)
if FUZZING
fuzz: $(fuzz_runs)
$(fuzz_runs): %D%/fuzz$(EXEEXT) %D%/seeds.stamp
	$(AM_V_at)target=$@; $(SHELL) $(srcdir)/%D%/fuzz.sh $${target#fuzz-} $(srcdir)/%D%/words.dict
%D%/seeds.stamp: %D%/seeds.sh tests/support/make_model$(EXEEXT) tools/tonecell$(EXEEXT)
	$(AM_V_GEN)rm -rf %D%/seeds && $(SHELL) $(srcdir)/%D%/seeds.sh $(abs_builddir)/tools/tonecell$(EXEEXT) \
		$(abs_builddir)/tests/support/make_model$(EXEEXT) %D%/seeds && touch $@
else
fuzz:
	@echo "make fuzz needs configure --enable-fuzzing CC=clang-14 (Debian: clang-14, libclang-rt-14-dev)"
	@false
endif
CLEANFILES += %D%/fuzz$(EXEEXT) %D%/seeds.stamp %D%/*.log
clean-local:
	rm -rf %D%/seeds %D%/corpus
