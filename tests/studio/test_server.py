"""The protocol, and who may use it."""

import json

import pytest

pytest.importorskip("starlette", reason='pip install "handpose[studio]"')
pytest.importorskip("httpx2")

from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import handpose as hp
from handpose.images import read_frames
from handpose.recognition import recognizer
from handpose.studio import server
from handpose.studio.frames import decode_jpeg
from handpose.studio.guard import REFUSED
from handpose.studio.server import REPLACED, application
from tests.studio.conftest import frame, jpeg

pytestmark = pytest.mark.studio

TOKEN, PORT = "s3cret", 8765
HOST = f"127.0.0.1:{PORT}"
OWN = {"host": HOST, "origin": f"http://{HOST}"}


@pytest.fixture
def client(studio):
    base = f"http://{HOST}"
    with TestClient(application(studio, TOKEN, PORT), base_url=base, headers=OWN) as made:
        yield made


def post(client, path, **given):
    return client.post(f"/{TOKEN}/api/{path}", json=given)


def test_a_full_disk_is_one_line(client, studio, monkeypatch):
    studio.add_gesture("fist")

    def full(*_, **__):
        raise OSError(28, "No space left on device", "mine/fist/anna-0001.jpg")

    monkeypatch.setattr("handpose.studio.album.Album.add_label", full)
    monkeypatch.setattr("handpose.datasets.sample_folder.save_picture", full)
    line = "mine/fist/anna-0001.jpg: No space left on device"
    answer = post(client, "gestures", name="one")
    assert (answer.status_code, answer.json()) == (507, {"error": line})
    with client.websocket_connect(f"/{TOKEN}/socket") as socket:
        socket.send_bytes(frame(1, "collect", "fist", "anna"))
        assert socket.receive_json()["error"] == line


def train(client, studio):
    answer = post(client, "train").json()
    studio.job.wait()
    return answer


def test_the_page_comes_with_the_token_only(client):
    page = client.get(f"/{TOKEN}/")
    assert page.status_code == 200
    assert "handpose studio" in page.text
    for path in ("/", "/index.html", "/wrong/", "/api/state", f"/{TOKEN[:-1]}/", f"//{TOKEN}/"):
        refused = client.get(path)
        assert refused.status_code == 404
        assert TOKEN not in refused.text


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1:9999"},
        {"host": f"evil.example:{PORT}"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_page_can_neither_read_nor_post_nor_listen(client, studio, headers):
    studio.add_gesture("fist")
    assert client.get(f"/{TOKEN}/api/state", headers=headers).status_code == 403
    removal = client.post(
        f"/{TOKEN}/api/gestures/remove", json={"name": "fist"}, headers={**OWN, **headers}
    )
    assert removal.status_code == 403
    assert studio.album.labels == ["fist"]
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect(f"/{TOKEN}/socket", headers={**OWN, **headers}),
    ):
        pass
    assert refused.value.code == REFUSED


def test_a_post_or_a_socket_without_an_origin_is_refused(client):
    del client.headers["origin"]
    assert post(client, "undo").status_code == 403
    assert client.get(f"/{TOKEN}/api/state").status_code == 200
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect(f"/{TOKEN}/socket"),
    ):
        pass
    assert refused.value.code == REFUSED


def test_every_answer_forbids_other_origins_and_connections_elsewhere(client):
    for path in ("", "api/state", "studio.css"):
        headers = client.get(f"/{TOKEN}/{path}").headers
        rules = headers["content-security-policy"]
        assert "default-src 'self'" in rules
        assert "http:" not in rules
        assert "https:" not in rules
        assert "unsafe" not in rules
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers


def test_frames_are_answered_one_by_one(client):
    assert post(client, "gestures", name="fist").json()["gestures"][0]["name"] == "fist"
    with client.websocket_connect(f"/{TOKEN}/socket") as socket:
        socket.send_bytes(frame(1))
        socket.send_bytes(frame(2, mode="collect", label="fist", subject="anna"))
        socket.send_bytes(b"nonsense")
        socket.send_bytes(frame(3, mode="collect", label="palm", subject="anna"))
        answers = [socket.receive_json() for _ in range(4)]
    assert [answer["id"] for answer in answers] == [1, 2, None, 3]
    assert answers[1]["kept"]["path"] == "fist/anna-0001.jpg"
    assert "no valid head" in answers[2]["error"]
    assert "no gesture 'palm'" in answers[3]["error"]


def test_a_second_window_takes_over(client):
    with client.websocket_connect(f"/{TOKEN}/socket") as first:
        first.send_bytes(frame(1))
        first.receive_json()
        with client.websocket_connect(f"/{TOKEN}/socket") as second:
            second.send_bytes(frame(2))
            assert second.receive_json()["id"] == 2
            with pytest.raises(WebSocketDisconnect) as closed:
                first.receive_json()
            assert closed.value.code == REPLACED


def test_a_text_message_ends_the_socket_and_no_more(client):
    with client.websocket_connect(f"/{TOKEN}/socket") as socket:
        socket.send_text("hello")
    with client.websocket_connect(f"/{TOKEN}/socket") as socket:
        socket.send_bytes(frame(5))
        assert socket.receive_json()["id"] == 5


