"""``handpose studio``, as far as it ends by itself."""

import socket

import pytest

from handpose.cli.studio import _bound


@pytest.mark.studio
def test_a_port_that_is_taken_is_one_line(run, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = run("studio", "--port", port, "--data", tmp_path / "mine", "--no-browser")
    assert ran.code == 2
    assert f"port {port} cannot be used" in ran.complaints[0]
    assert not (tmp_path / "mine").exists()


@pytest.mark.studio
def test_a_file_as_folder_is_one_line(run, tmp_path):
    (tmp_path / "mine").write_text("")
    ran = run("studio", "--port", "0", "--data", tmp_path / "mine", "--no-browser")
    assert ran.code == 1
    assert "not a folder" in ran.complaints[0]


def test_without_the_extra_the_command_says_what_to_install(run, tmp_path, monkeypatch):
    monkeypatch.setattr("handpose.system.extras.is_installed", lambda package: False)
    ran = run("studio", "--data", tmp_path / "mine", "--no-browser")
    assert ran.code == 1
    assert 'pip install "handpose[studio]"' in ran.complaints[0]


def test_a_browser_that_is_faster_than_the_server_waits():
    """The address is printed, and opened, before the server answers."""
    with _bound(0) as sock, socket.create_connection(sock.getsockname(), timeout=5) as browser:
        browser.sendall(b"GET / HTTP/1.1\r\n\r\n")
        accepted, _ = sock.accept()
        with accepted:
            assert accepted.recv(5) == b"GET /"
