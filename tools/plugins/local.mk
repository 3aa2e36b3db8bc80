# Models as LADSPA plugins.
tools_tonecell_SOURCES += \
	%D%/bundle.c %D%/bundle.h \
	%D%/bundle_template.c %D%/bundle_template.h \
	%D%/model_texts.c %D%/model_texts.h \
	%D%/plugin_folders.c %D%/plugin_folders.h
tools_tonecell_LDADD += plugin/libidentity.la
tools_tonecell_CPPFLAGS += -DLADSPADIR='"$(ladspadir)"'
%D%/tools_tonecell-plugin_folders.$(OBJEXT) %D%/tools_tonecell-bundle_template.$(OBJEXT): Makefile
