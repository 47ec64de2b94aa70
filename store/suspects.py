"""Pages that may be one paper sent twice, by the hash of what is written: linked, never acted upon."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.tables import Page, Suspect

BANDS = 4
DIGITS_IN_BAND = 4
BITS_IN_BAND = 4 * DIGITS_IN_BAND

FARTHEST_BITS = 2 * BANDS - 1
"""Hashes so far apart have at least one band that differs in one bit at most: every such pair is found."""


def band(content_hash: str | None, number: int) -> str | None:
    """One quarter of a content hash, by which the pages are indexed."""
    return (
        None
        if content_hash is None
        else content_hash[number * DIGITS_IN_BAND : (number + 1) * DIGITS_IN_BAND]
    )


def distance_bits(one: str, other: str) -> int:
    """In how many of 64 bits two content hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def near_bands(content_hash: str, number: int, limit_bits: int) -> list[str]:
    """What one band may be in a hash at most ``limit_bits`` from this one, if no other band is nearer.

    Bits that differ cannot be spread over the bands so that each gets more than its share: up to 3 leave one
    band as it is, up to 7 change at most one bit of it.
    """
    here = int(content_hash[number * DIGITS_IN_BAND : (number + 1) * DIGITS_IN_BAND], 16)
    flips = [0] if limit_bits < BANDS else [0, *(1 << bit for bit in range(BITS_IN_BAND))]
    return [f"{here ^ flip:0{DIGITS_IN_BAND}x}" for flip in flips]


def link_suspects(session: Session, transmission_id: str, limit_bits: int) -> None:
    """Link each page of a fax with those of other faxes whose hashes differ in at most ``limit_bits`` bits.

    Args:
        session: in which the fax is being recorded.
        transmission_id: the fax.
        limit_bits: at most ``FARTHEST_BITS``; of pairs farther apart only some would be found.
    """
    mine = session.execute(
        select(Page.number, Page.content_hash).where(
            Page.transmission_id == transmission_id, Page.content_hash.is_not(None)
        )
    ).all()
    for number, content_hash in mine:
        others = session.execute(
            select(Page.transmission_id, Page.number, Page.content_hash).where(
                or_(
                    *(
                        getattr(Page, f"content_band_{at}").in_(near_bands(content_hash, at, limit_bits))
                        for at in range(BANDS)
                    )
                ),
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
