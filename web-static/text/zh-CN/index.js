/* The index: a card per screen. */
export default {
  title: "总览", open: "开着，今天到 {time}", "open.always": "开着", closed: "现在没有开门", opens: "{day} {time} 开门", waiting: "等候 {n} 人",
  simulated: "模拟的大厅时间 {time}", "read.only": "系统暂时只读，不能取号叫号", lost: "连不上大厅",
  kiosk: "取号", "kiosk.text": "进门第一步：选事、取号、打小票", "kiosk.state": "第一次打开要 8 位配对码",
  screen: "叫号屏", "screen.text": "挂在大厅：叫到谁、去几号窗口", "screen.state": "正在叫 {n} 个号",
  window: "窗口", "window.text": "窗口人员用：叫号、办理、办结，只用键盘", "window.state": "{n} 个窗口开着",
  ticket: "我的号", "ticket.text": "手机上看：前面几人、去几号窗口", "ticket.state": "扫小票上的码",
  book: "预约", "book.text": "手机上约好时间再来", "book.state": "选事项、选时间、留电话", appointments: "预约登记", "appointments.text": "工作人员用：一天的预约，替人约、改、取消", "appointments.state": "窗口人员登录",
  manager: "大厅现况", "manager.text": "经理看：现在怎样、今天和以往的曲线、要看的事；可上墙", "manager.state": "经理登录",
  desk: "办不成事", "desk.text": "办不成的事：登记、转办、催办、答复、回访，只用键盘", "desk.state": "办不成事窗口登录", approver: "否定报备审批", "approver.text": "窗口要说“不能办”，先在这里批", "approver.state": "审批人登录",
  leader: "值班领导", "leader.text": "等我定的事、全厅逾期、值班表和交接；手机也能用", "leader.state": "值班领导登录", matters: "事项流程", "matters.text": "容缺、告知、帮办、办件等所有流程的事", "matters.state": "工作人员登录",
  admin: "管理", "admin.text": "窗口、技能、队列、事项、人员、设备、日志", "admin.state": "管理员、经理、审计员登录",
  api: "接口", "api.text": "同一套接口供所有页面和别的系统用", "api.state": "openapi.json", hours: "今天 {hours}", 
};
