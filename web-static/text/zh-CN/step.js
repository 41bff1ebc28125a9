/* What a person writes or brings by phone. */
export default {
  send: "确定", back: "返回", optional: "可以不写", yes: "是", no: "否", "fill.in": "请写：{field}",
  "person.name": "姓名", "person.id": "身份证号或手机号", "person.why": "号码只用来核对，不保存", "file.choose": "拍照，或选文件", "file.why": "照片或 PDF，可以选几份；PDF 至多 4 MB", "file.most": "最多 {n} 份，请去掉几份", "file.off": "去掉", bringing: "正在传…",
  "new.what": "您想说什么？", "new.none": "这个大厅现在不能在手机上说", "new.escalation.register": "事情没办成", "new.escalation.praise": "想表扬", "new.help.ask": "请人帮办",
};
