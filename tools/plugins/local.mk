# Models as LADSPA plugins.
tools_tonecell_SOURCES += \
	%D%/bundle_template.c %D%/bundle_template.h \
	%D%/installation.c %D%/installation.h \
	%D%/model_texts.c %D%/model_texts.h \
	%D%/plugin_file.c %D%/plugin_file.h \
	%D%/plugin_folders.c %D%/plugin_folders.h \
	%D%/plugin_model.c %D%/plugin_model.h \
	%D%/unique_name.c %D%/unique_name.h \
	%D%/used_ids.c %D%/used_ids.h
tools_tonecell_LDADD += core/model/libidentity.la
tools_tonecell_CPPFLAGS += -DLADSPADIR='"$(ladspadir)"'

# The folder is compiled in, and configure sets it.
%D%/tonecell-plugin_folders.$(OBJEXT) %D%/tonecell-bundle_template.$(OBJEXT): Makefile
