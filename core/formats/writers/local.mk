# Model -> bytes.
core_libformats_la_SOURCES += \
	%D%/export.c \
	%D%/onnx.c %D%/onnx.h \
	%D%/plain.c %D%/plain.h \
	%D%/protobuf.c %D%/protobuf.h \
	%D%/residual.c %D%/residual.h \
	%D%/write_guitarml.c \
	%D%/write_json.c %D%/write_json.h \
	%D%/write_keras.c \
	%D%/write_nam.c \
	%D%/write_native.c \
	%D%/write_onnx.c \
	%D%/writers.h
