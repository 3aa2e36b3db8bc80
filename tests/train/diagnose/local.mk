unit_tests += %D%/check_diagnose %D%/check_diagnose_refusals %D%/check_jacobians
random_model = %D%/random_model.c %D%/random_model.h
# What they look into includes BLAS.
%C%_check_jacobians_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS)
%C%_check_diagnose_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS)
%C%_check_diagnose_LDADD = $(LDADD) $(OPENBLAS_LIBS)
%C%_check_diagnose_SOURCES = %D%/check_diagnose.c $(random_model)
%C%_check_diagnose_refusals_LDADD = $(LDADD) $(OPENBLAS_LIBS)
%C%_check_diagnose_refusals_SOURCES = %D%/check_diagnose_refusals.c $(random_model) $(failing_malloc)
%C%_check_diagnose_refusals_LDFLAGS = $(failing_malloc_ldflags)
