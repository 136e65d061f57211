"""DEVELOPMENT ONLY: the door of the issuer that lets anybody on this machine be anybody."""
