#!/bin/sh
# Run by Patroni on the first primary, with the address of its database: the user and the database of Matinee. After a way
# back to a moment (docs/backup.md) it is run again, and both are there.
# CREATEDB: `matinee backup --verify` restores what it made into a database for a minute.
set -eu
psql --set ON_ERROR_STOP=1 --quiet "$1" <<'SQL'
SELECT 'CREATE ROLE matinee' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'matinee') \gexec
ALTER ROLE matinee LOGIN CREATEDB PASSWORD '@MATINEE_PASSWORD@';
SELECT 'CREATE DATABASE matinee OWNER matinee'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'matinee') \gexec
SQL
