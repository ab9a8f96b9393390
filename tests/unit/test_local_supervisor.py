"""The configuration that supervisord gets."""

import configparser
import shlex
from pathlib import Path

from belltower_local.folder import Folder
from belltower_local.supervisor import NAMES, SERVERS, Program, configuration


def _parse(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=True)
    parser.read_string(text)
    return parser


def test_commands_and_their_environment_arrive_unchanged(tmp_path: Path) -> None:
    odd = {"AMQP_URL": "amqp://u:p%40ss@h/%2Fv", "WORDS": "two words and 'quotes'"}
    program = Program("api", ["/opt/python 3/bin/python", "-m", "belltower_api"], odd)
    parser = _parse(configuration(Folder(tmp_path), [program], 20_000, "secret"))
    command = shlex.split(parser["program:api"]["command"].replace("%%", "%"))
    assert command == ["/usr/bin/env", *(f"{name}={value}" for name, value in odd.items()), *program.command]


def test_services_stop_before_servers_and_servers_before_names(tmp_path: Path) -> None:
    programs = [Program("api", ["x"]), Program("postgres", ["x"], group=SERVERS), Program("epmd", ["x"], group=NAMES)]
    parser = _parse(configuration(Folder(tmp_path), programs, 20_000, "secret"))
    priorities = [int(parser[f"group:{group}"]["priority"]) for group in ("services", "servers", "names")]
    assert priorities == sorted(priorities, reverse=True)  # supervisord stops the highest first
    assert parser["program:api"]["autorestart"] == "true"
