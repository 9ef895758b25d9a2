"""Motions and letters found in streams that do not end."""
