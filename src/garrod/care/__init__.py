"""What is done with findings: decisions about one person, pure and without memory."""
