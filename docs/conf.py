"""How Sphinx makes the site of README.md, docs/, benchmarks/ and the docstrings: ``make docs``."""

import re
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.highlighting import lexers

import handpose

project = "handpose"
version = release = handpose.__version__
copyright = "the authors of handpose"  # noqa: A001
html_title = f"handpose {version}"

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_parser",
    "sphinx_copybutton",
]
# The source folder is the root of the repository: links between its pages hold on the site too.
root_doc = "docs/README"
include_patterns = [
    "*.md",
    "docs/**.md",
    "docs/api/*.rst",
    "benchmarks/**.md",
    "datasets/*/README.md",
    "examples/**.md",
    "web/README.md",
]
exclude_patterns = [".*", "build", "shared"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
html_theme = "pydata_sphinx_theme"
html_theme_options = {
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "use_edit_page_button": False,
    "navbar_align": "left",
}
html_show_sourcelink = False
html_additional_pages = {"index": "to_the_contents.html"}
# Absolute: Sphinx looks from this folder, its autosummary from the source folder.
templates_path = [str(Path(__file__).parent / "site")]

myst_heading_anchors = 4
myst_linkify_fuzzy_links = False
default_role = "py:obj"
autodoc_typehints = "none"
autosummary_generate = True
autosummary_ignore_module_all = False
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
toc_object_entries_show_parents = "hide"
python_maximum_signature_line_length = 88
suppress_warnings = ["ref.term"]

lexers["mermaid"] = TextLexer()  # drawn where the page is read on a forge, shown as text here

MADE_BY_SCIKIT_LEARN = re.compile(r"set_\w+_request|get_metadata_routing")
CONTENTS = re.compile(r"^\d+\. \[.*?\]\(([./\w]+)\.md\)", re.MULTILINE)


def skip(app, what, name, obj, skip, options):
    """Leave out methods that scikit-learn adds to every estimator for its own routing."""
    return True if MADE_BY_SCIKIT_LEARN.fullmatch(name) else None


def add_navigation(app, docname, source):
    """Make the numbered list of contents the navigation too."""
    if docname == root_doc:
        listed = CONTENTS.findall(source[0])
        there = {name.removeprefix("../") for name in listed if name.startswith("../")} | {root_doc}
        others = [f"/{name}" for name in sorted(app.env.found_docs - there) if is_other(name)]
        pages, more = "\n".join(listed), "\n".join(others)
        source[0] += f"\n\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: The project\n\n{more}\n```\n"


def is_other(docname):
    """Whether a page lies beside docs/."""
    return not docname.startswith("docs/")


def setup(app):
    """Called by Sphinx."""
    app.connect("autodoc-skip-member", skip)
    app.connect("source-read", add_navigation)
