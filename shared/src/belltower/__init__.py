"""What Belltower's services share. Read `docs/architecture.md` for the shape of the whole."""
