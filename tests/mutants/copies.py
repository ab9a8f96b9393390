"""Copies of the product's sources that can be broken."""

import os
import shutil
from pathlib import Path

from tests.support.servers import CHECKOUT


def copied(folder: Path) -> str:
    """Copy the sources into a folder, as they lie in the checkout; where Python finds them there (PYTHONPATH)."""
    roots = [
        Path("shared/src"),
        *sorted({path.parent.relative_to(CHECKOUT) for path in CHECKOUT.glob("services/*/src/belltower_*")}),
    ]
    for root in (*roots, Path("shared/migrations")):
        shutil.copytree(
            CHECKOUT / root, folder / root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    return os.pathsep.join(str(folder / root) for root in roots)
