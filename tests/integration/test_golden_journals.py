#!/usr/bin/python3
"""The journal that each release wrote must be read and replayed by every later one: an event kind is for ever.

tests/golden/journals/VERSION.db is made at a release (tests/integration/journal_maker DIR, then DIR/journal.db) and
never again after it; VERSION.says holds what halljournal verify and replay say, without the hash of the state, which may
grow fields.
"""
import glob
import os
import re
import subprocess
import sys

import pytest

SRC, BUILD = (os.path.abspath(os.environ.get(name, default)) for name, default in
              (("top_srcdir", "."), ("top_builddir", "build")))
JOURNALS = sorted(glob.glob(os.path.join(SRC, "tests/golden/journals/*.db")))


def say(*args):
    done = subprocess.run([os.path.join(BUILD, "halljournal"), *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("journal", JOURNALS, ids=os.path.basename)
def test_a_released_journal_replays(journal):
    said = say("verify", journal) + say("replay", "--check", "1", journal)
    with open(journal.removesuffix(".db") + ".says", encoding="utf-8") as file:
        assert re.sub(r"^state .*\n", "", said, flags=re.M) == file.read()


@pytest.mark.parametrize("journal", JOURNALS, ids=os.path.basename)
def test_every_event_of_a_released_journal_is_of_a_known_kind(journal):
    assert " unknown" not in say("dump", journal)


def test_there_is_a_journal_to_replay():
    assert JOURNALS


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
