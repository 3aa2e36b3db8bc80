#!/bin/sh
# The plugin in real hosts: a model with a knob, at its rate and at another, sounds as `tonecell process`
# plays it, to the accuracy of each host; and run() makes no call that may wait, leaves the floating
# point mode as it was, and delivers no NaN, infinity or denormal (real-time checker, x86-64).
. "${srcdir:-.}/tests/hosts/hosts.sh"

if ! command -v listplugins >/dev/null; then
	echo "skipped: ladspa-sdk is not installed"
	exit 77
fi

# Values of the controls Rate and Oversampling, and the options of `process` that do the same.
settings='
0 0
2 0 --rate delay
0 1 --oversample 2
2 2 --rate delay --oversample 4
'

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
	id=$(listplugins | sed -n "s|.*(\([0-9]*\)/$label)|\1|p")
	latency=$("$HOSTS_BUILD/wavs" latency "$so") || exit 99
	"$HOSTS_BUILD/wavs" noise $channels "$work/in.wav" || exit 99
}

render() { # OPTION...
	"$TONECELL" process -q -m "$model" "$@" -o "$work/wanted.wav" "$work/in.wav" || exit 99
}

equals_process() { # HOST
	case $(host_field "$1" 5) in
	late) shift_frames=$latency ;;
	compensated) shift_frames=0 ;;
	live) shift_frames=any ;;
	esac
	"$HOSTS_BUILD/wavs" compare "$work/wanted.wav" "$out" "$(host_field "$1" 3)" "$shift_frames" "$(host_field "$1" 4)"
}

clean='violations_total=0 .* mxcsr_changed=0 nan=0 inf=0 denormal=0 '
is_realtime_safe() {
	test -z "$checked" ||
		{ grep -q "^rtcheck: '$label' runs=[1-9]" "$RTCHECK_LOG" &&
			! grep "^rtcheck: '$label'" "$RTCHECK_LOG" | grep -v "$clean"; }
}

check() { # HOST VALUE...
	rm -f "$RTCHECK_LOG"
	play "$@"
	if ! equals_process "$1" >"$work/difference" 2>&1; then
		fail "$1 $label with $*: $(cat "$work/difference")"
	elif ! is_realtime_safe >"$work/log"; then
		fail "$1 $label with $*: run() is not real-time safe, or was not called"
	else
		echo "ok   $1 $label: $(cat "$work/difference")$checked"
	fi
}

check_knob() { # RATE, of the model
	choose_plugin "$1" mono
	echo "$settings" | grep . >"$work/settings"
	while read -r rate oversampling options; do
		# shellcheck disable=SC2086
		render --knob 'Knob 1=7' $options
		for host in $hosts; do check "$host" 7 0 0 0 0 0 0 "$rate" "$oversampling" </dev/null; done
	done <"$work/settings"
}

check_stereo() { # RATE, of the model; all controls that are not neutral
	choose_plugin "$1" stereo
	render --knob 'Knob 1=2' --in-gain 6 --out-gain=-3 --dry 0.25
	for host in $hosts; do
		test "$(host_field "$host" 6)" = mono || check "$host" 2 6 -3 0.25 0 0 0 0 0
	done
}

check_defaults() { # sox and ffmpeg take the defaults of what is not given
	choose_plugin 44100 mono
	render
	for host in $hosts; do
		case $host in sox | ffmpeg) check "$host" ;; esac
	done
}

check_descriptions() {
	for label in knob_44100 knob_44100_stereo; do
		if analyseplugin "$so" "$label" >"$work/log" 2>&1 && ! grep -q ERROR "$work/log" &&
			listplugins >"$work/log" 2>&1 && grep -q "/$label)" "$work/log"; then
			echo "ok   analyseplugin and listplugins $label"
		else
			fail "analyseplugin or listplugins $label"
		fi
	done
}

# A session with the plugin on a track that hears the dummy device's noise, for a second.
check_ardour() {
	command -v ardour7-lua >/dev/null || { echo "skip ardour: ardour7-lua is not installed"; return; }
	choose_plugin 44100 mono
	rm -f "$RTCHECK_LOG"
	cat >"$work/session.lua" <<-END
		backend = AudioEngine:set_backend("None (Dummy)", "Unit-Test", "")
		backend:set_device_name("Uniform White Noise") backend:set_sample_rate($RATE_HZ) backend:set_buffer_size(256)
		session = create_session("$work/session", "session", $RATE_HZ)
		for track in session:new_audio_track(1, 2, nil, 1, "track", ARDOUR.PresentationInfo.max_order,
				ARDOUR.TrackMode.Normal, true):iter() do
			track:monitoring_control():set_value(ARDOUR.MonitorChoice.MonitorInput, PBD.GroupControlDisposition.NoGroup)
			track:add_processor_by_index(ARDOUR.LuaAPI.new_plugin(session, "$id", ARDOUR.PluginType.LADSPA, ""), 0, nil, true)
			print("knob", ARDOUR.LuaAPI.set_processor_param(track:nth_plugin(0), 0, 7.0))
			sleep(1)
			print("latency", track:nth_plugin(0):to_insert():signal_latency())
		end
		close_session()
		quit()
	END
	$under ardour7-lua "$work/session.lua" >"$work/log" 2>&1
	if grep -q "^knob.true" "$work/log" && grep -q "^latency.$latency\$" "$work/log" && is_realtime_safe; then
		echo "ok   ardour $label: latency $latency$checked"
	else
		fail "ardour $label"
	fi
}

check_knob 48000
check_knob 44100
check_stereo 48000
check_stereo 44100
check_defaults
check_descriptions
check_ardour
exit $failed
