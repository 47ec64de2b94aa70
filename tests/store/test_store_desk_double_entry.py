"""The state machine of two entries, by machine: any people, any values, any order."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from store.desk.double_entry import Step, as_entry, normal, same, sample_step, step
from store.desk.model import Entry, Stage

VALUES = st.sampled_from(["1234567893", "1234567890", " 1234567893 ", "7"])
ENTRIES = st.one_of(
    VALUES.map(lambda value: Entry("value", value)),
    st.sampled_from([Entry("empty", None), Entry("unreadable", None), Entry("ask_sender", None)]),
)
PEOPLE = st.sampled_from(["ana", "ben", "eva", "lea"])


@dataclass
class Run:
    """One task, played as ``answering`` plays it: nobody who made an entry makes the next one."""

    stage: Stage = "first"
    by: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    last: Step | None = None

    def take(self, person: str, new: Entry, made: Step) -> None:
        if self.stage in ("first", "second"):
            self.by.append(person)
            self.entries.append(new)
        self.stage, self.last = made.stage, made


@given(st.lists(st.tuples(PEOPLE, ENTRIES), max_size=8))
@settings(max_examples=400, deadline=None)
def test_a_double_field_is_settled_by_two_who_agree_or_by_a_third(said: list[tuple[str, Entry]]) -> None:
    run = Run()
    for person, new in said:
        if run.last is not None and run.last.done:
            break
        if person in run.by and run.stage in ("second", "lead"):
            continue
        stage = run.stage
        made = step(stage, new, run.entries, double=True, kind="npi")
        if made.done:
            assert made.settled == new
            assert new.verdict in ("value", "empty")
            assert stage != "first"
            if stage == "second":
                assert same(run.entries[0], new, "npi")
                assert person != run.by[0]
            if stage == "lead":
                assert not same(run.entries[0], run.entries[1], "npi")
                assert person not in run.by
        run.take(person, new, made)
    if run.last is not None and run.stage == "second" and not run.last.done:
        assert len(run.by) == 1


@given(st.lists(ENTRIES, min_size=1, max_size=3), VALUES)
@settings(max_examples=400, deadline=None)
def test_a_sample_finds_the_machine_wrong_only_by_two_against_it(said: list[Entry], read: str) -> None:
    machine, run = as_entry(read), Run()
    for at, new in enumerate(said):
        made = sample_step(run.stage, new, run.entries, machine, "npi")
        if made.done:
            if made.settled is not None and not same(made.settled, machine, "npi"):
                assert at > 0
            break
        run.take(f"person {at}", new, made)


@given(ENTRIES)
def test_a_field_entered_once_is_settled_or_asked_of_the_sender(new: Entry) -> None:
    made = step("first", new, [], double=False, kind="text")
    assert made.done == (new.verdict in ("value", "empty"))
    assert made.done or made.stage == "outreach"


def test_values_are_compared_as_the_contract_says() -> None:
    assert normal("  Ferreira   LUND ", "name") == normal("ferreira lund", "name")
    assert normal("D-1", "rems_id") != normal("d-1", "rems_id")
    assert normal(("b", "a"), "choices") == normal(("a", "b"), "choices")
    assert not same(Entry("empty", None), Entry("unreadable", None), "text")
