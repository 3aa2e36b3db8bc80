#!/bin/sh
# tonecell train and eval: their refusals, which write no file; their analysis of recordings, and
# their output.
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }

# What runs for longer hangs.
ulimit -t 60
mkdir output # of what is refused

# refuse STATUS PATTERN COMMAND ARGUMENT...: fails unless the command ends with this status and a
# matching message, and writes no file.
refuse() {
	wanted=$1 pattern=$2 command=$3
	shift 3
	before=$(echo .* *)
	"$tonecell" "$command" "$@" </dev/null >output/stdout 2>output/stderr
	status=$?
	[ $status -eq "$wanted" ] ||
		fail "$command $*: status $status, expected $wanted: $(cat output/stderr)"
	grep -q -e "^tonecell $command: .*$pattern" output/stderr ||
		fail "$command $*: message '$(cat output/stderr)', expected '$pattern'"
	[ ! -s output/stdout ] || fail "$command $*: prints to stdout"
	[ "$before" = "$(echo .* *)" ] || fail "$command $*: leaves files"
	read -r old <old.safetensors
	[ "$old" = precious ] || fail "$command $*: the old file is lost"
}

# small ARGUMENT...: a short training, which must succeed.
small() {
	"$tonecell" train --hidden 2 --epochs 1 --batch 4 --truncate 256 "$@" \
		</dev/null >stdout 2>stderr || fail "train $*: $(cat stderr)"
}

# plain ARGUMENT...: the same in a fifth of the time, since the delay is not measured.
plain() {
	small --no-align "$@"
}

# expect_line PATTERN FILE: fails unless a line of the file matches.
expect_line() {
	grep -q -e "$1" "$2" || fail "'$1' is not in $2: $(cat "$2")"
}

# number KEY: its value in the JSON of stdout, the first if there are several.
number() {
	sed -n "/^ *\"$1\": /{s///; s/,*$//p; q}" stdout
}

# A recording that is only delayed differs from its input by one gain, wherever it was cut.
one_gain() {
	awk -v esr="$(number esr_gain)" 'BEGIN { exit !(esr != "" && esr < 1e-9) }' ||
		fail "$1: the ESR of one gain is $(number esr_gain)"
}

echo precious >old.safetensors
sox -R -n -r 44100 -b 16 dry.wav synth 2 whitenoise gain -12
sox -D dry.wav -e floating-point -b 32 wet.wav vol -1 overdrive 3
sox -D dry.wav late.wav pad 37s@0 trim 0 88200s
sox dry.wav -c 2 stereo.wav
sox -D -M wet.wav late.wav two.wav  # channels that differ
sox -D -M dry.wav late.wav both.wav # DRY and WET in one file
sox dry.wav shorter.wav trim 0 80000s
sox dry.wav tiny.wav trim 0 900s
sox -n -r 44100 -b 16 silent.wav trim 0 2 # with the dither of sox
sox -D -n -r 44100 -b 16 zero.wav trim 0 2
sox -D -r 44100 -n -b 16 constant.wav trim 0 2 dcshift 0.5
sox -D dry.wav ending.wav trim 0 70000s pad 0 18200s
sox -D dry.wav start.wav trim 0 500s pad 0 87700s
head -c 1000 dry.wav >cut.wav
: >empty.wav
echo 'this is no sound' >text.wav
# Frame 100 of a file whose 32-bit samples are its last bytes.
cp wet.wav nan.wav
printf '\000\000\300\177' | dd of=nan.wav bs=1 conv=notrunc 2>/dev/null \
	seek=$(($(wc -c <wet.wav) - 4 * (88200 - 100)))
cp wet.wav huge.wav # 1e30
printf '\312\362\111\161' | dd of=huge.wav bs=1 conv=notrunc 2>/dev/null \
	seek=$(($(wc -c <wet.wav) - 4 * (88200 - 100)))
# The recorder stopped before it wrote the length, or wrote it for the last time half-way.
sox -D late.wav -t wavpcm crashed.wav
cp crashed.wav halfway.wav
printf '\000\000\000\000' | dd of=crashed.wav bs=1 conv=notrunc seek=40 2>/dev/null
printf '\000\000\001\000' | dd of=halfway.wav bs=1 conv=notrunc seek=40 2>/dev/null
{ cat late.wav; printf 'LIST\004\000\000\000INFO'; } >list.wav
mkdir folder

# ------------------------------------------------------------------ wrong use: exit 2

new=new.safetensors
refuse 2 '--output is missing' train dry.wav wet.wav
refuse 2 "--output is '-', but a model cannot go to standard output" train -o - dry.wav wet.wav
refuse 2 'expected --manifest or DRY and WET' train -o $new
refuse 2 '1 file: expected pairs of DRY and WET, or --channel split' train -o $new none.wav
refuse 2 'both.wav: 1 file with two signals: .* tonecell train --channel split both.wav' train -o $new both.wav
refuse 2 'both.wav: 1 file with two signals: .* tonecell doctor --channel split both.wav' doctor both.wav
refuse 2 'both.wav: 1 file with two signals: .* tonecell eval --channel split both.wav' eval -m a.safetensors both.wav
refuse 2 'stereo.wav: 1 file with one signal: expected DRY and WET' train -o $new stereo.wav
refuse 1 'none.wav: No such file.*; the two channels of both.wav differ: .* alone with --channel split' \
	train -o $new both.wav none.wav
refuse 1 'both.wav: channel 2 holds the wet signal of late.wav: .* --channel left, or both with --channel split' \
	train -o $new both.wav late.wav
