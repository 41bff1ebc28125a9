/* What could not be done, in figures: the manager's page and the desk's. */
export default {
  "u.period": "时段", "u.p.week": "7 天", "u.p.month": "30 天", "u.p.quarter": "90 天", "u.p.year": "一年", "u.earlier": "往前", "u.later": "往后", "u.csv": "下载 CSV：", "u.csv.causes": "按原因", "u.csv.departments": "按部门", "u.csv.items": "按事项", "u.csv.windows": "按窗口",
  "u.sum": "{n} 件办不成的事", "u.sum.one": "{n} 件办不成的事", "u.rate": "每办理 1,000 件里有 {n} 件（共办理 {services} 件）。", "u.no.rate": "同期办理 {services} 件。", "u.open": "现在还在办 {n} 件。", "u.overdue": "逾期 {n} 件",
  "u.causes": "为什么办不成", "u.ended": "已了结", "u.still": "还在办", "u.untriaged": "没有分类", "u.share": "{n} %", "u.few": "件数不多，只说几件，不算比例。点原因看它从哪里来，点数字看是哪几件。", "u.how": "点原因看它从哪里来，点数字看是哪几件。", "u.nothing": "这段时间没有",
  "u.where": "从哪里来", "u.by.department": "部门", "u.by.item": "事项", "u.by.window": "窗口", "u.window": "{n} 号窗口", "u.none": "没有写明", "u.more": "还有 {n} 行", "u.of": "原因：{cause}", "u.of.all": "全部原因",
  "u.ways": "后来怎么办的", "u.clock": "时限", "u.met": "按时", "u.late": "超时", "u.median": "一半不超过", "u.min": "{n} 分", "u.hours": "{n} 小时",
  "u.pressure": "对照窗口办理量", "u.by": "按什么看", "u.services": "办理", "u.escalations": "办不成", "u.per": "每千件", "u.denials": "拟不予受理", "u.overturned": "没有批准", "u.notices": "一次性告知", "u.second": "又告知一次", "u.per.how": "办理不到 {n} 件的不算每千件。没有批准的，后来都接着办了；又告知一次是差错。", "u.calm": "这段时间没有办不成的事，没有被推翻的不予受理，也没有告知两次",
  "u.behind": "{title}：是这几件", "u.close": "收起", "u.list.of": "{title}：{n} 件，看是哪几件", "u.matter": "编号", "u.opened": "登记", "u.state": "现在", "u.no": "{n} 号", "u.only": "只列最近 {n} 件", "u.not.there": "这里没有装“办不成事”流程",
};
