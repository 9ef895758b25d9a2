"""Keypoint networks trained from scratch."""
