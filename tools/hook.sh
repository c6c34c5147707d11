#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The hooks of .pre-commit-hooks.yaml:   tools/hook.sh lint|build [--OPTION[=VALUE]]... [FILE]...
#
#   lint   `opsc lint` of the specs to which a changed YAML file may belong
#   build  `opsc build --check` of those to which any changed or removed file may belong, and whether git has what
#          was generated
#
# A file may belong to every ops.yaml in its folder and above; a YAML file also to one elsewhere with an include that leads
# out of its folder. --file=SPEC: this spec, whatever changed; may be repeated. Other options go to opsc.
#
# The opsc is build/opsc of this tree; else that of PATH, when it has this tree's version; else build/opsc is built, once.
# Exit status: opsc's, the worst of several; 2 wrong usage; 3 there is no opsc and none can be built.
# shellcheck disable=SC2292,SC2310,SC2312
set -euo pipefail

here=$(cd -- "${BASH_SOURCE[0]%/*}/.." && pwd)
what=${1-}
options=()
specs=()
seen=// # folders; no path has a double slash
status=0

say() {
    printf 'opsc hook: %s\n' "$*" >&2
}

add() { # SPEC: once
    local spec
    for spec in ${specs[@]+"${specs[@]}"}; do
        [ "$spec" != "$1" ] || return 0
    done
    specs+=("$1")
}

