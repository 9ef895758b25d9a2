"""Our own extractor: the palm and landmark networks, run directly."""

from handpose.extractors.native.extractor import NativeExtractor

__all__ = ["NativeExtractor"]
