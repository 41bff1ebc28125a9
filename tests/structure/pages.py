#!/usr/bin/python3
"""
The pages: the table of files to install is the folder; both languages say the same things, with the same figures in
them, and nothing is said that no page uses; nothing inline stands in a page; a person's phone loads little; what a page
preloads is what it uses; the lock file names no odd host.
"""
import json
import os
import re

import tree

# What somebody's phone loads, uncompressed: name, page, modules, parts of the texts, at most so many KiB.
PHONE_PAGES = (
    ("a person's ticket", "t/index.html", ("t/page.js",), ("common", "ticket"), 30),
    ("a person's matter", "m/index.html", ("m/page.js", "m/live.js"), ("common", "days", "person"), 36),
    ("a step of it", "m/index.html", ("m/page.js", "m/live.js", "m/step.js"), ("common", "days", "person", "step"), 48),
    ("what to say", "m/index.html", ("m/page.js", "m/new.js"), ("common", "days", "person", "step"), 48),
    ("what to book", "book/index.html", ("book/page.js", "book/what.js"), ("common", "days", "book"), 40),
    ("when to book", "book/index.html", ("book/page.js", "book/time.js"), ("common", "days", "book"), 40),
    ("an appointment", "book/index.html", ("book/page.js", "book/own.js"), ("common", "days", "book"), 40),
)
# One page for several folders (net/pages.c): each has its own first module.
MATTERS = "matter/frame.html"
# What pages at a desk load; the leader's also on a phone.
DESK_PAGES = (
    ("the desk", MATTERS, ("desk/page.js",), ("common", "days", "login", "matter", "causes"), 175),
    ("the approver", MATTERS, ("approver/page.js",), ("common", "days", "login", "matter"), 155),
    ("the duty leader", MATTERS, ("leader/page.js",), ("common", "days", "login", "matter", "leader"), 160),
    ("any kind of matter", MATTERS, ("matters/page.js",), ("common", "days", "login", "matter"), 155),
)
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
    if path not in seen:
        seen.add(path)
        for name in IMPORT.findall(tree.text(path)):
            imported(os.path.normpath(os.path.join(os.path.dirname(path), name)), seen)
    return seen


def check_preloads(problems):
    """A page that names its modules in its head names all of them: else the browser learns of the rest one by one."""
    for page in (f for f in pages() if f.endswith(".html") and "modulepreload" in tree.text(f)):
        html = tree.text(page)
        first = re.search(r'<script type="module" src="([^"]+)"', html).group(1)
        firsts = [f"web-static/{row[2][0]}" for row in DESK_PAGES] if page.endswith(MATTERS) else ["web-static" + first]
        used = [imported(f, set()) for f in firsts]
        named = {"web-static" + m for m in re.findall(r'rel="modulepreload" href="([^"]+)"', html)}
        problems += [f"{page} does not preload {m}" for m in sorted(set.intersection(*used) - named - set(firsts))]
        problems += [f"{page} preloads {m}, which not each of its folders uses" for m in sorted(named - set.intersection(*used))]


def check_phone(problems):
    for name, page, modules, parts, most in PHONE_PAGES + DESK_PAGES:
        html, seen = tree.text(f"web-static/{page}"), set()
        for module in modules:
            imported(f"web-static/{module}", seen)
        seen |= {"web-static" + p for p in re.findall(r'href="(/[^"]+)"', html)} | {f"web-static/{page}"}
        heaviest = max(sum(len(tree.text(f"web-static/text/{lang}/{part}.js").encode()) for part in parts) for lang in LANGUAGES)
        size = heaviest + sum(len(tree.text(f).encode()) for f in seen)
        print(f"{name} loads {size} bytes")
        if size > most * 1024:
            problems.append(f"{name} loads {size} bytes, more than {most} KiB")


def tokens(css, selector):
    block = re.search(re.escape(selector) + r" \{(.*?)\n\}", css, re.S).group(1)
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6})", block))


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def check_contrast(problems):
    """WCAG: text 4.5 (TV 7), borders of controls 3, on every ground they may stand on."""
    light = tokens(tree.text("web-static/style/base.css"), ":root")
    parts = tree.text("web-static/style/parts.css")
    themes = {"light": (light, 4.5), "dark": ({**light, **tokens(parts, ".dark")}, 7), "contrast": ({**light, **tokens(parts, ".contrast")}, 7)}
    for name, (t, least) in themes.items():
        pairs = [(ink, ground, least) for ink in ("ink", "ink-2", "ink-3") for ground in ("ground", "surface")]
        pairs += [("ink", "plate", least), ("call-ink", "call", 7), ("now", "surface", 4.5), ("soon", "soon-tint", 4.5), ("stop", "surface", 4.5),
                  ("stop-fill-ink", "stop-fill", 4.5), ("edge", "ground", 3), ("edge", "surface", 3)]
        for ink, ground, needed in pairs:
            ratio = contrast(t[ink], t[ground])
            if ratio < needed:
                problems.append(f"{name}: {ink} on {ground} is {ratio:.1f}:1, needs {needed}")


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
    check_preloads(problems)
    check_lock(problems)
    check_contrast(problems)
    looked_at = check_texts(problems) + len(pages())
    tree.finish(problems, looked_at)


main()
