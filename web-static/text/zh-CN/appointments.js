/* Staff: a day's appointments. */
export default {
  title: "预约登记", "to.window": "回到窗口", "day.before": "前一天", "day.after": "后一天", "to.today": "回到今天",
  counts: "共 {n} 个：已来 {came}，还没来 {open}，没有来 {missed}。", none: "这一天还没有预约。", "cancelled.n": "已取消 {n} 个",
  "is.held": "正在约", "is.booked": "已约", "is.due": "快到了", "is.waiting": "过了时间", "is.checked_in": "已签到", "is.late": "迟到取号", "is.no_show": "没有来", "is.cancelled": "已取消",
  "check.in": "签到", checked: "已签到，号是 {number}。", move: "改时间", cancel: "取消", "cancel.yes": "取消这个预约", back: "返回", reason: "原因（记入日志）", "reason.usual": "本人来电取消",
  new: "替人预约", item: "办什么", "find.for": "名称、拼音首字母", "none.found": "没有找到，换个写法再试。", "walk.in": "不用预约，直接取号", when: "哪天、几点", left: "余 {n}", full: "约满", "no.day": "这几天都约不上。",
  "day.SLOT_FULL": "约满", "day.SLOT_CLOSED": "不能约", "day.CALENDAR_PROVISIONAL": "未公布", person: "手机号或证件号", "person.why": "只用来认人，不保存号码。", "person.none": "请填手机号或证件号。", "slot.none": "请选一个时间。", class: "人群", book: "预约",
  "move.title": "预约码 {code} 改时间", "move.yes": "改到这个时间", booked: "约好了", code: "预约码", "qr.alt": "预约的二维码", tell: "请告诉本人时间和预约码；在窗口的可以用手机扫一扫，到时候在取号机上扫码签到。", told: "已告诉本人",
};
