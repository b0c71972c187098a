"""The steps of the schema (Alembic), inside the package so that an installed Matinee can upgrade its database."""
