"""The doors of a server with the audit around them and nothing else, and without it."""

from garrod.entry.asgi import AUDIT, doors
from garrod.entry.auditing import Audited

audited = Audited(doors, AUDIT)

__all__ = ["audited", "doors"]
