unit_tests += %D%/check_health %D%/check_stability
%C%_check_health_SOURCES = %D%/check_health.c tests/train/diagnose/hand_set_network.c \
	tests/train/diagnose/hand_set_network.h
%C%_check_stability_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS)
%C%_check_stability_SOURCES = %D%/check_stability.c $(trainer_problem)
