"""What a pack of facts is, how it is verified, and how a fact is looked up. No I/O here."""
