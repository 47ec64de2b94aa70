"""The pages of the desk, one module a subject."""

from fastapi import APIRouter

from review.reviewing.routes import router as reviewing
from review.routes import (
    accounts,
    due,
    figures,
    house,
    inbox,
    keys,
    lines,
    matching,
    outreach,
    registers,
    session,
    transmission,
)
from review.wall.routes import router as wall

ROUTERS: tuple[APIRouter, ...] = (
    # Reviewers ask the most, and routes are tried in this order.
    reviewing,
    wall,
    session.router,
    house.router,
    inbox.router,
    transmission.router,
    registers.router,
    matching.router,
    due.router,
    outreach.router,
    figures.router,
    lines.router,
    accounts.router,
    keys.router,
)
