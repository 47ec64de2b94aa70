import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.engine import Engine
from store_samples import FIRST, facts, in_processes, sha

from store.database import open_database, reading, writing
from store.inbox import Received, claim, note_unreadable, receive, reclaim_dead, release, renew
from store.model import SetAside
from store.owners import host_name, is_gone, owner_name
from store.queries import inbox_counts, unreadable_arrivals
from store.recording import set_aside
from store.tables import Delivery, Transmission

REASON = SetAside("no_fax", "This file is no fax; ask the sender.")


def _claim_all(work: tuple[str, str]) -> list[str]:
    url, owner = work
    engine = open_database(url)
    mine: list[str] = []
    while taken := claim(engine, owner, 600, 7):
        mine += [item.transmission_id for item in taken]
    return mine


def _receive_all(work: tuple[str, int]) -> int:
    url, start = work
    engine = open_database(url)
    return sum(receive(engine, facts(number % 40)).new for number in range(start, start + 40))


def test_a_delivery_is_noted_once(engine: Engine) -> None:
    assert receive(engine, facts(1)) == Received(sha(1), new=True, resend=False, status="received")
    assert receive(engine, facts(1)) == Received(sha(1), new=False, resend=False, status="received")


def test_a_resend_is_linked_and_never_processed_again(engine: Engine) -> None:
    receive(engine, facts(1))
    set_aside(engine, sha(1), REASON)
    again = receive(engine, facts(1, source="/inbox/again.tif", minutes=-60))
    assert again == Received(sha(1), new=False, resend=True, status="set_aside")
    assert claim(engine, "me", 60, 10) == ()
    with reading(engine) as session:
        assert session.query(Delivery).count() == 2
        assert session.get_one(Transmission, sha(1)).received_at == FIRST + timedelta(minutes=1 - 60)


def test_the_oldest_are_claimed_first_with_what_is_known_of_the_call(engine: Engine) -> None:
    for number in (3, 1, 2):
        receive(engine, facts(number))
    receive(engine, facts(3, source="/inbox/late.tif", minutes=9))
    taken = claim(engine, "me", 60, 2)
    assert [item.facts for item in taken] == [facts(1), facts(2)]
    assert [item.attempts for item in taken] == [1, 1]
    assert [item.facts for item in claim(engine, "you", 60, 9)] == [facts(3)]
    assert claim(engine, "you", 60, 9) == ()


def test_only_the_named_are_claimed(engine: Engine) -> None:
    for number in range(4):
        receive(engine, facts(number))
    taken = claim(engine, "me", 60, 10, among=[sha(2), sha(9)])
    assert [item.transmission_id for item in taken] == [sha(2)]


def test_a_lease_that_ran_out_is_taken_over(engine: Engine) -> None:
    receive(engine, facts(1))
    claim(engine, "dead", -1, 1)
    assert renew(engine, "dead", 60, [sha(1)]) == {sha(1)}
    assert claim(engine, "me", 60, 1) == ()
    with writing(engine) as session:
        session.execute(update(Transmission).values(claimed_until=FIRST - timedelta(days=999)))
    (taken,) = claim(engine, "me", 60, 1)
    assert taken.attempts == 2
    assert renew(engine, "dead", 60, [sha(1)]) == frozenset()


def test_what_is_released_can_be_claimed_again(engine: Engine) -> None:
    for number in range(3):
        receive(engine, facts(number))
    claim(engine, "me", 60, 3)
    assert release(engine, "you") == 0
    assert release(engine, "me", [sha(1)]) == 1
    assert [item.transmission_id for item in claim(engine, "you", 60, 3)] == [sha(1)]
    assert release(engine, "me") == 2


def test_four_processes_claim_each_fax_once(engine: Engine, database_url: str) -> None:
    for number in range(200):
        receive(engine, facts(number))
    engine.dispose()
    with in_processes(4) as pool:
        taken = pool.map(_claim_all, [(database_url, f"worker {n}") for n in range(4)], chunksize=1)
    assert Counter(fax for mine in taken for fax in mine) == Counter(sha(number) for number in range(200))


def test_two_processes_that_receive_the_same_note_it_once(engine: Engine, database_url: str) -> None:
    engine.dispose()
    with in_processes(2) as pool:
        assert sum(pool.map(_receive_all, [(database_url, 0), (database_url, 20)], chunksize=1)) == 40
    with reading(engine) as session:
        assert inbox_counts(session).received == 40
        assert session.query(Delivery).count() == 40


def test_claims_of_a_process_that_ended_are_given_back(engine: Engine) -> None:
    for number in range(3):
        receive(engine, facts(number))
    child = subprocess.run(
        [sys.executable, "-c", "from store.owners import owner_name; print(owner_name())"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    dead = child.stdout.strip()
    claim(engine, dead, 600, 1)
    claim(engine, owner_name(), 600, 1)
    claim(engine, "elsewhere:1:1", 600, 1)
    assert reclaim_dead(engine) == 1
    assert [item.transmission_id for item in claim(engine, "me", 60, 9)] == [sha(0)]


def test_who_is_gone() -> None:
    host, pid, start = owner_name().rsplit(":", 2)
    assert host == host_name()
    assert not is_gone(owner_name())
    assert is_gone(f"{host}:{pid}:{int(start) + 1}"), "the number was used again by another process"
    assert not is_gone(f"other-{host}:{pid}:{int(start) + 1}")
    assert not is_gone("a strange name")
    assert not is_gone(f"{host}:x:1")


def test_what_cannot_be_had_stays_in_sight_until_it_is_received(engine: Engine) -> None:
    note_unreadable(engine, facts(1).source, SetAside("permission", "No permission; ask for it."))
    note_unreadable(engine, facts(1).source, SetAside("link", "This is a link; put the file itself."))
    with reading(engine) as session:
        (item,) = unreadable_arrivals(session)
        assert (item.source, item.reason.code) == (facts(1).source, "link")
        assert inbox_counts(session).unreadable == 1
    receive(engine, facts(1))
    with reading(engine) as session:
        assert unreadable_arrivals(session) == ()
    note_unreadable(engine, facts(1).source, SetAside("link", "This is a link; put the file itself."))
    with reading(engine) as session:
        assert inbox_counts(session).unreadable == 1


def test_names_that_no_database_takes_are_kept_as_far_as_they_go(engine: Engine) -> None:
    odd = replace(facts(1), source='/inbox/it\'s "\U0001f4e0" \udcff\x00.tif', more={"csid": "A\x00B"})
    assert receive(engine, odd).new
    assert not receive(engine, odd).resend
    (taken,) = claim(engine, "me", 60, 1)
    assert taken.facts.source == '/inbox/it\'s "\U0001f4e0" ��.tif'
    assert taken.facts.more == {"csid": "A�B"}
