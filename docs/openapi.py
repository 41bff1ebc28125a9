#!/usr/bin/python3
"""docs/openapi.yaml from the daemon's own description:  docs/openapi.py path/to/halld > docs/openapi.yaml"""
import json
import subprocess
import sys

import yaml


def text(halld):
    doc = json.loads(subprocess.run([halld, "--print-openapi"], check=True, capture_output=True).stdout)
    head = "# Made by docs/openapi.py from the route table and the messages; a test compares.\n"
    return head + yaml.safe_dump(doc, sort_keys=False, allow_unicode=True, width=120)


if __name__ == "__main__":
    sys.stdout.write(text(sys.argv[1]))
