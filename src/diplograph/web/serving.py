"""Serving: the graph is put on disk, the workers are started, and requests are answered until a signal comes."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvicorn
from msgspec import Struct

from diplograph import asking
from diplograph.errors import UsageError
from diplograph.mapping.iris import Iris
from diplograph.web.app import application
from diplograph.web.graph import fill
from diplograph.web.pool import Pool
from diplograph.web.tasks import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MEMORY: Final = 2 << 30
_WAITING_EACH: Final = 64
"""How many tasks may wait for each worker."""
_HOST: Final = "127.0.0.1"
_LONGEST_HEAD: Final = 1 << 21
"""Bytes of a request's line and headers: a query may come with the line."""


class Options(Struct, frozen=True):
    """How to serve: seconds for a query, how many workers, and origins that may read the answers."""

    timeout: float
    jobs: int
    origins: tuple[str, ...] = ()


def prepared(
    folder: str, sources: Iterable[str], store: str, ontology: Iterable[str], base_iri: str, most_rows: int
) -> Settings:
    """Put the graph of some sources into a folder, or take the store of the user's as it is.

    Raises:
        InputError: something is wrong with the input.
        UsageError: a source does not exist, or both sources and a store are given.
    """
    base, named = Iris(base_iri).base, list(sources)
    if store and not named:
        if list(ontology):
            raise UsageError("A store is served as it is: it has to hold the ontology itself.", "Leave --ontology out.")
        found = Settings(str(Path(store).resolve()), of_user=True, base=base, most_rows=most_rows, memory=_MEMORY)
    else:
        path = fill(Path(folder), asking.load(*named, store=store, ontology=ontology, base_iri=base).store)
        found = Settings(str(path), of_user=False, base=base, most_rows=most_rows, memory=_MEMORY)
    return found


def listening(port: int) -> socket.socket:
    """Take a port of this machine that only it can reach, any free one for 0.

    Raises:
        UsageError: it is taken, or not for this user.
    """
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((_HOST, port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise UsageError(
            f"The port {port} cannot be used: {error.strerror}.", "Give another with --port, 0 for any."
        ) from error
    return taken


def serve(settings: Settings, options: Options, taken: socket.socket, ready: Callable[[str, bool], None]) -> None:
    """Answer requests at a socket until the process is told to end.

    Tells the address, and whether the graph has the ontology, once it does.

    Raises:
        OSError: there is no room for so many workers.
        UsageError: the graph cannot be opened.
    """
    port = taken.getsockname()[1]
    pool = Pool(settings, options.jobs, options.timeout, _WAITING_EACH * options.jobs)
    config = uvicorn.Config(
        application(
            pool, settings.base, port, options.origins, lambda: ready(f"http://{_HOST}:{port}/", pool.knows_ontology)
        ),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=60,  # a client on a busy machine may take long to send its next request
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )
    try:
        uvicorn.Server(config).run(sockets=[taken])
    finally:
        if pool.failed:  # says more than that the server could not start
            raise pool.failed
