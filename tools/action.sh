#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The steps of action.yml:   tools/action.sh install|lint|check
#
#   install  builds opsc in this tree and puts it in the PATH of the steps that follow
#   lint     opsc lint: for people, as annotations, as a SARIF file
#   check    opsc build --check
#
# What the user asked for comes as data, in OPSC_FILE, OPSC_ENV, OPSC_VARS, OPSC_STRICT, OPSC_ANNOTATIONS and OPSC_SARIF.
# Exit status: opsc's, the worst of several; 2 an input is wrong; 3 opsc cannot be built.
# shellcheck disable=SC2292,SC2310,SC2312
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
options=()
specs=()

wrong() { # NAME WHAT
    printf '::error title=opsc::the input %s %s\n' "$1" "$2"
    exit 2
}

is_true() { # NAME VALUE
    case $2 in
    true) return 0 ;;
    false | '') return 1 ;;
    *) wrong "$1" 'is neither true nor false' ;;
    esac
}

read_inputs() {
    local line
    while IFS= read -r line; do
        [ -z "$line" ] || specs+=("$line")
    done <<<"${OPSC_FILE-}"
    [ "${#specs[@]}" -gt 0 ] || wrong file 'names no spec'
    while IFS= read -r line; do
        case $line in
        '') ;;
        [A-Za-z_]*=*) options+=("--var=$line") ;;
        *) wrong vars 'takes NAME=VALUE, a line each' ;;
        esac
    done <<<"${OPSC_VARS-}"
    [ -z "${OPSC_ENV-}" ] || options+=("--env=$OPSC_ENV")
    if is_true strict "${OPSC_STRICT-}"; then options+=(--strict); fi
}

# Whatever a spec makes opsc print, none of it is a command to the runner.
show() { # FILE
    local word
    word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$word"
    cat -- "$1"
    printf '\n::%s::\n' "$word"
}

summarize() { # TITLE FILE
    local size
    size=$(wc -c <"$2")
    {
        printf '### %s\n\n<pre>\n' "$1"
        # A page takes a mebibyte.
        head -c 100000 "$2" | sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g'
        [ "$size" -le 100000 ] || printf '\n... the log has the rest\n'
        printf '</pre>\n\n'
    } >>"$GITHUB_STEP_SUMMARY"
}

step_install() {
    local make
    sh "$here/tools/setup.sh" build || exit 3
    make=$(command -v gmake || command -v make)
    "$make" -s -C "$here" -j "$(getconf _NPROCESSORS_ONLN || echo 2)" build/opsc || exit 3
    mkdir -p "$here/build/bin"
    ln -sf ../opsc "$here/build/bin/opsc"
    printf '%s\n' "$here/build/bin" >>"$GITHUB_PATH"
    printf 'version=%s\n' "$(<"$here/VERSION")" >>"$GITHUB_OUTPUT"
}

step_lint() {
    local log status=0
    read_inputs
    case ${OPSC_SARIF-} in *$'\n'*) wrong sarif 'has more than one line' ;; *) ;; esac
    log=$(mktemp)
    opsc lint ${options[@]+"${options[@]}"} -- "${specs[@]}" >"$log" 2>&1 || status=$?
    show "$log"
    if is_true annotations "${OPSC_ANNOTATIONS-}"; then
        opsc lint --format github ${options[@]+"${options[@]}"} -- "${specs[@]}" || true
    fi
    if [ -n "${OPSC_SARIF-}" ]; then
        mkdir -p -- "$(dirname -- "$OPSC_SARIF")"
        opsc lint --format sarif ${options[@]+"${options[@]}"} -- "${specs[@]}" >"$OPSC_SARIF" || [ -s "$OPSC_SARIF" ]
        printf 'sarif=%s\n' "$OPSC_SARIF" >>"$GITHUB_OUTPUT"
    fi
    [ "$status" = 0 ] || summarize 'opsc lint' "$log"
    rm -f -- "$log"
    exit "$status"
}

check_all() {
    local spec was status=0
    for spec in "${specs[@]}"; do
        was=0
        opsc build --check --color never ${options[@]+"${options[@]}"} -- "$spec" || was=$?
        [ "$was" -le "$status" ] || status=$was
    done
    return "$status"
}

step_check() {
    local log status=0
    read_inputs
    log=$(mktemp)
    check_all >"$log" 2>&1 || status=$?
    show "$log"
    if [ "$status" != 0 ]; then
        printf '::error title=opsc build --check::what was generated is not what the spec says: run opsc build and commit what it writes\n'
        summarize 'opsc build --check' "$log"
    fi
    rm -f -- "$log"
    exit "$status"
}

case ${1-} in
install) step_install ;;
lint) step_lint ;;
check) step_check ;;
*)
    printf 'usage: tools/action.sh install|lint|check\n' >&2
    exit 2
    ;;
esac
