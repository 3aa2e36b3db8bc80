# Bytes <-> model.
core_libformats_la_SOURCES += \
	%D%/architecture_json.c %D%/architecture_json.h \
	%D%/array.c %D%/array.h \
	%D%/copy_text.h \
	%D%/facts.c %D%/facts.h \
	%D%/json.c %D%/json.h \
	%D%/metadata.c %D%/metadata.h \
	%D%/native.h \
	%D%/replace_file.c \
	%D%/safetensors.c %D%/safetensors.h \
	%D%/safetensors_values.c \
	%D%/safetensors_write.c \
	%D%/selftest.c %D%/selftest.h

include %D%/readers/local.mk
include %D%/writers/local.mk
