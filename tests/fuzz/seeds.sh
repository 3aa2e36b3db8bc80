#!/bin/sh
# seeds.sh TONECELL MAKE_MODEL FOLDER: small files that each target reads, in FOLDER/TARGET. The models
# are written by Tonecell.
set -eu
tonecell=$1 make_model=$2

mkdir -p "$3"
cd "$3"
mkdir any safetensors keras guitarml pytorch nam npy manifest settings

# convert FORMAT TARGET NAME MODEL: a model in another format, as a seed of its target and of any.
convert() {
	"$tonecell" convert --to "$1" "$4" "$2/$3" >/dev/null 2>&1
	cp "$2/$3" "any/$1-$3"
}

for cell in rnn lstm gru; do
	"$make_model" --cell $cell --hidden 2 --label seed "safetensors/$cell"
	"$make_model" --cell $cell --hidden 1 --layers 2 --knobs 1 --name Seed "safetensors/$cell-2"
	"$make_model" --cell $cell --hidden 1 --inputs 2 --outputs 2 "safetensors/$cell-stereo"
	"$make_model" --cell $cell --hidden 2 --inputs 0 --symbols 3 --embedding 2 "safetensors/$cell-symbols"
	convert guitarml guitarml $cell "safetensors/$cell"
	convert guitarml guitarml $cell-2 "safetensors/$cell-2"
	sed 's/.*"state_dict":\({[^}]*}\).*/\1/' "guitarml/$cell" >"pytorch/$cell"
done
cp safetensors/lstm-2 any

# Keras and NAM have no direct path: only one layer of LSTM hides it. AIDA-X has one for all.
convert keras keras lstm safetensors/lstm
for cell in lstm gru; do
	"$make_model" --cell $cell --hidden 8 wide
	convert aidax keras $cell-8 wide
done
rm wide
printf '{"in_shape":[1],"layers":[%s,%s,%s]}' \
	'{"type":"dense","activation":"elu","shape":[2],"weights":[[[2,-3]],[0.5,0.25]]}' \
	'{"type":"dense","activation":"softmax","shape":[2],"weights":[[[1,0],[0,1]]]}' \
	'{"type":"dense","shape":[1],"weights":[[[1.5],[1]]]}' >dense
convert keras keras dense dense
rm dense
convert nam nam lstm safetensors/lstm

printf '{"version":"0.7.0","architecture":"SlimmableContainer","weights":[],"config":{"submodels":[{"max_value":1,"model":%s}]}}' \
	"$(cat nam/lstm)" >nam/container
weights='0,1,2,3,4,5,6,7,8,9,0.5,-1,2e-3,4,5,6,7,8,9,10'
printf '{"version":"1.0.0","architecture":"ConcatLSTM","sample_rate":48000.0,"weights":[%s],"config":{"hidden_size":1,"num_layers":1,"params":[{"name":"Tone","type":"continuous","min":0,"max":10,"default":5}]}}' \
	"$weights" >nam/concat
printf '{"version":"1.0.0","architecture":"ConcatLSTM","sample_rate":48000.0,"weights":[%s,1,2,3,4,5,6,7,8],"config":{"hidden_size":1,"num_layers":1,"params":[{"name":"Voice","type":"switch","min":0,"max":2,"default":1,"enum_names":["a","b","c"]}]}}' \
	"$weights" >nam/switch
printf '{"version":"0.5.0","architecture":"CatLSTM","weights":[%s],"config":{"input_size":2,"hidden_size":1,"num_layers":1,"parametric":{"Tone":{"type":"continuous","minval":0.0,"maxval":1.0,"default_value":0.5}}}}' \
	"$weights" >nam/parametric
cp nam/container any/nam-container

# A header of 118 bytes, then numbers: a model's bytes are as good as any.
for type in f4 f8; do
	{
		printf '\223NUMPY\001\000v\000'
		printf "%-117s\n" "{'descr': '<$type', 'fortran_order': False, 'shape': (2,), }"
		head -c $((2 * ${type#f})) /dev/zero
	} >npy/$type
done

printf 'input,target\ndry.wav,wet.wav\n' >manifest/plain
printf 'input,target,split,start,stop,delay,Tone\n/a.wav,b.wav,train,0,100,-0.5,1e1\na.wav,"b ""2"".wav",val,,,,-3\n' \
	>manifest/all
printf '\357\273\277"input",target\r\n\r\n"two\nlines.wav",b.wav\r\n' >manifest/spreadsheet

printf '# all\nflag=true\nunits = 3\r\nseed=9\nhidden=32,16\nlearning_rate=1e-3\ntime-limit=2.5m\nname=" a\\n"\neffort=best\nknob-range=a=0:1\nknob-range=b=0:2' \
	>settings/lines
printf '{"flag": false, "units": 3, "seed": 9, "hidden": [32, 16], "learning_rate": 0.1, "time-limit": "2.5m", "name": "\\u0061 \\"", "effort": "best", "knob-range": ["a=0:1", "b=0:2"]}' \
	>settings/object
