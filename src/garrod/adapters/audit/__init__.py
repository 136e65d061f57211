"""The audit log in a store of its own: append only, sealed, provable."""
