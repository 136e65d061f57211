"""Rules of access as text: read, judged by Cedar, kept for when they cannot be."""
