"""Garrod: a personalised-medicine platform, in six floors."""

__version__ = "0.1.0"