refuse 2 'expected --manifest or a file of DRY and WET' eval -m a.safetensors --channel split dry.wav wet.wav
refuse 2 '3 files: expected pairs' train -o $new dry.wav wet.wav dry.wav
refuse 2 'not both' train -o $new --manifest a.csv dry.wav wet.wav
refuse 2 'not both' train -o $new --delay 3 --no-align dry.wav wet.wav
refuse 2 'there are 3 layers' train -o $new --hidden 4,5 --layers 3 dry.wav wet.wav
refuse 2 'is for --cell rnn' train -o $new --activation relu dry.wav wet.wav
refuse 2 'as wide as the one below' train -o $new --residual dry.wav wet.wav
refuse 2 'of at least 2 units' train -o $new --layer-norm --hidden 4,1 dry.wav wet.wav
refuse 2 '--start learned needs --warmup 0' train -o $new --start learned dry.wav wet.wav
refuse 2 'but there is only one layer' train -o $new --dropout 0.2 dry.wav wet.wav
refuse 2 'as wide as the one below' train -o $new --residual --hidden 4,5,4 dry.wav wet.wav
refuse 2 'whose matrices start as rotations' train -o $new --orthogonal --initial identity dry.wav wet.wav
refuse 2 'not both' train -o $new --orthogonal --normalised dry.wav wet.wav
refuse 2 '--initial-scale is not for --orthogonal and' train -o $new --normalised --initial-scale 0.5 dry.wav wet.wav
refuse 2 'is for --orthogonal and' train -o $new --recurrent-rate 0.5 dry.wav wet.wav
refuse 2 'is for --orthogonal' train -o $new --negatives 0.1 dry.wav wet.wav
refuse 2 'is for --cell lstm' train -o $new --cell gru --forget-bias 2 dry.wav wet.wav
refuse 2 'is for --cell lstm' train -o $new --cell gru --peephole dry.wav wet.wav
refuse 2 'is for --cell gru' train -o $new --reset before dry.wav wet.wav
for label in 'My Amp' amp_stereo _ a__b amp_; do
	refuse 2 "--label: '$label' is not a label" train -o $new --label "$label" dry.wav wet.wav
done
not_utf8=$(printf 'caf\351')
for text in name author licence; do
	refuse 2 "--$text: 'caf.' is not printable" train -o $new --$text "$not_utf8" dry.wav wet.wav
done
refuse 2 '--lookback is for --truncation fixed' \
	train -o $new --truncation full --lookback 600 dry.wav wet.wav
refuse 2 '--lookback 511 is less than --truncate 512' train -o $new --lookback 511 dry.wav wet.wav
refuse 2 '--tail is for --truncation random' train -o $new --tail 4 dry.wav wet.wav
refuse 2 '--tail: 0.5 is neither' train -o $new --truncation random --tail 0.5 dry.wav wet.wav
refuse 2 'needs --truncate 2' train -o $new --truncation random --truncate 1 dry.wav wet.wav
refuse 2 '--weight-decay 100 is not below 1 / --learning-rate, 100' \
	train -o $new --weight-decay 100 dry.wav wet.wav
refuse 2 'unknown option' train -o $new --reward 1 dry.wav wet.wav
refuse 2 "--task: 'forecast' is not one of the tasks: effect$" train -o $new --task forecast dry.wav wet.wav
for wrong in --hidden=0 --hidden=-1 --hidden=4, --hidden=1025 --layers=0 --layers=17 --batch=0 \
	--batch=5000 --warmup=-1 --truncate=0 --memory=1 --epochs=0 --patience=0 --learning-rate=2 \
	--learning-rate=nan --learning-rate=0 --clip-norm=-1 --time-limit=0 --time-limit=soon \
	--truncation=none --lookback=0 --tail=-1 --clip-value=-1 --weight-decay=-1 \
	--seed=-1 --seed=1e99 --threads=0 --delay=x --delay=inf --cell=transformer \
	--initial=zero --initial-scale=0 --start=one --dropout=1 --negatives=1.1 --recurrent-rate=0 --forget-bias=nan --optimizer=lion --effort=huge; do
	refuse 2 "${wrong%%=*}: '${wrong#*=}'" train -o $new "$wrong" dry.wav wet.wav
done
refuse 2 '--model is missing' eval dry.wav wet.wav
refuse 2 '--model is missing' eval a.safetensors dry.wav wet.wav

# ------------------------------------------------------------------ the output

refuse 1 'folder: is a folder' train -o folder dry.wav wet.wav
refuse 1 'nowhere/m: cannot be written: No such file' train -o nowhere/m dry.wav wet.wav
refuse 1 'dry.wav/m: cannot be written: Not a directory' train -o dry.wav/m dry.wav wet.wav
refuse 1 '/dev/null: exists and is no ordinary file' train -o /dev/null dry.wav wet.wav
refuse 1 'dry.wav: is one of the recordings' train -o dry.wav --force --no-align dry.wav wet.wav
printf '%s\n' input,target,split dry.wav,wet.wav,train late.wav,wet.wav,test >pairs.csv
refuse 1 'late.wav: is one of the recordings' train -o late.wav --force --no-align --manifest pairs.csv
rm pairs.csv

# ------------------------------------------------------------------ recordings

# The files that are there already.
refuse 1 'old.safetensors: exists and is no model: give another name, or --force' train -o old.safetensors dry.wav wet.wav
cp dry.wav song.wav
refuse 1 'song.wav: exists and is no model' train -o song.wav dry.wav wet.wav
cmp -s dry.wav song.wav || fail 'train -o replaces a recording'
refuse 1 'new.wav: has the ending of an audio file, .wav, expected another one, such as .safetensors' \
	train -o new.wav dry.wav wet.wav
refuse 1 'new.FLAC: has the ending of an audio file, .FLAC,' train -o new.FLAC dry.wav wet.wav
refuse 1 'page.wav: has the ending of an audio file, expected the name of a folder' \
	train -o $new --no-align --report page.wav dry.wav wet.wav
refuse 1 'copies.wav: has the ending of an audio file' doctor --fix-to copies.wav dry.wav wet.wav
: >made.safetensors # as mktemp does
plain -o made.safetensors dry.wav wet.wav
plain -o made.safetensors dry.wav wet.wav
plain -o song.wav --force dry.wav wet.wav
"$tonecell" info song.wav >/dev/null || fail 'train --force does not replace a recording'
rm made.safetensors song.wav

o='old.safetensors --force' # it is no model
refuse 1 'missing.wav: ' train -o $o missing.wav wet.wav
refuse 1 'empty.wav: ' train -o $o dry.wav empty.wav
refuse 1 'text.wav: ' train -o $o dry.wav text.wav
refuse 1 'cut.wav: ' train -o $o cut.wav wet.wav
refuse 1 'folder: ' train -o $o folder wet.wav
refuse 1 'nan.wav: .*100' train -o $o dry.wav nan.wav
refuse 1 'huge.wav: frame 100, channel 1: the sample is 1e+30, expected' train -o $o dry.wav huge.wav
refuse 1 'dry.wav has 1 channel, but two.wav has 2, and those of two.wav differ: choose one with --channel left, right or mid' \
	train -o $o dry.wav two.wav
refuse 1 'both.wav: channel 1 holds the dry signal of dry.wav: take the other one with --channel right' \
	train -o $o dry.wav both.wav
