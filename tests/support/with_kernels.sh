#!/bin/sh
# with_kernels.sh tests/PROGRAM-NAME.set: runs tests/PROGRAM with the kernels of that name, which it
# says to be skipped where they are missing.
set -u
name=${1##*-}
TONECELL_KERNELS=${name%.set}
export TONECELL_KERNELS
exec "${1%-*}"
