"""The page in Chromium, with a camera made of rendered hands: from an empty folder to a model.

Takes minutes, so ``make studio`` or ``pytest -m slow tests/studio/test_browser.py``. It prints how
long things took: measure on a quiet machine. HANDPOSE_SCREENSHOTS names a folder for pictures of
each step.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

import handpose as hp
from handpose.datasets import photo_folder

playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
PLACES = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, PLACES)), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.studio,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not here: apt-get install chromium"),
]

GESTURES = {"fist": "0", "four": "4", "five": "5"}
MOTIONS = {"four": "sway", "five": "hover"}
"""What the hand of a gesture's clip is said to do."""
PEOPLE = ("anna", "ben")
ENOUGH = 6
PATIENCE_MS = 300_000
TRIED_MS = 3000
"""While frames are counted."""
CONTROLS = {
    *("button", "checkbox", "combobox", "link", "progressbar", "ProgressIndicator"),
    *("searchbox", "slider", "spinbutton", "tab", "textbox", "image", "img"),
}
"""Roles of what a screen reader must be able to name."""
MOST_TABS = 120
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)


@contextmanager
def serving(folder, *, end=signal.SIGINT):
    """The server as a user starts it; gives its address and the process."""
    command = [sys.executable, "-m", "handpose", "studio", "--data", str(folder)]
    process = subprocess.Popen(
        [*command, "--port", "0", "--no-browser"], stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        yield re.search(r"http://\S+", line)[0], process
    finally:
        process.send_signal(end)
        process.wait(PATIENCE_MS / 1000)
        process.stdout.close()


@contextmanager
def browsing(address, camera, profile, size=(1280, 860), **options):
    """The page, with a camera that shows a clip; what it asks of other machines is noted."""
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=[*FLAGS, f"--use-file-for-fake-video-capture={camera}"],
            viewport={"width": size[0], "height": size[1]},
            accept_downloads=True,
            **options,
        )
        page = context.pages[0]
        page.set_default_timeout(PATIENCE_MS)
        page.outside, page.wrong = [], []
        page.on("request", lambda r: page.outside.append(r.url) if is_outside(r.url) else None)
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.goto(address)
        yield page
        assert page.outside == []
        assert page.wrong == []
        context.close()


def unnamed(page):
    """The controls without a name, as a screen reader is told of them."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    told = [node for node in nodes if not node["ignored"] and node["role"]["value"] in CONTROLS]
    assert len(told) > 4
    return [node for node in told if not node.get("name", {}).get("value", "").strip()]


def tab_to(page, selector, key="Tab"):
    """Press Tab until something has the focus."""
    for _ in range(MOST_TABS):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {selector}")


def is_outside(url):
    return not re.match(r"(http|ws)://127\.0\.0\.1:|blob:|data:", url)


def until(page, condition):
    """Wait for something to be true; the page's own rules forbid what Playwright does for that."""
    end = monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(condition):
        assert monotonic() < end, f"waited in vain for {condition}"
        page.wait_for_timeout(100)


def shoot(page, name):
    folder = os.environ.get("HANDPOSE_SCREENSHOTS")
    if folder:  # how busy this machine is belongs into no picture
        page.locator("#speed").evaluate("e => { e.style.visibility = 'hidden'; }")
        page.screenshot(path=Path(folder) / f"{name}.png")
        page.locator("#speed").evaluate("e => { e.style.visibility = ''; }")


@pytest.fixture(scope="module")
def cameras(tmp_path_factory):
    """A clip for each gesture of each person."""
    from tests.studio.fake_camera import write_camera

    folder, photos = tmp_path_factory.mktemp("cameras"), photo_folder("rendered_hands")
    clips = {}
    for label, digit in GESTURES.items():
        for number, who in enumerate(PEOPLE):
            clips[label, who] = folder / f"{label}-{who}.mjpeg"
            write_camera(clips[label, who], [photos / digit / f"render{2 * number}.jpg"], 90)
    clips["all"] = folder / "all.mjpeg"
    write_camera(clips["all"], [photos / d / "render0.jpg" for d in (*GESTURES.values(), "2")], 90)
    return clips


