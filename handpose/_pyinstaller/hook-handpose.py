"""What PyInstaller cannot see: modules that are imported by name, models and data that ship, and
the libraries that a runtime opens by name."""

from importlib.util import find_spec

from PyInstaller.utils.hooks import collect_data_files, collect_dynamic_libs, collect_submodules

LIBRARIES = ["*.dll", "*.dylib", "*.so", "*.so.*"]

hiddenimports = collect_submodules("handpose", on_error="ignore")
datas = collect_data_files("handpose")
binaries = [
    found
    for package in ("openvino", "ai_edge_litert")
    if find_spec(package)
    for found in collect_dynamic_libs(package, search_patterns=LIBRARIES)
]