refuse 1 'dry.wav: has 1 channel, expected DRY and WET in two' train -o $o --channel split dry.wav
refuse 1 'silent.wav: the target is silent' train -o $o dry.wav silent.wav
refuse 1 'zero.wav: the target is silent: channel 1 is always 0 in frames 0 to 88199; was the right track recorded' \
	train -o $o dry.wav zero.wav
refuse 1 'constant.wav: the target is constant' train -o $o dry.wav constant.wav
refuse 1 'silent.wav: the input is silent' train -o $o silent.wav wet.wav
refuse 1 'start.wav: .* silent or constant in all that trains: frames 1000 to [0-9]*, after a .*, and other clips' \
	train -o $o --no-align dry.wav start.wav
refuse 1 'dry.wav and wet.wav: the clip has 0 frames without its delay of 90000, expected more than' \
	train -o $new --delay 90000 dry.wav wet.wav
refuse 1 'tiny.wav and tiny.wav: the clip has 900 frames, expected more than the warm-up of 1000' \
	train -o $o tiny.wav tiny.wav
refuse 1 'tiny.wav: 900 frames are too few to train and validate on' \
	train -o $o --ignore-faults --warmup 100 tiny.wav tiny.wav

# ------------------------------------------------------------------ manifests

# table LINE...: write the manifest.
table() {
	printf '%s\n' "$@" >pairs.csv
}

refuse 1 'none.csv: No such file' train -o $o --manifest none.csv
table input,target dry.wav,none.wav
refuse 1 'none.wav: ' train -o $o --manifest pairs.csv
table input,output dry.wav,wet.wav
refuse 1 "pairs.csv: line 1: there is no column 'target'" train -o $o --manifest pairs.csv
table 'input;target' 'dry.wav;wet.wav'
refuse 1 'pairs.csv: line 1: semicolons between the names, expected commas' train -o $o --manifest pairs.csv
table input,target,split dry.wav,wet.wav,trian
refuse 1 "pairs.csv: line 2: column 'split': 'trian', expected train" train -o $o --manifest pairs.csv
table input,target,split dry.wav,wet.wav,test
refuse 1 "pairs.csv: no row of split 'train'" train -o $o --manifest pairs.csv
table input,target,stop dry.wav,wet.wav,90000
refuse 1 "pairs.csv: line 2: column 'stop': 90000, but dry.wav has 88200" train -o $o --manifest pairs.csv
table input,target,start dry.wav,wet.wav,88200
refuse 1 "pairs.csv: line 2: column 'start': 88200, but dry.wav has 88200" train -o $o --manifest pairs.csv
table input,target,start,stop dry.wav,wet.wav,0,44100 dry.wav,wet.wav,44100,45000
refuse 1 'pairs.csv: line 3: the clip has 900 frames, expected more than' train -o $o --manifest pairs.csv
table input,target,split,start,stop dry.wav,ending.wav,train,0,70000 dry.wav,ending.wav,val,70000,88200
refuse 1 'ending.wav: .* silent or constant in all that validates: frames 71000 to 88199, after a' \
	train -o $o --no-align --manifest pairs.csv
table input,target,drive dry.wav,wet.wav,7
refuse 1 "pairs.csv: column 'drive' is 7 in every row" train -o $o --manifest pairs.csv
table "input,target,$not_utf8" dry.wav,wet.wav,7
refuse 1 "pairs.csv: line 1: column 'caf.' is not the name of a knob" train -o $o --manifest pairs.csv
table input,target,split,drive dry.wav,wet.wav,train,7 dry.wav,late.wav,val,9
refuse 2 "'tone=0:1': the manifest has no such column" \
	train -o $o --no-align --manifest pairs.csv --knob-range tone=0:1
refuse 2 "'drive=0:5': the manifest has values from 7 to 9" \
	train -o $o --no-align --manifest pairs.csv --knob-range drive=0:5
for wrong in "drive=0:10:5:$not_utf8" drive drive= drive=1:0 drive=0:10:11 drive=0:1e99 drive=0:x drive=0:10:5:an-endless-unit-; do
	refuse 2 "--knob-range: '.*', expected" train -o $o --no-align --manifest pairs.csv --knob-range "$wrong"
done

# ------------------------------------------------------------------ recordings found, output

small -o a.safetensors --epochs 2 --seed 7 --threads 1 dry.wav wet.wav
expect_line 'wet.wav: delay 0 frames, polarity inverted' stderr
grep -q 'the same samples' stderr && fail "other samples are called the same"
expect_line ' s from .* s on validate: 15 % of the recording' stderr
expect_line 'ESR  ' stdout
expect_line 'one gain' stdout
expect_line '128-tap FIR' stdout
expect_line 'tonecell install a.safetensors' stdout
plain -o "it's late.safetensors" --epochs 2 dry.wav wet.wav
expect_line "tonecell install 'it'.''s late.safetensors'\$" stdout
cp dry.wav copy.wav
refuse 1 'training on these recordings makes no sense, see the fault; --ignore-faults trains all the same$' \
	train -o $o dry.wav copy.wav
small -o copy.safetensors --ignore-faults dry.wav copy.wav
expect_line 'fault: dry.wav and copy.wav hold the same samples: there is no device between them' stderr
small -o b.safetensors --task effect --epochs 2 --seed 7 --threads 2 --name a --verbose dry.wav wet.wav
expect_line ' MB for 4 sequences in chunks of 256 frames: .* bytes per sequence and frame; kernels ' stderr
cmp a.safetensors b.safetensors || fail 'one seed gives two models'
plain -o plain.safetensors --seed 7 --name a dry.wav wet.wav
expect_line '^health: no faults: forgets .*, sensitivity -[0-9]* dB$' stdout
plain -o c.safetensors --seed 8 --name a dry.wav wet.wav
cmp -s plain.safetensors c.safetensors && fail 'two seeds give one model'
plain -o c.safetensors --seed 7 --name a --memory 500 --json dry.wav wet.wav
[ "$(number memory)" = 500 ] || fail "the record has memory '$(number memory)'"
cmp -s plain.safetensors c.safetensors && fail '--memory gives the same model'

