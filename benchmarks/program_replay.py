"""Five hundred forms with all that goes wrong, processed in random orders: the same states must come out."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from benchmarks.program_cases import (
    AGENT,
    SUPERVISOR,
    Story,
    at,
    patient_values,
    prescriber_values,
    recorded,
    site_values,
)
from benchmarks.program_people import people
from validators.program.decisions import (
    Decision,
    Linked,
    Merged,
    Reinstated,
    RemsIdIssued,
    Suspended,
    Unmerged,
)
from validators.program.events import RecordedForm
from validators.program.ledger import Ledger, Snapshot
from validators.program.moments import add_months
from validators.program.registry import party_id
from validators.program.rems_ids import candidates
from validators.program.settings import ProgramSettings

AS_OF = date(2018, 6, 30)
Item = RecordedForm | Decision

PRESCRIBERS = (("Ilse", "Abernathy"), ("Tomas", "Okafor"), ("Priya", "Lindqvist"), ("Noor", "Castellanos"))
FACILITIES = ("Cedar Creek Infusion Center", "Harbor Neurology Infusion", "St Brendan Outpatient Clinic")


def stories(count: int, seed: int) -> list[Story]:
    """Patients of a few prescribers, infused at a few sites."""
    rng = random.Random(seed)
    made = []
    for number, person in enumerate(people(count, seed)):
        which = rng.randrange(len(PRESCRIBERS))
        site = rng.randrange(len(FACILITIES))
        made.append(
            Story(
                number=number + 1,
                start=date(2015, 9, 5) + timedelta(days=rng.randrange(200)),
                person={**patient_values(), **person.values()},
                prescriber=prescriber_values(*PRESCRIBERS[which], number=which + 1),
                facility=site_values("facility", FACILITIES[site], site + 1),
            )
        )
    return made


def history(count: int, seed: int = 1) -> list[Item]:
    """About ``count`` forms, and the decisions of people about some of them, in order of receipt.

    Late pages, corrections, resends, forms of nobody enrolled, twins in doubt, a suspension, a wrong merge
    undone, REMS IDs issued and used.
    """
    rng = random.Random(seed)
    items: list[Item] = []
    certified: set[str] = set()
    for story in stories(max(6, count // 13), seed):
        forms = story.whole(30)
        name = str(story.prescriber["prescriber_last_name"])
        site = str(story.facility["facility_name"])
        early = date(2015, 8, 1) + timedelta(days=story.number % 20)
        if name not in certified:
            items += [replace(form, received_at=at(early)) for form in story.certification()]
        if site not in certified:
            items += [replace(form, received_at=at(early)) for form in story.sites()]
        certified |= {name, site}
        known = {form.document_id for form in (*story.certification(), *story.sites())}
        forms = [form for form in forms if form.document_id not in known]
        items += _with_ids(forms, story) if story.number % 2 else forms
        items += _troubles(story, forms, rng)
    items += _decisions(stories(max(6, count // 13), seed))
    return sorted(items, key=lambda item: item.order)


def _with_ids(forms: Sequence[RecordedForm], story: Story) -> list[Item]:
    """The patient's REMS ID, issued on the day of enrollment and written on later forms."""
    rems_id = next(candidates("patient", story.id("pat")))
    issued = RemsIdIssued(
        decision_id=f"id-{story.number}",
        at=at(story.start + timedelta(days=5), 20),
        who=SUPERVISOR,
        reason="enrolled",
        party=party_id("patient", story.id("pat")),
        rems_id=rems_id,
    )
    return [
        issued,
        *(
            form
            if form.form == "patient_enrollment"
            else replace(form, values={**form.values, "patient_rems_id": rems_id})
            for form in forms
        ),
    ]


def _troubles(story: Story, forms: Sequence[RecordedForm], rng: random.Random) -> list[Item]:
    """One thing that goes wrong for each patient."""
    form = rng.choice([one for one in forms if one.form in ("patient_status", "patient_authorization")])
    later = form.received_at + timedelta(days=rng.randrange(1, 9), hours=rng.randrange(8))
    name = f"{form.document_id}-again"
    kind = story.number % 6
    if kind == 0:
        return [replace(form, document_id=name, received_at=later)]
    if kind == 1:
        values = {**form.values, "comments": "corrected", "signature_date": later.date().isoformat()}
        return [replace(form, document_id=name, received_at=later, values=values)]
    if kind == 2:
        corrected = {**form.values, "cbc_date": "2014-01-01", "alive": "no", "death_date": "2015-01-01"}
        return [replace(form, values=corrected, revision=1, known_at=later, by=AGENT)]
    if kind == 3:
        stranger = {
            **patient_values("Nobody", f"Atall{story.number}", "1971-01-01", "99999"),
            **story.prescriber,
        }
        stranger["patient_phone"] = "5555550199"
        return [recorded("patient_status", name, later, stranger)]
    if kind == 4:
        second = Story(
            story.number + 5000, story.start, {**story.person, "patient_first_name": "Twin"}, story.prescriber
        )
        return [second.enrollment(), replace(second.status(6), received_at=later)]
    first = replace(
        form, missing_pages=(2,), values={k: v for k, v in form.values.items() if k != "signature"}
    )
    page = replace(
        form,
        document_id=name,
        received_at=later,
        missing_pages=(1,),
        values={"signature": True, **story.person},
    )
    return [replace(first, document_id=f"{form.document_id}-p1"), page]


def _decisions(made: Sequence[Story]) -> list[Item]:
    """What people decide in the meantime."""
    prescriber = party_id("prescriber", made[0].id("pka"))
    one, other = made[1], made[2]
    day = add_months(one.start, 14)
    merge = Merged(
        decision_id="m-1",
        at=at(day),
        who=SUPERVISOR,
        reason="thought the same",
        kept=party_id("patient", one.id("pat")),
        gone=party_id("patient", other.id("pat")),
    )
    twin = next((story for story in made if story.number % 6 == 4), made[0])
    return [
        Suspended(
            decision_id="s-1",
            at=at(add_months(made[0].start, 13)),
            who=SUPERVISOR,
            reason="late forms",
            party=prescriber,
        ),
        Reinstated(
            decision_id="s-2",
            at=at(add_months(made[0].start, 14)),
            who=SUPERVISOR,
            reason="mended",
            party=prescriber,
        ),
        merge,
        Unmerged(
            decision_id="m-2",
            at=at(day + timedelta(days=9)),
            who=SUPERVISOR,
            reason="two people",
            merge_id="m-1",
        ),
        Linked(
            decision_id="l-1",
            at=at(day),
            who=AGENT,
            reason="a twin",
            document_id=f"doc-{twin.number + 5000:05d}-pat",
            role="patient",
            party=None,
        ),
    ]


def processed(items: Sequence[Item], settings: ProgramSettings) -> Snapshot:
    """The states after processing forms and decisions in the order given."""
    ledger = Ledger(settings)
    for item in items:
        if isinstance(item, RecordedForm):
            ledger.record(item)
        else:
            ledger.decide(item)
    return ledger.snapshot(at(AS_OF))


def shuffled(items: Sequence[Item], seed: int) -> list[Item]:
    """The same items in a random order."""
    mixed = list(items)
    random.Random(seed).shuffle(mixed)
    return mixed
