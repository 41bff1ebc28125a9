/* Who comes in: people by name and password, pages by a pairing code. */
export default {
  "login.title": "请登录", "login.name": "用户名", "login.password": "密码", login: "登录", logout: "退出登录",
  "login.wait": "正在登录…", "login.again": "登录已过期，请再登录一次。", "login.role": "“{name}”的岗位不能用这一页，请换一个用户登录。",
  "pair.title": "登记这台设备", "pair.text": "请输入 8 位配对码。", "pair.where": "配对码在“管理 → 设备”里，十分钟内有效，用一次就作废。演示大厅启动时也会印出带配对码的链接。",
  "pair.clear": "清空", "pair.delete": "删除", 
  "role.public": "公众", "role.kiosk": "取号机", "role.screen": "叫号屏", "role.clerk": "窗口人员", "role.desk": "办不成事窗口", "role.manager": "经理",
  "role.admin": "管理员", "role.auditor": "审计员",
};