# Every truncation: another score than the default's, and its options in the record.
plain -o form.safetensors --json --seed 7 dry.wav wet.wav
fixed=$(number esr)
[ "$(number refused)" = 0 ] || fail "refused: '$(number refused)'"
expect_line '"sensitivity_db": -' stdout
for form in 'random 0 0' 'random 6 0.25' 'uniform 6 0' 'full 6 0' 'fixed 600 0.25'; do
	set -- $form
	case $1 in fixed) arguments="--lookback $2" ;; random) arguments="--tail $2" ;; *) arguments= ;; esac
	plain -o form.safetensors --json --seed 7 --truncation $1 $arguments --clip-value $3 \
		--weight-decay $3 dry.wav wet.wav
	[ "$(number esr)" != "$fixed" ] || fail "--truncation $1 $arguments changes nothing"
	expect_line "\"truncation\": \"$1\"" stdout
	[ -z "$arguments" ] || expect_line "\"$(echo ${arguments%% *} | tr -d -)\": $2\(\.0\)\?,*$" stdout
	expect_line "\"clip_value\": $3" stdout
	expect_line "\"weight_decay\": $3" stdout
done

# Dropout: with several layers another model, the same for any number of threads.
plain -o deep.safetensors --seed 7 --name a --hidden 3,3 dry.wav wet.wav
plain -o drop.safetensors --seed 7 --name a --hidden 3,3 --dropout 0.25 -j 1 dry.wav wet.wav
plain -o drops.safetensors --json --seed 7 --name a --hidden 3,3 --dropout 0.25 -j 3 dry.wav wet.wav
[ "$(number dropout)" = 0.25 ] || fail "the record has dropout '$(number dropout)'"
cmp drop.safetensors drops.safetensors || fail '--dropout gives two models for two numbers of threads'
cmp -s drop.safetensors deep.safetensors && fail '--dropout gives the same model'

# The model has the layer options given.
plain -o norm.safetensors --seed 7 --name a --hidden 3,3 --layer-norm --residual dry.wav wet.wav
"$tonecell" info --json norm.safetensors >stdout 2>stderr || fail "info: $(cat stderr)"
expect_line '"layer_norm": true' stdout
expect_line '"residual": true' stdout
"$tonecell" info --json deep.safetensors >stdout 2>stderr || fail "info: $(cat stderr)"
expect_line '"layer_norm": false' stdout

# Batch normalisation: another model of the same shape, the same for any number of threads.
plain -o batch.safetensors --seed 7 --name a --hidden 3,3 --batch-norm -j 1 dry.wav wet.wav
plain -o batches.safetensors --json --seed 7 --name a --hidden 3,3 --batch-norm -j 3 dry.wav wet.wav
expect_line '"batch_norm": true' stdout
cmp batch.safetensors batches.safetensors || fail '--batch-norm gives two models for two numbers of threads'
cmp -s batch.safetensors deep.safetensors && fail '--batch-norm gives the same model'

# The initial state: that after silence, zero, or learned.
for start in silence zero learned; do
	plain -o $start.safetensors --json --seed 7 --name a --warmup 0 --start $start dry.wav wet.wav
	expect_line "\"start\": \"$start\"" stdout
done
for start in silence learned zero; do
	"$tonecell" info --json $start.safetensors >stdout || fail "info $start.safetensors"
	stored=$(tr -d ' \n' <stdout | sed -n 's/.*"stored":\([a-z]*\).*/\1/p')
	[ "$stored" = $([ $start = zero ] && echo false || echo true) ] ||
		fail "--start $start: the model stores an initial state: '$stored'"
done

# The help states the defaults of the library.
"$tonecell" train -q --json -o c.safetensors --no-align --hidden 2 --epochs 1 dry.wav wet.wav >stdout 2>stderr ||
	fail "train: $(cat stderr)"
help=$("$tonecell" help --all train | tr -s ' \n' '  ')
for option in patience warmup truncate forget-bias learning-rate clip-norm; do
	shown=$(echo "$help" | sed -n "s/.* --$option=[^[]*\[\([0-9.]*\).*/\1/p")
	echo "$shown $(number "$(echo $option | tr - _)")" |
		awk '{ exit !(NF == 2 && $1 > 0 && $2 / $1 > 0.999 && $2 / $1 < 1.001) }' ||
		fail "--$option: the help says [$shown], the default is $(number "$(echo $option | tr - _)")"
done
small -o c.safetensors --json dry.wav late.wav
expect_line 'late.wav: delay 37 frames (late), compensated' stderr
[ "$(number delay)" = 37 ] || fail "the record has delay '$(number delay)'"
one_gain 'training on a late recording'
small -o c.safetensors --json --delay -3 dry.wav late.wav
[ "$(number delay)" = -3 ] || fail "--delay -3 gives '$(number delay)'"
plain -o c.safetensors --json dry.wav late.wav
[ "$(number delay)" = 0 ] || fail "--no-align gives '$(number delay)'"

# Late by more than half a second; by a recorder whose clock runs 0.01 % slower; polarity given; and
# by nothing that could be told.
sox -D dry.wav later.wav pad 30000s@0 trim 0 88200s
small -o c.safetensors --json dry.wav later.wav
expect_line 'later.wav: delay 30000 frames (late), compensated' stderr
[ "$(number delay)" = 30000 ] || fail "the record has delay '$(number delay)'"
"$tonecell" eval --json -m c.safetensors dry.wav later.wav >stdout 2>stderr || fail 'eval'
expect_line "later.wav: delay 30000 frames, as in the model's training" stderr
"$tonecell" eval --json -m c.safetensors dry.wav late.wav >stdout 2>stderr || fail 'eval'
[ "$(number delay)" = 37 ] || fail "a certain delay other than the model's: '$(number delay)'"
"$tonecell" eval --json -m c.safetensors --delay 36 dry.wav late.wav >stdout 2>stderr || fail 'eval'
[ "$(number delay)" = 36 ] || fail "eval --delay 36: '$(number delay)'"
sox -D dry.wav slow.wav speed 0.9999 rate -v 44100 trim 0 88200s
small -o c.safetensors --json dry.wav slow.wav
expect_line "slow.wav: the recorder's clock drifts by +\(100.0\|99.9\).* ppm, 8.8 frames" stderr
[ "$(number drift_ppm | cut -c 1-3)" = 100 ] || [ "$(number drift_ppm | cut -c 1-4)" = 99.9 ] ||
	fail "the record has a drift of '$(number drift_ppm)' ppm"
