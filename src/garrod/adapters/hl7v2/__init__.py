"""Reads HL7 v2 messages, as hospitals' laboratories send results."""
