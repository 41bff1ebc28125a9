/* The kiosk's page for whoever has booked or comes back. */
export default {
  booked: "我有预约", "booked.title": "我有预约", "booked.text": "请输入 6 位预约码，或者用扫码口扫手机上的码。", "booked.scan": "预约码在手机的预约页上，约好时也告诉过您。",
  "booked.in.time": "您预约了 {time}，到时候优先叫您。", "booked.late": "预约的 {time} 已经过了，按普通号排队。",
  "booked.day": "您约的是 {day}，今天还不能签到。请那天来，今天要办就返回取普通号。",
  "booked.none": "今天没有预约码 {code}。请再看一下，或者返回取普通号。", "booked.back": "今天补材料回来的，扫原来小票上的码，不用重新排队。",
};
