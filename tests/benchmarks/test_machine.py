"""The machine and the versions: plain values for JSON, whatever the platform."""

from __future__ import annotations

import json
import os
from importlib.metadata import version

from benchmarks import machine as module
from benchmarks.machine import machine, versions
from handpose.extractors.native.extractor import VERSION


def test_the_machine_is_json_and_names_what_numbers_depend_on():
    found = machine()
    assert json.loads(json.dumps(found)) == found
    assert set(found) == {
        *("processor", "cores", "memory_gib", "bf16", "instructions", "limits", "precision"),
        *("system", "python"),
    }
    assert found["precision"].split()[0] in ("openvino", "litert")
    assert found["processor"]
    assert found["cores"] == os.cpu_count()
    assert found["memory_gib"] is None or 0.5 < found["memory_gib"] < 10_000


def test_versions_are_those_of_the_metadata_and_none_where_absent(monkeypatch):
    monkeypatch.setattr(module, "PACKAGES", ("numpy", "no-such-package-here"))
    assert versions() == {
        "native extractor": str(VERSION),
        "numpy": version("numpy"),
        "no-such-package-here": None,
    }


def test_only_the_first_processor_counts(tmp_path):
    info = tmp_path / "cpuinfo"
    info.write_text(
        "model name\t: First: 2 GHz\nflags\t: sse avx512_bf16\n\nmodel name\t: Second\n"
    )
    facts = module._processor_facts(info)
    assert facts == {"model name": "First: 2 GHz", "flags": "sse avx512_bf16"}
    assert module._processor_facts(tmp_path / "absent") == {}
