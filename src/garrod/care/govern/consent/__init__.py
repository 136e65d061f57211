"""What a person agreed to, as rules; and what the rules say of one resource asked for."""
