#!/bin/sh
# The plugin in Audacity, LMMS and Ardour, which take seconds to start: as check_hosts.sh, with one
# setting of the controls for a model of their rate and one for a model of another.
. "${srcdir:-.}/tests/hosts/hosts.sh"
. "${srcdir:-.}/tests/hosts/equality.sh"

check_rate() { # RATE, of the model
	for host in $hosts; do
		choose_plugin "$1" mono
		play "$host" 7 0 0 0 0 0 0 0 0 </dev/null
		render --knob 'Knob 1=7' # after the host, since Ardour makes another in.wav
		judge "$host" 7 0 0 0 0 0 0 0 0
	done
}

find_hosts once
test -n "$hosts" || exit 77
choose_plugin 44100 mono # so that Audacity finds both at once
check_rate 48000
check_rate 44100
exit $failed
