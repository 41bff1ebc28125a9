#!/usr/bin/python3
"""
Makes hall.json, the demo hall's settings (one Settings message, proto/settings.proto), from

  source/items.csv          a real district's catalogue (source/README.md)
  source/holiday_YYYY.json  the State Council's calendars
  words.json                what is written by hand: English names, readings, the hall's own items

Needs `uconv` (Debian: icu-devtools) for the pinyin initials. hall.json is committed; run this only to change it:

  ./make_hall.py > hall.json
"""
import collections
import csv
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
STATUTORY_DAYS, PROMISED_DAYS = 20, 7   # the law silent: 20 working days; the hall promises one third
MAX_VARIANTS = 2                        # of one main item, for what only few people ask for
SMALL_DEPARTMENT = 9                    # departments with at most so many items keep them all
UNSORTED = "未分类"
# task_type of the catalogue: the national kinds of government services
LICENCE, PAYMENT, CONFIRMATION, REWARD, RULING, OTHER_POWER, PUBLIC_SERVICE = "1", "5", "7", "8", "9", "10", "20"
ASKED_BY_EVERYBODY = {PAYMENT, CONFIRMATION, PUBLIC_SERVICE}
AT_ONCE = re.compile("查询|打印|咨询|预约|挂失|解挂|激活|密码|领用|开具|证明$|缴纳|代开|核验|指引|登记表|补领结婚证|婚姻登记")
REAL_ESTATE = re.compile("抵押|土地|用地|不动产|住宅|商品房|物业|租赁住房|公租房|维修资金|危旧房|房屋|房地产")
APPLICATION = ("application", "申请表", "Application form", False)
IDENTITY = ("identity", "有效身份证件", "Valid identity document", False)
AUTHORISATION = ("authorisation", "授权委托书", "Letter of authorisation", True)
MATERIALS = {
    LICENCE: [APPLICATION, ("licence", "营业执照或法人证明", "Business licence or proof of the organisation", False),
              ("premises", "场所使用证明", "Proof of the right to use the premises", True),
              ("plan", "方案或技术资料", "Plan or technical documents", True), AUTHORISATION],
    OTHER_POWER: [APPLICATION, ("licence", "营业执照或法人证明", "Business licence or proof of the organisation", False),
                  ("details", "情况说明", "Statement of the facts", True), AUTHORISATION],
    CONFIRMATION: [IDENTITY, APPLICATION, ("evidence", "有关证明材料", "Supporting evidence", True)],
    PAYMENT: [IDENTITY, APPLICATION, ("account", "银行账户", "Bank account", True),
              ("evidence", "有关证明材料", "Supporting evidence", True)],
    REWARD: [APPLICATION, ("deeds", "事迹材料", "Account of the deeds", True)],
    RULING: [APPLICATION, IDENTITY, ("evidence", "证据材料", "Evidence", True)],
    PUBLIC_SERVICE: [IDENTITY, APPLICATION],
}
MEAN_SERVICE_S = {LICENCE: 720, OTHER_POWER: 600, CONFIRMATION: 540, PAYMENT: 600, REWARD: 600, RULING: 900,
                  PUBLIC_SERVICE: 420}
AT_ONCE_SERVICE_S, COLLECT_SERVICE_S, DESK_SERVICE_S = 240, 150, 1200


