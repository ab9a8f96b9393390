#!/bin/sh
# Runs once, on an empty data directory: Belltower's own role, which is no superuser, its database, and statistics of
# statements for whoever operates it (`SELECT * FROM pg_stat_statements` in the database `postgres`).
set -eu
psql --quiet --set ON_ERROR_STOP=1 --set password="$BELLTOWER_DATABASE_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE EXTENSION pg_stat_statements;
CREATE ROLE belltower LOGIN PASSWORD :'password';
CREATE DATABASE belltower OWNER belltower;
REVOKE ALL ON DATABASE belltower FROM PUBLIC;
SQL
