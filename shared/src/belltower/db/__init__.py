"""Postgres: the tables, the statements, and one module per noun."""
