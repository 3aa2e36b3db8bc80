#!/bin/sh
# The options of tonecell train for the loss, its filter, the optimiser and averaged weights: refusals, and what a model's record says of them.
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }

sox -R -n -r 44100 -b 16 dry.wav synth 2 whitenoise gain -12
sox -D dry.wav -e floating-point -b 32 wet.wav vol -1 overdrive 3

# refuse PATTERN ARGUMENT...: fails unless train ends with status 2 and a matching message.
refuse() {
	pattern=$1
	shift
	status=0
	"$tonecell" train -o refused.safetensors --no-align "$@" dry.wav wet.wav >stdout 2>stderr ||
		status=$?
	[ $status -eq 2 ] || fail "train $*: status $status, expected 2: $(cat stderr)"
	grep -q -e "$pattern" stderr || fail "train $*: '$(cat stderr)', expected '$pattern'"
	[ ! -e refused.safetensors ] || fail "train $*: writes a model"
}

# record TEXT ARGUMENT...: fails unless the model that train writes has this in its record.
record() {
	text=$1
	shift
	"$tonecell" train -o model.safetensors --no-align --hidden 2 --epochs 1 --batch 4 "$@" \
		dry.wav wet.wav >stdout 2>stderr || fail "train $*: $(cat stderr)"
	tr -d '\\' <model.safetensors | grep -a -q -F -e "$text" ||
		fail "train $*: $text is not in the record"
}

record '"loss":"esr","dc_weight":0.25,'
record '"loss":"mse","dc_weight":0.0,' --loss mse
record '"loss":"mse","dc_weight":0.5,' --loss mse --dc-weight 0.5
record '"loss":"mae","dc_weight":0.25,' --loss mae
record '"loss":"log-cosh","dc_weight":0.0,' --loss log-cosh --dc-weight 0
record '"pre_emphasis":"none",'
record '"pre_emphasis":"high",' --pre-emphasis high
record '"pre_emphasis":"a-weighting",' --pre-emphasis a-weighting
record '"optimizer":"adam",'
record '"optimizer":"adamw",' --optimizer adamw
record '"weight_decay":0.0099999997764825821,' --optimizer adamw
record '"optimizer":"adamw",' --weight-decay 0.5
record '"weight_decay":0.5,' --optimizer adamw --weight-decay 0.5
record '"optimizer":"rmsprop",' --optimizer rmsprop
record '"optimizer":"sgd","momentum":0.89999997615814209,' --optimizer sgd
record '"optimizer":"sgd","momentum":0.5,' --optimizer sgd --momentum 0.5
record '"average":0.0,'
record '"average":0.5,' --average 0.5
record '"stft_weight":0.0,'
record '"stft_weight":0.25,' --stft-weight 0.25 --truncate 2048
refuse "--loss: 'mape' is not" --loss mape
refuse "--dc-weight: '1' is not" --dc-weight 1
refuse "--pre-emphasis: 'low' is not" --pre-emphasis low
refuse '--optimizer adam with a --weight-decay is --optimizer adamw' --optimizer adam --weight-decay 1e-3
refuse '--optimizer adamw without a --weight-decay is --optimizer adam' --optimizer adamw --weight-decay 0
refuse '--momentum is for --optimizer sgd' --momentum 0.5
refuse "--momentum: '1' is not" --optimizer sgd --momentum 1
refuse '--stft-weight needs --truncate 2048 or more' --stft-weight 0.25
refuse '--average is not for --batch-norm' --average 0.9 --batch-norm
refuse "--average: '1' is not" --average 1
[ $failures -eq 0 ] && echo 'all checks passed'
[ $failures -eq 0 ]
