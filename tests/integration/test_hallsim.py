#!/usr/bin/python3
"""hallsim's customers and halls: what it takes, and exactly what it says of what it does not take."""
import csv
import json
import os
import random
import subprocess
import sys

import pytest

BUILD = os.environ.get("top_builddir", ".")
SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__), "../.."))
DEMO = os.path.join(SOURCE, "packaging/demo")
HALL = os.path.join(DEMO, "unified-12.json")
HEADER = "t0,class,item,service,patience\n"
OUT_HEADER = "t0,class,item,start,wait,window,left\n"


def hallsim(*arguments):
    return subprocess.run([os.path.join(BUILD, "hallsim"), *map(str, arguments)], capture_output=True, text=True,
                          errors="replace", timeout=120)


@pytest.fixture
def customers(tmp_path):
    def write(text, mode="w"):
        path = tmp_path / "customers.csv"
        with open(path, mode, **({} if "b" in mode else {"encoding": "utf-8", "newline": ""})) as f:
            f.write(text)
        return path
    return write


def refused(path, line, reason, hall=HALL):
    done = hallsim(hall, path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"{path}:{line}: {reason}\n"


# ---- what is wrong, in which line

@pytest.mark.parametrize("column", ["t0", "class", "item", "service", "patience"])
def test_a_missing_column(customers, column):
    header = ",".join(c for c in HEADER.strip().split(",") if c != column)
    refused(customers(header + "\n0,0,0,0\n"), 1, f"there is no column {column}")


@pytest.mark.parametrize("row, reason", [
    ("-1,normal,,5,0", "t0 is negative: -1"),
    ("2,normal,,-0.5,0", "service is negative: -0.5"),
    ("2,normal,,5,-3", "patience is negative: -3"),
    ("soon,normal,,5,0", 't0 is no number: "soon"'),
    (",normal,,5,0", 't0 is no number: ""'),
    ("2,normal,,5 min,0", 'service is no number: "5 min"'),
    ("2,normal,,nan,0", 'service is no number: "nan"'),
    ("2,normal,,5,inf", 'patience is no number: "inf"'),
    ("1e300,normal,,5,0", "t0 is too large: 1e300"),
    ("2,nobody,,5,0", 'unknown class "nobody"'),
    ("2,,,5,0", 'unknown class ""'),
    ("2,normal,item99,5,0", 'unknown item "item99"'),
    ("0.5,normal,,5,0", "t0 is before the line above"),
    ("2,normal,,5", "4 fields where the header has 5"),
    ("2,normal,,5,0,7", "6 fields where the header has 5"),
])
def test_a_bad_row(customers, row, reason):
    refused(customers(HEADER + "0,normal,,5,0\n1,senior,item01,5,0\n" + row + "\n3,normal,,5,0\n"), 4, reason)


def test_an_empty_file(customers):
    refused(customers(""), 1, "the file is empty")


def test_a_line_without_an_end(customers):
    refused(customers(HEADER + "0,normal,," + "5" * 5000 + ",0\n"), 2, "the line is too long")


def test_bytes_that_are_no_text(customers):
    done = hallsim(HALL, customers(HEADER.encode() + b"0,nor\xffmal,,5,0\n", "wb"))
    assert done.returncode == 1 and done.stdout == "" and ":2: unknown class" in done.stderr


def test_a_nul_byte(customers):
    done = hallsim(HALL, customers(HEADER.encode() + b"0,normal,\0,5,0\n", "wb"))
    assert done.returncode == 1 and done.stdout == "" and ":2:" in done.stderr


def test_a_file_that_is_not_there(tmp_path):
    done = hallsim(HALL, tmp_path / "none.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path}/none.csv: cannot be read\n"


@pytest.mark.parametrize("change, said", [
    (lambda h: h["classes"].append({"class": "a b", "name": "x"}), "classes.class"),
    (lambda h: h["items"][0].update(group="g99"), "items.group"),
    (lambda h: h["windows"].append({"window": 0, "name": "x"}), "windows.window"),
    (lambda h: h.update(colour="red"), "colour"),
])
def test_a_hall_that_is_not_sound(tmp_path, customers, change, said):
    with open(HALL, encoding="utf-8") as f:
        hall = json.load(f)
    change(hall)
    with open(tmp_path / "hall.json", "w", encoding="utf-8") as f:
        json.dump(hall, f)
    done = hallsim(tmp_path / "hall.json", customers(HEADER))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{tmp_path}/hall.json: ") and said in done.stderr


@pytest.mark.parametrize("arguments", [[], [HALL], [HALL, "a", "b"], ["--nothing", HALL, "a"]])
def test_a_wrong_command_line(arguments):
    done = hallsim(*arguments)
    assert done.returncode == 64 and done.stdout == "" and "usage: hallsim" in done.stderr


# ---- predictions

PREDICTED_HEADER = "t0,class,item,p50,p90,wait,left\n"


@pytest.fixture
def days(tmp_path):
    """A busy day and two quiet ones before it."""
    chance, paths = random.Random(11), []
    for n, per_minute in enumerate((1, 1, 3)):
        t0, rows = 0.0, []
        for _ in range(150):
            t0 += chance.expovariate(per_minute)
            rows.append(f"{t0:.4f},normal,,{chance.expovariate(1 / 6):.4f},0\n")
        paths.append(tmp_path / f"day{n}.csv")
        paths[-1].write_text(HEADER + "".join(rows), encoding="ascii")
    return paths


def rollout(days, *options):
    learn = [x for day in days[:-1] for x in ("--learn", day)]
    return hallsim("--rollout", *options, *learn, HALL, days[-1])


@pytest.mark.parametrize("ill", [0, 1, 2])
def test_every_day_is_read_before_one_is_played(days, tmp_path, ill):
    days[ill].write_text(HEADER + "0,normal,,5,0\n1,nobody,,5,0\n", encoding="ascii")
    done = rollout(days, "--trace", tmp_path / "trace.csv", "--all-days")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f'{days[ill]}:3: unknown class "nobody"\n'
    assert not (tmp_path / "trace.csv").exists()


@pytest.mark.parametrize("law, line, reason", [
    ("item,mean\nitem01,6\n", 1, "the header is not item,mean,cv"),
    ("item,mean,cv\nitem01,6,0.8\nitem99,6,0.8\n", 3, "unknown item"),
    ("item,mean,cv\nitem01,-6,0.8\n", 2, "mean is no number of minutes"),
    ("item,mean,cv\nitem01,6,wide\n", 2, "cv is no coefficient of variation"),
    ("item,mean,cv\nitem01,6\n", 2, "three fields are needed"),
])
def test_a_law_that_is_not_sound(days, tmp_path, law, line, reason):
    (tmp_path / "law.csv").write_text(law, encoding="ascii")
    done = rollout(days, "--true-law", tmp_path / "law.csv")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{tmp_path}/law.csv:{line}: {reason}\n")


def test_all_days_are_predicted_one_after_the_other(days):
    every, last = rollout(days, "--all-days"), rollout(days)
    assert every.returncode == last.returncode == 0
    assert every.stdout.startswith(PREDICTED_HEADER) and every.stdout.count("\n") == 1 + 3 * 150
    assert last.stdout.startswith(PREDICTED_HEADER) and last.stdout.count("\n") == 1 + 150
    times = [float(row["t0"]) for row in csv.DictReader(every.stdout.splitlines())]
    assert [n for n in range(1, 450) if times[n] < times[n - 1]] == [150, 300]
    for row in csv.DictReader(every.stdout.splitlines()):
        assert 0 <= float(row["p50"]) <= float(row["p90"])
    assert any(float(row["p50"]) for row in csv.DictReader(last.stdout.splitlines()))


def test_whom_no_window_serves_has_no_negative_wait(customers, tmp_path):
    with open(f"{DEMO}/special-27.json", encoding="utf-8") as f:
        hall = json.load(f)
    hall["windows"] = hall["windows"][:1]
    with open(tmp_path / "hall.json", "w", encoding="utf-8") as f:
        json.dump(hall, f)
    path = customers(HEADER + "0,normal,item01,10,0\n1,normal,item02,10,0\n2,normal,item01,7,0\n3,normal,item02,1,5\n")
    assert hallsim(tmp_path / "hall.json", path).stdout.splitlines()[2] == "1.000000,normal,item02,,16.000000,,1"
    done = hallsim("--rollout", tmp_path / "hall.json", path)
    assert [line.split(",")[3:] for line in done.stdout.splitlines()[2::2]] == [["", "", "16.000000", "1"],
                                                                               ["", "", "5.000000", "1"]]


@pytest.mark.parametrize("option", ["--all-days", "--learn=x.csv", "--true-law=x.csv"])
def test_options_of_predictions_without_them(option):
    assert hallsim(option, HALL, "none.csv").returncode == 64


# ---- a million

@pytest.fixture(scope="module")
def million(tmp_path_factory):
    """A million customers in as many lines; the last one is ill."""
    chance, t0 = random.Random(3), 0.0
    path = tmp_path_factory.mktemp("million") / "customers.csv"
    with open(path, "w", encoding="ascii") as f:
        f.write(HEADER)
        for _ in range(1000000):
            t0 += chance.expovariate(1.7)
            f.write(f"{t0:.4f},normal,,{chance.expovariate(1 / 6):.4f},0\n")
        f.write(f"{t0:.4f},normal,,-1,0\n")
    return path


def test_a_million_rows_and_the_last_is_wrong(million):
    refused(million, 1000002, "service is negative: -1")


def test_a_million_rows(million, tmp_path):
    sound = tmp_path / "customers.csv"
    with open(million, encoding="ascii") as f, open(sound, "w", encoding="ascii") as g:
        for n, line in enumerate(f):
            if n <= 1000000:
                g.write(line)
    done = hallsim(HALL, sound)
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.count("\n") == 1000001 and done.stdout.startswith(OUT_HEADER)


# ---- what it takes

def test_columns_in_any_order_and_others_beside_them(customers):
    done = hallsim(HALL, customers("note,patience,service,t0,item,class\nx,0,5,1.5,item01,senior\n"))
    assert done.stdout == OUT_HEADER + "1.500000,senior,item01,1.500000,0.000000,1,0\n"


def test_nobody_comes(customers):
    assert hallsim(HALL, customers(HEADER)).stdout == OUT_HEADER


def test_line_ends_of_other_systems_and_empty_lines(customers):
    done = hallsim(HALL, customers(HEADER.replace("\n", "\r\n") + "0,normal,,5,0\r\n\r\n1,normal,,5,0"))
    assert done.stdout.splitlines()[1:] == ["0.000000,normal,item01,0.000000,0.000000,1,0",
                                            "1.000000,normal,item01,1.000000,0.000000,2,0"]


def test_a_leaver_has_no_start_and_no_window(customers, tmp_path):
    with open(HALL, encoding="utf-8") as f:
        hall = json.load(f)
    hall["windows"] = hall["windows"][:1]
    with open(tmp_path / "hall.json", "w", encoding="utf-8") as f:
        json.dump(hall, f)
    done = hallsim(tmp_path / "hall.json", customers(HEADER + "0,normal,,10,0\n1,normal,,10,5\n2,normal,,1,8\n"))
    assert done.stdout.splitlines()[1:] == ["0.000000,normal,item01,0.000000,0.000000,1,0",
                                            "1.000000,normal,item01,,5.000000,,1",
                                            # it ends at the very moment that the patience does: ends come first
                                            "2.000000,normal,item01,10.000000,8.000000,1,0"]


def test_minutes_round_to_the_nearest_millisecond(customers):
    done = hallsim(HALL, customers(HEADER + "0.00000834,normal,,5,0\n"))   # 0.5004 ms
    assert done.stdout.splitlines()[1].startswith("0.000017,")


@pytest.mark.parametrize("hall", ["unified-12", "special-27", "unified-27-groups"])
def test_the_demo_halls(customers, hall):
    with open(f"{DEMO}/{hall}.json", encoding="utf-8") as f:
        items = [i["item"] for i in json.load(f)["items"]]
    rows = "".join(f"{n},normal,{item},30,0\n" for n, item in enumerate(items * 2))
    out = list(csv.DictReader(hallsim(f"{DEMO}/{hall}.json", customers(HEADER + rows)).stdout.splitlines()))
    assert len(out) == 2 * len(items) and all(row["left"] == "0" for row in out)
    if hall == "special-27":
        assert all(int(row["window"]) == int(row["item"][4:]) for row in out)


def test_the_same_twice(customers, tmp_path):
    chance, t0, rows = random.Random(5), 0.0, []
    for _ in range(3000):
        t0 += chance.expovariate(2.1)
        name = chance.choice(["normal", "senior", "disabled"])
        rows.append(f"{t0:.4f},{name},,{chance.expovariate(1 / 6):.4f},{chance.choice([0, 20])}\n")
    path = customers(HEADER + "".join(rows))
    first, again = (hallsim("--trace", tmp_path / name, HALL, path) for name in ("a", "b"))
    assert first.stdout == again.stdout
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_output_that_cannot_be_written(customers):
    done = subprocess.run(f"'{BUILD}/hallsim' '{HALL}' '{customers(HEADER)}' > /dev/full", shell=True, capture_output=True)
    assert done.returncode == 73


def test_a_trace_that_cannot_be_written(customers, tmp_path):
    done = hallsim("--trace", tmp_path / "none/trace.csv", HALL, customers(HEADER + "0,normal,,5,0\n"))
    assert (done.returncode, done.stdout) == (73, "") and "cannot be written" in done.stderr


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
