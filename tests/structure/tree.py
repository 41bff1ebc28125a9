"""What the structural checks share: the source tree, its files, and how a check ends."""
import os
import sys

TOP = os.path.abspath(os.environ.get("top_srcdir") or os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("top_builddir") or ".")
SKIPPED_DIRS = {".git", "node_modules", "vendor", "__pycache__", "autom4te.cache", "build-aux", ".pytest_cache", "demo-data"}


def files(*folders, ends=()):
    """Paths of the tree's own files under the folders, relative to the top, sorted."""
    found = []
    for folder in folders or ("",):
        for here, dirs, names in os.walk(os.path.join(TOP, folder)):
            dirs[:] = sorted(d for d in dirs if d not in SKIPPED_DIRS and not is_build_dir(os.path.join(here, d)))
            found += [os.path.relpath(os.path.join(here, n), TOP) for n in names if not ends or n.endswith(tuple(ends))]
    return sorted(found)


def is_build_dir(path):
    top_level = os.path.dirname(path) == TOP
    return (top_level and os.path.basename(path).startswith(("build", "halld-", "_"))) or \
        os.path.exists(os.path.join(path, "config.status"))


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def finish(problems, looked_at):
    """Prints every problem; the exit status is the check's verdict. A check that looked at nothing has failed."""
    for p in problems:
        print(p)
    if not looked_at:
        problems = ["nothing was checked"]
        print(problems[0])
    print(f"{looked_at} looked at, {len(problems)} problems")
    sys.exit(1 if problems else 0)
