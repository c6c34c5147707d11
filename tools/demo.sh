#!/bin/sh
# make demo: from a fresh clone to generated Terraform, with nothing but a package manager.
# shellcheck disable=SC2310,SC2312
set -eu
cd "$(dirname "$0")/.."
spec=examples/phase4/ops.yaml
out=build/demo

title() {
    printf '\n== %s\n' "$*"
}

title 'What building needs (tools/setup.sh build)'
sh tools/setup.sh build
printf 'All there.\n'

title 'Building the compiler (make)'
case " ${MAKEFLAGS:-}" in *jobserver*) jobs= ;; *) jobs=-j$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) ;; esac
# $jobs is one word or none.
# shellcheck disable=SC2086
"${MAKE:-make}" --no-print-directory $jobs all

title "Compiling $spec"
rm -rf "$out"
printf '$ build/opsc build %s -o %s\n' "$spec" "$out"
build/opsc build "$spec" -o "$out"

title "What came out, in $out"
# Two levels of folders in full, of the deeper ones the number of files; a meaning where there is one.
find "$out" -type f | LC_ALL=C sort | awk -v root="$out/" '
    BEGIN {
        n = split("terraform/main.tf=the modules, put together|terraform/providers.tf=AWS provider, tags on everything" \
            "|terraform/versions.tf=pinned versions|terraform/backend.tf=where the state lives" \
            "|terraform/variables.tf=what you may set|terraform/outputs.tf=names and ARNs for others" \
            "|terraform/modules/*=one module per concern|dashboards/*=CloudWatch dashboards" \
            "|agent/*=CloudWatch agent: metrics and logs of a host|*/amazon-cloudwatch-agent*=CloudWatch agent of a host" \
            "|*workflows/*=GitHub Actions|scripts/*=scripts for cron and for hand|runbooks/*=what to do when an alarm fires" \
            "|.opsc-manifest.json=what opsc wrote, with hashes", rows, "|")
        for (i = 1; i <= n; i++) {
            at = index(rows[i], "="); pattern = substr(rows[i], 1, at - 1)
            gsub(/\./, "\\.", pattern); gsub(/\*/, ".*", pattern)
            patterns[i] = "^" pattern "$"; meanings[i] = substr(rows[i], at + 1)
        }
    }
    {
        path = substr($0, length(root) + 1); depth = split(path, part, "/"); folder = ""
        for (d = 1; d < depth; d++) {
            folder = folder part[d] "/"
            if (!(folder in seen)) { seen[folder] = 1; printf "%*s%s/\n", 2 * d, "", part[d] }
        }
        meaning = ""
        for (i = 1; i <= n && meaning == ""; i++)
            if (path ~ patterns[i] && !((folder, i) in told && pattern_is_wide(i))) { meaning = meanings[i]; told[folder, i] = 1 }
        line = sprintf("%*s%s", 2 * depth, "", part[depth])
        if (meaning != "") printf "%-52s %s\n", line, meaning; else print line
    }
    function pattern_is_wide(i) { return patterns[i] ~ /\.\*/ }'

alarms=$(grep -rl 'resource "aws_cloudwatch_metric_alarm"' "$out" | LC_ALL=C sort | head -n 1)
if [ -n "$alarms" ]; then
    title "One alarm, from $alarms"
    # With the comment above it, which says where in the spec it comes from.
    awk '/^resource "aws_cloudwatch_metric_alarm"/ { if (before ~ /^#/) print before; on = 1 }
        on { print; if (/^}/ || ++lines == 18) exit } { before = $0 }' "$alarms"
fi

title 'Next'
next() {
    printf '  %-42s %s\n' "$1" "$2"
}
next "cp $spec ops.yaml" 'start from the example; three resources and an address are enough'
next 'build/opsc lint ops.yaml' 'every problem, with its place in the file'
next 'build/opsc build ops.yaml -o ops' 'the files; run it again and nothing is touched'
next 'build/opsc help' 'all commands'
next 'make install' 'to /usr/local (PREFIX=...)'
next 'make check' 'all tests'
