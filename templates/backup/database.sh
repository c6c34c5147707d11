# ---- Databases

known_ca() {
  for CA_FILE in "${STATE_DIR}/rds-ca.pem" /etc/ssl/certs/rds-global-bundle.pem /etc/pki/rds/global-bundle.pem; do
    if [[ -s "${CA_FILE}" ]]; then
      return 0
    fi
  done
  return 1
}
CA_FILE=""

# AWS's authorities for the certificates of RDS: fetched once, and only over https.
find_ca() {
  local new="${STATE_DIR}/rds-ca.pem.new"
  if known_ca; then
    return 0
  fi
  mkdir -p -- "${STATE_DIR}"
  if ! run curl --disable -fsS --proto '=https' --max-time 60 -o "${new}" "${CA_URL}" 2>"${work}/err" || ! grep -q 'BEGIN CERTIFICATE' "${new}"; then
    rm -f -- "${new}"
    fail "${MISSING}" "the certificates of RDS are not here: get ${CA_URL} and put it to ${STATE_DIR}/rds-ca.pem ($(last_line "${work}/err"))"
  fi
  mv -f -- "${new}" "${STATE_DIR}/rds-ca.pem"
  CA_FILE="${STATE_DIR}/rds-ca.pem"
}

# find_server READ|WRITE: HOST, PORT, and what the settings leave to RDS. Of a cluster a reader is dumped.
find_server() {
  local query found user arn
  local -a lines
  if [[ -n "${CLUSTER}" ]]; then
    # shellcheck disable=SC2016
    query='.DBClusters[0] | (if $mode == "READ" then .ReaderEndpoint // .Endpoint else .Endpoint end), .Port'
    ask_aws "looking up the cluster ${CLUSTER}" rds describe-db-clusters --db-cluster-identifier "${CLUSTER}"
  elif [[ -n "${RDS}" ]]; then
    query='.DBInstances[0] | .Endpoint.Address, .Endpoint.Port'
    ask_aws "looking up the database ${RDS}" rds describe-db-instances --db-instance-identifier "${RDS}"
  else
    return 0
  fi
  found="$(jq -r --arg mode "$1" "[${query}, .MasterUsername, .MasterUserSecret.SecretArn] | .[] | . // \"\"" "${work}/answer")"
  mapfile -t lines <<<"${found}"
  HOST="${lines[0]:-}" PORT="${lines[1]:-}" user="${lines[2]:-}" arn="${lines[3]:-}"
  if [[ -z "${HOST}" || -z "${PORT}" ]]; then
    fail "${FAILED}" "${CLUSTER:-${RDS}} has no address yet; is it being made?"
  fi
  USER_NAME="${USER_NAME:-${user}}"
  if [[ "${PASSWORD_STORE}" == rds ]]; then
    if [[ -z "${arn}" ]]; then
      fail "${REFUSED}" "${CLUSTER:-${RDS}} has no secret of its own: it does not manage its master password"
    fi
    PASSWORD_STORE=secrets-manager PASSWORD_ID="${arn}"
  fi
  find_ca
}

# read_password: into PASSWORD, never into a file or an argument.
read_password() {
  if [[ "${PASSWORD_STORE}" == given ]]; then
    return 0
  fi
  read_secret "${PASSWORD_STORE}" "${PASSWORD_ID}"
  PASSWORD="${SECRET}" USER_NAME="${USER_NAME:-${SECRET_USER}}"
}
PASSWORD=""

# connect READ|WRITE: afterwards psql, pg_dump and the others find the server, the account and the database by themselves.
connect() {
  find_server "$1"
  read_password
  if [[ -z "${USER_NAME}" ]]; then
    fail "${REFUSED}" "it is not known as whom to log in: neither the settings nor the secret have a user"
  fi
  if [[ "${ENGINE}" == postgres ]]; then
    connect_postgres
  else
    connect_mysql
  fi
  PASSWORD=""
}

connect_postgres() {
  local escaped="${PASSWORD//\\/\\\\}" server
  if [[ "${PASSWORD}" == *[$'\r\n']* ]]; then
    fail "${REFUSED}" "the password ${PASSWORD_ID} has more than one line; a file of passwords of PostgreSQL cannot have that"
  fi
  printf '*:*:*:*:%s\n' "${escaped//:/\\:}" >"${keys}/pgpass"
  export PGPASSFILE="${keys}/pgpass" PGHOST="${HOST}" PGPORT="${PORT}" PGUSER="${USER_NAME}" PGDATABASE="${DATABASE}"
  export PGCONNECT_TIMEOUT=15 PGAPPNAME="opsc ${PROGRAM}" PGSSLMODE=prefer PGCLIENTENCODING=UTF8
  unset PGPASSWORD PGOPTIONS PGSERVICE PGSERVICEFILE PGHOSTADDR
  if [[ -n "${RDS}${CLUSTER}" ]]; then
    export PGSSLMODE=verify-full PGSSLROOTCERT="${CA_FILE}"
  elif [[ -n "${TLS}" ]]; then
    export PGSSLMODE="${TLS}"
  fi
  ask "connecting to the database" "${FIRST_DATABASE:-${DATABASE}}" 'SHOW server_version_num'
  number "the version of the server" "${ANSWER}"
  SERVER_VERSION="${NUMBER}"
  server="$((SERVER_VERSION / 10000))"
  use_tools_of "${server}"
}

