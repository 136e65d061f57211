"""A server whole, with rates, audit and headers, and its doors alone."""

from garrod.entry.asgi import app, doors

__all__ = ["app", "doors"]
