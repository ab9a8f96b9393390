"""What it takes to read a large file of contacts, beside what Python's own csv takes for the same file.

    .venv/bin/python bench/contact_list.py [ROWS]

The file has five columns, a message with two placeholders looks at every row, and one row in a thousand has no number.
"""

import csv
import io
import resource
import sys
import tempfile
import time
from typing import BinaryIO, cast

from belltower.domain.message import check_message
from belltower_api.contact_file import Wishes
from belltower_api.contact_list import ContactList, File

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000


def _write(file: BinaryIO) -> None:
    file.write(b"id,name,phone,city,note\n")
    for row in range(ROWS):
        number = "n/a" if row % 1_000 == 0 else f"+1415{2_000_000 + row}"
        file.write(f'{row},"Person, {row}",{number},Springfield,"likes ""tea"""\n'.encode())


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryFile() as temporary:
        file = cast(BinaryIO, temporary)
        _write(file)
        size = file.tell()
        file.seek(0)
        began = time.process_time()
        read = sum(1 for _ in csv.reader(io.TextIOWrapper(cast(BinaryIO, io.FileIO(file.fileno(), closefd=False)))))
        raw = time.process_time() - began
        before = _megabytes()
        began = time.process_time()
        with ContactList(check_message("Hello {{name}} in {{city|town}}.")) as found:
            found.add_file(File(file, "people.csv", Wishes(), None))
            seconds = time.process_time() - began
            print(f"{read:,} rows, {size / 2**20:.0f} MB; csv alone {raw:.1f} s of CPU")
            print(f"{len(found.contacts):,} contacts and {len(found.left_out):,} left out in {seconds:.1f} s of CPU")
            print(f"{seconds / raw:.0f} times csv alone; {_megabytes()} MB at most, {before} MB before")


main()
