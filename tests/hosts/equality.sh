# Sourced after hosts.sh by the tests that compare the sound of hosts with that of `tonecell process`.
# They get from make: MAKE_MODEL, TONECELL.
# shellcheck shell=sh disable=SC2154

if ! command -v listplugins >/dev/null; then
	echo "skipped: ladspa-sdk is not installed"
	exit 77
fi

mkdir "$work/ladspa"
export LADSPA_PATH="$work/ladspa" RTCHECK_MODE=count RTCHECK_LOG="$work/rtcheck.log"
checked=
if test "$(uname -sm)" = "Linux x86_64"; then
	under="$under env LD_PRELOAD=$HOSTS_BUILD/.libs/rtcheck.so"
	checked=', real-time safe'
fi

choose_plugin() { # RATE mono|stereo; sets what play() reads
	model=$work/knob_$1.safetensors so=$work/ladspa/tonecell_knob_$1.so label=knob_$1 channels=1
	if ! test -e "$so"; then
		"$MAKE_MODEL" --knobs 1 --hidden 8 --rate "$1" --label "$label" "$model" &&
			"$TONECELL" bundle -q "$model" -o "$so" >/dev/null || exit 99
	fi
	test "$2" = mono || channels=2 label=${label}_stereo
	outputs=$channels
	id=$(listplugins | sed -n "s|.*(\([0-9]*\)/$label)|\1|p")
	"$HOSTS_BUILD/wavs" noise $channels "$work/in.wav" || exit 99
}

choose_control_plugin() { # RATE; a signal and a control signal in, one channel out
	model=$work/control_$1.safetensors so=$work/ladspa/tonecell_control_$1.so label=control_$1 channels=2 outputs=1
	"$MAKE_MODEL" --inputs 2 --control LFO --hidden 8 --rate "$1" --label "$label" "$model" &&
		"$TONECELL" bundle -q "$model" -o "$so" >/dev/null || exit 99
	id=$(listplugins | sed -n "s|.*(\([0-9]*\)/$label)|\1|p")
	"$HOSTS_BUILD/wavs" noise 2 "$work/in.wav" || exit 99
}

render() { # OPTION...
	"$TONECELL" process -q -m "$model" "$@" -o "$work/wanted.wav" "$work/in.wav" || exit 99
}

# The latency that the plugin states for these values, which several hosts in turn ask for.
latency_of=
find_latency() { # VALUE...; sets latency
	test "$latency_of" != "$so $*" || return 0
	latency=$("$HOSTS_BUILD/wavs" latency "$so" "$@") || exit 99
	latency_of="$so $*"
}

equals_process() { # HOST VALUE...
	find_row "$1"
	case $latency_kind in
	late) shift && find_latency "$@" && shift_frames=$latency ;;
	compensated) shift_frames=0 ;;
	live) shift_frames=any ;;
	settled) shift_frames=settled ;;
	esac
	"$HOSTS_BUILD/wavs" compare "$work/wanted.wav" "$out" "$error" "$shift_frames" "$lost_frames"
}

# The plugin has run, and each line about it is clean; prints those that are not.
is_realtime_safe() {
	test -z "$checked" || awk -v label="rtcheck: '$label' " '
		index($0, label) != 1 { next }
		substr($0, length(label) + 1) ~ /^runs=[1-9]/ { runs = 1 }
		!/violations_total=0 .* mxcsr_changed=0 nan=0 inf=0 denormal=0 / { print; unsafe = 1 }
		END { exit unsafe || !runs }' "$RTCHECK_LOG"
}

check() { # HOST VALUE...
	play "$@"
	# A busy machine makes a live host drop blocks.
	find_row "$1"
	if test "$latency_kind" = live && ! equals_process "$@" >/dev/null 2>&1; then play "$@"; fi
	judge "$@"
}

judge() { # HOST VALUE...
	if ! equals_process "$@" >"$work/difference" 2>&1; then
		fail "$label in $*: $(cat "$work/difference")"
	elif ! is_realtime_safe >"$work/log"; then
		fail "$label in $*: run() is not real-time safe, or was not called"
	else
		read -r difference <"$work/difference"
		echo "ok   $1 $label: $difference$checked"
	fi
}
