# ---- Reaching hosts over SSH. The key of a deploy may do what ssh_command.sh on the host takes, and nothing else.

readonly USER_NAME={{user|shell}}
# By host: its address, or the variable that has it.
readonly -a ADDRESSES=(
  {{addresses|block}}
)
readonly -a VARIABLES=(
  {{variables|block}}
)
readonly ADDRESS_PATTERN='^[A-Za-z0-9][A-Za-z0-9.:-]{0,253}$'
readonly LOGIN_PATTERN='^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$'
reached=()
ssh_options=()
# A login to the registry for the hosts, when the image is not for everybody.
login_user="${DEPLOY_REGISTRY_USER:-}"
login_password="${DEPLOY_REGISTRY_PASSWORD:-}"
unset DEPLOY_REGISTRY_USER DEPLOY_REGISTRY_PASSWORD

need_reach() {
  need ssh openssh-client
  if [[ -n "${DEPLOY_SSH_KEY:-}" ]]; then
    need ssh-agent openssh-client
    need ssh-add openssh-client
  fi
}

# set_addresses: of those that are not for everybody to read, GitHub shows none in its log.
set_addresses() {
  local i variable address
  for i in "${!HOSTS[@]}"; do
    address="${ADDRESSES[i]}" variable="${VARIABLES[i]}"
    if [[ -z "${address}" ]]; then
      address="${!variable:-}"
      if [[ -z "${address}" ]]; then
        fail "${MISSING}" "${HOSTS[i]}: nothing says where it is: set ${variable} (on GitHub: a variable of the environment ${ENVIRONMENT})"
      elif [[ ! "${address}" =~ ${ADDRESS_PATTERN} ]]; then
        fail "${MISSING}" "${HOSTS[i]}: what ${variable} has is no name or address of a host"
      elif [[ "${GITHUB_ACTIONS:-}" == true ]]; then
        printf '::add-mask::%s\n' "${address}"
      fi
    fi
    reached[i]="${address}"
  done
}

# set_known_hosts: a host whose key is not in there is not talked to.
set_known_hosts() {
  local file="${known_hosts}"
  if [[ -z "${file}" && -n "${DEPLOY_KNOWN_HOSTS:-}" ]]; then
    file="${work}/known_hosts"
    printf '%s\n' "${DEPLOY_KNOWN_HOSTS}" >"${file}"
  elif [[ -z "${file}" && "${GITHUB_ACTIONS:-}" == true ]]; then
    fail "${MISSING}" "nothing says which keys the hosts have: set the variable DEPLOY_KNOWN_HOSTS of the environment ${ENVIRONMENT} to what ssh-keyscan shows, compared with /etc/ssh/ssh_host_*_key.pub on them"
  fi
  if [[ -n "${file}" ]]; then
    if [[ ! -r "${file}" ]]; then
      fail "${MISSING}" "${file} cannot be read"
    fi
    # A quotation mark or blank in it would be one to ssh; a copy has none.
    cat -- "${file}" >"${work}/hosts"
    ssh_options+=(-o "UserKnownHostsFile=${work}/hosts" -o GlobalKnownHostsFile=/dev/null)
  fi
}

# set_key: into an agent of this run, and nowhere else. Without one, whatever ssh finds by itself.
set_key() {
  local key="${DEPLOY_SSH_KEY:-}"
  unset DEPLOY_SSH_KEY
  if [[ -z "${key}" ]]; then
    if [[ "${GITHUB_ACTIONS:-}" == true ]]; then
      fail "${MISSING}" "there is no key: set the secret DEPLOY_SSH_KEY of the environment ${ENVIRONMENT}"
    fi
    return 0
  fi
  ssh-agent -s -a "${work}/agent" >"${work}/agent.said" 2>"${work}/said" 3>&- 4>&- || fail "${MISSING}" "ssh-agent does not start: $(last_line "${work}/said")"
  agent="$(sed -n 's/^SSH_AGENT_PID=\([0-9]*\);.*/\1/p' "${work}/agent.said")"
  export SSH_AUTH_SOCK="${work}/agent"
  # A lost newline at its end, and those of Windows, make it no key.
  if ! printf '%s\n' "${key//$'\r'/}" | SSH_ASKPASS_REQUIRE=never timeout 20 ssh-add -q - >"${work}/said" 2>&1; then
    fail "${MISSING}" "DEPLOY_SSH_KEY is no private key without a passphrase: $(last_line "${work}/said")"
  fi
}

