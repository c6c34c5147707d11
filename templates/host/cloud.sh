# ---- AWS

readonly REGION={{region|shell}}
export AWS_PAGER="" AWS_CLI_AUTO_PROMPT=off
readonly -a AWS=(aws --region "${REGION}" --cli-connect-timeout 15 --cli-read-timeout 60)

# aws_failed WHAT: in words what aws wrote to ${work}/err.
aws_failed() {
  local said
  said="$(last_line "${work}/err")"
  case "${said}" in
    *ExpiredToken* | *"token included in the request is expired"* | *RequestExpired* | *"oken has expired"*)
      fail "${REFUSED}" "$1: the credentials of this host have expired: ${said}"
      ;;
    *"Unable to locate credentials"* | *InvalidAccessKeyId* | *InvalidClientTokenId* | *UnrecognizedClient* | *SignatureDoesNotMatch*)
      fail "${REFUSED}" "$1: this host has no valid credentials for AWS: ${said}"
      ;;
    *AccessDenied* | *"not authorized"* | *Forbidden*)
      fail "${REFUSED}" "$1: this host may not do that: ${said}"
      ;;
    *RequestTimeTooSkewed* | *"Signature not yet current"*)
      fail "${REFUSED}" "$1: the clock of this host is wrong: ${said}"
      ;;
    *"Unknown options"*) fail "${MISSING}" "$1: this aws is too old; install a newer one from https://aws.amazon.com/cli/: ${said}" ;;
    *NoSuchBucket*) fail "${REFUSED}" "$1: there is no such bucket: ${said}" ;;
    *ParameterNotFound* | *ResourceNotFound* | *DBInstanceNotFound* | *DBClusterNotFound*)
      fail "${REFUSED}" "$1: there is no such thing: ${said}"
      ;;
    *"No space left on device"* | *"File too large"*)
      fail "${FAILED}" "$1: the disk is full (${WORK_PARENT}): ${said}"
      ;;
    *) fail "${FAILED}" "$1: ${said:-aws failed and did not say why}" ;;
  esac
}

# ask_aws WHAT ARGUMENTS...: the answer is in ${work}/answer.
ask_aws() {
  local what="$1"
  shift
  if ! run "${AWS[@]}" --output json "$@" >"${work}/answer" 2>"${work}/err"; then
    aws_failed "${what}"
  fi
}

# read_secret STORE ID: into SECRET, never into a file or an argument. It is the text itself, or JSON that has it as
# password; then SECRET_USER is whose.
read_secret() {
  local value="" status=0
  case "$1" in
    parameter-store)
      value="$("${AWS[@]}" ssm get-parameter --name "$2" --with-decryption --query Parameter.Value --output text \
        2>"${work}/err")" || status="$?"
      ;;
    secrets-manager)
      value="$("${AWS[@]}" secretsmanager get-secret-value --secret-id "$2" --query SecretString --output text \
        2>"${work}/err")" || status="$?"
      ;;
    *) fail "${REFUSED}" "there is no store of passwords called $1" ;;
  esac
  if ((status != 0)); then
    aws_failed "reading the password $2"
  fi
  SECRET="${value}" SECRET_USER=""
  if [[ "${value}" == "{"* ]] && printf '%s' "${value}" | jq -e 'type == "object" and (.password | type == "string")' >/dev/null 2>&1; then
    SECRET="$(printf '%s' "${value}" | jq -r .password)"
    SECRET_USER="$(printf '%s' "${value}" | jq -r '.username // ""')"
  fi
  if [[ -z "${SECRET}" ]]; then
    fail "${REFUSED}" "the password $2 is empty"
  fi
}
SECRET="" SECRET_USER=""
