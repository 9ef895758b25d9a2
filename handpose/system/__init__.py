"""The computer: files, locks, paths, threads, optional packages."""
