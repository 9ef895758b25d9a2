# On a fresh machine `make demo` and `make test` are the only two commands.
# Each target makes the environment it needs; PYTHON chooses the interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test check check-extras check-newest check-processors check-versions release-check cpp docs web studio bench trust \
	shipped clean

help:
	@echo "make demo             train, compare and recognise, on data that ships"
	@echo "make test             run the tests"
	@echo "make check            ruff and mypy"
	@echo "make check-extras     the tests on every Python, and without each extra"
	@echo "make check-newest     the tests with the newest scikit-learn, and all else that is newest"
	@echo "make check-processors the tests of hands as other processors would: twenty minutes"
	@echo "make check-versions   exchange model files between versions of Python and scikit-learn"
	@echo "make release-check    build wheel and sdist, and work with the wheel on every Python"
	@echo "make cpp              build and test the example in C++ (Debian's packages)"
	@echo "make web              build and test the page (npm's packages; Chromium for its tests)"
	@echo "make studio           test the page of the studio (Chromium; playwright from PyPI)"
	@echo "make docs             the site, from docs/ and the docstrings, into build/site"
	@echo "make bench            measure what the README quotes: two hours (photos in HANDPOSE_DATA)"
	@echo "make trust            fuzz, kill, fill the disk, a million frames: an hour (Linux, root)"
	@echo "make shipped          make the shipped landmark table and the digits model again"
	@echo "make clean            remove the environment"

demo: $(VENV)/ready
	$(BIN)/handpose demo

test: $(VENV)/ready
	$(BIN)/handpose assets fetch
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check-extras:
	$(PYTHON) scripts/check_extras.py

check-newest:
	$(PYTHON) scripts/check_extras.py --newest --python 3.13

check-processors: $(VENV)/ready
	$(BIN)/handpose assets fetch
	$(BIN)/python scripts/check_processors.py $(CONFIGURATIONS)

check-versions: $(VENV)/ready
	HANDPOSE_VERSIONS=1 $(BIN)/python -m pytest -m slow tests/models/test_versions.py

release-check:
	$(PYTHON) -m scripts.release_check

cpp: $(VENV)/ready
	$(BIN)/handpose assets fetch
	PYTHON=$(abspath $(BIN)/python) examples/cpp/setup.sh examples/cpp/build
	ctest --test-dir examples/cpp/build --output-on-failure

web: $(VENV)/ready
	$(BIN)/handpose assets fetch
	PYTHON=$(abspath $(BIN)/python) web/check.sh

studio: $(VENV)/ready
	$(BIN)/handpose assets fetch
	PYTHON=$(abspath $(BIN)/python) scripts/check_studio.sh

docs: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[docs]"
	$(BIN)/python -m sphinx --fail-on-warning --keep-going -q -c docs -d build/doctrees . build/site
	$(BIN)/python scripts/check_site.py build/site

bench: $(VENV)/ready
	$(BIN)/python -m benchmarks.extraction
	$(BIN)/python -m benchmarks.small_sets
	MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_MMAP_THRESHOLD_=4294967296 $(BIN)/python -m benchmarks.keypoints_or_pixels

trust: $(VENV)/ready
	$(BIN)/handpose assets fetch
	$(BIN)/python -m benchmarks.trust

shipped: $(VENV)/ready
	$(BIN)/python -m scripts.make_shipped

# torch first and alone: its constraint decides which build is taken.
$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

clean:
	rm -rf $(VENV)
