#!/bin/sh
# The main job from end to end, with an effect nobody here wrote: demo.sh FOLDER
# $tonecell and $riff are the programs to use. `make demo` calls this.
set -eu
LC_ALL=C
export LC_ALL

tonecell=$(realpath "${tonecell:-tools/tonecell}")
riff=$(realpath "${riff:-tests/demo/riff}")
seed=1
label=demo_overdrive
largest_steps=2

fail() {
	echo "make demo: $*" >&2
	exit 1
}

# Debian puts plugins of one architecture in either folder.
find_plugins() {
	for folder in /usr/lib/ladspa /usr/lib/*/ladspa; do
		if [ -e "$folder/foverdrive_1196.so" ]; then
			echo "$folder"
			return
		fi
	done
	fail "foverdrive_1196.so is in no LADSPA folder of /usr/lib: install swh-plugins, as ./autogen.sh --deps does"
}

# applyplugin answers wrong arguments with a list and success: only the file it writes counts.
apply() {
	output=$2
	rm -f "$output"
	applyplugin "$@" >applyplugin.log 2>&1 || true
	[ -s "$output" ] || fail "applyplugin wrote no $output; $PWD/applyplugin.log has its words"
}

# An overdrive at its highest setting, driven by 18 dB more than it is meant to get. A linear filter
# misses 0.15 of its energy. It peaks at 0.45 of full scale: a model may overshoot, and applyplugin
# wraps what exceeds 16 bits.
record() {
	LADSPA_PATH=$plugins apply "$1" "$2" \
		amp.so amp_mono 8 foverdrive_1196.so foverdrive 3 amp.so amp_mono 0.4
}

# The pooled value of one key in eval's JSON; the clips have keys of the same name.
score() {
	tr -d '\n' <eval.json | sed 's/"clips": *\[[^]]*\]//' | sed -n "s/.*\"$1\": *\([-+.0-9a-zA-Z]*\).*/\1/p"
}

# Steps of 16 bits between the loudest samples of the difference of two files.
largest_difference() {
	[ "$(soxi -s "$1")" = "$(soxi -s "$2")" ] || fail "$1 and $2 differ in length"
	sox -D -m -v 1 "$1" -v -1 "$2" -n stat 2>&1 | awk '
		/^(Maximum|Minimum) amplitude/ { size = $3 < 0 ? -$3 : $3; if (size > most) most = size; seen++ }
		END { if (seen != 2) exit 1; printf "%.0f\n", most * 32768 }' ||
		fail "sox could not compare $1 and $2"
}

for program in applyplugin sox; do
	command -v $program >/dev/null || fail "$program is missing: ./autogen.sh --deps installs it"
done
plugins=$(find_plugins)
mkdir -p "$1"
cd "$1"
rm -rf home # a plugin of an earlier run must not answer for this one
mkdir home
started=$(date +%s)

echo "1/5  Playing two riffs on six modelled strings: one to learn, one to judge by"
"$riff" 1 60 dry.wav
"$riff" 2 15 unseen-dry.wav

echo "2/5  Recording them through a hard driven overdrive, a LADSPA plugin of swh-plugins"
record dry.wav wet.wav
record unseen-dry.wav unseen-wet.wav

echo "3/5  Training a model on the pair; this takes about a minute"
# A number of epochs ends it, not the clock: the model is the same on a slow machine.
"$tonecell" train -o overdrive.safetensors --effort quick --epochs 30 --time-limit 15m --seed $seed \
	--name "Demo overdrive" dry.wav wet.wav
trained=$(date +%s)

echo "4/5  Playing the unseen riff: as a plugin in applyplugin, and with tonecell process"
HOME=$PWD/home "$tonecell" install --quiet --replace --label $label overdrive.safetensors >install.log
LADSPA_PATH=$PWD/home/.ladspa apply unseen-dry.wav unseen-plugin.wav \
	tonecell_$label.so $label 0 0 0 0 0 0 0 0
"$tonecell" process -m overdrive.safetensors -o unseen-process.wav --no-dither unseen-dry.wav

echo "5/5  Comparing"
"$tonecell" eval --quiet -m overdrive.safetensors --json unseen-dry.wav unseen-wet.wav >eval.json
esr=$(score esr)
fir=$(score esr_fir)
steps=$(largest_difference unseen-plugin.wav unseen-process.wav)

cat <<END

  Error on the unseen riff         ESR $esr
  The best linear filter's error   ESR $fir (128-tap FIR)
  Plugin against tonecell process  at most $steps of 65536 steps apart
  Time                             $((trained - started)) s with training, $(($(date +%s) - started)) s in all

  In $PWD:
    unseen-dry.wav                 a riff that was not used for training
    unseen-wet.wav                 what the true effect makes of it
    unseen-plugin.wav              what the model makes of it
    overdrive.safetensors          the model
    home/.ladspa/tonecell_$label.so
                                   the same as a LADSPA plugin

END

awk -v esr="$esr" -v fir="$fir" 'BEGIN { exit !(esr != "" && fir + 0 > 0 && esr + 0 == esr && esr < fir / 2) }' ||
	fail "the model is wrong by $esr, which is not below half of the linear filter's $fir"
[ "$steps" -le $largest_steps ] ||
	fail "unseen-plugin.wav and unseen-process.wav differ by $steps steps of 16 bits, at most $largest_steps are allowed"
echo "The model plays the effect: all is well."