# use_tools_of MAJOR: an archive is for the pg_restore of its own version or newer, which may say to a server what only
# newer ones know. So those of the server's version are taken where they are installed beside others.
use_tools_of() {
  local folder
  ask_tool
  for folder in "/usr/lib/postgresql/$1/bin" "/usr/pgsql-$1/bin"; do
    if ((TOOL_MAJOR != $1)) && [[ -x "${folder}/pg_dump" && -x "${folder}/pg_restore" ]]; then
      PATH="${folder}:${PATH}"
      hash -r
      ask_tool
    fi
  done
  if ((TOOL_MAJOR < $1)); then
    fail "${MISSING}" "pg_dump ${TOOL_MAJOR} is older than the server, which is PostgreSQL $1; install postgresql-client-$1 or newer"
  fi
}

ask_tool() {
  run pg_dump --version >"${work}/version" 2>"${work}/err" || program_failed "asking pg_dump for its version"
  TOOL="$(<"${work}/version")"
  TOOL_MAJOR="${TOOL#*) }"
  TOOL_MAJOR="${TOOL_MAJOR%%[!0-9]*}"
}
TOOL_MAJOR=""
SERVER_VERSION="" TOOL=""

connect_mysql() {
  local escaped="${PASSWORD//\\/\\\\}"
  local -a options
  MYSQL="$(first_of mariadb mysql)"
  MYSQL_DUMP="$(first_of mariadb-dump mysqldump)"
  escaped="${escaped//\"/\\\"}"
  escaped="${escaped//$'\n'/\\n}"
  escaped="${escaped//$'\r'/\\r}"
  run "${MYSQL_DUMP}" --version >"${work}/version" 2>"${work}/err" || program_failed "asking ${MYSQL_DUMP} for its version"
  TOOL="$(<"${work}/version")"
  options=("[client]" "password=\"${escaped}\"" "default-character-set=utf8mb4")
  if [[ -n "${RDS}${CLUSTER}" ]]; then
    options+=("ssl-ca=\"${CA_FILE}\"")
    if [[ "${TOOL}" == *MariaDB* ]]; then
      options+=(ssl-verify-server-cert)
    else
      options+=("ssl-mode=VERIFY_IDENTITY")
    fi
  fi
  printf '%s\n' "${options[@]}" >"${keys}/my.cnf"
  MYSQL_TO=(--defaults-file="${keys}/my.cnf" --protocol=tcp --host="${HOST}" --port="${PORT}" --user="${USER_NAME}")
  unset MYSQL_PWD MYSQL_HOST MYSQL_TCP_PORT
  ask "connecting to the database" "" 'SELECT VERSION()'
  SERVER_VERSION="${ANSWER}"
}
MYSQL="" MYSQL_DUMP=""
MYSQL_TO=()

# query DATABASE SQL: what the client of this engine writes, unaligned and without names. The SQL is no command of the client.
query() {
  if [[ "${ENGINE}" == postgres ]]; then
    PGDATABASE="$1" run psql --no-psqlrc --no-password --quiet --no-align --tuples-only --field-separator=$'\x1f' \
      --set=ON_ERROR_STOP=1 --command=" $2" </dev/null
  else
    run "${MYSQL}" "${MYSQL_TO[@]}" --connect-timeout=15 --binary-mode --batch --raw --skip-column-names \
      ${1:+--database="$1"} < <(printf '%s\n' "$2")
  fi
}

# ask WHAT DATABASE SQL: the answer is in ANSWER. (In memory: MariaDB tells the hash of a password with the rights.)
ask() {
  if ! query "$2" "$3" >"${keys}/rows" 2>"${work}/err"; then
    program_failed "$1"
  fi
  ANSWER="$(tr -d '\000' <"${keys}/rows")"
}
ANSWER=""

# name_of NAME: quoted as a name in SQL; text_of TEXT: as a string.
name_of() {
  if [[ "${ENGINE}" == postgres ]]; then
    printf '"%s"' "${1//\"/\"\"}"
  else
    # shellcheck disable=SC2016
    printf '`%s`' "${1//\`/\`\`}"
  fi
}

text_of() {
  local hex
  if [[ "${ENGINE}" == postgres ]]; then
    # E'' means the same whatever standard_conforming_strings is.
    hex="${1//\\/\\\\}"
    printf " E'%s'" "${hex//\'/\\\'}"
  else
    hex="$(printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n')"
    printf "CONVERT(X'%s' USING utf8mb4)" "${hex}"
  fi
}

# database_there NAME
database_there() {
  local text
  text="$(text_of "$1")"
  if [[ "${ENGINE}" == postgres ]]; then
    ask "looking for the database $1" "${FIRST_DATABASE}" "SELECT count(*) FROM pg_database WHERE datname = ${text}"
  else
    ask "looking for the database $1" "" "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ${text}"
  fi
  [[ "${ANSWER}" == 1 ]]
}
# Where statements about whole databases are made; of MySQL none.
FIRST_DATABASE=""
to_the_server() {
  FIRST_DATABASE=""
  if [[ "${ENGINE}" == postgres ]]; then
    FIRST_DATABASE=postgres
  fi
}
