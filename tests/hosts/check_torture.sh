#!/bin/sh
# A model with a knob, and one with a control signal, in the torture host. Under `make check-slow` the long checks: ten minutes of knobs
# that jump, and with the smallest model 25 hours of audio: at 48000 Hz more than 2^32 frames.
set -u
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

bundle() { # NAME OPTION...
	name=$1
	shift
	"$MAKE_MODEL" --rate 44100 --label "$name" "$@" "$work/$name.safetensors" &&
		"$TONECELL" bundle -q "$work/$name.safetensors" -o "$work/$name.so" || exit 99
}

bundle knob --knobs 1 --hidden 8
if test -z "${LONG_TESTS:-}"; then
	bundle control --inputs 2 --control LFO --hidden 8
	"$HOSTS_BUILD/torture" "$work/knob.so" knob && "$HOSTS_BUILD/torture" "$work/control.so" control
else
	bundle smallest --hidden 1
	"$HOSTS_BUILD/torture" --hours 0.01 "$work/knob.so" knob &&
		"$HOSTS_BUILD/torture" --hours 25 "$work/smallest.so" smallest
fi
