# ---- Reaching hosts by AWS Systems Manager: a command of the document that this environment has, which takes an action,
# an image's digest and a release, and nothing else.

readonly REGION={{region|shell}}
readonly DOCUMENT={{document|shell}}
# By host: the id of its instance, or filters that find it.
readonly -a INSTANCES=(
  {{instances|block}}
)
readonly -a FILTERS=(
  {{filters|block}}
)
readonly INSTANCE_PATTERN='^i-[0-9a-f]{8,17}$'
readonly COMMAND_PATTERN='^[0-9a-f-]{36}$'
# So long a command may wait for the agent on the host; AWS takes no less than 30.
readonly DELIVERY_S=60
export AWS_PAGER="" AWS_CLI_AUTO_PROMPT=off
readonly -a AWS=(aws --region "${REGION}" --cli-connect-timeout 15 --cli-read-timeout 60)
reached=()
ANSWER=""

need_reach() {
  need aws "awscli 2, of https://aws.amazon.com/cli/"
}

# ask_aws ARGUMENTS...: ANSWER; of what fails, ${work}/said has the words.
ask_aws() {
  local status=0
  run_within "${ANSWER_S}" "${AWS[@]}" --output text "$@" </dev/null >"${work}/aws" 2>"${work}/said" || status="$?"
  ANSWER="$(head -c 65536 -- "${work}/aws" | tr -d '\000')"
  return "${status}"
}

# set_reach: a host that is found by its tags is one instance that runs.
set_reach() {
  local i
  local -a ids
  if [[ "${action}" == check ]]; then
    return 0
  fi
  for i in "${!HOSTS[@]}"; do
    reached[i]="${INSTANCES[i]}"
    if [[ -z "${INSTANCES[i]}" ]]; then
      ask_aws ec2 describe-instances --filters "${FILTERS[i]}" --query 'Reservations[].Instances[].InstanceId' \
        || fail "${MISSING}" "${HOSTS[i]}: it cannot be looked for: $(last_line "${work}/said")"
      read -r -d '' -a ids <<<"${ANSWER}" || true
      if ((${#ids[@]} != 1)); then
        fail "${MISSING}" "${HOSTS[i]}: ${#ids[@]} running instances have its tags, where there should be one; nothing was changed"
      elif [[ ! "${ids[0]}" =~ ${INSTANCE_PATTERN} ]]; then
        fail "${MISSING}" "${HOSTS[i]}: AWS answered with no id of an instance; nothing was changed"
      fi
      reached[i]="${ids[0]}"
    fi
  done
}

# send I ACTION DIGEST RELEASE: COMMAND, its id. It is tried again when AWS says that it has too much to do.
send() {
  local parameters="{\"Action\":[\"$2\"]"
  case "$2" in
    deploy) parameters+=",\"Image\":[\"$3\"],\"Release\":[\"$4\"]" ;;
    rollback) parameters+="${4:+",\"Release\":[\"$4\"]"}" ;;
    watch) parameters+=",\"Since\":[\"$4\"]" ;;
    *) ;;
  esac
  if ! ask_aws ssm send-command --document-name "${DOCUMENT}" --instance-ids "${reached[$1]}" --parameters "${parameters}}" \
    --timeout-seconds "${DELIVERY_S}" --comment "${by:0:100}" --query Command.CommandId; then
    WHY="AWS does not take the command: $(last_line "${work}/said")"
    return 1
  fi
  COMMAND="${ANSWER}"
  if [[ ! "${COMMAND}" =~ ${COMMAND_PATTERN} ]]; then
    WHY="AWS answered with no id of a command"
    return 1
  fi
}
COMMAND=""

# ask_command I WHAT: of COMMAND on this host.
ask_command() {
  ask_aws ssm get-command-invocation --command-id "${COMMAND}" --instance-id "${reached[$1]}" --query "$2"
}

# await I SECONDS: until the command has ended: STATE, CODE and DETAILS. Status 1 when it has not, or AWS does not answer any more.
await() {
  local wait_s=2 failures=0 end="$((SECONDS + $2))"
  while ((SECONDS < end)); do
    pause "${wait_s}"
    wait_s="$((wait_s < 10 ? wait_s + 2 : 10))"
    if ask_command "$1" '[Status,ResponseCode,StatusDetails]'; then
      failures=0
      read -r STATE CODE DETAILS <<<"${ANSWER}" || true
      case "${STATE}" in
        Pending | InProgress | Delayed | Cancelling) ;;
        *) return 0 ;;
      esac
    elif ! grep -q InvocationDoesNotExist -- "${work}/said" && ((++failures >= 10)); then
      WHY="AWS does not say what became of it: $(last_line "${work}/said")"
      return 1
    fi
  done
  WHY="it has not ended within $2 seconds"
  return 1
}
STATE="" CODE="" DETAILS=""

# tell I SECONDS ACTION DIGEST RELEASE: its status, or UNKNOWN and WHY. What it says is shown; of `status`, it is in
# ${work}/answer.
tell() {
  local host="${HOSTS[$1]}"
  : >"${work}/answer"
  if ! send "$1" "$3" "$4" "$5" || ! await "$1" "$2"; then
    return "${UNKNOWN}"
  fi
  if ask_command "$1" StandardOutputContent; then
    if [[ "$3" == status ]]; then
      printf '%s\n' "${ANSWER}" >"${work}/answer"
    else
      show "${host}" <<<"${ANSWER}"
    fi
  fi
  if ask_command "$1" StandardErrorContent && [[ -n "${ANSWER}" && "${ANSWER}" != None ]]; then
    show "${host}" <<<"${ANSWER}" >&2
  fi
  if [[ "${STATE}" == Success ]]; then
    return 0
  elif [[ "${STATE}" == Failed && "${CODE}" =~ ^[1-9][0-9]{0,2}$ ]]; then
    return "${CODE}"
  elif [[ "${DETAILS}" == *ndeliverable* || "${DETAILS}" == Delivery* ]]; then
    WHY="the agent of Systems Manager does not run there, or this host is not managed (${DETAILS//[[:cntrl:]]/ })"
  else
    WHY="Systems Manager ended the command: ${DETAILS//[[:cntrl:]]/ }"
  fi
  return "${UNKNOWN}"
}
