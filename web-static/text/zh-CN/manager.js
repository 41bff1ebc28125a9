/* The manager's page. */
export default {
  title: "大厅现况", opening: "正在打开大厅现况…", "tab.now": "现在", "tab.past": "走势", "tab.causes": "办不成事", wall: "上墙", live: "实时", simulated: "模拟", leader: "值班领导　{name}", lost: "{time} 起断线", "lost.band": "{time} 以后没有新数据，正在重连",
  people: "人", minutes: "分", tickets: "号", "tickets.n": "{n} 号", min: "{n} 分", "min.short": "{n} 分", "hours.short": "{h}:{n}", "hours.min": "{h} 小时 {n} 分", percent: "{n} %", time: "时间", "unit.of": "{name}（{unit}）", weekday: "星期", hour: "{hour} 点", table: "看数表", chart: "看图", nothing: "还没有数据", "no.plot": "没有装上画图模块，请看数表",
  "f.waiting": "正在等候", "f.longest": "等得最久", "f.wait": "今天的等候", "f.windows": "窗口开着", "f.today": "今天取号", "f.done": "今天办完", median: "中位", p90: "九成", mean: "平均",
  "as.waiting": "{day}此刻 {n} 人", "as.first": "还没有上周可比", "as.since": "{time} 取号", "as.nobody": "没有人在等", "as.wait": "{day} {a} 和 {b} 分", "as.windows": "{busy} 个在办，{pause} 个暂停", "as.issued": "{day}此刻 {n} 号", "as.left": "在厅里 {here} 人，没办就走 {left}",
  windows: "窗口", "windows.note": "正在办的号、用时、今天的饱和度（忙 ÷ 开着）", "w.closed": "没开", "w.break": "暂停", "w.suspended": "停用", "w.open": "没叫", "w.ready": "空闲", "w.draining": "收工", "just.called": "刚叫", load: "饱和 {n} %",
  queues: "队列", "queues.note": "线：今天在等的人，同一把尺", "q.queue": "队列", "q.waiting": "等候", "q.longest": "等得最久", "q.wait": "现在取号要等", "q.windows": "开着的窗口", "q.today": "今天", "no.wait": "不用等", about: "约 {a} 分，最多 {b} 分",
  alarms: "要看的事", "alarms.n": "{n} 件没人管", "alarms.none": "没有要处理的事", acknowledge: "我来看", since: "{time} 起", "seen.by": "{name} {time} 在看",
  "c.waiting": "等候人数", "c.flow": "取号和办完", "c.wait": "等候时间", today: "今天", "that.day": "这一天", "this.time": "这一段", "last.week": "上周{weekday}", before: "前 {n} 天", issued: "取号", finished: "办完", "issued.then": "{then}取号", "p90.then": "{then}九成", "mean.then": "{then}平均",
  "say.waiting": "等候人数：现在 {n} 人，最多 {most} 人", "say.flow": "取号 {issued}，办完 {finished}，每半小时一点", "say.wait": "等候时间：中位 {p50} 分，九成 {p90} 分", "say.span": "共取号 {issued}（前一段 {before}），平均等候 {wait} 分",
  period: "时段", "p.day": "日", "p.week": "周", "p.month": "月", "p.year": "年", earlier: "往前", later: "往后", csv: "下载 CSV：", "csv.waiting": "等候人数", "csv.flow": "取号", "csv.wait": "等候时间", "csv.groups": "按业务类", "csv.windows": "按窗口",
  measure: "看什么", "heat.issued": "每小时取号", "heat.wait": "平均等候（分）", "heat.few": "近八周，目前只有 {n} 天", "heat.days": "近八周，{n} 天", "say.heat.issued": "近八周 {n} 天，每个星期几每小时的平均取号数", "say.heat.wait": "近八周 {n} 天，每个星期几每小时的平均等候分钟数",
  "wd.0": "周一", "wd.1": "周二", "wd.2": "周三", "wd.3": "周四", "wd.4": "周五", "wd.5": "周六", "wd.6": "周日",
  "bars.group.finished": "各类办完", "bars.group.wait": "各类等候", "bars.group.service": "各类用时", "bars.window.finished": "窗口办完", "bars.window.load": "窗口饱和度", group: "业务类", window: "窗口", "window.n": "{n} 号窗口",
};
