"""The API of today, under /api/v1: resources, JSON, bearer tokens. docs/api-v1.md is its guide."""
