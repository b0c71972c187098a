#!/bin/sh
# Run by Patroni once, on the first primary, with the address of its database: the user and the database of Matinee.
set -eu
psql --set ON_ERROR_STOP=1 --quiet "$1" <<SQL
CREATE ROLE matinee LOGIN PASSWORD '@MATINEE_PASSWORD@';
CREATE DATABASE matinee OWNER matinee;
SQL
