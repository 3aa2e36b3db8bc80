# `make demo`: learns an effect of Debian's plugins on a riff of its own and plays the copy.
check_PROGRAMS += %D%/riff
%C%_riff_SOURCES = %D%/riff.c
%C%_riff_LDADD = -lm
EXTRA_DIST += %D%/demo.sh

.PHONY: demo
demo: all %D%/riff$(EXEEXT)
	tonecell=tools/tonecell$(EXEEXT) riff=%D%/riff$(EXEEXT) $(SHELL) $(srcdir)/%D%/demo.sh demo
