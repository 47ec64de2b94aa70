"""The record of a fax that a person marked as a duplicate or as not the program's: pages, and no form."""

from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.model import OtherPageRecord, PageKind, PageRecord, TransmissionRecord
from store.tables import Page, Transmission

LEAST_URGENT = 9


def marked_record(session: Session, transmission_id: str) -> TransmissionRecord:
    """What stands of a marked fax: its pages as they came, none of them anybody's form.

    Nothing is read again. Its texts were screened when it was read; a flag that is open stays open.
    """
    fax = session.get_one(Transmission, transmission_id, populate_existing=True)
    rows = session.execute(
        select(Page).where(Page.transmission_id == transmission_id).order_by(Page.number)
    ).scalars()
    pages = tuple(_page(row) for row in rows)
    return TransmissionRecord(
        sha256=fax.id,
        outcome="recorded",
        format=fax.format,
        pages=pages,
        other_pages=tuple(OtherPageRecord(page.number, page.kind) for page in pages),
        priority=LEAST_URGENT,
        sender=fax.sender,
        sent_at=fax.sent_at,
        announced_pages=fax.announced_pages,
        software_version=fax.software_version or "",
    )


def _page(row: Page) -> PageRecord:
    return PageRecord(
        number=row.number,
        kind=cast("PageKind", row.kind),
        form=row.form,
        version=row.version,
        form_page=row.form_page,
        probability=row.probability,
        width_px=row.width_px,
        height_px=row.height_px,
        x_dpi=row.x_dpi,
        y_dpi=row.y_dpi,
        quarter_turns=row.quarter_turns,
        skew_degrees=row.skew_degrees,
        bad_rows=row.bad_rows,
        content_hash=row.content_hash,
    )