def test_from_an_empty_folder_to_a_model(cameras, tmp_path, capsys):
    folder, start, first = tmp_path / "mine", monotonic(), None
    with serving(folder) as (address, _):
        served = monotonic() - start
        for (label, who), clip in [item for item in cameras.items() if item[0] != "all"]:
            with browsing(address, clip, tmp_path / "profile") as page:
                first = first or _first_page(page)
                _collect(page, label, who)
                shoot(page, f"collect-{label}-{who}")
                if label in MOTIONS:
                    _record(page, MOTIONS[label], who)
        with browsing(address, cameras["all"], tmp_path / "profile") as page:
            _train(page)
            rate = _try(page)
            model = _take(page, tmp_path)
    with capsys.disabled():
        sys.stdout.write(
            f"\nserver {served:.1f} s, first page {first:.2f} s, all {monotonic() - start:.0f} s, "
            f"trying {rate:.0f} frames a second\n"
        )
    photos = photo_folder("rendered_hands")
    recognizer = hp.load_recognizer(model)
    for label, digit in GESTURES.items():
        (hand,) = recognizer.recognize(photos / digit / "render0.jpg")
        assert hand.gesture in (label, None)
        assert (hand.gesture or hand.rejected) == label


def test_kill_while_collecting_loses_nothing_that_was_shown(cameras, tmp_path):
    folder = tmp_path / "mine"
    with (
        serving(folder, end=signal.SIGKILL) as (address, _),
        browsing(address, cameras["five", "anna"], tmp_path / "profile") as page,
    ):
        _collect(page, "five", "anna", stop=False)
        shown = int(page.text_content("[data-count=five]").split()[0])
    with (
        serving(folder) as (address, _),
        browsing(address, cameras["five", "anna"], tmp_path / "profile") as page,
    ):
        page.wait_for_selector("[data-count=five]")
        assert int(page.text_content("[data-count=five]").split()[0]) >= shown >= ENOUGH


def test_an_older_state_that_comes_later_hides_nothing(cameras, tmp_path):
    """The answer to a request from before a motion was added comes after the motion's own."""
    held = []
    with (
        serving(tmp_path / "mine") as (address, _),
        browsing(address, cameras["five", "anna"], tmp_path / "profile") as page,
    ):
        page.wait_for_selector("#gesture-name")
        page.route("**/api/state", lambda route: held.append((route, route.fetch())))
        _collect(page, "five", "anna")
        until(page, "!document.querySelector('.gesture.recording')")
        page.fill("#motion-name", "sway")
        page.click("#add-motion")
        page.wait_for_selector("[data-take=sway]")
        assert held
        for route, response in held:
            route.fulfill(response=response)
        page.wait_for_timeout(500)
        assert page.query_selector("[data-take=sway]") is not None


def test_a_phone_in_the_dark_without_a_mouse(cameras, tmp_path):
    """From an empty folder to a file by Tab, Enter and arrows alone."""
    clip = cameras["four", "anna"]
    with (
        serving(tmp_path / "mine") as (address, _),
        browsing(address, clip, tmp_path / "profile", (390, 844), color_scheme="dark") as page,
    ):
        page.wait_for_selector("#gesture-name")
        tab_to(page, "#subject")
        page.keyboard.type("anna")
        for label in ("four", "stop"):
            tab_to(page, "#gesture-name")
            page.keyboard.type(label)
            page.keyboard.press("Enter")
            page.wait_for_selector(f"[data-record={label}]")
        for label in ("four", "stop"):
            tab_to(page, f"[data-record={label}]")
            page.keyboard.press("Enter")
            until(page, f"{_shown(label)} > 3")
            shoot(page, f"phone-dark-{label}")
            page.keyboard.press("Enter")
            until(page, "!document.querySelector('.gesture.recording')")
        _fits(page)
        tab_to(page, "#tab-collect", "Shift+Tab")
        page.keyboard.press("ArrowRight")
        tab_to(page, "#train")
        page.keyboard.press("Enter")
        page.wait_for_selector("#accuracy, #caveat")
        shoot(page, "phone-dark-train")
        tab_to(page, "#threshold")
        before = page.evaluate("window.studio.shared.state.model.min_score")
        page.keyboard.press("Home")
        until(page, f"window.studio.shared.state.model.min_score !== {before}")
        _fits(page)
        tab_to(page, "#tab-train", "Shift+Tab")
        page.keyboard.press("ArrowRight")
        until(page, "!!document.querySelector('#bars .line')")
        shoot(page, "phone-dark-try")
        _fits(page)
        page.keyboard.press("ArrowRight")
        tab_to(page, "#take-model")
        shoot(page, "phone-dark-take")
        _fits(page)
        with page.expect_download():
            page.keyboard.press("Enter")


