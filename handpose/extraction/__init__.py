"""From photos and videos to a data set of landmarks."""

from handpose.extraction.loading import extract_folder, load_dataset, load_with_summary
from handpose.extraction.summary import ExtractionSummary

__all__ = ["ExtractionSummary", "extract_folder", "load_dataset", "load_with_summary"]