def read_json(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return json.load(f)


def clean_name(name):
    """The catalogue's names carry the level of government and mixed brackets."""
    name = name.strip().replace("(", "（").replace(")", "）")
    name = re.sub("（(县级行使|县级|市级/县级|市级、县级|区级)）?$", "", name)
    return name.strip()


def short_code(code):
    """The part before the first dash, or with it those after it that tell apart: G-000006-001."""
    parts = code.split("-")
    return parts[0] if len(parts[0]) >= 8 else "-".join(parts[:3])


def read_catalogue():
    with open(os.path.join(HERE, "source", "items.csv"), encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    for row in rows:
        row["dept"] = row["dept"].replace("广安区", "区")
        row["name"] = clean_name(row["name"])
        row["code"] = short_code(row["item_code"])
        row["at_once"] = row["task_type"] in (PUBLIC_SERVICE, CONFIRMATION, OTHER_POWER) and \
            bool(AT_ONCE.search(row["name"]))
    return rows


def choose(rows, english):
    """What everybody asks for; of licences at most two variants of a main item; no name and no code twice."""
    names, codes, variants, chosen = set(), set(), {}, []
    sizes = collections.Counter(row["dept"] for row in rows)
    for row in rows:
        wanted = row["task_type"] in ASKED_BY_EVERYBODY or row["name"] in english or \
            sizes[row["dept"]] <= SMALL_DEPARTMENT
        if not wanted and row["main_item"] != UNSORTED:
            variants[row["main_item"]] = variants.get(row["main_item"], 0) + 1
            wanted = variants[row["main_item"]] <= MAX_VARIANTS
        if wanted and row["name"] not in names and row["code"] not in codes:
            names.add(row["name"])
            codes.add(row["code"])
            chosen.append(row)
    return chosen


def pinyin_initials(names, polyphones):
    """Lower case, one letter a character; words that ICU reads wrongly are replaced by their letters first."""
    def prepared(name):
        for word in sorted(polyphones, key=len, reverse=True):
            name = name.replace(word, " " + " ".join(polyphones[word]) + " ")
        return re.sub(r"([\u3400-\u9fff])", r" \1 ", name)

    text = "\n".join(prepared(n) for n in names)
    latin = subprocess.run(["uconv", "-f", "utf8", "-t", "utf8", "-x", "Han-Latin; Latin-ASCII; Lower"], input=text,
                           text=True, capture_output=True, check=True).stdout.split("\n")
    return ["".join(w if w.isdigit() else w[0] for w in re.findall("[a-z]+|[0-9]+", line))[:64] for line in latin]


def queue_of(row):
    if row["dept"] == "区税务局":
        return "D"
    if row["dept"] in ("区人社局", "区医疗保障局"):
        return "C"
    if row["dept"] in ("区自然资源和规划局", "区住建局") and REAL_ESTATE.search(row["name"]):
        return "B"
    return "A"


def days(n):
    return {"n": n, "unit": "working_days"}


def material(code, name, name_en, may_follow):
    return {"material": code, "name": name, "name_en": name_en, **({"may_follow": True} if may_follow else {})}


def item_of(row, initials, words, shared):
    item = {"item": row["code"], "name": row["name"], "name_en": words["english"].get(row["name"], ""),
            "queue": queue_of(row), "group": words["departments"][row["dept"]][0]}
    if not item["name_en"]:
        del item["name_en"]
    item["kind"] = "instant" if row["at_once"] else "promised"
    if not row["at_once"]:
        item["promised"] = days(PROMISED_DAYS)
    item["statutory"] = days(STATUTORY_DAYS)
    item["materials"] = [material(*m) for m in MATERIALS[row["task_type"]]]
    item["example"] = True
    item["initials"] = initials
    item["mean_service_s"] = AT_ONCE_SERVICE_S if row["at_once"] else MEAN_SERVICE_S[row["task_type"]]
    if row["main_item"] in shared:
        item["main_item"] = row["main_item"]
    return item


def own_item(code, name, name_en, queue, group, initials):
    service = {"E": COLLECT_SERVICE_S, "F": DESK_SERVICE_S}.get(queue, MEAN_SERVICE_S[PUBLIC_SERVICE])
    return {"item": code, "name": name, "name_en": name_en, "queue": queue, "group": group, "kind": "instant",
            "example": True, "initials": initials, "mean_service_s": service}


def items_of(words):
    rows = choose(read_catalogue(), words["english"])
    unknown = set(words["english"]) - {r["name"] for r in rows}
    if unknown:
        sys.exit(f"words.json translates what is not in the catalogue: {sorted(unknown)}")
    main_items = [r["main_item"] for r in rows if r["main_item"] != UNSORTED]
    shared = {m for m in main_items if main_items.count(m) > 1}
    letters = pinyin_initials([r["name"] for r in rows], words["polyphones"])
    own = [own_item(c, zh, en, queue, group, letters_) for queue, (c, zh, en, group, letters_)
           in words["main_items_of_queues"].items()]
    own += [own_item(*m) for m in words["more_items"]]
    return sorted(own + [item_of(r, i, words, shared) for r, i in zip(rows, letters)], key=lambda i: i["item"])


def queues(words):
    names = {"A": ("综合", "General"), "B": ("不动产", "Real estate"), "C": ("社保医保", "Social and health"),
             "D": ("税务", "Tax"), "E": ("取证", "Collection"), "F": ("办不成事", "Could not be done")}
    planned = {"A": 6, "B": 2, "C": 2, "D": 1}    # windows that booking counts on; the others are not booked
    return [{"queue": q, "name": zh, "name_en": en, "default_item": words["main_items_of_queues"][q][0],
             **({"planned_windows": planned[q]} if q in planned else {})}
            for q, (zh, en) in names.items()]


def groups(words):
    rows = [{"group": code, "name": zh, "name_en": en} for zh, (code, en) in words["departments"].items()]
    rows += [{"group": "issue", "name": "出件", "name_en": "Giving out results"},
             {"group": "desk", "name": "办不成事", "name_en": "Could-not-be-done desk"}]
    return sorted(rows, key=lambda g: g["group"])


def windows(words):
    every_department = sorted(code for code, _ in words["departments"].values())
    rows = [{"window": n, "name": "综合窗口", "name_en": "General window", "role": "unified", "groups": every_department}
            for n in range(1, 13)]
    rows.append({"window": 13, "name": "出件窗口", "name_en": "Collection window", "role": "issue", "groups": ["issue"]})
    rows.append({"window": 14, "name": "办不成事窗口", "name_en": "Could-not-be-done window", "role": "desk",
                 "groups": ["desk"]})
    return rows


def classes():
    rows = [("normal", "普通", "Ordinary", 0, False), ("senior", "70 岁及以上", "70 and over", 20, True),
            ("infant", "孕妇、带婴儿", "Pregnant or with a baby", 20, True), ("disabled", "残疾人", "Disabled", 30, False),
            ("service", "军人、消防员", "Military and fire service", 30, False)]
    return [{"class": c, "name": zh, "name_en": en, "head_start_s": minutes * 60, **({"kiosk": True} if kiosk else {})}
            for c, zh, en, minutes, kiosk in rows]


def calendar(year):
    table = read_json(f"source/holiday_{year}.json")
    of = {flag: [d["date"] for d in table["days"] if d["isOffDay"] is flag] for flag in (True, False)}
    return {"year": year, "off": of[True], "work": of[False],
            "source": "国务院办公厅通知 " + " ".join(table["papers"]) + " (NateScarlet/holiday-cn, MIT)"}


def users(words):
    rows = [{"name": f"chuangkou{n}", "role": "clerk", "display": f"{words['surnames'][n - 1]}*"} for n in range(1, 15)]
    rows[12]["groups"] = ["issuer"]
    rows.append({"name": "bancheng", "role": "desk", "display": "何*", "groups": ["desk"]})
    rows.append({"name": "jingli", "role": "manager", "display": "高*", "groups": ["duty_leader"]})
    rows.append({"name": "guanli", "role": "admin", "display": "林*"})
    rows.append({"name": "shenji", "role": "auditor", "display": "郭*"})
    return rows + [{"name": name, "role": role, "display": display, "groups": groups_, **more}
                   for name, role, display, groups_, more in words["people_of_matters"]]


def hall(words):
    return {
        "hall": {
            "name": "安澜区政务服务中心", "name_en": "Anlan District Government Service Centre",
            "notice": "事没办成？请到 14 号窗口。", "notice_en": "Could not get it done? Please go to window 14.",
            "source": "演示大厅。事项名称来自广安市广安区公开的办事指南目录（github.com/v-luobo/zwfw，Apache-2.0）；"
                      "时限和材料为示例。Demo hall: item names from the public catalogue of Guang'an District "
                      "(github.com/v-luobo/zwfw, Apache-2.0); limits and materials are examples."},
        "policy": {},
        "queues": queues(words), "groups": groups(words), "items": items_of(words), "classes": classes(),
        "windows": windows(words),
        "hours": [{"weekday": day, "open": ["00:00-24:00"]} for day in range(1, 8)],
        "calendars": [calendar(2025), calendar(2026)],
        "users": users(words),
        "devices": [{"name": "kiosk", "role": "kiosk", "place": "入口 / entrance"},
                    {"name": "screen", "role": "screen", "place": "等候区 / waiting area"},
                    {"name": "clerk", "role": "clerk", "place": "窗口程序 / window software"}],
    }


def print_rows(settings):
    """One row a line, so that a change of one item is one line of the diff."""
    def line(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    fields = []
    for name, value in settings.items():
        if isinstance(value, list):
            fields.append(f'"{name}":[\n' + ",\n".join(line(v) for v in value) + "]")
        else:
            fields.append(f'"{name}":{line(value)}')
    print("{" + ",\n".join(fields) + "}")


if __name__ == "__main__":
    print_rows(hall(read_json("words.json")))
