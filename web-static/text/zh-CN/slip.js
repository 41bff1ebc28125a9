/* What stands on a slip, and is said about it. */
export default {
  rule: "按取号时间叫号；70 岁以上、孕妇和带婴儿的算早到 20 分钟，残疾人、军人和消防员算早到 30 分钟。",
  "rule.begin": "按取号时间叫号；{groups}。", "rule.group": "{names}算早到 {n} 分钟", "rule.join": "，", "rule.plain": "按取号时间叫号。",
  "any.window": "{windows} 号窗口都可能叫您", "one.window": "请等 {windows} 号窗口叫您", "no.window": "窗口一开就叫您",
  claim: "{name}，算早到 {n} 分钟",
  "slip.ahead": "前面还有 {n} 人", "slip.ahead.0": "前面没有人", "slip.wait": "大约等 {p50} 分钟，最多 {p90} 分钟", "slip.now": "请现在到 {window} 号窗口",
  "slip.booked": "预约 {time}，到时候优先叫您", "slip.scan": "手机扫一扫，走开也能看到前面几人", "slip.keep": "叫到号请到窗口；没赶上请马上到咨询台说一声。", "slip.time": "取号时间 {time}",
  "again.print": "打印", "again.title": "补打小票", "again.note": "用这台电脑的打印机，80 毫米纸。补打会记下来。", "again.number": "号码，例如 A032", "again.need": "请写号码", "again.none": "没有这个号", "again.failed": "打印机没有回应，小票没有打出来",
};
