"""Collecting samples of one's own gestures."""

from handpose.collecting.collector import Collector, Outcome
from handpose.collecting.sample_folder import SampleFolder

__all__ = ["Collector", "Outcome", "SampleFolder"]
