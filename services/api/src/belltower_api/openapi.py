"""`python -m belltower_api.openapi FILE`: writes the OpenAPI document, without a database or any setting."""

import json
import sys
from pathlib import Path

from pydantic import SecretStr

from belltower.db.engine import create_engine
from belltower.runtime.settings import CarrierKind
from belltower_api.app import create_app
from belltower_api.settings import ApiSettings


def document() -> str:
    """The OpenAPI document as JSON, the same for the same code."""
    settings = ApiSettings(
        database_url=SecretStr("postgresql://nobody@localhost/none"),
        carrier=CarrierKind.SIMULATED,
        carrier_url="http://localhost",
        carrier_account_sid="AC",
        carrier_auth_token=SecretStr(""),
        public_url="http://localhost",
    )
    app = create_app(settings, create_engine(settings, name="openapi"))
    return json.dumps(app.openapi(), indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
