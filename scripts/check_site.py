"""Check a built site: every link within it leads somewhere, and reading it asks no other host.

Usage: python scripts/check_site.py [build/site]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"img": "src", "script": "src", "source": "src", "video": "src", "iframe": "src"}
"""Attributes whose address a browser loads by itself; so it does with those of ``<link>``."""


@dataclass
class Page(HTMLParser):
    """What a page links to, what it loads, and the places in it that can be linked to."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=lambda: {"", "top"})

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and values.get("rel") in {"stylesheet", "icon", "preload"}:
            self.loads.append(values.get("href", ""))
        elif LOADED.get(tag) in values:
            self.loads.append(values[LOADED[tag]])


def faults(site: Path) -> list[str]:
    """One line for each link that leads nowhere, and each address that would be loaded."""
    pages = {path.resolve(): read(path) for path in pages_of(site)}
    found = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve()).as_posix()
        for address in page.loads:
            if urlsplit(address).netloc:
                found.append(f"{name}: loads {address}")
        for address in (*page.links, *page.loads):
            if not reaches(address, path, pages):
                found.append(f"{name}: no such place: {address}")
    return found


def pages_of(site: Path) -> list[Path]:
    """The pages that people read; a theme brings templates of its own."""
    return [p for p in sorted(site.rglob("*.html")) if "_static" not in p.relative_to(site).parts]


def read(path: Path) -> Page:
    """Parse a page."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def reaches(address: str, path: Path, pages: dict[Path, Page]) -> bool:
    """Whether a link within the site leads to a file and a place in it."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target in pages:
        return unquote(parts.fragment) in pages[target].anchors
    return target.is_file()


def main() -> None:
    """Print the faults of the site that the command line names."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "build/site")
    if not (site / "index.html").is_file():
        sys.exit(f"{site}: no site; make it with: make docs")
    found = faults(site)
    for line in found:
        print(line)
    print(f"{site}: {len(pages_of(site))} pages, {len(found)} faults")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
