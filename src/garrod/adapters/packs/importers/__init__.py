"""Turns public downloads at a site into packs; one module for each source."""
