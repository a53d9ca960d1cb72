"""The vault: the only door to SQLAlchemy, to the encrypted database and to its key slots."""
