"""What the report asks of people: every finding's own sentence, and warnings beside the tasks."""

from datetime import UTC, datetime

from pipelines.report import needs_of, warnings_of
from store.queries import FindingSummary, TaskSummary, TransmissionSummary

CALL = "Call the prescriber: the lab is older than 30 days."


def finding(rule: str, severity: str, message: str, *pages: int) -> FindingSummary:
    return FindingSummary(rule, severity, message, (), pages, 0)


def task(kind: str, reason: str, page: int | None = None) -> TaskSummary:
    return TaskSummary(f"{kind} {reason} {page}", "ab" * 32, kind, reason, 4, 0, page, None)  # type: ignore[arg-type]


def fax(*findings: FindingSummary, tasks: tuple[TaskSummary, ...] = ()) -> TransmissionSummary:
    return TransmissionSummary(
        id="ab" * 32,
        status="in_review" if tasks else "recorded",
        received_at=datetime(2026, 10, 5, tzinfo=UTC),
        sources=("a.tif",),
        page_count=3,
        priority=4,
        set_aside=None,
        documents=(),
        findings=findings,
        open_tasks=tasks,
        suspects=(),
        seconds={},
    )


def test_a_warning_of_a_recorded_fax_is_told_once_with_all_its_pages() -> None:
    told = warnings_of(fax(finding("M1", "warning", CALL, 3), finding("M1", "warning", CALL, 1)))
    assert [(need.reason, need.message, need.pages) for need in told] == [("M1", CALL, (1, 3))]


def test_what_a_task_shows_or_only_informs_is_no_warning() -> None:
    event = finding("AE-01", "warning", "Forward it.", 1)
    info = finding("COM-09", "info", "Review the answers first.", 1)
    assert warnings_of(fax(event, info, tasks=(task("adverse_event", "AE-01", 1),))) == ()


def test_what_the_program_says_already_is_not_said_twice() -> None:
    assert warnings_of(fax(finding("M1", "warning", CALL, 1)), {CALL}) == ()


def test_each_finding_of_a_rule_has_its_own_sentence() -> None:
    npi, phone = "NPI is empty. Ask for it.", "Phone is empty. Ask for it."
    needs = needs_of(
        fax(
            finding("COM-01", "error", npi, 1),
            finding("COM-01", "error", phone, 2),
            finding("COM-01", "info", "Not read with certainty.", 2),
            tasks=(task("document", "COM-01", 1), task("document", "COM-01", 2)),
        )
    )
    assert [(need.message, need.pages) for need in needs] == [(npi, (1,)), (phone, (2,))]


def test_doubtful_fields_are_one_sentence() -> None:
    fields = tuple(task("field", reason, page) for reason, page in (("unsure", 1), ("illegible", 3)))
    (need,) = needs_of(fax(tasks=fields))
    assert (need.message, need.pages) == ("2 fields were not read with certainty.", (1, 3))
