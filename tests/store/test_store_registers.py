from sqlalchemy.engine import Engine
from register_samples import play, snapshot
from benchmarks.program_replay import AS_OF, history, processed, shuffled
from benchmarks.program_cases import at
from store.registers.registering import decide
import pytest
from validators.program.settings import ProgramSettings
import register_samples

ITEMS = history(60)

@pytest.mark.parametrize("seed", [0, 1])
def test_replay(engine: Engine, seed: int, monkeypatch) -> None:
    import store.registers.registering as r
    monkeypatch.setattr(r, "fold_stale", lambda *a: 0)
    play(engine, shuffled(ITEMS, seed))
    expected = processed(ITEMS, ProgramSettings())
    got = snapshot(engine, at(AS_OF))
    assert got.rems_ids == expected.rems_ids
    assert got.standings == expected.standings
    assert got.patients == expected.patients
    assert got == expected
