"""What PyInstaller cannot see: modules that are imported by name, models and data that ship."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

hiddenimports = collect_submodules("handpose", on_error="ignore")
datas = collect_data_files("handpose")
