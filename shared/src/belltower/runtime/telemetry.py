"""Logs and metrics. No personal data in either: numbers are masked where they are logged (`domain.phone.mask`).

What others write into their errors is masked here: Postgres names the values of a key that is there already.
"""

import logging
import re
import sys
from typing import Any

import structlog

from belltower.runtime.settings import LogSettings

_NUMBER = re.compile(r"(\+[1-9]\d)\d{3,11}(?=\d{2}(?!\d))")
"""A telephone number in E.164, but for its last two digits."""


def _masked(render: structlog.typing.Processor) -> structlog.typing.Processor:
    """A renderer whose lines hold no whole telephone number."""

    def masked(logger: Any, name: str, event: structlog.typing.EventDict) -> str:
        return _NUMBER.sub(r"\1***", str(render(logger, name, event)))

    return masked


def configure_logging(settings: LogSettings, *, service: str) -> None:
    """One JSON object a line on stderr, or text for a person; the standard library's loggers go the same way."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderers: list[structlog.typing.Processor] = (
        [
            # The plain formatter: others show local variables, telephone numbers among them.
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
        if settings.log_format == "console"
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *renderers[:-1],
                _masked(renderers[-1]),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in ("httpx", "httpcore", "uvicorn.access", "aiormq", "aio_pika", "alembic"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.contextvars.bind_contextvars(service=service)