add_above() { # FILE: every spec in its folder and above
    local dir=$1
    while [[ $dir == */* ]]; do
        dir=${dir%/*}
        case $seen in *"//$dir//"*) return 0 ;; *) ;; esac
        seen=$seen$dir//
        [ ! -f "$dir/ops.yaml" ] || add "$dir/ops.yaml"
    done
    [ ! -f ops.yaml ] || add ops.yaml
}

add_listed() { # from standard input, each ended by NUL
    local file
    while IFS= read -r -d '' file; do
        add_above "$file"
    done
}

# A draft that nobody added yet holds no commit up.
keep_tracked() {
    local found=("${specs[@]+"${specs[@]}"}") spec
    [ "${#specs[@]}" -gt 0 ] || return 0
    specs=()
    while IFS= read -r -d '' spec; do
        specs+=("$spec")
    done < <(GIT_LITERAL_PATHSPECS=1 git ls-files -z -- "${found[@]}")
}

find_specs() { # the words of the command line after the first
    local yaml='' word prefix up
    # Two lines, of which only the second may have a newline in it.
    prefix=$(git rev-parse --show-cdup --show-prefix)
    up=${prefix%%$'\n'*}
    prefix=${prefix#"$up"}
    prefix=${prefix#$'\n'}
    while [ "$#" -gt 0 ] && [[ $1 == -* ]] && [ ! -e "./$1" ]; do
        case $1 in
        --file=*) add "$prefix${1#--file=}" ;;
        *) options+=("$1") ;;
        esac
        shift
    done
    [ "$#" = 0 ] || [ -f "./$1" ] || {
        say "there is no file \`$1\`; a value is a part of its option: --env=staging, -oout"
        exit 2
    }
    # Files are named from where this was called; from here on from the root of the repository.
    cd "./$up"
    [ "${#specs[@]}" = 0 ] || return 0
    for word in "$@"; do
        add_above "$prefix$word"
        case $word in *.yaml | *.yml) yaml=1 ;; *) ;; esac
    done
    if [ "$what" = build ]; then
        add_listed < <(git diff --cached --name-only --no-renames --diff-filter=D -z)
    fi
    if [ -n "$yaml" ]; then
        add_listed < <(git grep -lzF -e ../ -- '*.yaml' '*.yml')
    fi
    keep_tracked
}

no_opsc() {
    say "$1"
    say "then commit again, or put an opsc $version in PATH"
    exit 3
}

build_opsc() {
    local work=$here/build/hook.$$ make
    say "building opsc $version in $here, once"
    sh "$here/tools/setup.sh" --check build || no_opsc "it cannot be built yet: run \`sh $here/tools/setup.sh build\`"
    # A folder of its own: hooks of two repositories may be here at once. What a killed one left goes.
    mkdir -p "$work" || no_opsc "it cannot be built: no way to write there"
    find "$here/build" -maxdepth 1 -name 'hook.*' -mmin +60 -exec rm -rf {} +
    # The variable is gone when the trap runs.
    # shellcheck disable=SC2064
    trap "rm -rf -- $(printf %q "$work")" EXIT
    (cd "$here" && cp -R Makefile VERSION catalog compiler docs grammar templates tools "$work")
    make=$(command -v gmake || command -v make)
    if ! env -u MAKEFLAGS -u MAKELEVEL "$make" -s -C "$work" -j "$(getconf _NPROCESSORS_ONLN || echo 2)" build/opsc >"$work/log" 2>&1; then
        tail -n 40 "$work/log" >&2
        no_opsc "it does not build; the messages are above"
    fi
    mv -f "$work/build/opsc" "$here/build/opsc"
}

find_opsc() {
    local found said=''
    opsc=$here/build/opsc
    version=$(<"$here/VERSION")
    [ ! -x "$opsc" ] || return 0
    if found=$(command -v opsc); then
        said=$("$found" version 2>&1) || true
        case $said in "opsc $version "*)
            opsc=$found
            return 0
            ;;
        *) ;;
        esac
        say "$found is not opsc $version, but: ${said%%$'\n'*}"
    fi
    build_opsc
}

run() { # COMMAND...: opsc, and the worst status
    local was=0
    "$opsc" "$@" || was=$?
    [ "$was" -le "$status" ] || status=$was
    return "$was"
}

run_lint() {
    local i
    for ((i = 0; i < ${#specs[@]}; i += 500)); do
        run lint ${options[@]+"${options[@]}"} -- "${specs[@]:i:500}" || true
    done
}

# A new file that nobody added is not in the commit, though all is well in the folder.
check_added() { # SPEC
    local dir='' manifest=.opsc-manifest.json names file where=':(top)' missing=()
    if [[ $1 == */* ]]; then
        dir=${1%/*}/
        where=":(top,literal)$dir"
    fi
    [ -f "$dir$manifest" ] || return 0
    names=$(<"$dir$manifest")
    while IFS= read -r -d '' file; do
        file=${file#"$dir"}
        if [ "$file" = "$manifest" ] || [[ $names == *"\"$file\":"* ]]; then
            missing+=("$dir$file")
        fi
    done < <(git ls-files -z --others --exclude-standard -- "$where")
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "generated, but not in git:"
    printf '    git add --' >&2
    printf ' %q' "${missing[@]}" >&2
    printf '\n' >&2
    [ "$status" -ge 1 ] || status=1
}

run_build() {
    local spec option elsewhere=''
    for option in ${options[@]+"${options[@]}"}; do
        case $option in -o* | --output*) elsewhere=1 ;; *) ;; esac
    done
    for spec in ${specs[@]+"${specs[@]}"}; do
        if run build --check ${options[@]+"${options[@]}"} -- "$spec" && [ -z "$elsewhere" ]; then
            check_added "$spec"
        fi
    done
    if [ "$status" = 1 ] && [ "$opsc" = "$here/build/opsc" ] && ! command -v opsc >/dev/null; then
        say "opsc is $opsc; \`make -C $here install\` puts it in PATH"
    fi
}

case $what in
lint | build) ;;
*)
    printf 'usage: tools/hook.sh lint|build [--file=SPEC] [--OPTION[=VALUE]]... [FILE]...\n' >&2
    exit 2
    ;;
esac
shift
find_specs "$@"
if [ "${#specs[@]}" -gt 0 ]; then
    find_opsc
    if [ "$what" = lint ]; then run_lint; else run_build; fi
fi
exit "$status"
