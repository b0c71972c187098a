#!/bin/sh
# Runs a Matinee command as the service does: as its user, with its settings.
# Copy to /usr/local/bin/matinee, mode 0755. Example: matinee doctor
exec sudo -u matinee sh -c 'set -a; . /etc/matinee/matinee.env; exec /opt/matinee/.venv/bin/matinee "$@"' matinee "$@"
