#!/usr/bin/python3
"""
What quickstart does besides building and running: the demo hall's config file, its hall clock, and the welcome with
the addresses of every screen and the logins.

  welcome.py config HOME RUN PORT TOP       writes HOME/halld.json
  welcome.py clock HOME SPEED RUN_ID        prints where a simulated hall's clock starts
  welcome.py greet HOME RUN PORT FILE       prints the welcome, writes FILE (mode 0600)
"""
import datetime
import http.client
import json
import os
import socket
import sys
import time

HALL_ZONE = datetime.timezone(datetime.timedelta(hours=8))
DAY_BEGINS = 8              # o'clock, in a simulated hall
BUS_PORT = 5561
LOGINS = "first-logins.json"    # in HOME, written by the daemon's first start
HALL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hall.json")
ROTA_DAYS = 60              # a simulated hall lives through a month in one night


def write_private(path, value):
    with open(path + ".new", "w", encoding="utf-8", opener=lambda p, f: os.open(p, f, 0o600)) as f:
        json.dump(value, f, ensure_ascii=False, indent=1)
        f.write("\n")
    os.chmod(path + ".new", 0o600)
    os.replace(path + ".new", path)


def read_json(path):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def bus_address():
    """The usual one of the display bus; another if a program has it, such as another demo hall."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", BUS_PORT))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


def config(home, run, port, top):
    write_private(os.path.join(home, "halld.json"), {
        "hall_id": "demo", "zone": "Asia/Shanghai", "data_dir": os.path.join(home, "data"), "run_dir": run,
        "web_dir": os.path.join(top, "web-static"), "listen": f"127.0.0.1:{port}",
        "public_url": f"http://127.0.0.1:{port}",
        "import_hall": os.path.join(top, "packaging", "demo", "hall.json"),
        "flows_dir": os.path.join(top, "plugins"), "profile": os.path.join(top, "profiles", "national.json"),
        "limits": {"enforce": False}, "clock": {"accept_at_start": True},
        "credentials": os.path.join(home, LOGINS), "zmq": bus_address()})


def clock(home, speed, run_id):
    """A simulated hall begins at 8 o'clock today, or the morning after the last day it has seen; when the daemon is
    started again within one run it goes on where the clock would be."""
    path, now = os.path.join(home, "clock.json"), time.time()
    last = read_json(path)
    if last.get("run") == run_id:
        start = datetime.datetime.fromisoformat(last["start"]) + datetime.timedelta(seconds=(now - last["at"]) * float(speed))
    else:
        seen = read_json(os.path.join(home, "player.json")).get("date", "")
        today = datetime.datetime.now(HALL_ZONE).date()
        day = datetime.date.fromisoformat(seen) + datetime.timedelta(days=1) if seen else today
        start = datetime.datetime.combine(day, datetime.time(DAY_BEGINS), HALL_ZONE)
        write_private(path, {"run": run_id, "at": now, "start": start.isoformat()})
    print(start.isoformat(timespec="milliseconds"))


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask_admin(run, method, path, body=None):
    """Through the unix socket the machine's own user is an admin."""
    connection = UnixConnection(os.path.join(run, "http.sock"))
    try:
        connection.request(method, "/api/v1" + path, json.dumps(body) if body else None,
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        data = json.loads(answer.read() or b"{}")
        return data if answer.status < 300 else {}
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        connection.close()


def leaders():
    return [u["name"] for u in read_json(HALL)["users"] if "duty_leader" in u.get("groups", [])]


def fill_rota(run):
    """Every day from today has its duty leader, in turn, and the next in turn as the substitute."""
    today = ask_admin(run, "GET", "/hall").get("date")
    known = {row["date"] for row in ask_admin(run, "GET", "/admin/duty").get("settings", {}).get("duty", [])}
    names = leaders()
    for n in range(ROTA_DAYS if today and names else 0):
        day = datetime.date.fromisoformat(today) + datetime.timedelta(days=n)
        if day.isoformat() not in known:
            turn = day.toordinal()
            ask_admin(run, "POST", "/admin/duty", {"date": day.isoformat(), "leader": names[turn % len(names)],
                                                   "substitutes": [names[(turn + 1) % len(names)]]})


def pairing_code(run, role, place):
    """A page becomes a device by a code that counts once, for ten minutes; a new one at every start."""
    name = f"{role}-page"
    again = ask_admin(run, "POST", f"/admin/devices/{name}/token")
    first = again or ask_admin(run, "POST", "/admin/devices", {"name": name, "role": role, "place": place})
    return first.get("code", "")


def addresses(run, base, bus):
    def paired(page, role, place):
        code = pairing_code(run, role, place)
        return f"{base}/{page}/#pair={code}" if code else f"{base}/{page}/"
    return [("总览", "all screens", base + "/", ""),
            ("取号", "kiosk", paired("kiosk", "kiosk", "浏览器 / a browser"), "链接十分钟内用一次 / once, within ten minutes"),
            ("叫号屏", "TV screen", base + "/screen/", ""),
            ("窗口", "clerk's window", base + "/window/", "chuangkou1 … chuangkou14"),
            ("预约", "booking by phone", base + "/book/", ""),
            ("预约登记", "booking for others", base + "/appointments/", "chuangkou1 … chuangkou14"),
            ("办不成事", "the desk", base + "/desk/", "bancheng"),
            ("审批报备", "approver", base + "/approver/", "shenpi"),
            ("值班领导", "duty leader", base + "/leader/", "zhiban1 … zhiban2"),
            ("办件", "every matter", base + "/matters/", ""),
            ("经理", "manager", base + "/manager/", "jingli"),
            ("管理", "administration", base + "/admin/", "guanli"),
            ("接口", "API", base + "/api/v1/openapi.json", ""),
            ("显示总线", "display bus", bus, "docs/screens.md")]


def greet(home, run, port, file):
    base = f"http://127.0.0.1:{port}"
    logins = {**read_json(os.path.join(home, LOGINS)), "base_url": base}
    groups = {u["name"]: u["groups"] for u in read_json(HALL)["users"] if u.get("groups")}
    for user in logins.get("users", []):
        user["groups"] = groups.get(user["name"], [])
    fill_rota(run)
    write_private(file, logins)
    hall = ask_admin(run, "GET", "/hall")
    print(f"\n{hall.get('hall', 'halld')}　{hall.get('name_en', '')}")
    print(f"大厅时间 hall time {hall.get('at', '')[:16].replace('T', ' ')}"
          f"{'（模拟 simulated）' if hall.get('simulated') else ''}\n")
    for zh, en, address, note in addresses(run, base, logins.get("zmq", "")):
        print(f"  {zh:　<5}{en:<19}{address}{'    ' + note if note else ''}")
    print(f"\n登录 logins（也在 also in {file}）:")
    for user in logins.get("users", []):
        print(f"  {user['name']:<14}{user['role']:<9}{user['password']:<20}{' '.join(user['groups'])}".rstrip())
    print("\nCtrl-C 停止 stops.", flush=True)


def main():
    actions = {"config": config, "clock": clock, "greet": greet}
    if len(sys.argv) < 3 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    actions[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
