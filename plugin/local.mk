ladspadir = @ladspadir@
ladspa_LTLIBRARIES = %D%/tonecell.la
%C%_tonecell_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS)
# -z now: no symbol is looked up for the first time inside run(). -S: no debug information, since
# every model installed is a copy of this file.
%C%_tonecell_la_LDFLAGS = -module -avoid-version -shared -no-undefined \
	-export-symbols-regex '^ladspa_descriptor$$' \
	-Wl,-z,now -Wl,-S -Wl,-T,$(srcdir)/%D%/image.ld
%C%_tonecell_la_LIBADD = core/model/libidentity.la core/libplay.la -lm
%C%_tonecell_la_DEPENDENCIES = core/model/libidentity.la core/libplay.la $(srcdir)/%D%/image.ld Makefile
%C%_tonecell_la_SOURCES = \
	%D%/tonecell.c \
	%D%/builtin_image.c \
	%D%/find_image.c %D%/find_image.h \
	%D%/instance.c %D%/instance.h \
	%D%/ports.c %D%/ports.h
EXTRA_DIST += %D%/image.ld %D%/builtin.safetensors

# Hosts look at every file of the folder, and the .la is of no use to any of them.
install-data-hook:
	rm -f $(DESTDIR)$(ladspadir)/tonecell.la
uninstall-hook:
	rm -f $(DESTDIR)$(ladspadir)/tonecell.so

EXTRA_PROGRAMS = %D%/make_builtin_image
%C%_make_builtin_image_SOURCES = %D%/make_builtin_image.c
%C%_make_builtin_image_LDADD = core/model/libidentity.la $(model_libs)
CLEANFILES += %D%/make_builtin_image$(EXEEXT)

# The built-in model was trained on the demo's recordings (`make demo`, then in demo/):
#   tonecell train -o builtin.safetensors --hidden 8 --seed 1 --epochs 150 --label tonecell \
#       --name "Tonecell overdrive" --author "the Tonecell authors" --licence ISC dry.wav wet.wav
.PHONY: builtin-image
builtin-image: %D%/make_builtin_image$(EXEEXT)
	%D%/make_builtin_image$(EXEEXT) $(srcdir)/%D%/builtin.safetensors > %D%/builtin_image.tmp
	mv %D%/builtin_image.tmp $(srcdir)/%D%/builtin_image.c
