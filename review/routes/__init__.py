"""The pages of the desk, one module a subject."""

from fastapi import APIRouter

from review.routes import session

ROUTERS: tuple[APIRouter, ...] = (session.router,)
