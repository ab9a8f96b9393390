"""One run: stage it, live, break it, let it come to rest, judge it."""

import asyncio
import json
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tests.chaos.checker import Verdict, at_rest, judge
from tests.chaos.faults import INJECT
from tests.chaos.findings import Finding
from tests.chaos.plan import Plan
from tests.chaos.stage import NotFired, Servers, Stage, staged
from tests.chaos.users import Users
from tests.support.product import create_account
from tests.support.servers import CHECKOUT

FOLDER = CHECKOUT / ".run" / "chaos"
"""Where runs keep their logs; those of a run that passed are deleted."""
BALANCE = "100000.00"


@dataclass
class Result:
    """What a run came to."""

    seed: int
    seconds: float = 0.0
    verdict: Verdict = field(default_factory=Verdict)
    proven: list[str] = field(default_factory=list)
    """The kind of each fault that was proven to have fired."""
    unproven: list[str] = field(default_factory=list)
    """Why the others were not."""
    resumed: int = 0
    deaths: dict[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether it proves something, and nothing is wrong."""
        return not self.verdict.findings and not self.unproven

    def __str__(self) -> str:
        seen = self.verdict
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(Counter(self.proven).items()))
        said = "passed" if self.passed else "FAILED" if seen.findings else "INVALID"
        return (
            f"seed {self.seed} {said} in {self.seconds:.0f} s: {seen.contacts} contacts, {seen.calls} calls, {seen.rang} rang,"
            f" lost {seen.lost}, doubled {seen.doubled}, unknown {seen.unknown}; {len(self.proven)} faults ({kinds})"
        )

    def write(self, file: Path) -> None:
        """Keep it for the table."""
        document: dict[str, Any] = asdict(self)
        document["verdict"]["findings"] = [str(each) for each in self.verdict.findings]
        file.write_text(json.dumps(document | {"passed": self.passed}, indent=1), encoding="utf-8")


async def run(plan: Plan, servers: Servers, folder: Path, extra: Mapping[str, str] | None = None) -> Result:
    """Do what is planned. `extra` is environment for all processes."""
    _clear(folder, plan)
    result = Result(plan.seed)
    key = await asyncio.to_thread(create_account, servers.database_url, balance=BALANCE)
    began = time.monotonic()
    async with staged(plan, servers, folder, extra) as stage:
        stage.began = time.monotonic()
        stage.say("all processes are ready")
        client = httpx.AsyncClient(
            base_url=stage.services["api-2"].url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=20,
            trust_env=False,
        )
        async with client:
            await _live(plan, stage, client, result)
    result.seconds = time.monotonic() - began
    result.write(folder / "result.json")
    return result


def _clear(folder: Path, plan: Plan) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    folder.chmod(0o711)
    (folder / "plan.txt").write_text(str(plan), encoding="utf-8")


async def _live(plan: Plan, stage: Stage, client: httpx.AsyncClient, result: Result) -> None:
    users = Users(stage, client)
    supervising = asyncio.create_task(stage.supervise())
    operating = asyncio.create_task(users.operate())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_use(users, plan, stage))
            for fault in plan.faults:
                group.create_task(_inject(fault, stage, result))
        stage.say("users and faults are done; waiting for rest")
        unrest = await at_rest(stage, users.told)
        unrest += await _unready(stage)
        stage.say("judging")
        result.verdict = await judge(stage, users.told)
        result.verdict.findings += unrest
        result.resumed = users.resumed
        result.deaths = dict(stage.deaths)
        for task in (supervising, operating):
            if task.done():
                task.result()
    finally:
        for task in (supervising, operating):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _unready(stage: Stage) -> list[Finding]:
    """Which processes cannot work any more."""
    found = []
    for name in stage.services:
        try:
            await stage.ready(name)
        except AssertionError as error:
            found.append(Finding("every process can work again", name, str(error)))
    return found


async def _use(users: Users, plan: Plan, stage: Stage) -> None:
    try:
        await users.run(plan.campaigns)
    except* AssertionError as errors:
        stage.findings += [Finding("users are answered", "a user", str(error)) for error in errors.exceptions]


async def _inject(fault: Any, stage: Stage, result: Result) -> None:
    await asyncio.sleep(fault.at)
    stage.say(f"{fault}")
    try:
        proof = await INJECT[fault.kind](fault, stage)
    except Exception as error:  # noqa: BLE001 - whatever it is, it proves nothing
        reason = str(error) if isinstance(error, NotFired) else repr(error)
        stage.say(f"NOT PROVEN {fault.kind}: {fault.what} {fault.target}: {reason}")
        result.unproven.append(f"{fault}: {reason}")
        return
    stage.say(f"proven {fault.kind}: {fault.what} {fault.target}: {proof}")
    result.proven.append(fault.kind)


def describe(result: Result, folder: Path) -> str:
    """What a person needs to know of a run that did not pass."""
    findings: list[Finding] = result.verdict.findings
    shown = [f"  {each}" for each in findings[:25]]
    if len(findings) > len(shown):
        shown.append(f"  and {len(findings) - len(shown)} more")
    shown += [f"  not proven: {each}" for each in result.unproven]
    return "\n".join([str(result), *shown, f"Logs: {folder}. Again: make chaos SEEDS=1 SEED={result.seed}"])
