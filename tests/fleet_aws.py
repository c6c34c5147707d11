# SPDX-License-Identifier: MIT
"""A stand-in for aws, of fleet_support: Systems Manager, and its agent on the hosts, which runs the script of the document with the
parameters as variables.

What either does instead, HOST/aws-send-ACTION, HOST/aws-ask-ACTION, and web-1/aws-list say, a line each time; the last for ever when
it ends with "always". Of a command that is sent, words say how:
  lost      its answer does not come
  dropped   nor was it taken
  held N    it comes to the host when it is asked for the Nth time, or when a rollback has ended there: as late as may be
  hidden    list-commands does not show it, and it comes to the host when it is looked for
  unheard   list-commands shows it only when a rollback has ended there
"""

AWS = r"""#!/bin/bash
cd "{folder}" || exit 99
declare -A o=()
while (($# > 0)); do
  case "$1" in
    --*) o["$1"]="$2"; shift ;;
    key=*) o[--filters]+=" $1" ;;
    *) verb="$1" ;;
  esac
  shift
done
no() { printf '%s\n' "An error occurred ($1) when calling the ${verb} operation: $2" >&2; exit 254; }
take() {
  how="$(head -n 1 "$1" 2>/dev/null)"
  if [[ -n "${how}" && "${how}" != *always ]]; then sed -i 1d "$1"; fi
  case "${how% always}" in
    throttled) no ThrottlingException "Rate exceeded" ;;
    refused) no AccessDeniedException "not authorized to perform: ssm:ListCommands" ;;
    no-credentials) printf 'Unable to locate credentials. You can configure credentials by running "aws configure".\n' >&2; exit 253 ;;
    garbage) printf '<html>\a::error::no\n'; exit 0 ;;
    empty) exit 0 ;;
    absent) no InvocationDoesNotExist "" ;;
    state*) how="${how% always}"; how="${how#state }"; printf '%s\n' "${how//,/$'\t'}"; exit 0 ;;
  esac
}
value() { [[ "$(<"$1/parameters")" =~ \"$2\":\[\"([^\"]*)\" ]] && printf '%s' "${BASH_REMATCH[1]}"; }
# run COMMAND: what the agent does.
run() {
  local code=0 state=Failed
  SSM_Action="$(<"$1/action")" SSM_Image="$(value "$1" Image)" SSM_Release="$(value "$1" Release)" SSM_Since="$(value "$1" Since)" \
    HOST="{folder}/$(<"$1/host")" setsid --wait sh document.sh >"$1/out" 2>"$1/err" </dev/null || code="$?"
  if ((code == 0)); then state=Success; fi
  printf '%s\t%s\t%s\n' "${state}" "${code}" "${state}" >"$1/new"
  mv "$1/new" "$1/state"
}
deliver() { if rm "$1/held" 2>/dev/null; then run "$1"; fi; }

case "${verb}" in
  describe-instances)
    printf '%s\n' "${o[--filters]}" >>filters
    take web-2/aws-find
    cat web-2/found
    exit
    ;;
  list-commands)
    printf '%s\n' "${o[--filters]}" >>listed
    take web-1/aws-list
    mark="${o[--query]#*\'#}"
    for command in commands/*; do
      if [[ -e "${command}/hidden" ]]; then
        deliver "${command}"
      elif [[ ! -e "${command}/unheard" && "$(<"${command}/comment")" == *"#${mark%%\'*}" ]]; then
        printf '%s\n' "${command##*/}"
      fi
    done
    exit
    ;;
esac
instance="${o[--instance-id]:-${o[--instance-ids]}}"
host="web-$((${instance: -1} + 1))"
if [[ "${verb}" == send-command ]]; then
  printf '%s\n' "${o[--document-name]} ${o[--timeout-seconds]} ${o[--parameters]}" >>sent
  printf '%s\n' "${o[--comment]}" >>comments
  printf '%s\n' "${o[--parameters]}" >parameters
  action="$(value . Action)"
  take "${host}/aws-send-${action}"
  if [[ "${how}" == *dropped* ]]; then
    printf 'Read timeout on endpoint URL\n' >&2
    exit 255
  fi
  id="$(printf '%08x-0000-4000-8000-000000000000' "$(wc -l <sent)")"
  command="commands/${id}"
  mkdir "${command}"
  mv parameters "${command}/parameters"
  printf '%s\n' "${o[--comment]}" >"${command}/comment"
  printf '%s\n' "${action}" >"${command}/action"
  printf '%s\n' "${host}" >"${command}/host"
  for word in hidden unheard; do
    if [[ "${how}" == *"${word}"* ]]; then : >"${command}/${word}"; fi
  done
  if [[ "${how}" == never* ]]; then
    how="${how#never }"
    printf '%s\n' "${how//,/$'\t'}" >"${command}/state"
    : >"${command}/out"
    : >"${command}/err"
  elif [[ "${how}" =~ held\ ([0-9]+) ]]; then
    printf '%s\n' "${BASH_REMATCH[1]}" >"${command}/held"
  else
    run "${command}" >/dev/null 2>&1 &
  fi
  if [[ "${how}" == lost* ]]; then
    printf 'Connection was closed before we received a valid response from endpoint URL\n' >&2
    exit 255
  fi
  printf '%s\n' "${id}"
  exit
fi
command="commands/${o[--command-id]}"
case "${o[--query]}" in
  StandardOutputContent) head -c 24000 "${command}/out"; printf '\n' ;;
  StandardErrorContent) head -c 8000 "${command}/err"; printf '\n' ;;
  *)
    take "${host}/aws-ask-$(<"${command}/action")"
    printf '.' >>"${command}/asked"
    if [[ -e "${command}/held" ]] && (($(wc -c <"${command}/asked") >= $(<"${command}/held"))); then
      deliver "${command}"
    elif [[ -e "${command}/state" && "$(<"${command}/action")" == rollback ]]; then
      for other in commands/*; do
        if [[ "$(<"${other}/host")" == "${host}" && "${other}" != "${command}" ]]; then
          rm -f "${other}/unheard"
          deliver "${other}"
        fi
      done
    fi
    cat "${command}/state" 2>/dev/null || printf 'Pending\t-1\tPending\n'
    ;;
esac
"""
