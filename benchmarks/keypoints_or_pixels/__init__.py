"""Keypoints against pixels, measured on the same photos and the same folds."""
