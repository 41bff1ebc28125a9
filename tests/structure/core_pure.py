#!/usr/bin/python3
"""
The core is pure: no float (it is compiled a second time for the general registers alone, which gcc refuses to do
for any float), no I/O, clock, log, thread (its undefined symbols are on a list), no writable global.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import tree

CC = os.environ.get("CC", "cc").split()
FLAGS = os.environ.get("CHECK_CPPFLAGS", "").split()
SKIPPED = 77
# -O0: with optimisation glibc's headers bring inline functions that return doubles. -fno-pic: tables of constant
# pointers stay in read-only sections, so that whatever is in .data or .bss is a writable global.
MODE = ["-std=gnu11", "-O0", "-fno-pic", "-fno-pie", "-fno-stack-protector", "-mgeneral-regs-only", "-c"]

LIBC = set("""malloc calloc realloc free abort qsort bsearch snprintf vsnprintf strtol strtoll strtoul strtoull
    __assert_fail __errno_location __ctype_b_loc __popcountdi2""".split())
LIBC_FAMILIES = re.compile(r"(mem(cpy|move|set|cmp|chr|mem)|str(n?len|n?cmp|n?cpy|chr|rchr|str|spn|cspn|n?dup|pbrk|cat)"
                           r"|__isoc\d+_strto\w+|__(mem|str)\w+_chk|__v?snprintf_chk)$")
# The parts of base that are pure themselves, and what protoc-c generates with the part of its library that works in
# memory.
OURS = re.compile(r"(halld__|protobuf_c_message_|protobuf_c_enum_|protobuf_c_buffer_simple_append"
                  r"|alloc_|buf_|faults_|vec_|map_|message_|err_|refuse|date_)")


def compile_one(source, folder):
    out = os.path.join(folder, source.replace("/", "_")[:-2] + ".o")
    done = subprocess.run(CC + FLAGS + MODE + [os.path.join(tree.TOP, source), "-o", out], text=True, capture_output=True)
    return None if done.returncode == 0 else f"{source}: not for general registers alone\n{done.stderr}"


def symbols(folder):
    """(object, kind, name) of every symbol of the compiled core."""
    objects = sorted(glob.glob(os.path.join(folder, "*.o")))
    listing = subprocess.run(["nm", "-A"] + objects, text=True, capture_output=True, check=True).stdout
    for line in listing.splitlines():
        where, rest = line.rsplit(":", 1)
        fields = rest.split()
        yield os.path.basename(where)[:-2], fields[-2], fields[-1]


def foreign_symbols(table):
    own = {name for _, kind, name in table if kind in "TRDBVW"}
    for where, kind, name in table:
        if kind == "U" and name not in own | LIBC and not LIBC_FAMILIES.match(name) and not OURS.match(name):
            yield f"{where}: the core must not use {name}"


def writable_globals(table):
    return [f"{where}: writable global {name}" for where, kind, name in table if kind in "dDbBC"]


def catches_a_float(folder):
    """The check of the check: a float must not get through."""
    done = subprocess.run(CC + MODE + ["-x", "c", "-", "-o", os.path.join(folder, "float")], capture_output=True,
                          input=b"double twice(double d);\ndouble twice(double d)\n{\n    return d * 2;\n}\n")
    return done.returncode != 0


def main():
    version = subprocess.run(CC + ["--version"], text=True, capture_output=True).stdout
    if "Free Software Foundation" not in version:
        print("skipped: only gcc refuses floats with -mgeneral-regs-only")
        sys.exit(SKIPPED)
    sources = tree.files("daemon/core", ends=(".c",))
    with tempfile.TemporaryDirectory() as folder:
        if not catches_a_float(folder):
            print("skipped: this gcc lets floats through")
            sys.exit(SKIPPED)
        with ThreadPoolExecutor(2) as pool:
            problems = [p for p in pool.map(lambda s: compile_one(s, folder), sources) if p]
        if not problems and sources:
            table = list(symbols(folder))
            problems = sorted(set(foreign_symbols(table))) + writable_globals(table)
    tree.finish(problems, len(sources) + 1)


main()
