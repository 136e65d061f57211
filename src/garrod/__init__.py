"""Garrod: a personalised-medicine platform. The floors are described in docs/explanation/house.md."""

__version__ = "0.1.0"
