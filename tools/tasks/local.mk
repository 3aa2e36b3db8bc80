# What a network is trained for.
tools_tonecell_SOURCES += \
	%D%/cell_choice.c %D%/cell_choice.h \
	%D%/recipe.c %D%/recipe.h
