"""The studio: a rigged hand, rendered as pictures and clips with exact keypoints."""
