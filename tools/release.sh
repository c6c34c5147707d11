#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes what a release consists of, of the commit that is checked out:   tools/release.sh vVERSION
#
#   build/release/opsc-VERSION.tar.gz   the source; the same commit gives the same bytes
#   build/release/SHA256SUMS
#
# The tarball is built, installed into a scratch folder and run before it counts.
# Exit status: 0 done, 1 the tag is not VERSION's or the tarball is no good, 2 usage.
# shellcheck disable=SC2312
set -eu
cd "$(dirname "$0")/.."

if [ "$#" != 1 ]; then
    printf 'usage: tools/release.sh vVERSION\n' >&2
    exit 2
fi
version=$(git show HEAD:VERSION)
if [ "$1" != "v$version" ]; then
    printf 'tools/release.sh: the tag is %s, and VERSION says %s: one of them is wrong\n' "$1" "$version" >&2
    exit 1
fi

name=opsc-$version
out=build/release
rm -rf "$out"
mkdir -p "$out"
git archive --format=tar --prefix="$name/" HEAD | gzip -n9 >"$out/$name.tar.gz"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tar -C "$scratch" -xzf "$out/$name.tar.gz"
env -u MAKEFLAGS -u MAKELEVEL "${MAKE:-make}" -s -C "$scratch/$name" -j "$(getconf _NPROCESSORS_ONLN || echo 2)" \
    DESTDIR="$scratch/installed" PREFIX=/usr install >"$scratch/log" 2>&1 || {
    tail -n 40 "$scratch/log" >&2
    printf 'tools/release.sh: what is in the tarball does not build\n' >&2
    exit 1
}
said=$("$scratch/installed/usr/bin/opsc" version)
case $said in
"opsc $version "*) ;;
*)
    printf 'tools/release.sh: the tarball builds an opsc that says %s\n' "$said" >&2
    exit 1
    ;;
esac
"$scratch/installed/usr/bin/opsc" lint "$scratch/$name"/examples/*/ops.yaml

(cd "$out" && sha256sum "$name.tar.gz" >SHA256SUMS)
cat "$out/SHA256SUMS"
