#!/bin/sh
# Files, variables and environments: what small specs become in Terraform.
# shellcheck disable=SC2310,SC2312,SC2016
set -eu
cd "$(dirname "$0")/.."
root=$PWD
OPSC=${OPSC:-build/asan/opsc}
case $OPSC in /*) ;; *) OPSC=$root/$OPSC ;; esac
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsc-language.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
mkdir ops
cat >ops.yaml <<'Y'
opsc: 1
project: shop
aws: { region: us-east-1, tags: { team: a, floor: "1" } }
notify: ops@example.com
include: [ops/alarms.yaml]
vars: { limit: 81%, text: "of ${environment} in ${region}" }
resources:
  web: { kind: ec2, id: i-0123456789abcdef0, disks: [/, /data] }
alarms:
  busy: { when: "avg(web.cpu) > ${limit} for 5m", do: "Look $${at} ${text}" }
  slow: { when: avg(web.cpu) > 95% for 5m }
environments:
  production: {}
  staging:
    vars: { limit: 72% }
    aws: { region: eu-west-1, tags: { team: b } }
    resources: { web: { disks: [/] } }
    alarms: { slow: null, busy: { severity: critical }, only: { when: avg(web.cpu) > 63% for 5m } }
Y
cat >ops/alarms.yaml <<'Y'
alarms:
  extra: { when: "avg(web.cpu) > 54% for 5m" }
Y

# has NAME FOLDER PATTERN; hasnt is the opposite
has() {
    if grep -rqE -- "$3" "$2"; then printf 'ok %s\n' "$1"; else printf 'FAIL %s: no "%s" in %s\n' "$1" "$3" "$2"; fi
}
hasnt() {
    if [ ! -d "$2" ]; then printf 'FAIL %s: no folder %s\n' "$1" "$2"
    elif grep -rqE -- "$3" "$2"; then printf 'FAIL %s: "%s" stands in %s\n' "$1" "$3" "$2"; else printf 'ok %s\n' "$1"; fi
}

"$OPSC" build -o out >/dev/null 2>&1 || printf 'FAIL build: exit status %s\n' "$?"
p=out/production/terraform s=out/staging/terraform
has vars-of-the-file $p 'threshold += 81$'
has vars-of-the-environment-win $s 'threshold += 72$'
has built-in-variables $p 'of production in us-east-1'
has built-in-variables-of-the-environment $s 'of staging in eu-west-1'
has escaped-reference-stays-text $p 'Look \$\$\{at\} of'
has include-adds-to-a-section $p 'threshold += 54$'
has include-reaches-every-environment $s 'threshold += 54$'
has not-removed-elsewhere $p 'threshold += 95$'
hasnt null-removes $s 'threshold += 95$'
has overlay-adds $s 'threshold += 63$'
hasnt overlay-adds-only-there $p 'threshold += 63$'
has overlay-merges-mappings $s 'team += "b"'
has overlay-keeps-other-keys $s 'floor += "1"'
has other-environment-is-untouched $p 'team += "a"'
has lists-of-the-file out/production '"/data"'
hasnt lists-are-replaced out/staging '"/data"'
"$OPSC" build -o given --env staging --var limit=45% >/dev/null 2>&1 || printf 'FAIL build-var: exit status %s\n' "$?"
has command-line-wins given 'threshold += 45$'
hasnt command-line-wins-over-the-overlay given 'threshold += 72$'
"$OPSC" build -o again >/dev/null 2>&1 || true
if diff -r out again >diff.txt 2>&1; then printf 'ok same-input-same-bytes\n'; else printf 'FAIL same-input-same-bytes: %s\n' "$(head -n 1 diff.txt)"; fi
tr -d '\r' <ops.yaml | sed 's/$/\r/' >crlf.yaml
mv crlf.yaml ops.yaml
"$OPSC" build -o crlf >/dev/null 2>&1 || true
if diff -r out crlf >diff.txt 2>&1; then printf 'ok crlf-is-like-lf\n'; else printf 'FAIL crlf-is-like-lf: %s\n' "$(head -n 1 diff.txt)"; fi
cat >single.yaml <<'Y'
opsc: 1
project: shop
aws: { region: eu-west-1 }
notify: ops@example.com
resources:
  web: { kind: ec2, id: i-0123456789abcdef0 }
alarms:
  busy: { when: avg(web.cpu) > 81% for 5m, do: "Look at ${environment}" }
Y
"$OPSC" build single.yaml -o single >/dev/null 2>&1 || printf 'FAIL build-single: exit status %s\n' "$?"
has the-environment-has-a-name-when-none-is-given single 'Look at production'

# A worker has no requests: nothing is measured, graphed or compared with them.
mkdir worker && cd worker
cat >ops.yaml <<'Y'
opsc: 1
project: shop
aws: { region: us-east-1 }
notify: ops@example.com
resources:
  web: { kind: ec2, id: i-0123456789abcdef0 }
  jobs: { kind: app, on: web, http: false, logs: [/var/log/jobs.log] }
Y
"$OPSC" build -o out >/dev/null 2>&1 || printf 'FAIL worker: exit status %s\n' "$?"
has worker-errors out/terraform '"jobs_errors_logged"'
hasnt worker-requests out/terraform 'jobs.(requests|latency)|jobs_errors_high'
