"""Pharmacogenomics: from readings to diplotypes with their probability."""