plain -o c.safetensors --json dry.wav slow.wav
[ -z "$(number drift_ppm)" ] || fail '--no-align measures a drift'
# Also from a given delay on, of the command line or of a manifest; or kept.
sox -D slow.wav slow-late.wav pad 40s@0 trim 0 88200s
drifts='clock drifts by +\(100.[0-3]\|99.[89]\).* ppm, .* frames from start to end: resampled'
table input,target,delay dry.wav,slow-late.wav,40
for given in "--delay 40 dry.wav slow-late.wav" "--manifest pairs.csv"; do
	# shellcheck disable=SC2086
	small -o c.safetensors --json $given
	expect_line "slow-late.wav: the recorder's $drifts" stderr
	[ "$(number delay)" = 40 ] || fail "with a drift, $given gives delay '$(number delay)'"
	undone=$(number esr_gain)
	# shellcheck disable=SC2086
	small -o c.safetensors --json --drift keep $given
	[ -z "$(number drift_ppm)" ] || fail "--drift keep: $(number drift_ppm)"
	awk -v undone="$undone" -v kept="$(number esr_gain)" 'BEGIN { exit !(undone < 0.01 * kept) }' ||
		fail "the drift of $given is undone to $undone, kept at $(number esr_gain)"
done
small -o c.safetensors --json --drift keep dry.wav slow.wav
expect_line "slow.wav: the recorder's clock drifts by .*: left as it is (--drift keep)" stderr
[ -z "$(number drift_ppm)" ] || fail "--drift keep: $(number drift_ppm)"

# By a tape that runs faster and slower by turns, twice a second: 5.5 frames from end to end, a
# triangle. A curve that follows it also explains more than a drift.
at=0 parts=
for speed in 0.9995 1.0005 0.9995 1.0005 0.9995 1.0005 0.9995 1.0005; do
	sox -D dry.wav -e floating-point -b 32 part$at.wav trim ${at}s 11024s speed $speed \
		rate -v 44100
	parts="$parts part$at.wav"
	at=$((at + 11024))
done
# shellcheck disable=SC2086
sox -D $parts tape.wav
small -o c.safetensors --json dry.wav tape.wav
expect_line 'tape.wav: the delay wanders as that of a tape (wow and flutter), by up to [23]\.. frames, 1\.. RMS, at about [12]\.. Hz: undone' stderr
[ -n "$(number peak_frames)" ] || fail 'the record has no wander'
fir=$(number esr_fir)
"$tonecell" eval --json -m c.safetensors dry.wav tape.wav >stdout 2>stderr || fail 'eval'
expect_line 'tape.wav: the delay wanders as that of a tape' stderr
[ -n "$(number peak_frames)" ] || fail 'eval --json has no wander'
"$tonecell" doctor --json dry.wav tape.wav >stdout 2>stderr
[ -n "$(number rms_frames)" ] || fail 'doctor --json has no wander'
"$tonecell" eval --json -m c.safetensors --delay 40 dry.wav slow-late.wav >stdout 2>stderr || fail 'eval'
[ -n "$(number drift_ppm)" ] || fail 'eval --json has no drift'
small -o c.safetensors --json --flutter keep dry.wav tape.wav
[ -z "$(number peak_frames)" ] || fail '--flutter keep measures the wander'
awk -v undone="$fir" -v kept="$(number esr_fir)" 'BEGIN { exit !(undone < 0.1 * kept) }' ||
	fail "a linear filter leaves $fir without the wander, $(number esr_fir) with it"
small -o c.safetensors --json --polarity normal dry.wav wet.wav
[ "$(number inverted)" = false ] || fail '--polarity normal'
plain -o c.safetensors --json dry.wav wet.wav
[ "$(number inverted)" = false ] || fail '--no-align measures the polarity'
plain -o c.safetensors --json --polarity auto dry.wav wet.wav
[ "$(number inverted)" = true ] || fail '--polarity auto'
sox -D dry.wav other.wav reverse
refuse 1 'training on these recordings makes no sense, see the fault' train -q -o $o dry.wav other.wav
expect_line 'other.wav: fault: no clear delay (.*): left as it is; --delay FRAMES sets one' output/stderr
small -o c.safetensors --ignore-faults dry.wav other.wav
expect_line 'other.wav: fault: no clear delay' stderr
small -o c.safetensors --delay 0 dry.wav other.wav

# Six recordings of one device have one delay.
for n in 1 2 3 4 5 6; do
	sox -D dry.wav dry$n.wav trim $((n * 9000))s 9000s
	sox -D later.wav wet$n.wav trim $((n * 9000 + 30021))s 9000s
done
table input,target dry1.wav,wet1.wav dry2.wav,wet2.wav dry3.wav,wet3.wav dry4.wav,wet4.wav \
	dry5.wav,wet5.wav dry6.wav,wet6.wav
small -o c.safetensors --json --manifest pairs.csv
expect_line 'train: delay -21 frames in 6 of 6 recordings (early), compensated' stderr
[ "$(number delay)" = -21 ] || fail "six recordings have delay '$(number delay)'"
table input,target,delay dry.wav,late.wav,36.6
small -o c.safetensors --json --manifest pairs.csv
[ "$(number delay)" = 37 ] || fail "delay 36.6 gives '$(number delay)'"
expect_line "pairs.csv: line 2: column 'delay': 36.6 is rounded to 37" stderr

sox -D dry.wav -b 16 clipped.wav vol 6 2>/dev/null
plain -o c.safetensors --json dry.wav clipped.wav
expect_line 'clipped.wav: clipped at full scale [0-9]* times, .* % of the frames: left out of the loss (--clipping keep' stderr
[ "$(number ignored_frames)" -gt 88 ] || fail "'$(number ignored_frames)' clipped frames are left out"
plain -o c.safetensors --json --clipping keep dry.wav clipped.wav
expect_line 'clipped.wav: warning: clipped at full scale [0-9]* times, .* % of the frames: record at a lower' stderr
[ -z "$(number ignored_frames)" ] || fail '--clipping keep leaves frames out'

