#!/bin/sh
# Prepares and starts PostgreSQL as the official image does: the same variables, folders, messages and signals.
set -e
export PGDATA="${PGDATA:-/var/lib/postgresql/data}"

# Docker secrets: a variable's value may stand in the file that VARIABLE_FILE names.
from_file() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  if [ -n "$file" ]; then value=$(cat "$file"); fi
  export "$1=$value"
}

# A first argument that is an option belongs to the server.
if [ "$#" -eq 0 ] || [ "${1#-}" != "$1" ]; then set -- postgres "$@"; fi
if [ "$1" != postgres ]; then exec "$@"; fi

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /run/postgresql
  find "$PGDATA" /run/postgresql ! -user postgres -exec chown postgres:postgres {} +
  chmod 700 "$PGDATA"
  chmod 2775 /run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

initialise() {
  from_file POSTGRES_PASSWORD
  from_file POSTGRES_USER
  from_file POSTGRES_DB
  user="${POSTGRES_USER:-postgres}"
  database="${POSTGRES_DB:-$user}"
  method="${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}"
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified." >&2
    echo "  Set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust to allow all connections without one." >&2
    exit 1
  fi

  secret=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" > "$secret"
  # An empty password file is refused, and without a password none is wanted.
  if [ -n "$POSTGRES_PASSWORD" ]; then set -- --pwfile="$secret"; else set --; fi
  # shellcheck disable=SC2086 # POSTGRES_INITDB_ARGS is a list of words.
  initdb -D "$PGDATA" -U "$user" "$@" --auth=trust --encoding=UTF8 --locale=C.UTF-8 ${POSTGRES_INITDB_ARGS:-}
  rm -f "$secret"
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"

  # While it is being prepared, the server listens on its socket only: nobody sees a half-made database.
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  if [ "$database" != postgres ]; then
    psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc -U "$user" -d postgres -v name="$database" <<'SQL'
CREATE DATABASE :"name";
SQL
  fi
  export PGUSER="$user" PGDATABASE="$database"
  for script in /docker-entrypoint-initdb.d/*; do
    case "$script" in
      *.sh) echo "running $script"; if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
      *.sql) echo "running $script"; psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc -f "$script" ;;
      *.sql.gz) echo "running $script"; gunzip -c "$script" | psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc ;;
      */\*) ;;
      *) echo "ignoring $script" ;;
    esac
  done
  unset PGUSER PGDATABASE
  pg_ctl -D "$PGDATA" -m fast -w stop
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initialise
else
  printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
fi
unset POSTGRES_PASSWORD
exec "$@"
