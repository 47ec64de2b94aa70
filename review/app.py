"""The desk as one ASGI application."""

from fastapi import FastAPI
from sqlalchemy.engine import Engine
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from pipelines.registering import program_of
from pipelines.settings import PipelineSettings
from pipelines.stores import store_archive, store_database
from review.accounts.oidc import HouseSignIn
from review.catalog import catalog
from review.context import DeskContext
from review.pictures import Pictures
from review.routes import ROUTERS
from review.settings import DeskSettings
from review.web.failing import install_errors
from review.web.headers import ResponseHeaders
from review.web.rendering import STATIC, static_digest
from store.archive import Archive
from store.desk.rules import Rules
from store.desk.settings import ReviewSettings
from store.schema import upgrade

YEAR = "public, max-age=31536000, immutable"


class StaticForever(StaticFiles):
    """Static files under an address that changes with them: a browser asks for each once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = YEAR
        return response


def open_context(settings: DeskSettings, review: ReviewSettings, pipeline: PipelineSettings) -> DeskContext:
    """Open the stores as the settings name them, and bring the tables up to date."""
    database = store_database(pipeline.store)
    upgrade(database)
    return make_context(settings, review, pipeline, database, store_archive(pipeline.store))


def make_context(
    settings: DeskSettings,
    review: ReviewSettings,
    pipeline: PipelineSettings,
    database: Engine,
    archive: Archive,
) -> DeskContext:
    """A desk over stores that are open already."""
    return DeskContext(
        settings=settings,
        review=review,
        pipeline=pipeline,
        database=database,
        archive=archive,
        program=program_of(pipeline),
        rules=Rules(catalog(), pipeline.rules, pipeline.program.zone, pipeline.reading.legible_confidence),
        catalog=catalog(),
        pictures=Pictures(archive, pipeline.reading.limits),
        house=HouseSignIn(settings.oidc) if settings.oidc.issuer else None,
    )


def create_app(desk: DeskContext) -> FastAPI:
    """The whole desk; every route is in ``review.permissions``."""
    app = FastAPI(
        title="remsfax desk",
        description="Triage, review and registers of the LEMTRADA REMS fax desk. Every page as JSON.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = desk
    install_errors(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount(f"/static/{static_digest()}", StaticForever(directory=STATIC), name="static")
    app.add_middleware(ResponseHeaders)
    return app
