#!/bin/sh
# Generates ./configure. With --deps, first installs the Debian packages the build and the tests need;
# with --deps-ci also those of tests that are skipped without them: compilers, emulators, ONNX's checker,
# a browser, and more LADSPA hosts.
set -eu
cd "$(dirname "$0")"

build="gcc libc6-dev make autoconf automake libtool pkg-config"
libraries="libjansson-dev libopenblas-dev libsndfile1-dev libsamplerate0-dev libkissfft-dev liblapacke-dev libcairo2-dev"
plugin="ladspa-sdk"
tests="check sox ffmpeg ecasound swh-plugins binutils man-db xz-utils"
ci="gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user valgrind clang-14 libclang-rt-14-dev python3-onnx chromium"
hosts="gstreamer1.0-tools gstreamer1.0-plugins-good gstreamer1.0-plugins-bad alsa-utils mplayer csound csound-plugins \
puredata-core pd-plugin jackd2 pipewire pipewire-bin audacity xvfb lmms ardour"

# install_dependencies PACKAGES
install_dependencies() {
	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || { echo "autogen.sh: --deps needs root or sudo" >&2; exit 1; }
		as_root=sudo
	fi
	command -v apt-get >/dev/null || { echo "autogen.sh: --deps knows Debian's apt-get only; README lists the libraries" >&2; exit 1; }
	echo "Installing with apt-get: $1"
	$as_root apt-get update -q
	# shellcheck disable=SC2086 -- the lists are meant to be split
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
		$1
}

case "${1:-}" in
--deps) install_dependencies "$build $libraries $plugin $tests" ;;
--deps-ci) install_dependencies "$build $libraries $plugin $tests $ci $hosts" ;;
"") ;;
*) echo "usage: ./autogen.sh [--deps | --deps-ci]" >&2; exit 2 ;;
esac

autoreconf --install --force --warnings=all,no-obsolete
echo "Now: ./configure && make"
