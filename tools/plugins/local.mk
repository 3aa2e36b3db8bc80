# Models as LADSPA plugins.
tools_tonecell_SOURCES += \
	%D%/bundle_template.c %D%/bundle_template.h \
	%D%/desktop.c %D%/desktop.h \
	%D%/installation.c %D%/installation.h \
	%D%/make_folders.c %D%/make_folders.h \
	%D%/model_texts.c %D%/model_texts.h \
	%D%/plugin_file.c %D%/plugin_file.h \
	%D%/plugin_folders.c %D%/plugin_folders.h \
	%D%/plugin_hosts.c %D%/plugin_hosts.h \
	%D%/plugin_model.c %D%/plugin_model.h \
	%D%/plugin_rdf.c %D%/plugin_rdf.h \
	%D%/restricted.c %D%/restricted.h \
	%D%/send_file.c %D%/send_file.h \
	%D%/unique_name.c %D%/unique_name.h \
	%D%/used_ids.c %D%/used_ids.h
tools_tonecell_LDADD += core/model/libidentity.la
tools_tonecell_CPPFLAGS += -DLADSPADIR='"$(ladspadir)"' -DRDFDIR='"$(datadir)/ladspa/rdf"'

# The folders are compiled in, and configure sets them.
%D%/tonecell-plugin_folders.$(OBJEXT) %D%/tonecell-bundle_template.$(OBJEXT) \
%D%/tonecell-plugin_rdf.$(OBJEXT): Makefile
