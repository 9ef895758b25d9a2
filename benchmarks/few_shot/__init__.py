"""Gestures learnt from one to five samples."""
