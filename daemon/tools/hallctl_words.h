/* What hallctl says, each sentence once, in both languages; {name} is filled in. */
#ifndef TOOLS_HALLCTL_WORDS_H
#define TOOLS_HALLCTL_WORDS_H

/* id, zh-CN, en */
#define HALLCTL_WORDS(X)                                                                                             \
    X(USAGE, "用法：hallctl [选项] 命令 [参数]", "Usage: hallctl [option ...] command [argument ...]")               \
    X(COMMANDS, "命令：", "Commands:")                                                                               \
    X(OPTIONS, "选项：", "Options:")                                                                                 \
    X(UNKNOWN_COMMAND, "没有这个命令：{what}（hallctl --help 列出全部）",                                            \
      "No such command: {what} (hallctl --help lists them all)")                                                     \
    X(WRONG_ARGUMENTS, "参数不对。用法：hallctl {what}", "Wrong arguments. Usage: hallctl {what}")                   \
    X(BAD_OPTION, "选项 {what} 的值不对：{value}", "Option {what} cannot be {value}")                                \
    X(UNREACHABLE, "连不上 halld（{where}）：{why}", "Cannot reach halld ({where}): {why}")                          \
    X(STRANGE_ANSWER, "看不懂 halld 的回答：{why}", "Cannot read what halld answered: {why}")                        \
    X(REFUSED, "{message}（{code}{details}）", "{message} ({code}{details})")                                        \
    X(CANNOT_READ, "读不了 {what}：{why}", "Cannot read {what}: {why}")                                              \
    X(CANNOT_WRITE, "写不了 {what}：{why}", "Cannot write {what}: {why}")                                            \
    X(NO_LOGIN, "{what} 里没有可用的用户", "{what} has no user to log in as")                                        \
    X(FILE_WRONG, "{file}：{where}：{why}", "{file}: {where}: {why}")                                                \
    X(LINE_WRONG, "{file} 第 {line} 行：{why}", "{file}, line {line}: {why}")                                        \
    X(NOTHING_IMPORTED, "文件有错，什么都没有导入。", "The file has errors; nothing was imported.")                  \
    X(PARTLY_IMPORTED, "只导入了前 {done} 步，共 {all} 步；改正后可以重新导入。",                                    \
      "Only the first {done} of {all} parts were imported; correct the cause and import again.")                     \
    X(CSV_EMPTY, "文件是空的", "the file is empty")                                                                  \
    X(CSV_QUOTE, "引号不成对", "a quote is not closed, or text follows it")                                          \
    X(CSV_TEXT, "不是有效的 UTF-8，或含有控制字符", "not valid UTF-8, or control characters")                        \
    X(CSV_COUNT, "列数与第一行不同", "not as many fields as the first line has")                                     \
    X(CSV_COLUMN, "不认识的列 {what}", "unknown column {what}")                                                      \
    X(CSV_NEEDS, "缺少列 {what}", "column {what} is missing")                                                        \
    X(CSV_NUMBER, "{what} 应是 0 到 {most} 的整数，不是 {value}",                                                    \
      "{what} must be a whole number from 0 to {most}, not {value}")                                                 \
    X(CSV_KIND, "kind 应是 instant 或 promised，不是 {value}", "kind must be instant or promised, not {value}")      \
    X(CSV_YES, "{what} 应是 0 或 1，不是 {value}", "{what} must be 0 or 1, not {value}")                             \
    X(CSV_TWICE, "事项 {value} 在第 {line} 行已经有了", "item {value} stands in line {line} already")                \
    X(ROW_WRONG, "{text}：{field} {value}", "{text}: {field} {value}")                                               \
    X(FLOW_LOADED, "{flow} 第 {version} 版已生效", "{flow} version {version} is in force")                           \
    X(PROFILE_LOADED, "新的参数表已生效", "the new profile is in force")                                             \
    X(FLOWS_AS_BEFORE, "没有变化", "nothing has changed")                                                            \
    X(MIGRATION, "{flow}：{n} 件迁移到第 {version} 版", "{flow}: {n} matters move to version {version}")             \
    X(MIGRATION_MOVE, "  第 {version} 版 {from} > {to}：{n} 件", "  version {version} {from} > {to}: {n}")           \
    X(MIGRATION_CLOCK, "  时限 {clock}：继续 {kept}，停止 {stopped}，取消 {dropped}，开始 {started}",                \
      "  clock {clock}: {kept} kept, {stopped} stopped, {dropped} dropped, {started} started")                       \
    X(MIGRATION_ERASE, "  内容 {field}：{n} 件的会清除，新版没有这一项",                                             \
      "  field {field}: of {n} it is erased, the newest version has it not")                                         \
    X(MIGRATION_REST, "  第 {version} 版 {state}：{n} 件不动，定义没有说怎样迁移",                                   \
      "  version {version} {state}: {n} stay, the definition does not say how")                                      \
    X(MIGRATION_ASK, "什么都没有改；加 --yes 执行。", "Nothing was changed; --yes does it.")                         \
    X(MIGRATION_DONE, "已执行。", "Done.")                                                                           \
    X(IMPORTED_ITEMS, "导入了 {n} 个事项。", "{n} items imported.")                                                  \
    X(IMPORTED_HALL, "导入了大厅设置，共 {n} 行。", "The hall's settings were imported, {n} rows.")                  \
    X(IMPORTED_YEAR, "{year} 年：休 {off} 天，周末上班 {work} 天",                                                   \
      "{year}: {off} days off, {work} weekend days worked")                                                          \
    X(YEAR_UNKNOWN, "{year} 年：安排还没公布，没有导入", "{year}: not published yet, not imported")                  \
    X(NO_CALENDARS, "{what} 里没有 YYYY.json", "{what} has no YYYY.json")                                            \
    X(PEOPLE_LEFT_OUT, "文件里的用户和设备没有导入；用 hallctl user add 和 device add 添加。",                       \
      "The file's users and devices were left out; add them with hallctl user add and device add.")                  \
    X(PASSWORD, "用户 {name}（{role}）已添加。密码（只显示这一次）：{secret}",                                       \
      "User {name} ({role}) was added. Password, shown only once: {secret}")                                         \
    X(USER_ADDED, "用户 {name}（{role}）已添加。", "User {name} ({role}) was added.")                                \
    X(TOKEN, "设备 {name}（{role}）已添加。令牌（只显示这一次）：{secret}",                                          \
      "Device {name} ({role}) was added. Token, shown only once: {secret}")                                          \
    X(PAIR_CODE, "配对码（10 分钟内有效，用一次）：{secret}", "Pairing code, good once within 10 minutes: {secret}") \
    X(SCREEN_ADDED, "屏 {name} 可以收听显示总线了。公钥：{key}",                                                     \
      "Screen {name} may listen to the display bus. Its public key: {key}")                                          \
    X(SCREEN_SECRET, "私钥（只显示这一次，放到这块屏上）：{secret}",                                                 \
      "Its secret key, shown only once, to be put on that screen: {secret}")                                         \
    X(SCREEN_SERVER, "总线地址：{address}；总线公钥：{key}", "The bus is at {address}; its public key: {key}")       \
    X(SCREEN_OPEN, "总线地址：{address}，没有加密，本机的程序都能收听。",                                            \
      "The bus is at {address}, not encrypted: any program of that machine may listen.")                             \
    X(SCREEN_NO_BUS, "守护进程没有开显示总线，见配置文件的 zmq。",                                                   \
      "The daemon has no display bus; see zmq in its config file.")                                                  \
    X(SCREEN_REVOKED, "屏 {name} 不能再收听，其他屏一秒内重新连上。",                                                \
      "Screen {name} may listen no more; every other screen is back within a second.")                               \
    X(NO_CURVE, "本机的 ZeroMQ 不支持 CURVE，请用 --public-key。", "This ZeroMQ has no CURVE; use --public-key.")    \
    X(NO_SCREENS, "还没有登记的屏。", "No screens are listed.")                                                      \
    X(CLOCK_ACCEPTED, "已确认系统时间。", "The clock is accepted.")                                                  \
    X(BACKUP_DONE, "已备份到 {what}。", "Backed up to {what}.")                                                      \
    X(REBUILD_DONE, "指标序列已全部重建。", "Every series is rebuilt.")                                              \
    X(NO_TICKETS, "没有排队号。", "No tickets.")                                                                     \
    X(MORE_TICKETS, "共 {n} 个，用 --after {next} 看下一页。", "{n} in all; --after {next} shows the next page.")    \
    X(YES, "是", "yes")                                                                                              \
    X(NO, "否", "no")                                                                                                \
    /* heads of tables */                                                                                            \
    X(H_HALL, "大厅", "Hall")                                                                                        \
    X(H_READY, "就绪", "Ready")                                                                                      \
    X(H_OPEN, "开门", "Open")                                                                                        \
    X(H_DATE, "日期", "Date")                                                                                        \
    X(H_HOURS, "今天", "Today")                                                                                      \
    X(H_NEXT_OPEN, "下次开门", "Next opening")                                                                       \
    X(H_READ_ONLY, "只读", "Read-only")                                                                              \
    X(H_SIMULATED, "模拟", "Simulated")                                                                              \
    X(H_WAITING, "等候", "Waiting")                                                                                  \
    X(H_SERVING, "办理中", "Serving")                                                                                \
    X(H_ISSUED, "今天取号", "Issued today")                                                                          \
    X(H_EVENTS, "事件", "Events")                                                                                    \
    X(H_ALARM, "要看的事", "Attention")                                                                              \
    X(H_MEMORY, "内存", "Memory")                                                                                    \
    X(H_CONNECTIONS, "连接", "Connections")                                                                          \
    X(H_BUS, "显示总线", "Display bus")                                                                              \
    X(H_VERSION, "版本", "Version")                                                                                  \
    X(H_ID, "编号", "Id")                                                                                            \
    X(H_NUMBER, "号", "Number")                                                                                      \
    X(H_STATE, "状态", "State")                                                                                      \
    X(H_CLASS, "类别", "Class")                                                                                      \
    X(H_ISSUED_AT, "取号时间", "Issued")                                                                             \
    X(H_AHEAD, "前面", "Ahead")                                                                                      \
    X(H_WINDOW, "窗口", "Window")                                                                                    \
    X(H_ITEM, "事项", "Item")                                                                                        \
    X(H_NAME, "名称", "Name")                                                                                        \
    X(H_CLERK, "人员", "Clerk")                                                                                      \
    X(H_SINCE, "从", "Since")                                                                                        \
    X(H_SERVED, "已办", "Served")                                                                                    \
    X(H_PLACE, "位置", "Place")                                                                                      \
    X(H_KEY, "公钥", "Public key")                                                                                   \
    X(H_QUEUES, "队列", "Queues")

enum hallctl_word {
#define X(id, zh, en) W_##id,
    HALLCTL_WORDS(X)
#undef X
        W_COUNT
};

#endif
