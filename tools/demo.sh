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
meanings() { # FILE MEANING
    cat <<'END'
.opsc-manifest.json              what opsc wrote, with hashes
cloudwatch-agent-config.json     what the CloudWatch agent ships: metrics and lines of logs
publish_metrics.sh               measures what CloudWatch cannot see, once a minute
*.service                        runs it, locked in
*.timer                          says when
install.sh                       puts these on the host
main.tf                          the modules, put together
backend.tf                       where the state lives
providers.tf                     the account, the region, tags on everything
versions.tf                      versions that it was made for
variables.tf                     what you may set
outputs.tf                       names and ARNs for others
alarms.tf                        every alarm, with the line of ops.yaml that it comes from
sns.tf                           topics, and who is told
iam.tf                           what the host may do
queries.tf                       saved queries for Logs Insights
dashboard.tf                     the dashboards
overview.json                    graphs with their thresholds
END
}
{
    meanings
    printf '\n'
    find "$out" -type f | sed "s|^$out/||" | LC_ALL=C sort
} | awk '
    !list && $0 == "" { list = 1; next }
    !list { name = $1; sub(/^[^ ]+ +/, ""); meaning[name] = $0; next }
    {
        depth = split($0, part, "/"); folder = ""
        for (d = 1; d < depth; d++) {
            folder = folder part[d] "/"
            if (!(folder in seen)) { seen[folder] = 1; printf "%*s%s/\n", 2 * d, "", part[d] }
        }
        name = part[depth]
        line = sprintf("%*s%s", 2 * depth, "", name)
        if (!(name in meaning)) sub(/^.*\./, "*.", name)
        if (name in meaning) printf "%-44s %s\n", line, meaning[name]; else print line
        delete meaning[name]
    }'

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
