"""The composition of the API: its resources, its routes, its middleware."""

import json
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.engine import database_problem
from belltower.domain.money import Tariff
from belltower.outcomes import Outcomes
from belltower.runtime.health import health_routes, nothing_wrong
from belltower.telephony.twilio.addresses import CALLBACK_PATH, KEY_PRESS_PATH, WHO_ANSWERED_PATH
from belltower_api.dependencies import Resources
from belltower_api.docs_page import docs_routes
from belltower_api.live import Live
from belltower_api.middleware import RequestScope
from belltower_api.problems import add_handlers
from belltower_api.routes import (
    administrator,
    api_keys,
    archive,
    bulk,
    calendar,
    calendar_feeds,
    call_limits,
    caller,
    calling_hours,
    calls,
    campaigns,
    carrier_callbacks,
    contacts,
    dead_letters,
    do_not_call,
    duplicate,
    edit,
    imports,
    me,
    moves,
    preflight,
    preview,
    rejected,
    retry,
    series,
    session,
    stats,
    stream,
    test_calls,
    unknown_calls,
    wallet,
)
from belltower_api.schemas.problem import Problem
from belltower_api.schemas.stream import CampaignDeleted, Reset
from belltower_api.settings import ApiSettings
from belltower_api.web_app import WebApp

_DESCRIPTION = """\
Campaigns of voice calls that start the moment they are due.

- **Who asks**: every request to `/api` carries `Authorization: Bearer <API key>`, or the cookie of whoever signed in at
  `/api/session`. With the cookie, what changes something is taken from pages of this address only.
- **Times** are RFC 3339 in UTC, **durations** are seconds, **money** is a decimal string with an ISO 4217 currency.
- **Errors** are problem+json (RFC 9457) with a stable `code`, a `detail` for people and a `request_id`; what is wrong with
  what was sent is always 400, with one entry in `errors` for each field, unknown fields included.
- **Collections** are `{items, next_cursor, total}`; send `next_cursor` as `cursor` for the next page.
"""

UPLOADS = ("/api/campaigns/upload", "/api/imports")
"""Where files are taken. The gateway lets as much through there."""


VISITORS = ("/api/session", "/api/administrator")
"""What anybody may send to."""
_VISITORS_LIMIT = 2**16
"""Bytes of that."""


class Api(FastAPI):
    """FastAPI with our own errors, and the data of events, in its OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            schemas = document["components"]["schemas"]
            for model in (Problem, CampaignDeleted, Reset):
                schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
                schemas.update({**schema.pop("$defs", {}), model.__name__: schema})
            # What is ours to call comes before what the carrier calls, in whichever order the routes are looked through.
            paths = sorted(document["paths"].items(), key=lambda item: item[0].startswith("/carrier/"))
            document["paths"] = dict(paths)
            for operations in document["paths"].values():
                for operation in operations.values():
                    for parameter in operation.get("parameters", ()):
                        _as_text(parameter["schema"])
            for form in ("CampaignUpload", "ImportUpload"):
                for value in schemas[form]["properties"].values():
                    _as_text(value)
        assert self.openapi_schema is not None
        return self.openapi_schema


def _as_text(schema: dict[str, Any]) -> None:
    """Describe a parameter, or a field of a form, as it can be sent: never as null, and an object as its JSON."""
    match schema.get("anyOf"):
        case [value, {"type": "null"}]:
            del schema["anyOf"]
            schema.update(value)
    if any(isinstance(example, dict) for example in schema.get("examples", ())):
        content = {name: schema.pop(name) for name in schema.keys() - {"title", "description", "examples"}}
        schema.update(type="string", contentMediaType="application/json", contentSchema=content)
        schema["examples"] = [json.dumps(example) for example in schema["examples"]]


def create_app(settings: ApiSettings, engine: AsyncEngine, callbacks: AsyncEngine | None = None) -> FastAPI:
    """The API on a database, with a pool for the carrier's `callbacks` or without. It starts without a database, too, and is
    not ready then."""
    callbacks = callbacks or engine
    reader = engine.execution_options(isolation_level="AUTOCOMMIT")
    tariff = Tariff(settings.rate_per_minute, settings.billing_increment)

    app = Api(
        title="Belltower",
        version=version("belltower-api"),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        routes=[*health_routes(live=nothing_wrong, ready=lambda: database_problem(reader)), *docs_routes()],
    )
    app.state.resources = Resources(
        settings=settings,
        engine=engine,
        reader=reader,
        callbacks=callbacks,
        outcomes=Outcomes(callbacks, tariff, settings.check_interval),
        live=Live(reader),
    )
    # First, as a request is held against each router's paths in turn: nobody asks as often as the carrier reports.
    app.include_router(carrier_callbacks.router)
    app.include_router(campaigns.router)
    app.include_router(edit.router)
    app.include_router(preflight.router)
    app.include_router(preview.router)
    app.include_router(imports.router)
    app.include_router(test_calls.router)
    app.include_router(contacts.router)
    app.include_router(rejected.router)
    app.include_router(moves.router)
    app.include_router(retry.router)
    app.include_router(duplicate.router)
    app.include_router(archive.router)
    app.include_router(bulk.router)
    app.include_router(stats.router)
    app.include_router(series.router)
    app.include_router(calendar.router)
    app.include_router(calendar_feeds.router)
    app.include_router(calendar_feeds.feed_router)
    app.include_router(calls.router)
    app.include_router(unknown_calls.router)
    app.include_router(do_not_call.router)
    app.include_router(caller.router)
    app.include_router(call_limits.router)
    app.include_router(calling_hours.router)
    app.include_router(stream.router)
    app.include_router(wallet.router)
    app.include_router(session.router)
    app.include_router(administrator.router)
    app.include_router(me.router)
    app.include_router(api_keys.router)
    app.include_router(dead_letters.router)
    if settings.web_folder is not None:
        app.mount("/", WebApp(settings.web_folder), name="web")
    add_handlers(app)
    app.add_middleware(
        RequestScope,
        limit=settings.request_limit,
        limits={
            **dict.fromkeys(UPLOADS, settings.upload_limit),
            **dict.fromkeys(VISITORS, _VISITORS_LIMIT),
            CALLBACK_PATH: carrier_callbacks.BODY_LIMIT,
            KEY_PRESS_PATH: carrier_callbacks.BODY_LIMIT,
            WHO_ANSWERED_PATH: carrier_callbacks.BODY_LIMIT,
        },
    )
    return app
