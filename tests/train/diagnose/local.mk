unit_tests += %D%/check_diagnose %D%/check_diagnose_refusals %D%/check_eigenvalues %D%/check_jacobians
hand_set_network = %D%/hand_set_network.c %D%/hand_set_network.h
# Private headers that they include use CBLAS.
%C%_check_jacobians_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS)
%C%_check_diagnose_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS)
%C%_check_diagnose_LDADD = $(LDADD) $(OPENBLAS_LIBS)
%C%_check_diagnose_SOURCES = %D%/check_diagnose.c $(hand_set_network)
%C%_check_diagnose_refusals_LDADD = $(LDADD) $(OPENBLAS_LIBS)
%C%_check_diagnose_refusals_SOURCES = %D%/check_diagnose_refusals.c $(hand_set_network) $(failing_malloc)
%C%_check_diagnose_refusals_LDFLAGS = $(failing_malloc_ldflags)
