# Jacobians ds_t/ds_(t-1) in double precision, for diagnose; the gradient that trains is in kernels/
core_libtraining_la_SOURCES += \
	%D%/cell_jacobian.h \
	%D%/delay_sensitivity.c %D%/delay_sensitivity.h \
	%D%/eigenvalues.c \
	%D%/fixed_point.c %D%/fixed_point.h \
	%D%/gru_jacobian.c \
	%D%/gru_reset_before_jacobian.c \
	%D%/lstm_jacobian.c \
	%D%/network_jacobian.c %D%/network_jacobian.h \
	%D%/rnn_jacobian.c
