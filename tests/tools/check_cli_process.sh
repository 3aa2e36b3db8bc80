#!/bin/sh
# tonecell process: formats, channels, pipes, folders, and what it refuses without losing a file.
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }
peak_memory=$build/tests/tools/peak_memory

# expect STATUS PATTERN ARGUMENT...: fails unless process ends with this status and one line of stderr
# matches the pattern.
expect() {
	wanted=$1 pattern=$2
	shift 2
	"$tonecell" process "$@" </dev/null >stdout 2>stderr
	status=$?
	[ $status -eq "$wanted" ] || fail "process $*: status $status, expected $wanted: $(cat stderr)"
	grep -q -e "^tonecell process: .*$pattern" stderr ||
		fail "process $*: says '$(cat stderr)', expected '$pattern'"
}

# play ARGUMENT...: fails unless process succeeds without output.
play() {
	"$tonecell" process -q "$@" >stdout 2>stderr || fail "process $*: $(cat stderr)"
	[ ! -s stderr ] || fail "process $*: says $(cat stderr)"
}

same() {
	cmp "$1" "$2" >/dev/null 2>&1 || fail "$1 and $2 differ: $3"
}

# The samples of a file as 32-bit integers, from one channel or all.
samples() {
	sox -D "$1" -t s32 - ${2:+remix "$2"}
}

# An unsigned number as bytes, little end first.
bytes() {
	n=$1 remaining=$2
	while [ "$remaining" -gt 0 ]; do
		printf "\\$(printf %o $((n & 255)))"
		n=$((n >> 8)) remaining=$((remaining - 1))
	done
}

# A WAV header: format (1 integers, 3 floats), bits, channels, rate, bytes of samples.
wav_header() {
	printf RIFF; bytes $(($5 + 36)) 4; printf 'WAVEfmt '; bytes 16 4; bytes "$1" 2
	bytes "$3" 2; bytes "$4" 4; bytes $(($4 * $3 * $2 / 8)) 4; bytes $(($3 * $2 / 8)) 2
	bytes "$2" 2; printf data; bytes "$5" 4
}

"$make_model" --cell rnn --hidden 1 m.safetensors &&
	"$make_model" --cell lstm --hidden 2 --knobs 1 knob.safetensors &&
	"$make_model" --cell rnn --hidden 1 --rate 0 unknown.safetensors &&
	"$make_model" --cell rnn --hidden 1 --rate 8000 slow.safetensors &&
	"$make_model" --cell rnn --hidden 2 --inputs 2 --outputs 1 two.safetensors ||
	fail "no models"
sox -R -n -r 44100 -b 16 a.wav synth 0.3 sine 330 synth 0.3 sine mix 441 gain -9
sox -R -n -r 44100 -b 16 b.wav synth 0.2 sawtooth 220 gain -12

# ------------------------------------------------------------------ formats and channels

play -m m.safetensors -o float.wav --format float a.wav
[ "$(soxi -e float.wav)" = "Floating Point PCM" ] || fail "--format float gives $(soxi -e float.wav)"
sleep 1.1
play -m m.safetensors -o again.wav --format float a.wav
same float.wav again.wav "the same samples are the same file"
longest=$(printf %0251d 0).wav # name there is
play -m m.safetensors -o "$longest" --format float a.wav
same float.wav "$longest" "a name may be as long as the file system takes"
for kind in "16 signed wav" "24 signed wav" "32 float wav" "16 signed flac" "24 signed aiff"; do
	set -- $kind
	sox -D a.wav -b "$1" -e "$2" "in.$3" 2>/dev/null || sox -D a.wav -b "$1" "in.$3"
	play -m m.safetensors -o "out.$3" "in.$3"
	[ "$(soxi -b "out.$3") $(soxi -e "out.$3") $(soxi -s "out.$3")" = \
		"$(soxi -b "in.$3") $(soxi -e "in.$3") $(soxi -s "in.$3")" ] ||
		fail "$kind becomes $(soxi -b "out.$3") $(soxi -e "out.$3"), $(soxi -s "out.$3") frames"
