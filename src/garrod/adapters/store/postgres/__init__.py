"""The record on PostgreSQL: one writing transaction at a time, readers beside it."""
