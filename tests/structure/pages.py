#!/usr/bin/python3
"""
The pages: the table of files to install is the folder; both languages say the same things, with the same figures in
them, and nothing is said that no page uses; nothing inline stands in a page; a person's phone loads little; the lock
file names no odd host.
"""
import json
import os
import re

import tree

PHONE_BYTES = 30 * 1024
LANGUAGES = ("zh-CN", "en")
ENTRY = re.compile(r'(?:"([^"]+)"|\b([\w]+)):\s*"((?:[^"\\]|\\.)*)"')
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
PATTERN = re.compile(r"`([\w.]*)\$\{[^}]*\}([\w.]*)`")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", re.I)
IMPORT = re.compile(r'from "(\.[^"]+)"')


def pages():
    return [f for f in tree.files("web-static", ends=(".html", ".js", ".css", ".svg"))]


def check_table(problems):
    listed = re.findall(r"^\t(web-static/\S+)", tree.text("web-static/Makefile.inc"), re.M)
    problems += [f"web-static/Makefile.inc lacks {f}" for f in pages() if f not in listed]
    problems += [f"web-static/Makefile.inc lists {f}, which is not there" for f in listed if f not in pages()]


def texts(language, part):
    body = tree.text(f"web-static/text/{language}/{part}")
    found, entries = {}, ENTRY.findall(body.split("export default", 1)[1])
    for quoted, plain, value in entries:
        key = quoted or plain
        if key in found:
            raise SystemExit(f"{language}/{part}: {key} stands twice")
        found[key] = value
    return found


def check_texts(problems):
    parts = sorted(os.path.basename(f) for f in pages() if f.startswith("web-static/text/zh-CN/"))
    code = "\n".join(tree.text(f) for f in pages() if f.endswith(".js") and "/text/" not in f)
    literals = set(LITERAL.findall(code))
    patterns = [re.compile(re.escape(a) + r"[\w.]+" + re.escape(b)) for a, b in PATTERN.findall(code) if a or b]
    known = set()
    for part in parts:
        zh, en = texts("zh-CN", part), texts("en", part)
        known |= set(zh)
        problems += [f"{part}: {k} is not in both languages" for k in set(zh) ^ set(en)]
        for key in set(zh) & set(en):
            if set(re.findall(r"\{\w+\}", zh[key])) != set(re.findall(r"\{\w+\}", en[key])):
                problems.append(f"{part}: {key} has other figures in the two languages")
            if not zh[key] or not en[key]:
                problems.append(f"{part}: {key} is empty")
            if key not in literals and not any(p.fullmatch(key) for p in patterns):
                problems.append(f"{part}: no page says {key}")
    problems += [f"no text {k}" for k in re.findall(r'\bt\("([^"]+)"', code) if k not in known]
    return len(parts)


def check_inline(problems):
    for f in pages():
        if f.endswith(".html") and INLINE.search(tree.text(f)):
            problems.append(f"{f}: something inline, which the content policy forbids")
        if f.endswith(".js") and re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", tree.text(f)):
            problems.append(f"{f}: markup made from a string")


def imported(path, seen):
    if path in seen:
        return
    seen.add(path)
    for name in IMPORT.findall(tree.text(path)):
        imported(os.path.normpath(os.path.join(os.path.dirname(path), name)), seen)


def check_phone(problems):
    html, seen = tree.text("web-static/t/index.html"), set()
    imported("web-static/t/page.js", seen)
    seen |= {"web-static" + p for p in re.findall(r'href="(/[^"]+)"', html)} | {"web-static/t/index.html"}
    heaviest = max(sum(len(tree.text(f"web-static/text/{lang}/{part}.js").encode()) for part in ("common", "ticket"))
                   for lang in LANGUAGES)
    size = heaviest + sum(len(tree.text(f).encode()) for f in seen)
    print(f"a person's ticket loads {size} bytes")
    if size > PHONE_BYTES:
        problems.append(f"a person's ticket loads {size} bytes, more than {PHONE_BYTES}")


def check_lock(problems):
    packages = json.loads(tree.text("web-static/package-lock.json"))["packages"]
    for name, package in packages.items():
        if not package.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/"):
            problems.append(f"package-lock.json: {name} comes from {package['resolved']}")
        if name and not package.get("integrity"):
            problems.append(f"package-lock.json: {name} has no hash")


def main():
    problems = []
    check_table(problems)
    check_inline(problems)
    check_phone(problems)
    check_lock(problems)
    looked_at = check_texts(problems) + len(pages())
    tree.finish(problems, looked_at)


main()