# How high a pop is, changes nothing: 4 and 8 at frame 50000.
for pop in 4:200:100 8:000:101; do
	bytes=${pop#*:}
	cp wet.wav pop${pop%%:*}.wav
	printf "\\000\\000\\${bytes%:*}\\${bytes#*:}" | dd of=pop${pop%%:*}.wav bs=1 conv=notrunc 2>/dev/null \
		seek=$(($(wc -c <wet.wav) - 4 * (88200 - 50000)))
	plain -o c.safetensors --json dry.wav pop${pop%%:*}.wav
	expect_line 'pop.*wav: a pop at frame 50000 (1.134 s), channel 1: .* times as large as any other.*: left out of the loss' stderr
	[ "$(number ignored_frames)" = 1765 ] || fail "'$(number ignored_frames)' frames around a pop are left out"
	echo "$(number esr) $(number esr_gain) $(number esr_fir)" >>pops
done
[ "$(sort -u pops | wc -l)" = 1 ] || fail "the height of a pop matters: $(cat pops)"
for file in crashed:0 halfway:32768; do
	small -o c.safetensors --json dry.wav ${file%:*}.wav
	expect_line "${file%:*}.wav: the header states ${file#*:} frames, .* there are 88200: all are read" stderr
	one_gain "training on ${file%:*}.wav"
done
plain -o c.safetensors dry.wav list.wav
grep -q 'the header states' stderr && fail "a chunk after the samples is called sound: $(cat stderr)"
plain -o c.safetensors dry.wav shorter.wav
expect_line 'dry.wav: has 88200 frames, but shorter.wav has 80000: 80000 frames that belong together are used' stderr
plain -o c.safetensors --ignore-faults two.wav two.wav
expect_line '2 channels: each is a recording of its own' stderr
expect_line 'two.wav: fault: is both DRY and WET: .*--channel split' stderr
plain -o c.safetensors --ignore-faults --json dry.wav stereo.wav
expect_line 'stereo.wav: 2 channels, channel 2 is channel 1 at 0.0 dB: channel 1 is used' stderr
[ "$(number channel)" = 0 ] || fail "of equal channels, the record has '$(number channel)'"
small -o c.safetensors --json --channel right dry.wav two.wav
[ "$(number channel)" = 1 ] || fail "of --channel right, the record has '$(number channel)'"
one_gain '--channel right'
small -o c.safetensors --json --channel split both.wav
[ "$(number delay)" = 37 ] || fail "of a split file the record has delay '$(number delay)'"
one_gain '--channel split'
"$tonecell" eval -q -m c.safetensors --channel split --json both.wav >stdout || fail 'eval of a split file'
one_gain 'eval --channel split'
table input,target,start,stop dry.wav,wet.wav,0,9000 dry.wav,wet.wav,9000,18000 \
	dry.wav,wet.wav,18000,27000
plain -o c.safetensors --manifest pairs.csv
expect_line '1 of 3 clips, spread over all and their levels, validate' stderr
for cell in rnn gru; do
	plain -o c.safetensors --cell $cell --hidden 2,3 --no-skip dry.wav wet.wav
done

table input,target,split,start,stop,drive dry.wav,wet.wav,train,0,30000,2 \
	dry.wav,late.wav,train,0,30000,8 dry.wav,wet.wav,val,30000,60000,2 \
	dry.wav,wet.wav,test,60000,88200,2 dry.wav,late.wav,test,60000,88200,8
plain -o "$not_utf8.safetensors" dry.wav wet.wav
"$tonecell" info "$not_utf8.safetensors" | grep -q ^Name && fail 'a name that is not UTF-8'
rm "$not_utf8.safetensors"
small -o knob.safetensors --manifest pairs.csv --knob-range drive=0:10:5:dB
"$tonecell" info --json knob.safetensors >stdout || fail 'info of a model with a knob'
expect_line '"drive"' stdout
expect_line '"dB"' stdout

# ------------------------------------------------------------------ eval

"$tonecell" eval -m knob.safetensors --manifest pairs.csv --json >stdout 2>stderr ||
	fail "eval: $(cat stderr)"
for key in esr esr_gain esr_fir dc max_error frames clips input target knobs delay; do
	expect_line "\"$key\":" stdout
done
[ "$(number frames)" = 54363 ] || fail "eval scores $(number frames) frames"
expect_line '"drive": 8' stdout
"$tonecell" eval -m knob.safetensors --manifest pairs.csv --knob Drive=3 --warmup 0 --split val \
	--json >stdout 2>stderr || fail "eval --split: $(cat stderr)"
expect_line '"drive": 3' stdout
[ "$(number frames)" = 30000 ] || fail "eval --split val scores $(number frames) frames"
refuse 2 "no knob of this name" eval -m knob.safetensors --knob gain=1 --manifest pairs.csv
refuse 2 "is not in \[0, 10\]" eval -m knob.safetensors --knob drive=11 --manifest pairs.csv
refuse 2 '--split needs a --manifest' eval -m a.safetensors --split val dry.wav wet.wav
refuse 2 'expected --manifest or DRY and WET' eval -m a.safetensors dry.wav
refuse 1 'old.safetensors: ' eval -m old.safetensors dry.wav wet.wav
refuse 1 'missing.safetensors: ' eval -m missing.safetensors dry.wav wet.wav
refuse 1 'silent.wav: the target is silent' eval -m a.safetensors dry.wav silent.wav
refuse 1 'start.wav: .* silent or constant in all that is scored: frames 1000 to 88199' \
	eval -m a.safetensors --no-align dry.wav start.wav
refuse 1 'tiny.wav: the clip has 900 frames' eval -m a.safetensors tiny.wav tiny.wav
table input,target,split dry.wav,wet.wav,train
refuse 1 "pairs.csv: no row of split 'test'" eval -m a.safetensors --manifest pairs.csv --split test
"$tonecell" eval -m a.safetensors --no-align --manifest pairs.csv >stdout 2>stderr || fail "eval: $(cat stderr)"
expect_line "no row of split 'test': all rows are scored" stderr
expect_line '^ESR .* dB' stdout
expect_line '^largest error' stdout

for pair in 'dry.wav late.wav' 'late.wav dry.wav'; do
	"$tonecell" eval -q -m a.safetensors --json $pair >stdout || fail "eval $pair"
	one_gain "eval $pair"
	[ "$(number frames)" = 87163 ] || fail "eval $pair scores $(number frames) frames"
done

cp wet.wav "$not_utf8.wav"
"$tonecell" eval -q -m a.safetensors --no-align --json dry.wav "$not_utf8.wav" >stdout || fail "eval $not_utf8.wav"
expect_line '"target": "caf?.wav"' stdout

# The model against its own rendering: bit for bit.
"$tonecell" process -q -m a.safetensors --format float -o own.wav dry.wav
"$tonecell" eval -q -m a.safetensors --warmup 0 --no-align --json dry.wav own.wav >stdout
[ "$(number esr)$(number max_error)" = 0.00.0 ] || fail "process and eval differ: $(cat stdout)"

# ------------------------------------------------------------------ --seeds

# The best of several is kept, and is the model of its seed.
plain -o seeds.safetensors --json --seed 4 --seeds 3 dry.wav wet.wav
expect_line '3 of 3 seeds: ESR .*, median .*; the best is seed [456]$' stderr
best=$(number esr) kept=$(number seed)
[ "$(grep -c '"score"' stdout)" = 3 ] || fail "--seeds 3: $(cat stdout)"
sed -n 's/^ *"score": //p' stdout | sort -g | head -n 1 | grep -q -x -e "$best" || fail "--seeds keeps $best"
plain -o seed.safetensors --json --seed "$kept" dry.wav wet.wav
[ "$(number esr)" = "$best" ] || fail "--seed $kept alone: ESR $(number esr), among seeds $best"
refuse 2 '--resume goes on with one training, and --seeds 3 are several' \
	train -o $o --seeds 3 --resume dry.wav wet.wav
refuse 2 '--checkpoint-interval is not for --seeds' train -o $o --seeds 3 --checkpoint-interval 9 dry.wav wet.wav
refuse 2 '--segment-warmup 500 is less than --warmup 1000' train -o $o --segment-warmup 500 dry.wav wet.wav
refuse 2 '--patience does not end' train -o $o --schedule cosine --patience 5 dry.wav wet.wav
# Time is shared, and where it is over no further seed begins.
plain -o some.safetensors --json --seeds 50 --time-limit 1 --epochs 100000 dry.wav wet.wav
awk -v n="$(grep -c '"score"' stdout)" 'BEGIN { exit !(n > 0 && n <= 50) }' || fail "--seeds 50: $(cat stderr)"
# The best of each seed is on disk before the next begins.
sox -D dry.wav -e floating-point -b 32 driven.wav overdrive 30 gain -6
"$tonecell" train -o disk.safetensors --hidden 4 --epochs 300 --batch 4 --no-align --seeds 50 dry.wav driven.wav \
	>stdout 2>killed </dev/null &
training=$!
until grep -q -s 'seed 3 follows' killed || ! kill -0 $training; do sleep 0.05; done
kill -KILL $training
wait $training
"$tonecell" info disk.safetensors >/dev/null || fail "a killed training of several seeds leaves no model: $(cat killed)"

# ------------------------------------------------------------------ --from

# From the weights of a model, in any format: no worse than it, at another seed too.
plain -o source.safetensors --hidden 3 --json --epochs 40 dry.wav wet.wav
before=$(number esr)
"$tonecell" convert source.safetensors source.nam >stdout 2>stderr || fail "convert: $(cat stderr)"
for source in source.safetensors source.nam; do
	"$tonecell" train -q --json -o tuned.safetensors --from $source --no-align --seed 9 --epochs 2 dry.wav wet.wav \
		>stdout 2>stderr || fail "--from $source: $(cat stderr)"
	expect_line "\"from\": \"$source\"" stdout
	awk -v a="$(number esr)" -v b="$before" 'BEGIN { exit !(a > 0 && a <= b * 1.001) }' ||
		fail "--from $source: ESR $(number esr), the model's was $before"
done
cmp -s source.safetensors tuned.safetensors && fail '--from gives the same model'
for given in '--hidden 4' '--hidden 32' '--cell lstm' '--activation tanh' '--layers 1' --no-skip; do
	# shellcheck disable=SC2086
	refuse 2 '--from takes the network of its model: leave out --cell' train -o $o --from source.nam $given dry.wav wet.wav
done
refuse 2 '--from takes the weights of its model' train -o $o --from source.nam --memory 100 dry.wav wet.wav
refuse 2 '--from takes the knobs of its model' train -o $o --from source.nam --knob-range a=0:1 dry.wav wet.wav
refuse 1 'knob.safetensors: has 1 knobs, but the recordings give 0' \
	train -o $o --from knob.safetensors --no-align dry.wav wet.wav
table input,target,drive dry.wav,wet.wav,-1 dry.wav,wet.wav,11
refuse 1 "knob.safetensors: has the knob 'drive' from 0 to 10, but the recordings have it from -1 to 11" \
	train -o $o --from knob.safetensors --no-align --manifest pairs.csv
refuse 1 'missing.nam: cannot open' train -o $o --from missing.nam dry.wav wet.wav

# ------------------------------------------------------------------ Ctrl-C

# A shell without job control starts background programs with SIGINT ignored. The first progress is
# printed after the signal handler is set, so the signal cannot be too early.
env --default-signal=INT "$tonecell" train -o long.safetensors --hidden 2 --epochs 100000 --no-align \
	--patience 100000 --time-limit 2m --batch 4 dry.wav wet.wav >stdout 2>stderr &
training=$!
until grep -q epoch stderr || ! kill -0 $training; do sleep 0.2; done
kill -INT $training
wait $training || fail "Ctrl-C: status $?: $(cat stderr)"
expect_line 'stopped after' stdout
"$tonecell" info long.safetensors >/dev/null || fail 'Ctrl-C leaves no model'
expect_line 'long.safetensors.checkpoint: written; the same command with --resume goes on from it' stderr
rm long.safetensors.checkpoint

# ------------------------------------------------------------------ --resume

# Killed, out of time, and on another number of threads: the bytes of a training that was not broken.
same='--name x --hidden 4 --epochs 400 --patience 10000 --no-align --batch 4 dry.wav wet.wav'
in_parts() {
	# shellcheck disable=SC2086
	"$tonecell" train "$@" $same >stdout 2>stderr </dev/null
}
in_parts -q -o whole.safetensors || fail "a training of 400 epochs: $(cat stderr)"
# shellcheck disable=SC2086
"$tonecell" train -o parts.safetensors --checkpoint-interval 0.1 $same >stdout 2>stderr </dev/null &
training=$!
await $training parts.safetensors.checkpoint
kill -KILL $training
wait $training
[ -e parts.safetensors.checkpoint ] || fail 'a killed training leaves no checkpoint'
other='parts.safetensors.checkpoint: is the checkpoint of another training'
refuse 1 "$other: --seed was 1, is 2; --learning-rate was 0.01, is 0.02\$" \
	train -o parts.safetensors --resume --seed 2 --learning-rate 0.02 $same
refuse 1 "$other: --hidden was 4, is 5,3\$" train -o parts.safetensors --resume $same --hidden 5,3
refuse 1 "$other: --cell was lstm, is gru" train -o parts.safetensors --resume $same --cell gru
refuse 1 "$other: .*the recurrent matrix was free, is orthogonal" \
	train -o parts.safetensors --resume $same --orthogonal
refuse 1 "$other: late.wav has other samples than its wet.wav had\$" \
	train -o parts.safetensors --resume ${same%wet.wav} late.wav
refuse 1 "$other: it had 1 recordings, there are 2\$" train -o parts.safetensors --resume $same dry.wav late.wav
in_parts -o parts.safetensors --resume --time-limit 1 --threads 1 || fail "--resume: $(cat stderr)"
expect_line 'parts.safetensors.checkpoint: the training goes on from it' stderr
in_parts -o parts.safetensors --resume --threads 2 || fail "--resume: $(cat stderr)"
cmp whole.safetensors parts.safetensors || fail 'a resumed training ends with another model'
[ ! -e parts.safetensors.checkpoint ] || fail 'a finished training leaves its checkpoint'
in_parts -o parts.safetensors --resume --seed 2 || fail "--resume of a finished training: $(cat stderr)"
expect_line '^tonecell train: parts.safetensors: the training is finished: there is no parts.safetensors.checkpoint' stderr
cmp whole.safetensors parts.safetensors || fail '--resume replaces a finished model'
[ ! -s stdout ] && [ "$(wc -l <stderr)" = 1 ] || fail "a finished training goes on: $(cat stdout stderr)"
in_parts -o parts.safetensors --resume --json || fail "--json of a finished training: $(cat stderr)"
grep -q '"end": "finished"' stdout || fail "--json of a finished training: '$(cat stdout)'"
rm parts.safetensors
in_parts -o parts.safetensors --resume --time-limit 1 || fail "--resume without a checkpoint: $(cat stderr)"
expect_line 'parts.safetensors.checkpoint: warning: does not exist: the training begins at the start' stderr

# ------------------------------------------------------------------ the model of an earlier training

# It is kept, unless the new one has the same bytes, or with --force.
plain -o again.safetensors --seed 1 dry.wav wet.wav
cp again.safetensors first.safetensors
plain -o again.safetensors --seed 1 dry.wav wet.wav
[ "$(echo again.*)" = again.safetensors ] || fail "the same model is kept twice: $(echo again.*)"
plain -o again.safetensors --seed 2 dry.wav wet.wav
expect_line 'again.safetensors: the file that was there is kept as again.safetensors.previous$' stderr
cmp first.safetensors again.safetensors.previous || fail 'the model of an earlier training is lost'
cp again.safetensors second.safetensors
plain -o again.safetensors --seed 3 dry.wav wet.wav
cmp second.safetensors again.safetensors.previous-2 || fail 'the second model is lost'
cmp first.safetensors again.safetensors.previous || fail 'the first model is lost'
plain -o again.safetensors --force --seed 4 dry.wav wet.wav
[ "$(echo again.*)" = 'again.safetensors again.safetensors.previous again.safetensors.previous-2' ] ||
	fail "--force keeps a model: $(echo again.*)"
cmp -s second.safetensors again.safetensors.previous-2 || fail '--force replaces a model that was kept'

# ------------------------------------------------------------------ a narrow terminal

# The text between two carriage returns, without the sequence that clears the rest of the line. A
# bare chroot has no pseudo-terminals.
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	for columns in 30 60 80; do
		script -qec "stty cols $columns; '$tonecell' train -o tty.safetensors --hidden 2 --batch 4 --no-align \
			-j 1 --epochs 100000 --patience 100000 --time-limit 1 dry.wav wet.wav" /dev/null </dev/null |
			tr '\r' '\n' | sed 's/.\[K//' | grep '^\[*[.# ]*[].0-9 ]* %' >drawn
		widest=$(awk '{ if (length > most) most = length } END { print most + 0 }' drawn)
		[ "$widest" -gt 20 ] && [ "$widest" -lt $columns ] ||
			fail "$widest characters in $columns columns: $(tail -n 1 drawn)"
	done
else
	echo 'not run: the narrow terminal, since script(1) is missing or opens no pseudo-terminal'
fi

# ------------------------------------------------------------------ a training that fails

# A learning rate that is far too high: steps are undone until it is low enough.
table input,target,split,start,stop dry.wav,wet.wav,train,0,30000 dry.wav,wet.wav,val,30000,36000
plain -o high.safetensors --cell rnn --activation identity --hidden 8 --learning-rate 1 --clip-norm 0 --epochs 4 --manifest pairs.csv
expect_line ' steps* gave a loss, gradient or weight that is not finite: each went back to the best model' stderr
"$tonecell" info high.safetensors >/dev/null || fail 'a learning rate that is too high leaves no model'

# The step on the first frames of a clip, 2^57 times full scale, is undone in each epoch, and the tenth
# ends the training. The baselines are fitted to these frames, too, so that they are as good as
# silence. What the other steps learn until then depends on the learning rate.
printf '\000\000\000\134\000\000\000\334' >square
for doubling in 1 2 3 4 5 6 7 8; do
	cat square square >twice && mv twice square
done
sox -D dry.wav -e floating-point -b 32 quiet.wav vol 0.0003
sox -D quiet.wav loud.wav trim 0 60000s
{ head -c $(($(wc -c <loud.wav) - 240000)) loud.wav; cat square; tail -c 237952 loud.wav; } >louder.wav && mv louder.wav loud.wav
table input,target,split,start,stop quiet.wav,quiet.wav,train,70000,75000 loud.wav,quiet.wav,train,0,60000 \
	quiet.wav,quiet.wav,val,5000,5400
# fails OUTPUT OPTION...: such a training.
fails() {
	output=$1
	shift
	"$tonecell" train -o "$output" --manifest pairs.csv --no-align --cell rnn --hidden 8 --activation identity \
		--no-skip --batch 1 --truncate 512 --warmup 0 --initial-scale 0.1 --patience 1000 --ignore-faults "$@" >stdout 2>stderr
	status=$?
	[ $status -eq 1 ] || fail "a training that fails: status $status"
	[ ! -s stdout ] || fail "a training that fails prints $(cat stdout)"
}
fails kept.safetensors --learning-rate 1e-2
expect_line '10 steps gave a loss, gradient or weight that is not finite, at learning rates from 0.01 down to .*: try a smaller one, or look for extreme values in the data$' stderr
expect_line 'kept.safetensors: warning: the best model until then is kept, with ESR' stderr
"$tonecell" info kept.safetensors >/dev/null || fail 'a training that fails leaves no model'
fails bad.safetensors --learning-rate 1e-7 --keep
expect_line 'bad.safetensors: not written: the model is no better than .*; it is kept as bad.safetensors.rejected$' stderr
[ ! -e bad.safetensors ] || fail 'a training that fails leaves a model that is of no use'
"$tonecell" info bad.safetensors.rejected >/dev/null || fail 'a training that fails leaves no model with --keep'

[ $failures -eq 0 ] && echo 'all checks passed'
[ $failures -eq 0 ]
