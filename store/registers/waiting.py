"""The forms that wait for the registers."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from store.registers.tables import FormToRegister
from store.registers.upsert import add_new


def wait_to_register(session: Session, documents: Iterable[str]) -> None:
    """Leave forms for the registers, within the transaction that recorded or changed them."""
    add_new(session, FormToRegister, [{"document_id": one} for one in documents])
