"""The database: base class and column types, engine, transactions, constraint names, the version of the data."""
