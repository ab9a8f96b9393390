"""`make bench`: measures every path on real services and real servers, beside a raw baseline in the same run.

ONLY="due storm, callbacks" measures some; SCALE=0.1 measures less of each, to see that everything works.
"""

import asyncio
import importlib
import os
import sys
import time

from bench.figures import keep, show
from bench.paths import PATHS
from bench.report import report
from bench.stage import bench_servers


def main() -> None:
    """Measure what is wanted, and keep it unless it was measured at a smaller scale."""
    scale = float(os.environ.get("SCALE") or 1)
    wanted = [name.strip() for name in (os.environ.get("ONLY") or ", ".join(PATHS)).split(",")]
    if unknown := [name for name in wanted if name not in PATHS]:
        sys.exit(f"There is no path {', '.join(unknown)}. There are: {', '.join(PATHS)}.")
    with bench_servers() as servers:
        for number, name in enumerate(wanted, start=1):
            print(f"\n[{number}/{len(wanted)}] measuring {name} ...", flush=True)
            began = time.monotonic()
            found = asyncio.run(importlib.import_module(f"bench.paths.{PATHS[name]}").measure(servers, scale))
            show(found)
            print(f"  (in {time.monotonic() - began:.0f} s)", flush=True)
            if scale == 1:
                keep(found)
                report()


if __name__ == "__main__":
    main()