@pytest.mark.parametrize(
    ("path", "given", "words"),
    [
        ("gestures", {}, "name must be text"),
        ("gestures", {"name": "../x"}, "cannot be part of a file name"),
        ("gestures", {"name": "<img src=x onerror=alert(1)>"}, "cannot be part of a file name"),
        ("gestures", {"name": "x" * 300}, "has 300 characters; use 100 at most"),
        ("motions", {"name": "../x"}, "cannot be part of a file name"),
        ("motions/remove", {"name": 5}, "name must be text"),
        ("samples/remove", {"paths": "x"}, "paths must be a list"),
        ("samples/remove", {"paths": ["../../x.mp4"]}, "no such picture"),
        ("samples/remove", {"paths": [1]}, "paths must be a list"),
        ("samples/remove", {"paths": ["../../etc/passwd"]}, "no such picture"),
        ("threshold", {"min_score": True}, "min_score must be a number"),
        ("threshold", {"min_score": 0.5}, "no model yet"),
        ("threshold", {"min_score": 7}, "between 0 and 1"),
        ("threshold", {"min_score": float("nan")}, "between 0 and 1"),
        ("unknown/teach", {"id": 1.5, "label": "x", "subject": "y"}, "id must be a whole number"),
        ("unknown/teach", {"id": 1, "label": "x", "subject": "y"}, "no gesture 'x'"),
        ("undo", {}, "nothing to undo"),
        ("train", {}, "no pictures yet"),
    ],
)
def test_a_wrong_request_is_one_clear_line(client, path, given, words):
    answer = client.post(f"/{TOKEN}/api/{path}", content=json.dumps(given))
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_what_is_no_json_is_refused(client):
    for content in (b"nonsense", b"[1]"):
        answer = client.post(f"/{TOKEN}/api/undo", content=content)
        assert answer.status_code == 400
        assert "JSON" in answer.json()["error"]


def test_uploads_are_bounded_by_what_they_say_and_by_what_they_are(client, monkeypatch):
    post(client, "gestures", name="fist")
    where = f"/{TOKEN}/api/upload?label=fist&subject=anna&name="
    said = client.post(f"{where}big.mp4", content=b"x", headers={"content-length": str(2**30)})
    assert said.status_code == 413
    assert said.json()["error"] == "big.mp4 is larger than 300 MB; make it smaller"
    monkeypatch.setattr(server, "MAX_PHOTO", 2**20)
    parts = (b"x" * 2**16 for _ in range(40))  # chunked: the length is not said
    sent = client.post(f"{where}big.jpg", content=parts)
    assert sent.status_code == 413
    assert sent.json()["error"] == "big.jpg is larger than 1 MB; make it smaller"
    many = client.post(f"/{TOKEN}/api/gestures", content=b" " * 2**17)
    assert many.status_code == 413


def test_a_photo_is_taken_and_a_text_named_mp4_is_not(client):
    post(client, "gestures", name="fist")
    where = f"/{TOKEN}/api/upload?label=fist&subject=anna&name="
    taken = client.post(f"{where}../../a.jpg", content=jpeg()).json()
    assert taken["upload"] == {"name": "a.jpg", "kept": 1, "passed": {}}
    assert taken["gestures"][0]["count"] == 1
    text = client.post(f"{where}text.mp4", content=b"hello")
    assert text.status_code == 400
    assert text.json()["error"].startswith("text.mp4: ")
    assert "/tmp" not in text.json()["error"]
    program = client.post(f"{where}run.exe", content=b"MZ")
    assert program.json()["error"] == "run.exe: not a photo or a video by its name"


def test_from_samples_to_what_one_takes_away(client, filled, tmp_path):
    train(client, filled)
    state = client.get(f"/{TOKEN}/api/state").json()
    assert state["findings"]["subjects"] == 2
    assert post(client, "threshold", min_score=0.6).json()["model"]["min_score"] == 0.6
    model = client.get(f"/{TOKEN}/take/mine.handpose")
    assert "mine.handpose" in model.headers["content-disposition"]
    (tmp_path / "mine.handpose").write_bytes(model.content)
    loaded = hp.load_model(tmp_path / "mine.handpose")
    assert loaded.classes_.tolist() == ["fist", "one", "two"]
    assert loaded.min_score == 0.6
    report = client.get(f"/{TOKEN}/take/report.html")
    assert report.headers["content-disposition"] == "attachment"
    assert "How good it is" in report.text
    thumbnail = client.get(f"/{TOKEN}/api/thumbnail", params={"path": "fist/anna-0001.jpg"})
    assert thumbnail.headers["content-type"] == "image/jpeg"


def test_the_snippet_runs_as_printed(client, filled, tmp_path, monkeypatch, capsys):
    train(client, filled)
    program = client.get(f"/{TOKEN}/take/snippet.py").text
    model = client.get(f"/{TOKEN}/take/mine.handpose").content
    (tmp_path / "mine.handpose").write_bytes(model)
    monkeypatch.chdir(tmp_path)
    extractor = filled._extractor
    monkeypatch.setattr(recognizer, "make_extractor", lambda *args, **options: extractor)
    frames = [decode_jpeg(jpeg(gesture=1))] * 30
    monkeypatch.setattr(recognizer, "read_frames", lambda source: read_frames(frames))
    exec(compile(program, "snippet.py", "exec"), {})
    assert capsys.readouterr().out.endswith(" s: one\n")


def test_the_model_comes_as_onnx_too(client, filled):
    onnx = pytest.importorskip("onnx", reason='pip install "handpose[export]"')
    train(client, filled)
    assert client.get(f"/{TOKEN}/api/state").json()["model"]["onnx"]
    onnx.checker.check_model(onnx.load_from_string(client.get(f"/{TOKEN}/take/mine.onnx").content))


def test_nothing_of_a_model_before_there_is_one(client):
    for path in ("take/mine.handpose", "take/report.html", "api/unknown/3"):
        answer = client.get(f"/{TOKEN}/{path}")
        assert answer.status_code == 400
        assert "error" in json.loads(answer.text)


def test_paths_that_lead_out_of_the_page_are_not_found(client):
    for path in ("../server.py", "%2e%2e/server.py", "..%2fserver.py"):
        assert client.get(f"/{TOKEN}/{path}").status_code == 404
