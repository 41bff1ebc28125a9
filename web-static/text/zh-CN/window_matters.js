/* What the flows add to the clerk's console. */
export default {
  "key.find": "查办件", "key.find.do": "按编号，补交、续办", "wm.find": "查哪一件？", "wm.find.note": "人又来了，号是新的：按单子上的编号找到他的事。", "wm.find.number": "编号，或今天的排队号", "wm.find.none": "没有找到",
  "wm.key": "这个号的事", "wm.look": "看与办", "wm.holds": "没定以前这个号不能办结。", "wm.opens": "现在可以选“{outcome}”。", "wm.next": "接着办：按 {cap}，{flow}。",
  "wm.held": "《{flow}》{state}，这个号还不能办结。", "wm.key.held": "在等{flow}",
  "wm.denied.open": "已批准；写好告知，打印后办结", "wm.denied.waits": "还没批，去看报备", "wm.denied.file": "先报备，按 Enter 去写",
  "wm.tell": "　确认后生成一次性告知书，打印给本人，同时办结。", "wm.tick": "请至少在单子上勾一样；单子上没有的另外写。",
  "wm.first": "要先有“{flow}”：按 Esc，再按 {cap}。", "wm.print": "打印", "wm.say": "{flow}：{state}",
};
