"""Garrod: a personalised-medicine platform. The floors: core, knowledge, science, care, adapters, entry."""

__version__ = "0.1.0"
