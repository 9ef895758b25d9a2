"""Data sets: hands with labels and subjects, from tables, folders and known sources."""

from handpose.datasets.dataset import Dataset
from handpose.datasets.fetch import fetch_dataset
from handpose.datasets.folder import PictureFolder, list_images, read_folder
from handpose.datasets.manifest import ImageItem
from handpose.datasets.registry import DATASETS, photo_folder
from handpose.datasets.table import read_table, write_table

__all__ = [
    "DATASETS",
    "Dataset",
    "ImageItem",
    "PictureFolder",
    "fetch_dataset",
    "list_images",
    "photo_folder",
    "read_folder",
    "read_table",
    "write_table",
]
