# ---- Configuration: Terraform's state, parameters, secrets. What is read is in memory until it is encrypted: make_parts
# has seen to it that ${keys} and ${work}/parts are.

# sealed NAME: standard input as a part of the backup: by age for its recipient, or as it is into the memory
# from which it goes to the bucket, where a key of KMS encrypts it.
sealed() {
  if [[ -n "${RECIPIENT}" ]]; then
    age --encrypt --recipient "${RECIPIENT}" --output "${work}/parts/$1.age" 2>"${work}/err"
  else
    cat >"${work}/parts/$1"
  fi
}

# seal NAME: ${keys}/answer, which is removed.
seal() {
  run sealed "$1" <"${keys}/answer" || program_failed "encrypting $1"
  rm -f -- "${keys}/answer"
}

# ask_secret WHAT ARGUMENTS...: the answer is in ${keys}/answer.
ask_secret() {
  local what="$1"
  shift
  if ! run "${AWS[@]}" --output json "$@" >"${keys}/answer" 2>"${work}/err"; then
    aws_failed "${what}"
  fi
}

save_state() {
  if ! run "${AWS[@]}" --region "${STATE_REGION}" s3api get-object --bucket "${STATE_BUCKET}" --key "${STATE_KEY}" \
    "${keys}/answer" >"${work}/answer" 2>"${work}/err"; then
    aws_failed "reading Terraform's state"
  fi
  jq -e '.version and .serial != null and .lineage' "${keys}/answer" >"${work}/answer" 2>"${work}/err" ||
    fail "${FAILED}" "s3://${STATE_BUCKET}/${STATE_KEY} is no state of Terraform's"
  seal terraform.tfstate
}

save_parameters() {
  ask_secret "reading the parameters below ${PARAMETERS}" ssm get-parameters-by-path --path "${PARAMETERS}" --recursive --with-decryption
  jq -e '.Parameters | length > 0' "${keys}/answer" >"${work}/answer" 2>"${work}/err" ||
    fail "${FAILED}" "there are no parameters below ${PARAMETERS}"
  seal parameters.json
}

save_secrets() {
  local one
  for one in "${SECRETS[@]}"; do
    ask_secret "reading the secret ${one}" secretsmanager get-secret-value --secret-id "${one}"
    cat -- "${keys}/answer" >>"${keys}/secrets"
  done
  jq -s '{Secrets: .}' "${keys}/secrets" >"${keys}/answer"
  rm -f -- "${keys}/secrets"
  seal secrets.json
}

save_configuration() {
  if [[ -n "${STATE_BUCKET}" ]]; then
    save_state
  fi
  if [[ -n "${PARAMETERS}" ]]; then
    save_parameters
  fi
  if ((${#SECRETS[@]} > 0)); then
    save_secrets
  fi
}
