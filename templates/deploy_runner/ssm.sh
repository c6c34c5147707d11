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
# So long a command may wait for the agent on the host, and never begins afterwards; AWS takes no less than 30.
readonly DELIVERY_S=60
# So long a command is looked for that AWS may have taken: what it took has begun by then, or never does.
readonly LOOK_S=75
# How often a command is sent that AWS did not take as it had too much to do, or was not reached.
readonly SEND_TRIES=4
# By these words of AWS, or of aws before it has sent anything, a command was surely not taken: now, or at all. After others it
# may have been; so when a proxy is lost, which aws tells in the same words before and after it has sent something.
readonly NOT_REACHED='Could not connect to the endpoint URL|Connect timeout on endpoint URL'
readonly NOT_NOW="${NOT_REACHED}|"'An error occurred \((Throttl|TooManyRequests|RequestLimitExceeded)'
readonly NO_RIGHT='AccessDenied|NotAuthorized|Expired|Unrecognized|Signature|Incomplete|MissingAuthentication|OptIn|RequestExpired'
readonly NO_CREDENTIALS='Unable to locate credentials|Token has expired|Error loading SSO Token|Error when retrieving credentials'
readonly NOT_AT_ALL="An error occurred \\((${NO_RIGHT}|Invalid|Validation|Duplicate|Unsupported|MaxDocumentSize)|${NO_CREDENTIALS}"
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

# The mark of what is sent: in the comment of a command, so that it is found when the answer with its id is lost.
sends=0
MARK=""
# What is known of a mark: the id of its command, and until when that may begin.
declare -A ids=() may_begin=()

# forget I MARK: that command has ended, or was never there.
forget() {
  if [[ " ${marks[$1]:-} " == *" $2 "* ]]; then
    marks[$1]="$(without "$2" "${marks[$1]}")"
    note ended "${HOSTS[$1]}" "$2" || true
  fi
}

# mark I ACTION: MARK, like no other. What changes something on the host is written down with it.
mark() {
  sends=$((sends + 1))
  MARK="${work##*.}-${sends}"
  if [[ "$2" == deploy || "$2" == rollback ]]; then
    marks[$1]+=" ${MARK}"
    note sent "${HOSTS[$1]}" "${MARK}" || true
  fi
}

# comment: who deploys, and the mark, in the 100 characters that a comment has; of a long name the middle is left out.
comment() {
  local name="${by}" room="$((98 - ${#MARK}))"
  if ((${#name} > room)); then
    name="${name:0:room-22}..${name: -20}"
  fi
  printf '%s #%s' "${name}" "${MARK}"
}

# send I ACTION DIGEST RELEASE: COMMAND, its id. Otherwise WHY, and status 1 when AWS did not take it, UNKNOWN when nobody
# knows.
send() {
  local parameters="{\"Action\":[\"$2\"]" try status
  case "$2" in
    deploy) parameters+=",\"Image\":[\"$3\"],\"Release\":[\"$4\"]" ;;
    rollback) parameters+="${4:+",\"Release\":[\"$4\"]"}" ;;
    watch) parameters+=",\"Since\":[\"$4\"]" ;;
    *) ;;
  esac
  mark "$1" "$2"
  for ((try = 1; try <= SEND_TRIES; try++)); do
    status=0
    # It is not aws that tries again: it would after a lost answer, too, and then two commands run.
    AWS_MAX_ATTEMPTS=1 ask_aws ssm send-command --document-name "${DOCUMENT}" --instance-ids "${reached[$1]}" --parameters "${parameters}}" \
      --timeout-seconds "${DELIVERY_S}" --comment "$(comment)" --query Command.CommandId || status="$?"
    COMMAND="${ANSWER}"
    if ((status == 0)) && [[ "${COMMAND}" =~ ${COMMAND_PATTERN} ]]; then
      ids[${MARK}]="${COMMAND}" may_begin[${MARK}]="$((SECONDS + LOOK_S))"
      return 0
    elif ((status == 0)); then
      WHY="AWS answered with no id of a command"
      return "${UNKNOWN}"
    elif grep -Eq -- "${NOT_AT_ALL}" "${work}/said"; then
      break
    elif ! grep -Eq -- "${NOT_NOW}" "${work}/said"; then
      WHY="AWS gave no answer to the command: $(last_line "${work}/said")"
      return "${UNKNOWN}"
    fi
    pause "$((try * 3))"
  done
  WHY="AWS does not take the command: $(last_line "${work}/said")"
  forget "$1" "${MARK}"
  return 1
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

# ---- What was sent, and of which it is not known whether AWS took it, or whether it has ended. A host that goes back before
# such a command has come would have the release in the end.