done
sox -D a.wav in.ogg
play -m m.safetensors -o out.ogg in.ogg
[ "$(soxi -t out.ogg) $(soxi -s out.ogg)" = "vorbis $(soxi -s in.ogg)" ] || fail "ogg becomes $(soxi out.ogg)"
play -m m.safetensors -o out.flac --format 24 a.wav
[ "$(soxi -t out.flac) $(soxi -b out.flac)" = "flac 24" ] || fail "OUT.flac with --format 24: $(soxi out.flac)"

play -m m.safetensors -o from-ogg.wav in.ogg
[ "$(soxi -b from-ogg.wav)" = 24 ] || fail "ogg to wav: $(soxi from-ogg.wav)"
play -m m.safetensors -o /dev/null in.flac
# libsndfile reads MP3 from version 1.1 on.
if ffmpeg -loglevel error -i a.wav in.mp3 2>/dev/null && "$tonecell" process -m m.safetensors --format 24 -o /dev/null in.mp3 2>/dev/null; then
	play -m m.safetensors -o from-mp3.wav in.mp3
	[ "$(soxi -b from-mp3.wav)" = 24 ] || fail "mp3 to wav: $(soxi from-mp3.wav)"
	play -m m.safetensors -o out.mp3 a.wav
	play -m m.safetensors -o from-mp3.wav out.mp3
fi
sox -D a.wav -b 8 in8.wav
play -m m.safetensors --dry 1 --no-dither -o - in8.wav
mv stdout out8.wav
samples in8.wav >in8.raw; samples out8.wav >out8.raw
same in8.raw out8.raw "8 bits through a pipe"

