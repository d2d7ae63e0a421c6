#!/bin/sh
# The service's own login: it owns nothing, and becomes one of the three roles that the migrations make. The roles are
# made here already, so that the login can be a member of them before the first migration.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 --set password="$SERVICE_PASSWORD" <<'SQL'
CREATE ROLE gameforge_service NOLOGIN NOINHERIT;
CREATE ROLE gameforge_identity NOLOGIN NOINHERIT;
CREATE ROLE gameforge_worker NOLOGIN NOINHERIT;
CREATE ROLE gameforge LOGIN NOINHERIT PASSWORD :'password';
GRANT gameforge_service, gameforge_identity, gameforge_worker TO gameforge;
GRANT pg_monitor TO gameforge_worker;
SQL
