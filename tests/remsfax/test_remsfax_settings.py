"""Settings: where each comes from, and what is said of a wrong one."""

from pathlib import Path

import pytest

from remsfax.settings import BadSettings, load_settings, shown_settings


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def origins() -> dict[str, tuple[str, str]]:
    return {one.name: (one.value, one.origin) for one in shown_settings(load_settings())}


def test_every_setting_is_described() -> None:
    shown = list(shown_settings(load_settings()))
    assert len(shown) > 30
    assert [one.name for one in shown if not one.description] == []


def test_environment_before_file_before_default(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("remsfax.toml").write_text(
        "[batch]\nworkers = 3\nchunk_seconds = 9\n[reading.limits]\nmost_pages = 7\n"
    )
    monkeypatch.setenv("REMSFAX_BATCH__WORKERS", "5")
    shown = origins()
    assert shown["batch.workers"] == ("5", "REMSFAX_BATCH__WORKERS")
    assert shown["batch.chunk_seconds"] == ("9.0", "remsfax.toml")
    assert shown["reading.limits.most_pages"] == ("7", "remsfax.toml")
    assert shown["reading.target_error"] == ("0.0014", "default")
    assert load_settings().pipeline().batch.chunk_seconds == 9.0


def test_an_option_outweighs_all_and_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("remsfax.toml").write_text("[batch]\nchunk_seconds = 9\n")
    monkeypatch.setenv("REMSFAX_BATCH__WORKERS", "5")
    settings = load_settings(batch={"workers": 1})
    assert (settings.batch.workers, settings.batch.chunk_seconds) == (1, 9.0)


def test_a_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMSFAX_STORE__DATABASE", "postgresql://remsfax:open@db/remsfax")
    assert origins()["store.database"][0] == "postgresql://remsfax:***@db/remsfax"
    assert load_settings().store.database == "postgresql://remsfax:open@db/remsfax"


@pytest.mark.parametrize(
    ("file", "environment", "said"),
    [
        ("[batch]\nworkers = 0\n", {}, "batch.workers"),
        ("[batch]\nwrokers = 1\n", {}, "batch.wrokers"),
        ("[batches]\nworkers = 1\n", {}, "batches"),
        ("[batch\n", {}, "is no TOML"),
        ("", {"REMSFAX_BATCH__WORKERS": "many"}, "batch.workers"),
        ("", {"REMSFAX_BATCH__WROKERS": "1"}, "REMSFAX_BATCH__WROKERS"),
        ("", {"REMSFAX_SETTINGS": "nowhere.toml"}, "nowhere.toml"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    file: str, environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("remsfax.toml").write_text(file)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
