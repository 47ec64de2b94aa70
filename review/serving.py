"""The desk as a server: uvicorn, https or a proxy before it, and what is tended in the background."""

import asyncio
import contextlib
import gc
import logging
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from pipelines.logs import note_failure, start_log
from pipelines.settings import PipelineSettings
from review.app import create_app, open_context
from review.context import DeskContext
from review.settings import DeskSettings
from store.database import reading
from store.desk.accounts import any_account
from store.desk.settings import ReviewSettings
from store.desk.tending import tend

TEND_SECONDS = 60.0
PAUSE_SECONDS = 0.0005
"""How long a thread computes while another could go on; Python's own 5 ms add up to the wait of a person."""

HUNG_SECONDS = 60
"""A process of several that gives no sign of life for so long is replaced; a busy machine makes one slow."""


class NotSafe(Exception):
    """The desk would be reached from other machines without encryption."""


class NoCertificate(Exception):
    """The desk is to encrypt by itself and has nothing to do it with."""


def check_reach(settings: DeskSettings) -> None:
    """Refuse to be reached unencrypted from anywhere but this machine.

    Raises:
        NotSafe: it would be.
        NoCertificate: ``https`` is ``own``, and a file is missing.
    """
    if settings.https == "none" and not is_loopback(settings.host):
        raise NotSafe(
            f"The desk would listen on {settings.host} without encryption; set desk.https to proxy (an https "
            "proxy stands in front) or to own (with desk.certificate), or listen on 127.0.0.1."
        )
    if settings.https == "own":
        for name in ("certificate", "certificate_key"):
            file = getattr(settings, name)
            if not file or not Path(file).is_file():
                raise NoCertificate(
                    f"desk.{name} names no file; name the PEM file, or set desk.https to proxy."
                )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def has_accounts(desk: DeskContext) -> bool:
    """Whether anybody could sign in."""
    with reading(desk.database) as session:
        return any_account(session)


def open_desk(settings: DeskSettings, review: ReviewSettings, pipeline: PipelineSettings) -> DeskContext:
    """Open the stores for a desk that may be served as the settings say.

    Raises:
        NotSafe, NoCertificate: see ``check_reach``.
        StoreError: the store cannot be opened.
    """
    check_reach(settings)
    start_log(pipeline.batch.log)
    return open_context(settings, review, pipeline)


def serve(desk: DeskContext) -> None:
    """Serve until stopped, in this process or in as many as ``desk.workers`` says."""
    _make_ready()
    if desk.settings.workers == 1:
        uvicorn.Server(_config(desk.settings, tended(desk))).run()
        return
    desk.database.dispose()
    config = _config(desk.settings, OneOfMany(desk.settings, desk.review, desk.pipeline), factory=True)
    Multiprocess(config, sockets=[config.bind_socket()]).run()


@dataclass(frozen=True)
class OneOfMany:
    """Makes the desk of one process of several; what they share is in the store."""

    settings: DeskSettings
    review: ReviewSettings
    pipeline: PipelineSettings

    def __call__(self) -> FastAPI:
        """Open the stores in this process."""
        _make_ready()
        return tended(open_desk(self.settings, self.review, self.pipeline))


def _make_ready() -> None:
    # Threads come back from the database many times a request, and each time wait for another to pause.
    sys.setswitchinterval(PAUSE_SECONDS)
    # Access lines would tell who looked at which fax; that belongs into the trail alone.
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _config(settings: DeskSettings, app: ASGIApp | OneOfMany, *, factory: bool = False) -> uvicorn.Config:
    own, proxy = settings.https == "own", settings.https == "proxy"
    return uvicorn.Config(
        app,
        factory=factory,
        workers=settings.workers,
        host=settings.host,
        port=settings.port,
        access_log=False,
        server_header=False,
        proxy_headers=proxy,
        forwarded_allow_ips=settings.trusted_proxies if proxy else "",
        ssl_certfile=settings.certificate if own else None,
        ssl_keyfile=settings.certificate_key if own else None,
        log_config=None,
        timeout_graceful_shutdown=10,
        timeout_worker_healthcheck=HUNG_SECONDS,
    )


def tended(desk: DeskContext) -> FastAPI:
    """The desk with its background work: samples drawn, looks sealed, ended sessions dropped."""
    app = create_app(desk)

    @contextlib.asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        # What is loaded by now stays; to search it for garbage each time would make everybody wait.
        gc.collect()
        gc.freeze()
        task = asyncio.create_task(_tend_for_ever(desk))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    app.router.lifespan_context = living
    return app


async def _tend_for_ever(desk: DeskContext) -> None:
    while True:
        try:
            await run_in_threadpool(tend, desk.database, desk.review)
        except Exception:  # the next round tries again; people at the desk go on
            note_failure("desk_not_tended")
        await asyncio.sleep(TEND_SECONDS)