# find_command MARK: COMMAND, its id, of those of the last day. Status 1 when AWS does not say, 2 when it knows of none. It
# is not looked for by its host: so AWS shows none that has not come there.
find_command() {
  local id after
  if [[ -n "${ids[$1]:-}" ]]; then
    COMMAND="${ids[$1]}"
    return 0
  fi
  after="$(utc '%Y-%m-%dT%H:%M:%SZ' "$((EPOCHSECONDS - 86400))")"
  ask_aws ssm list-commands --filters "key=InvokedAfter,value=${after}" "key=DocumentName,value=${DOCUMENT}" \
    --query "Commands[?ends_with(Comment || '', '#$1')].CommandId" || return 1
  for id in ${ANSWER}; do
    if [[ "${id}" =~ ${COMMAND_PATTERN} ]]; then
      COMMAND="${id}" ids[$1]="${id}"
      return 0
    fi
  done
  if [[ -n "${ANSWER//None/}" ]]; then
    printf 'AWS answered with no id of a command\n' >"${work}/said"
    return 1
  fi
  return 2
}

# look_for I: what was sent last; COMMAND. Status 1 when it was not found in time; WHY says so, too.
look_for() {
  local status end="$((SECONDS + LOOK_S))"
  may_begin[${MARK}]="${end}"
  say "${HOSTS[$1]}: ${WHY}; looking for it by #${MARK}, for ${LOOK_S} seconds at most"
  while true; do
    status=0
    find_command "${MARK}" || status="$?"
    if ((status == 0)); then
      say "${HOSTS[$1]}: AWS took it; going on with ${COMMAND}"
      return 0
    elif ((SECONDS >= end)); then
      break
    fi
    pause 5
  done
  if ((status == 2)); then
    WHY+="; AWS knows of no such command"
  else
    WHY+="; AWS does not say whether it took it: $(last_line "${work}/said")"
  fi
  return 1
}

# over I MARK: status 0 when that command has ended, 1 when it has not or AWS does not say, 2 when AWS knows of none.
over() {
  local state=""
  find_command "$2" || return "$?"
  ask_command "$1" '[Status,ResponseCode,StatusDetails]' || return 1
  read -r state _ <<<"${ANSWER}" || true
  case "${state}" in
    Success | Failed | Cancelled | TimedOut) forget "$1" "$2" ;;
    *) return 1 ;;
  esac
}

# await_earlier I: until what was sent to this host before has ended, or cannot begin any more: what then runs has the host's
# lock.
await_earlier() {
  local each end said=""
  for each in ${marks[$1]:-}; do
    end="${may_begin[${each}]:-$((SECONDS + LOOK_S))}"
    may_begin[${each}]="${end}"
    until over "$1" "${each}" || ((SECONDS >= end)); do
      [[ -n "${said}" ]] || say "${HOSTS[$1]}: what was sent to it before (#${each}) may still come; waiting for its end"
      said=1
      pause 5
    done
  done
}

# nothing_late I: asked when the host has gone back. Status 1 when a command from before was found only now, and the host has
# to go back again; 2, and WHY, when nobody can say whether there is one.
nothing_late() {
  local each status known
  for each in ${marks[$1]:-}; do
    known="${ids[${each}]:-}" status=0
    over "$1" "${each}" || status="$?"
    if ((status == 0)) || [[ -z "${known}" && -n "${ids[${each}]:-}" ]]; then
      WHY="a command from before came late"
      return 1
    elif ((status == 1)) && [[ -z "${known}" ]]; then
      WHY="AWS does not say whether it took a command before, which may still run there: $(last_line "${work}/said"). Look for it: \
aws ssm list-commands --region ${REGION} --filters key=DocumentName,value=${DOCUMENT} --query \"Commands[?ends_with(Comment || '', '#${each}')]\""
      return 2
    fi
    # AWS knows of none, or it did not begin in time.
    forget "$1" "${each}"
  done
}

# tell I SECONDS ACTION DIGEST RELEASE: its status, or UNKNOWN and WHY. What it says is shown; of `status`, it is in
# ${work}/answer.
tell() {
  local host="${HOSTS[$1]}" status=0
  : >"${work}/answer"
  if [[ "$3" == deploy || "$3" == rollback ]]; then
    await_earlier "$1"
  fi
  send "$1" "$3" "$4" "$5" || status="$?"
  # What a host has can be asked again.
  if ((status == UNKNOWN)) && [[ "$3" != status ]] && look_for "$1"; then
    status=0
  fi
  if ((status != 0)); then
    return "${UNKNOWN}"
  fi
  await "$1" "$2" || return "${UNKNOWN}"
  case "${STATE}" in
    Success | Failed | Cancelled | TimedOut) forget "$1" "${MARK}" ;;
    *) ;;
  esac
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