set_login() {
  if [[ -n "${login_user}" && -n "${login_password}" ]]; then
    if [[ ! "${login_user}" =~ ${LOGIN_PATTERN} ]]; then
      fail "${MISSING}" "the user of the registry has letters, digits and ._@+-"
    fi
  else
    login_user=""
  fi
}

set_reach() {
  set_login
  set_addresses
  if [[ "${action}" == check ]]; then
    return 0
  fi
  set_known_hosts
  set_key
}

# words_of ACTION DIGEST RELEASE: what the host is told, in WORDS. All was held against its form, so that each is one word there.
words_of() {
  WORDS=("$1")
  case "$1" in
    deploy)
      WORDS+=("$3" "$2")
      if [[ -n "${login_user}" ]]; then
        WORDS+=(--login "${login_user}")
      fi
      WORDS+=(--by "${by}")
      ;;
    rollback) WORDS+=(${3:+"$3"} --by "${by}") ;;
    watch) WORDS+=(--since "$3") ;;
    *) ;;
  esac
}
WORDS=()

# listen ACTION HOST: to what comes through ${work}/out and ${work}/err: shown, or, an answer, kept.
listen() {
  local hear=show
  if [[ "$1" == status ]]; then
    hear=keep
  fi
  rm -f -- "${work}/out" "${work}/err"
  mkfifo -- "${work}/out" "${work}/err"
  "${hear}" "$2" <"${work}/out" &
  listeners=("$!")
  show "$2" <"${work}/err" >&2 &
  listeners+=("$!")
}
listeners=()

# hear_out: what has come is shown to its end; not for ever, as something may have kept the pipes open.
hear_out() {
  local guard
  mkfifo -- "${work}/never"
  { read -r -t 10 <>"${work}/never" || kill -KILL "${listeners[@]}"; } >/dev/null 2>&1 &
  guard="$!"
  wait "${listeners[@]}" || true
  # Going back, everything started here does not hear a gentler signal.
  kill -KILL "${guard}" 2>/dev/null || true
  wait "${guard}" 2>/dev/null || true
  rm -f -- "${work}/never"
}

# nothing_late I: what a lost connection has left there is at work, and so the host is busy, or has ended.
nothing_late() {
  return 0
}

# tell I SECONDS ACTION DIGEST RELEASE: its status, or UNKNOWN and WHY. What it says is shown; of `status`, it is in
# ${work}/answer.
tell() {
  local status=0 address="${reached[$1]}" host="${HOSTS[$1]}"
  local -a port=() command
  if [[ "${address}" =~ ^([^:]+):([0-9]+)$ ]]; then
    address="${BASH_REMATCH[1]}"
    port=(-p "${BASH_REMATCH[2]}")
  fi
  words_of "$3" "$4" "$5"
  command=(ssh -T -a -x -o BatchMode=yes -o StrictHostKeyChecking=yes -o UpdateHostKeys=no -o ClearAllForwardings=yes
    -o ControlMaster=no -o ControlPath=none
    -o ConnectTimeout=15 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 "${ssh_options[@]}" "${port[@]}" -l "${USER_NAME}" -- "${address}" "${WORDS[@]}")
  listen "$3" "${host}"
  if [[ "$3" == deploy && -n "${login_user}" ]]; then
    run_within "$2" "${command[@]}" < <(printf '%s\n' "${login_password}") >"${work}/out" 2>"${work}/err" || status="$?"
  else
    run_within "$2" "${command[@]}" </dev/null >"${work}/out" 2>"${work}/err" || status="$?"
  fi
  hear_out
  case "${status}" in
    124)
      WHY="it has not ended within $2 seconds"
      return "${UNKNOWN}"
      ;;
    "${UNKNOWN}") WHY="it is not reached over SSH, or was lost; ssh's own words are above" ;;
    *) ;;
  esac
  return "${status}"
}
