/* The duty leader's page: the rota. */
export default {
  "duty.today": "今天值班", "duty.me": "是您", "duty.nobody": "没有人", "duty.gaps": "没有排值班领导：{days}。请尽快安排。", "duty.gap": "缺人", "duty.not_yet": "还没排", "duty.closed": "不开门", "duty.instead": "代{name}（{reason}）", "duty.no_reason": "没有写原因",
  "duty.ahead": "今后四周", "duty.to": "交给", "duty.reason": "原因（记入日志）", "duty.reason.like": "如：下午开会", "duty.hand_over": "交出值班", "duty.back": "交回给{name}", "duty.done": "现在由{name}值班。", "duty.no_row": "今天没有排值班，请经理先在“管理”里排上。", "duty.who_may": "由今天值班的人或经理交接。", "duty.no_rota": "这个大厅还没有值班表。", "duty.edit": "排值班表",
};
