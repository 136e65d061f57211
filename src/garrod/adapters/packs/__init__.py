"""Reads packs from disk: the wheel's own and a site's."""