def _fits(page):
    """Nothing is wider than the window, and everything has a name."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert unnamed(page) == []


def _first_page(page):
    """Seconds from the address to the first card."""
    page.wait_for_selector("#gesture-name")
    return page.evaluate("performance.now()") / 1000


def _collect(page, label, who, stop=True):
    page.wait_for_selector("#gesture-name")
    page.fill("#subject", who)
    if not page.query_selector(f"[data-record={label}]"):
        page.fill("#gesture-name", label)
        page.click("#add-gesture")
    before = int(page.text_content(f"[data-count={label}]").split()[0])
    page.click(f"[data-record={label}]")
    until(page, f"{_shown(label)} >= {before + ENOUGH}")
    if stop:
        page.click(f"[data-record={label}]")


def _record(page, name, who):
    """Two takes of a motion."""
    if not page.query_selector(f"[data-take={name}]"):
        page.fill("#motion-name", name)
        page.click("#add-motion")
    takes = f"parseInt(document.querySelector('[data-takes={name}]')?.textContent ?? '0')"
    until(page, f"!!document.querySelector('[data-take={name}]')")
    before = page.evaluate(takes)
    page.click(f"[data-take={name}]")
    until(page, "document.querySelector('#caption').textContent.includes('now')")
    shoot(page, f"record-{name}-{who}")
    until(page, f"{takes} >= {before + 2}")
    page.click(f"[data-take={name}]")


def _shown(label):
    """How many pictures the card of a gesture tells, in JavaScript."""
    return f"parseInt(document.querySelector('[data-count={label}]').textContent)"


def _train(page):
    page.click("#tab-train")
    page.click("#train")
    state = "window.studio.shared.state"
    until(page, f"!!{state}.findings && !{state}.training.running")
    page.wait_for_selector("#accuracy")
    page.wait_for_timeout(500)
    shoot(page, "train")
    assert unnamed(page) == []
    assert page.text_content("#headline").startswith(tuple(str(n) for n in range(1, 100)))
    assert "motions" in page.text_content("#motion-headline")
    slider, score = page.locator("#threshold"), "window.studio.shared.state.model.min_score"
    slider.focus()
    page.keyboard.press("Home")
    set_there = f"{score} === +document.querySelector('#threshold').dataset.score"
    until(page, set_there)
    strict, rate = page.text_content("#threshold-words"), slider.get_attribute("aria-valuetext")
    before = page.evaluate(score)
    page.keyboard.press("End")
    until(page, f"{score} !== {before} && {set_there}")  # by rates it falls, by scores it rises
    assert page.text_content("#threshold-words") != strict
    assert slider.get_attribute("aria-valuetext") != rate
    slider.evaluate("e => e.scrollIntoView({block: 'center'})")
    shoot(page, "threshold")


def _try(page):
    page.click("#tab-try")
    assert page.text_content("#known-motions") == ", ".join(sorted(MOTIONS.values()))
    for label in GESTURES:
        until(page, f"document.querySelector('#caption').textContent.startsWith('{label}')")
        shoot(page, f"try-{label}")
    assert unnamed(page) == []
    before, start = page.evaluate("window.studio.camera.frames"), monotonic()
    page.wait_for_timeout(TRIED_MS)
    seen = page.evaluate("window.studio.camera.frames") - before
    return seen / (monotonic() - start)


def _take(page, folder):
    page.click("#tab-take")
    until(page, "document.querySelector('#snippet').textContent.includes('import')")
    shoot(page, "take")
    assert unnamed(page) == []
    assert page.query_selector("#take-motions") is not None
    with page.expect_download() as download:
        page.click("#take-model")
    download.value.save_as(folder / "taken.handpose")
    return folder / "taken.handpose"
