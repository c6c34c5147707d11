#!/bin/sh
# Every diagnostic as its user sees it.   UPDATE=1 tests/suite_diag.sh  writes what is expected anew (read the diff!)
#
#   tests/diag/OPS-nnnn-NAME/ops.yaml   what is wrong
#                          /expected    what opsc says: standard output and error
#                          /status      exit status; without this file 1
#                          /cmd         what is run instead of `opsc lint ops.yaml`; a line of shell
# Each fixture runs in a copy of its folder. Every code of diag_codes.def has a fixture and a page.
# shellcheck disable=SC2310,SC2312
set -eu
cd "$(dirname "$0")/.."
root=$PWD
OPSC=${OPSC:-build/asan/opsc}
case $OPSC in /*) ;; *) OPSC=$root/$OPSC ;; esac
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsc-diag.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
codes=$(sed -n 's/^DIAG_CODE( *\([0-9][0-9]*\),.*/\1/p' compiler/diag/diag_codes.def)
[ -n "$codes" ] || printf 'FAIL codes: none found in compiler/diag/diag_codes.def\n'

# For the files `cmd`.
# shellcheck disable=SC2317
opsc() {
    "$OPSC" "$@"
}

for dir in tests/diag/*/; do
    [ -d "$dir" ] || continue
    dir=${dir%/}
    name=${dir##*/}
    code=$(printf '%s\n' "$name" | sed -n 's/^OPS-\([0-9]\{4\}\)-..*/\1/p')
    if [ -z "$code" ] || ! printf '%s\n' "$codes" | grep -qx "$code"; then
        printf 'FAIL %s: the folder is not named after a code of diag_codes.def\n' "$name"
        continue
    fi
    cp -R "$dir" "$tmp/$name"
    want=1
    [ ! -f "$dir/status" ] || want=$(cat "$dir/status")
    status=0
    (
        cd "$tmp/$name"
        rm -f expected status
        if [ -f cmd ]; then
            mv cmd ../cmd
            # shellcheck disable=SC1091
            . ../cmd
        else
            opsc lint ops.yaml
        fi
    ) >"$tmp/got" 2>&1 </dev/null || status=$?
    if [ -n "${UPDATE:-}" ] && [ "$status" != 99 ]; then
        cmp -s "$tmp/got" "$dir/expected" || printf 'updated %s\n' "$name"
        cp "$tmp/got" "$dir/expected"
        if [ "$status" != 1 ]; then printf '%s\n' "$status" >"$dir/status"; else rm -f "$dir/status"; fi
        want=$status
    fi
    if [ "$status" != "$want" ]; then
        printf 'FAIL %s: exit status %s, not %s\n' "$name" "$status" "$want"
        sed 's/^/  /' "$tmp/got"
    elif ! cmp -s "$tmp/got" "$dir/expected"; then
        printf 'FAIL %s: says something else than expected\n' "$name"
        diff -u "$dir/expected" "$tmp/got" | sed 's/^/  /' || true
    elif ! grep -q "OPS-$code" "$dir/expected"; then
        printf 'FAIL %s: what is expected does not mention OPS-%s\n' "$name" "$code"
    else
        printf 'ok %s\n' "$name"
    fi
done

for code in $codes; do
    if ls -d "tests/diag/OPS-$code-"*/ >/dev/null 2>&1; then
        printf 'ok OPS-%s-has-a-fixture\n' "$code"
    else
        printf 'FAIL OPS-%s-has-a-fixture: no folder tests/diag/OPS-%s-*/\n' "$code" "$code"
    fi
    if [ -s "docs/diagnostics/OPS-$code.md" ]; then
        printf 'ok OPS-%s-has-a-page\n' "$code"
    else
        printf 'FAIL OPS-%s-has-a-page: no docs/diagnostics/OPS-%s.md\n' "$code" "$code"
    fi
done
for page in docs/diagnostics/OPS-*.md; do
    [ -f "$page" ] || continue
    code=${page##*OPS-}
    printf '%s\n' "$codes" | grep -qx "${code%.md}" || printf 'FAIL %s: a page for a code that does not exist\n' "$page"
done
