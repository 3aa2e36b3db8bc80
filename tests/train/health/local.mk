unit_tests += %D%/check_health
%C%_check_health_SOURCES = %D%/check_health.c tests/train/diagnose/hand_set_network.c \
	tests/train/diagnose/hand_set_network.h
