"""Pages that may be one paper sent twice, by the hash of what is written: linked, never acted upon."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.tables import Page, Suspect

BANDS = 4
DIGITS_IN_BAND = 4


def band(content_hash: str | None, number: int) -> str | None:
    """One quarter of a content hash: two hashes that differ in fewer bits than there are bands share one."""
    return (
        None
        if content_hash is None
        else content_hash[number * DIGITS_IN_BAND : (number + 1) * DIGITS_IN_BAND]
    )


def distance_bits(one: str, other: str) -> int:
    """In how many of 64 bits two content hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def link_suspects(session: Session, transmission_id: str, limit_bits: int) -> None:
    """Link each page of a fax with those of other faxes whose hashes differ in at most ``limit_bits`` bits.

    The four bands find all pairs up to 3 bits apart, and not all beyond.
    """
    mine = session.execute(
        select(Page.number, Page.content_hash).where(
            Page.transmission_id == transmission_id, Page.content_hash.is_not(None)
        )
    ).all()
    for number, content_hash in mine:
        others = session.execute(
            select(Page.transmission_id, Page.number, Page.content_hash).where(
                or_(*(getattr(Page, f"content_band_{at}") == band(content_hash, at) for at in range(BANDS))),
                Page.transmission_id != transmission_id,
            )
        ).all()
        for other_id, other_number, other_hash in others:
            distance = distance_bits(content_hash, other_hash)
            if distance <= limit_bits:
                first, second = sorted([(transmission_id, number), (other_id, other_number)])
                session.add(
                    Suspect(
                        transmission_id=first[0],
                        page=first[1],
                        other_transmission_id=second[0],
                        other_page=second[1],
                        distance_bits=distance,
                    )
                )
    session.flush()
