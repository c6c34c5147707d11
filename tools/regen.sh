#!/bin/sh
# Writes generated/ anew: what opsc makes of examples/, and of its own tables.   tools/regen.sh [OPSC]
#
#   generated/examples/NAME/    opsc build of examples/NAME/ops.yaml, run in that folder; examples/NAME/args, when
#                               there is one, holds more arguments
#   generated/*, docs/reference/*   what `opsc` prints of its own tables
# Everything is made beside generated/ first and put in place at the end: when opsc fails nothing changes.
# shellcheck disable=SC2312
set -eu
cd "$(dirname "$0")/.."
opsc=${1:-build/opsc}
case $opsc in /*) ;; *) opsc=$PWD/$opsc ;; esac

# Outputs of the tables: FILE COMMAND OF OPSC. A new one is a line here.
tables() {
    cat <<'TABLE'
generated/schema.json          schema
generated/opsc.bash            completion bash
generated/opsc.zsh             completion zsh
generated/opsc.fish            completion fish
generated/opsc.1               help --man
docs/reference/ops.yaml.md     schema --reference
docs/reference/catalog.md      catalog reference
TABLE
}

new=build/regen
rm -rf "$new"
mkdir -p "$new/generated/examples" "$new/docs/reference"
new=$PWD/$new

for spec in examples/*/ops.yaml; do
    [ -f "$spec" ] || continue
    name=$(basename "$(dirname "$spec")")
    (
        cd "examples/$name"
        args=
        [ ! -f args ] || args=$(cat args)
        # Arguments are words.
        # shellcheck disable=SC2086
        "$opsc" build ops.yaml -o "$new/generated/examples/$name" $args
    ) >"$new.log" 2>&1 || {
        cat "$new.log" >&2
        printf 'regen: %s does not build; generated/ is as it was\n' "$spec" >&2
        exit 1
    }
done

tables | while read -r file command; do
    # shellcheck disable=SC2086
    "$opsc" $command >"$new/$file" || {
        printf 'regen: opsc %s failed; generated/ is as it was\n' "$command" >&2
        exit 1
    }
done

mkdir -p generated docs/reference
# Only what regen makes goes; a README stays.
rm -rf generated/examples
mv "$new"/generated/* generated/
mv "$new"/docs/reference/* docs/reference/
rm -rf "$new" "$new.log"
printf 'regen: %s files in generated/\n' "$(find generated -type f | wc -l | tr -d ' ')"
