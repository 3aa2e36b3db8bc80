# tests

# The command line
check_PROGRAMS += %D%/make_model
%C%_make_model_LDADD = core/libtonecell.la
