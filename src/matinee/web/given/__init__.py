"""The API as given: its paths, names, messages and spellings, exactly. docs/api-given.md states all of it."""