# Each channel of a file has the samples that it has when it is played alone.
for n in 2 3 8; do
	sox -D -M $(yes "a.wav
b.wav" | head -n "$n") "ch$n.wav"
	play --force -m m.safetensors --no-dither -o "out$n.wav" "ch$n.wav"
	[ "$(soxi -c "out$n.wav")" = "$n" ] || fail "$n channels become $(soxi -c "out$n.wav")"
	for c in 1 2 "$n"; do
		sox -D "ch$n.wav" one.wav remix "$c"
		play -m m.safetensors --no-dither -o one-out.wav one.wav
		samples one-out.wav >alone; samples "out$n.wav" "$c" >among
		same alone among "channel $c of $n"
	done
done
play -m two.safetensors -o two.wav ch8.wav
[ "$(soxi -c two.wav)" = 4 ] || fail "8 channels through 2 inputs become $(soxi -c two.wav)"
expect 1 'ch3.wav: 3 channels, expected a multiple of 2' -m two.safetensors -o no.wav ch3.wav

# ------------------------------------------------------------------ gains, knobs, dither

play -m m.safetensors --dry 1 --no-dither -o dry.wav a.wav
samples a.wav >a.raw; samples dry.wav >dry.raw
same a.raw dry.raw "--dry 1 gives the input, sample by sample"
play -m m.safetensors --dry 1 -o dithered.wav a.wav
play -m m.safetensors --dry 1 -o again.wav a.wav
samples dithered.wav >dithered.raw
cmp -s a.raw dithered.raw && fail "integers are written without dither"
same dithered.wav again.wav "the dither is the same each time"
# 0.7 of a 16-bit step, so that 1 is the nearest sample.
sox -n -r 44100 -b 32 -e float step.wav trim 0 100s dcshift 0.0000213623
play -m m.safetensors --dry 1 --no-dither --format 16 -o rounded.wav step.wav
[ "$(samples rounded.wav | od -An -v -td4 | tr -s ' \n' '\n' | sort -u | tr -d '\n')" = 65536 ] ||
	fail "0.7 of a step is not rounded to 1"
play -m knob.safetensors --format float -o k1.wav a.wav
play -m knob.safetensors --format float --knob 'Knob 1=5' -o k5.wav a.wav
play -m knob.safetensors --format float --knob 'knob 1=9' -o k9.wav a.wav
same k1.wav k5.wav "5 is the knob's initial value"
cmp -s k5.wav k9.wav && fail "the knob does nothing"
expect 2 "'Drive=1': no knob of this name; the model has Knob 1 (0 to 10)" -m knob.safetensors --knob Drive=1 a.wav
expect 2 "'Knob 1=11': 11 is not in \[0, 10\]" -m knob.safetensors --knob 'Knob 1=11' a.wav
expect 2 "'Knob 1=nan' is not NAME=VALUE" -m knob.safetensors --knob 'Knob 1=nan' a.wav
expect 0 'loud.wav: warning: [0-9]* samples are over full scale' -m m.safetensors --out-gain 24 -o loud.wav a.wav

# ------------------------------------------------------------------ names, folders, pipes

play -m m.safetensors a.wav
play -m m.safetensors -o a2.wav a.wav
expect 0 'a-m.wav: written' -m m.safetensors a.wav
same a-m.wav a2.wav "without -o the name is NAME-MODEL"
mkdir takes && cp a.wav b.wav takes && echo text >takes/notes.txt
play -m m.safetensors -o rendered -j 4 takes
same rendered/a.wav a2.wav "a folder gives what a file gives"
[ "$(ls rendered | tr '\n' ' ')" = "a.wav b.wav " ] || fail "a folder becomes $(ls rendered)"
play -m m.safetensors takes
[ "$(ls takes-m | tr '\n' ' ')" = "a.wav b.wav " ] || fail "a folder without -o becomes $(ls takes-m)"
mkdir -p set/takes/inside && cp a.wav set/takes
for folder in . ./ inside/..; do
	(cd set/takes && play -m ../../m.safetensors "$folder") || fail "no results of the folder $folder"
	[ "$(cd set && ls -A)" = "takes
takes-m" ] || fail "the folder $folder without -o leaves $(ls -A set set/takes)"
	rm -rf set/takes-m
done
play -m m.safetensors --format flac -o flacs a.wav b.wav
[ "$(soxi -t flacs/a.flac flacs/b.flac | tr '\n' ' ')" = "flac flac " ] || fail "--format flac: $(ls flacs)"
cat a.wav | "$tonecell" process -m m.safetensors -o - - | cat >piped.wav || fail "a pipe fails"
samples piped.wav >piped.raw; samples a2.wav >a2.raw
same piped.raw a2.raw "a pipe gives what a file gives"
sox a.wav -t wav - | cat | "$tonecell" process -m m.safetensors - | cat >piped.wav || fail "a pipe of sox fails"
samples piped.wav >piped.raw
same piped.raw a2.raw "a pipe of unknown length gives what a file gives"
head -c 9000 a.wav | "$tonecell" process -q -m m.safetensors - 2>stderr | cat >piped.wav
grep -q 'standard input: cut short: [0-9]* frames, the header states [0-9]*' stderr ||
	fail "a pipe that ends early: $(cat stderr)"
"$tonecell" process -q -m m.safetensors -o missing/ nope.wav a.wav >stdout 2>stderr && fail "a missing file is no failure"
[ "$(ls missing)" = a.wav ] || fail "after a failure the others are not done: $(ls missing)"

# ------------------------------------------------------------------ what is refused

cp a.wav kept.wav
expect 2 'kept.wav is the input kept.wav' -m m.safetensors -o kept.wav kept.wav
ln kept.wav hard.wav; ln -s kept.wav soft.wav
expect 2 'hard.wav is the input kept.wav' -m m.safetensors -o hard.wav kept.wav
expect 2 'soft.wav is the input kept.wav' -m m.safetensors -o soft.wav kept.wav
expect 2 'takes/a.wav is the input takes/a.wav' -m m.safetensors -o takes takes
expect 2 'would both be written to x/a.wav' -m m.safetensors -o x a.wav takes/a.wav
cp m.safetensors precious.safetensors
expect 2 'precious.safetensors is the model' -m precious.safetensors -o precious.safetensors a.wav
same precious.safetensors m.safetensors "a model is never overwritten"
same kept.wav a.wav "an input is never overwritten"
[ ! -e x ] || fail "a refused call makes a folder"

sox -D a.wav -r 48000 fast.wav
expect 1 'fast.wav: 48000 Hz, but the model was made at 44100 Hz' --no-resample -m m.safetensors \
	-o no.wav fast.wav

# Files of another rate are converted and come back in time: --dry 1 is the input, and a file that is
# shorter than the latency keeps its length.
sox -D fast.wav short.wav trim 0 50s
expect 0 'fast.wav: 48000 Hz, converted to the model.s 44100 Hz and back' -m m.safetensors \
	-o converted fast.wav short.wav
[ "$(grep -c 'converted to the model' stderr)" = 1 ] || fail "the conversion is reported twice"
for file in fast.wav short.wav; do
	[ "$(soxi -s converted/$file)" = "$(soxi -s $file)" ] || fail "$file changes its length"
	play -m m.safetensors --dry 1 --no-dither -o dry-$file $file
	samples $file >a.raw; samples dry-$file >dry.raw
	same a.raw dry.raw "--dry 1 gives $file, sample by sample"
done
# At its own rate or at another, the model sounds the same.
play -m m.safetensors -f float -o direct.wav a.wav
sox -D a.wav -b 32 -e float up.wav rate -v 96000
play -m m.safetensors -f float -o up-out.wav up.wav
sox -D up-out.wav -b 32 -e float back.wav rate -v 44100
error=$(sox -m -v 1 direct.wav -v -1 back.wav -n trim 0.05 -0.05 stat 2>&1 | awk '/RMS.*amplitude/ { print $3 }')
level=$(sox direct.wav -n trim 0.05 -0.05 stat 2>&1 | awk '/RMS.*amplitude/ { print $3 }')
echo "$error $level" | awk '{ exit !($1 < 1e-3 * $2) }' ||
	fail "at 96 kHz the output differs by $error RMS, of $level"
# So it does with delayed states, less exactly, and oversampled, all without delay.
expect 0 'up.wav: 96000 Hz: the states of the model, of 44100 Hz, are delayed by 2.17687 frames' \
	-m m.safetensors -f float --rate delay -o up-out.wav up.wav
play -m m.safetensors -f float --oversample 2 -o direct2.wav a.wav
sox -D up-out.wav -b 32 -e float back.wav rate -v 44100
for file in back.wav direct2.wav; do
	error=$(sox -m -v 1 direct.wav -v -1 $file -n trim 0.05 -0.05 stat 2>&1 | awk '/RMS.*amplitude/ { print $3 }')
	echo "$error $level" | awk '{ exit !($1 > 0 && $1 < 0.02 * $2) }' ||
		fail "$file differs by $error RMS, of $level"
done
expect 0 'warning: the model does not say its sample rate' -m unknown.safetensors -o yes a.wav fast.wav
[ "$(grep -c 'does not say' stderr)" = 1 ] || fail "the unknown rate is reported more than once"

: >empty.wav
echo "no sound in here" >text.wav
head -c 30 a.wav >header.wav
head -c 9000 a.wav >cut.wav
head -c $(($(wc -c <in.flac) / 2)) in.flac >cut.flac
wav_header 1 16 1 44100 0 >nothing.wav
{ wav_header 3 32 1 44100 40; head -c 20 /dev/zero; printf '\000\000\300\177'; head -c 16 /dev/zero; } >nan.wav
{ wav_header 3 32 2 44100 40; head -c 28 /dev/zero; printf '\000\000\200\377'; head -c 8 /dev/zero; } >inf.wav
cp a.wav no.wav
expect 1 'empty.wav: is empty' --force -m m.safetensors -o no.wav empty.wav
expect 1 'text.wav: not an audio file.*[^.]$' --force -m m.safetensors -o no.wav text.wav
expect 1 'header.wav: not an audio file' --force -m m.safetensors -o no.wav header.wav
expect 1 'cut.wav: cut short' --force -m m.safetensors -o no.wav cut.wav
expect 1 'cut.flac: ' --force -m m.safetensors -o no.wav cut.flac
expect 1 'nothing.wav: holds no sound: 0 frames' --force -m m.safetensors -o no.wav nothing.wav
expect 1 'nope.wav: No such file' --force -m m.safetensors -o no.wav nope.wav
expect 1 'nan.wav: frame 5, channel 1: the sample is nan' --force -m m.safetensors -o no.wav nan.wav
expect 1 'inf.wav: frame 3, channel 2: the sample is -inf' --force -m m.safetensors -o no.wav inf.wav
expect 1 'a.wav: ' -m a.wav -o no.wav a.wav
head -c 600 m.safetensors >cut.safetensors
expect 1 'cut.safetensors: ' -m cut.safetensors -o no.wav a.wav
expect 1 'nope.safetensors: .*No such file' -m nope.safetensors -o no.wav a.wav
mkdir folder
expect 1 'folder: is a folder' -m m.safetensors -o folder a.wav
expect 1 'no/where.wav: cannot write: No such file' -m m.safetensors -o no/where.wav a.wav
expect 1 "no.aac: '.aac' is not the ending of a format that can be written" -m m.safetensors -o no.aac a.wav
expect 1 'no.wav: is a file, expected a folder' -m m.safetensors -o no.wav a.wav b.wav
expect 1 'folder: no audio file in this folder' -m m.safetensors -o x folder
expect 1 'several.wav: has the ending of an audio file, expected the name of a folder' \
	-m m.safetensors -o several.wav a.wav b.wav
[ ! -e several.wav ] || fail "a folder gets the name of an audio file"
play -m m.safetensors -o several.wav/ a.wav b.wav
play -m m.safetensors -o several.wav a.wav b.wav # the folder that is there now
[ "$(ls several.wav | tr '\n' ' ')" = 'a.wav b.wav ' ] || fail "a folder with a slash: $(ls several.wav)"
expect 2 '-o - takes one file' -m m.safetensors -o - a.wav b.wav
expect 2 'MODEL\|--model is missing' a.wav
same no.wav a.wav "after a failure the earlier file stands"
for file in .tonecell-* x/* x/.tonecell-* missing/.tonecell-*; do
	[ ! -e "$file" ] || fail "the temporary file $file remains"
done

if [ -w /dev/full ]; then
	expect 1 '/dev/full: cannot write: No space left' -m m.safetensors -o /dev/full a.wav
fi
if [ "$(id -u)" -eq 0 ] && mkdir small && mount -t tmpfs -o size=64k none small 2>/dev/null; then
	sox -D a.wav long.wav repeat 9
	echo old >small/out.wav
	expect 1 'small/out.wav: cannot write: No space left' --force -m m.safetensors -o small/out.wav long.wav
	[ "$(cat small/out.wav) $(ls -A small)" = "old out.wav" ] || fail "a full disk leaves $(ls -Al small)"
	umount small
fi
if [ "$(id -u)" -ne 0 ]; then
	mkdir locked && chmod a-w locked
	expect 1 'locked/out.wav: cannot write: Permission denied' -m m.safetensors -o locked/out.wav a.wav
fi

# A recording is not replaced; the result of an earlier call is, unless it was changed.
cp b.wav take.wav
expect 1 'take.wav: exists and may be a recording: give another name, or --force to replace it$' -m m.safetensors -o take.wav a.wav
same take.wav b.wav "a recording is replaced"
play --force -m m.safetensors -o take.wav a.wav
play -m m.safetensors --no-dither -o take.wav a.wav
cp take.wav first.wav
play -m m.safetensors -o take.wav b.wav
cmp -s take.wav first.wav && fail "a result is not replaced by another"
printf '\101' | dd of=take.wav bs=1 conv=notrunc seek=3000 2>/dev/null
cp take.wav edited.wav
expect 1 'take.wav: exists and may be a recording' -m m.safetensors -o take.wav a.wav
same take.wav edited.wav "a result that was edited is replaced"
mkdir songs && cp a.wav b.wav songs
mkdir played && cp b.wav played/a.wav
expect 1 'played/a.wav: exists and may be a recording' -m m.safetensors -o played songs
same played/a.wav b.wav "a recording in a folder is replaced"
[ -s played/b.wav ] || fail "the other file of the folder is not played"

# ------------------------------------------------------------------ many at once

# 28 files of 1, 2, 8 and 64 channels are played in groups of 16 channels, or of one larger file: most
# have to wait.
mkdir many solo
for frames in 1 64 1023 1024 1025 2048 3001 5000 8192 9999 20000 30000 45000; do
	sox -R -D -n -r 44100 -b 16 "many/1-$frames.wav" synth "${frames}s" saw $((frames / 50 + 90)) gain -6
	sox -R -D -n -r 44100 -b 16 -c 2 "many/2-$frames.wav" \
		synth "${frames}s" saw $((frames / 60 + 200)) saw $((frames / 70 + 321)) gain -6
done
cp ch8.wav many
sox -D -M ch8.wav ch8.wav ch8.wav ch8.wav ch8.wav ch8.wav ch8.wav ch8.wav many/ch64.wav trim 0 99s
"$make_model" --cell lstm --hidden 5 --knobs 1 lstm.safetensors || fail "no model"
set -- -m lstm.safetensors --format wav:float --knob 'Knob 1=7' --in-gain 3 --dry 0.1
for file in many/*; do
	play "$@" -o "solo/${file##*/}" "$file"
done
for jobs in 1 2 4 64; do
	play "$@" -j $jobs -o "many$jobs" many
	diff -r solo "many$jobs" || fail "with -j $jobs files differ from those played alone"
done
play "$@" -j 2 -o backwards $(ls -r many/*)
diff -r solo backwards || fail "files in another order differ from those played alone"

# Analogue levels: the gains make up for the difference of the interfaces.
"$tonecell" convert --input-level 12 --output-level 18 lstm.safetensors levels.safetensors >stdout 2>stderr ||
	fail "convert: $(cat stderr)"
play -m levels.safetensors --format wav:float --in-gain -4 --out-gain -2 -o gains.wav many/1-9999.wav
play -m levels.safetensors --format wav:float --input-level 8 --output-level 20 -o levels.wav many/1-9999.wav
same levels.wav gains.wav "levels in dBu and the gains that they stand for"
expect 1 'lstm.safetensors: carries no level of its output to compare --output-level with' \
	-m lstm.safetensors --output-level 4 -o never.wav a.wav
[ ! -e never.wav ] || fail "a refused level leaves a file"

# Rates that the model allows: only files of one rate share a player.
mkdir rates solo-rates
for rate in 22050 44100 48000; do
	for n in 1 2 3; do
		sox -R -D -n -r $rate -b 16 "rates/$rate-$n.wav" synth 0.1$n saw $((300 + n)) gain -6
		expect 0 'does not say' -m unknown.safetensors -o "solo-rates/$rate-$n.wav" "rates/$rate-$n.wav"
	done
done
expect 0 'does not say' -m unknown.safetensors -j 2 -o rates-out rates
diff -r solo-rates rates-out || fail "files of several rates differ from those played alone"

# A file that cannot be read, from its start or from some frame on, does not affect the others.
cp -r many bad && cp text.wav empty.wav header.wav cut.wav nan.wav bad && cp cut.flac bad/half.flac
{ wav_header 3 32 1 44100 40000; head -c 24000 /dev/zero; printf '\000\000\300\177'; head -c 15996 /dev/zero; } >bad/late.wav
for jobs in 1 2 4; do
	expect 1 '7 of 35 files failed' "$@" -j $jobs -o "bad$jobs" bad
	for message in 'bad/text.wav: not an audio file' 'bad/empty.wav: is empty' 'bad/cut.wav: cut short' \
		'bad/header.wav: not an audio file' 'bad/half.flac: ' \
		'bad/nan.wav: frame 5, channel 1: the sample is nan' \
		'bad/late.wav: frame 6000, channel 1: the sample is nan'; do
		[ "$(grep -c "^tonecell process: $message" stderr)" = 1 ] || fail "-j $jobs: not once '$message': $(cat stderr)"
	done
	[ "$(wc -l <stderr)" = 8 ] || fail "-j $jobs: says $(cat stderr)"
	diff -r solo "bad$jobs" || fail "with -j $jobs other files are affected by those that cannot be read"
done

# One program may write to several pipes in turn, more than a pipe can hold.
if mkfifo first.wav second.wav 2>/dev/null; then
	{ cat many/2-45000.wav >second.wav; cat many/1-45000.wav >first.wav; } &
	feeder=$!
	timeout 20 "$tonecell" process -q "$@" -o fed second.wav first.wav ||
		{ fail "pipes wait for each other"; kill $feeder; }
	same fed/first.wav solo/1-45000.wav "a pipe of several gives what a file gives"
fi

# ------------------------------------------------------------------ an hour

# A hole of an hour of silence in the file system: 8000 frames a second, 16 bits.
size=$((3600 * 8000 * 2))
{ wav_header 1 16 1 8000 $size; } >hour.wav
dd if=/dev/zero of=hour.wav bs=1 count=0 seek=$((44 + size)) 2>/dev/null
"$peak_memory" peak "$tonecell" process -q -m slow.safetensors -o /dev/null hour.wav || fail "an hour fails"
case $(sed -n 's/^CFLAGS = //p' "$build/Makefile") in
*-fsanitize=*) ;; # which takes memory of its own
*) [ "$(cat peak)" -lt 65536 ] || fail "an hour takes $(cat peak) KiB" ;;
esac

# A signal leaves no temporary file, and the earlier result.
cp a.wav stopped.wav
"$tonecell" process --force -m slow.safetensors -o stopped.wav hour.wav >stdout 2>stderr &
pid=$!
await_writing $pid
kill -TERM $pid
wait $pid
status=$?
[ $status -eq 1 ] || fail "an interrupted call ends with $status"
grep -q 'interrupted; the file at work was not written' stderr || fail "interrupted, it says $(cat stderr)"
same stopped.wav a.wav "an interrupted call leaves the earlier file"
ls .tonecell-* 2>/dev/null && fail "an interrupted call leaves its temporary file"

# So it is with several: what is complete is there, and nothing else.
mkdir hours && ln hour.wav hours/1.wav && ln hour.wav hours/2.wav
sox -D a.wav -r 8000 hours/short.wav
"$tonecell" process -m slow.safetensors -o stopped hours >stdout 2>stderr &
pid=$!
await $pid stopped/short.wav
kill -TERM $pid
wait $pid
status=$?
[ $status -eq 1 ] || fail "several interrupted end with $status"
grep -q 'interrupted; 1 of 3 files were written' stderr || fail "several interrupted: $(cat stderr)"
[ "$(ls -A stopped)" = short.wav ] || fail "several interrupted leave $(ls -A stopped)"

[ $failures -eq 0 ]
