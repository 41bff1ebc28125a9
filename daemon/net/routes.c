#include "net/routes.h"

#include <string.h>

#include "auth/roles.h"
#include "net/handlers.h"
#include "proto/flow.pb-c.h"
#include "proto/flow_report.pb-c.h"
#include "proto/matter_view.pb-c.h"
#include "proto/settings.pb-c.h"
#include "proto/view.pb-c.h"

#define STAFF (ROLE_CLERK | ROLE_AUDITOR)
#define COMMAND(name) .command = HALLD__COMMAND__BODY_##name
#define TAKES(message) .request = &halld__##message##__descriptor
#define GIVES(message) .response = &halld__##message##__descriptor, .status = 200

/* A verb at a window: the clerk's work. */
#define AT_WINDOW(verb, name, text_zh, text_en)                                                   \
    {                                                                                             \
        "POST", API "/windows/{n}/" verb, ROLE_CLERK, COMMAND(name), .zh = text_zh, .en = text_en \
    }

/* A table of settings: read, put a row, change some fields of a row, take one away. */
#define TABLE(name, message, text_zh, text_en)                                                                 \
    {"GET",                                                                                                    \
     API "/admin/" name,                                                                                       \
     ROLE_MANAGER,                                                                                             \
     .handle = api_table,                                                                                      \
     GIVES(settings_view),                                                                                     \
     .zh = "查看" text_zh,                                                                                     \
     .en = "The " text_en},                                                                                    \
        {"POST",                                                                                               \
         API "/admin/" name,                                                                                   \
         ROLE_MANAGER,                                                                                         \
         .handle = api_table_put,                                                                              \
         TAKES(message),                                                                                       \
         GIVES(settings_view),                                                                                 \
         .zh = "新增或替换一行" text_zh,                                                                       \
         .en = "Put a row into the " text_en ", whole"},                                                       \
        {"PATCH",                                                                                              \
         API "/admin/" name,                                                                                   \
         ROLE_MANAGER,                                                                                         \
         .handle = api_table_patch,                                                                            \
         TAKES(message),                                                                                       \
         GIVES(settings_view),                                                                                 \
         .zh = "修改一行" text_zh "中给出的字段",                                                              \
         .en = "Change the given fields of a row of the " text_en},                                            \
        {"PATCH",                                                                                              \
         API "/admin/" name "/{key}",                                                                          \
         ROLE_MANAGER,                                                                                         \
         .handle = api_table_patch,                                                                            \
         TAKES(message),                                                                                       \
         GIVES(settings_view),                                                                                 \
         .zh = "修改一行" text_zh "中给出的字段",                                                              \
         .en = "Change the given fields of a row of the " text_en},                                            \
    {                                                                                                          \
        "DELETE", API "/admin/" name "/{key}", ROLE_MANAGER, .handle = api_table_remove, GIVES(settings_view), \
                                                             .zh = "删除一行" text_zh,                         \
                                                             .en = "Remove a row of the " text_en              \
    }

/* A single message of settings. */
#define SINGLE(name, message, text_zh, text_en)                                                                     \
    {"GET",                                                                                                         \
     API "/admin/" name,                                                                                            \
     ROLE_MANAGER,                                                                                                  \
     .handle = api_table,                                                                                           \
     GIVES(settings_view),                                                                                          \
     .zh = "查看" text_zh,                                                                                          \
     .en = "The " text_en},                                                                                         \
    {                                                                                                               \
        "PATCH", API "/admin/" name, ROLE_MANAGER, .handle = api_table_patch, TAKES(message), GIVES(settings_view), \
                                                   .zh = "修改" text_zh "中给出的字段",                             \
                                                   .en = "Change the given fields of the " text_en                  \
    }

/* clang-format off */
static const struct route ROUTES[] = {
    /* ---- what everybody may see */
    {"GET", API "/hall", ROLE_PUBLIC, .handle = api_hall, GIVES(hall_view),
     .zh = "大厅名称、开放时间、是否开放", .en = "The hall's name and hours, and whether it is open"},
    {"GET", API "/catalogue", ROLE_PUBLIC, .handle = api_catalogue, GIVES(catalogue_view), .query = "q",
     .zh = "业务队列、业务类、事项、人群类别；q 搜索事项", .en = "Queues, groups, items and classes; q searches the items"},
    {"GET", API "/board", ROLE_PUBLIC, .handle = api_board, GIVES(board_view),
     .zh = "叫号屏显示的内容", .en = "What a call screen shows"},
    {"GET", API "/stream", ROLE_PUBLIC, .handle = api_stream, .type = "text/event-stream", .status = 200,
     .query = "topics", .zh = "实时事件流：call/ board/ hall/ windows/ window/7/ ticket/<token>/ matter/<token>/ inbox/",
     .en = "Events as they happen; topics call/ board/ hall/ windows/ window/7/ ticket/<token>/ matter/<token>/ inbox/"},

    /* ---- tickets */
    {"POST", API "/tickets", ROLE_KIOSK | ROLE_CLERK, COMMAND(ISSUE_TICKET), .zh = "取号", .en = "Take a ticket"},
    {"GET", API "/tickets", STAFF, .handle = api_tickets, GIVES(ticket_list),
     .query = "state queue number q after most", .zh = "今天的排队号", .en = "Today's tickets"},
    {"GET", API "/tickets/by-token/{token}", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_ticket_by_token,
     GIVES(ticket_view), .zh = "本人的排队号（凭链接）", .en = "One's own ticket, by its link"},
    {"POST", API "/tickets/by-token/{token}/cancel", ROLE_PUBLIC, ROUTE_BY_LINK, COMMAND(CANCEL_TICKET),
     .zh = "本人取消排队号", .en = "Cancel one's own ticket"},
    {"POST", API "/tickets/by-token/{token}/report-back", ROLE_PUBLIC, ROUTE_BY_LINK, COMMAND(REPORT_BACK),
     .zh = "过号后本人报到", .en = "Report back after a missed call"},
    {"POST", API "/tickets/by-token/{token}/return", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_ticket_return, TAKES(empty),
     .response = &halld__ticket_view__descriptor, .status = 201,
     .zh = "当天补齐材料后本人回来（不用重新排队）", .en = "Back the same day with what was missing, without queueing anew"},
    {"GET", API "/tickets/by-token/{token}/qr.svg", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_ticket_qr,
     .type = "image/svg+xml", .status = 200, .zh = "排队号链接的二维码", .en = "The link as a QR code"},
    {"GET", API "/tickets/{id}", STAFF, .handle = api_ticket, GIVES(ticket_history),
     .zh = "排队号及其经过", .en = "A ticket and what happened to it"},
    {"GET", API "/tickets/{id}/why", STAFF, .handle = api_ticket_why, GIVES(why_view),
     .zh = "为什么在那时叫这个号", .en = "Why it was called when it was"},
    {"GET", API "/tickets/{id}/slip", ROLE_CLERK, .handle = api_ticket_slip, GIVES(ticket_view),
     .zh = "补打小票要用的内容，含本人的链接（记入安全记录）",
     .en = "What stands on the slip, with the person's link, to print it again; goes into the security log"},
    {"POST", API "/tickets/{id}/printed", ROLE_KIOSK | ROLE_CLERK, COMMAND(REPORT_PRINT),
     .zh = "小票已打印，或没有打印出来（须说明原因）", .en = "The slip came out, or did not, with the reason"},
    {"POST", API "/tickets/{id}/cancel", ROLE_CLERK, COMMAND(CANCEL_TICKET), .zh = "取消排队号", .en = "Cancel a ticket"},
    {"POST", API "/tickets/{id}/report-back", ROLE_CLERK, COMMAND(REPORT_BACK),
     .zh = "过号的人已报到", .en = "A person who was missed is back"},
    {"POST", API "/tickets/{id}/class", ROLE_CLERK, COMMAND(CHANGE_CLASS),
     .zh = "更正人群类别（须说明原因）", .en = "Correct the class, with a reason"},

    /* ---- appointments */
    {"GET", API "/slots", ROLE_PUBLIC, .handle = api_slots, GIVES(slot_list), .query = "item from to",
     .zh = "事项可预约的时间（from、to：YYYY-MM-DD）", .en = "The times an item can be booked at; from and to are dates"},
    {"POST", API "/appointments", ROLE_PUBLIC, .handle = api_appointment_hold, TAKES(hold_request),
     .response = &halld__appointment_view__descriptor, .status = 201,
     .zh = "预约：先保留时段；窗口人员同时给出 person 则直接约定",
     .en = "Hold a time; staff who give the person book it at once"},
    {"GET", API "/appointments", STAFF, .handle = api_appointments, GIVES(appointment_list), .query = "date",
     .zh = "一天的预约", .en = "A day's appointments"},
    {"POST", API "/appointments/check-in", ROLE_KIOSK | ROLE_CLERK, COMMAND(CHECK_IN),
     .zh = "凭预约码签到取号", .en = "Check in by the code: the appointment becomes a ticket"},
    {"GET", API "/appointments/by-token/{token}", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_appointment_by_token,
     GIVES(appointment_view), .zh = "本人的预约（凭链接）", .en = "One's own appointment, by its link"},
    {"POST", API "/appointments/by-token/{token}", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_appointment_book,
     TAKES(book_request), GIVES(appointment_view), .zh = "给出电话或证件号，约定保留的时段",
     .en = "Book the held time with a phone number or other identification"},
    {"POST", API "/appointments/by-token/{token}/cancel", ROLE_PUBLIC, ROUTE_BY_LINK, COMMAND(CANCEL_APPOINTMENT),
     .zh = "本人取消预约", .en = "Cancel one's own appointment"},
    {"POST", API "/appointments/by-token/{token}/move", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_appointment_move,
     TAKES(move_request), GIVES(appointment_view), .zh = "本人改约另一个时间（换新的预约码和链接）",
     .en = "Move one's own appointment to another time; it gets a new code and link"},
    {"POST", API "/appointments/by-token/{token}/check-in", ROLE_PUBLIC, ROUTE_BY_LINK, COMMAND(CHECK_IN),
     .zh = "本人签到取号", .en = "Check in: the appointment becomes a ticket"},
    {"GET", API "/appointments/by-token/{token}/qr.svg", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_appointment_qr,
     .type = "image/svg+xml", .status = 200, .zh = "预约链接的二维码，供签到时扫", .en = "The link as a QR code, scanned to check in"},
    {"POST", API "/appointments/{id}/move", ROLE_CLERK, .handle = api_appointment_move, TAKES(move_request),
     GIVES(appointment_view), .zh = "替人改约另一个时间", .en = "Move an appointment to another time"},
    {"POST", API "/appointments/{id}/cancel", ROLE_CLERK, COMMAND(CANCEL_APPOINTMENT),
     .zh = "取消预约（须说明原因）", .en = "Cancel an appointment, with a reason"},

    /* ---- windows */
    {"GET", API "/windows", STAFF, .handle = api_windows, GIVES(window_list), .zh = "所有窗口", .en = "All windows"},
    {"GET", API "/windows/{n}", STAFF, .handle = api_window, GIVES(window_detail),
     .zh = "一个窗口：谁在办、等候的下几位", .en = "A window: who is there, who comes next"},
    AT_WINDOW("open", OPEN_WINDOW, "开窗", "Open the window"),
    AT_WINDOW("break", BREAK_WINDOW, "暂停（原因、计划时长）", "Take a break, with reason and planned length"),
    AT_WINDOW("resume", RESUME_WINDOW, "结束暂停", "Come back from a break or suspension"),
    AT_WINDOW("suspend", SUSPEND_WINDOW, "故障停用", "Suspend the window because of a fault"),
    AT_WINDOW("drain", DRAIN_WINDOW, "办完当前的号后关窗", "Close once the present ticket is done"),
    AT_WINDOW("close", CLOSE_WINDOW, "关窗", "Close the window"),
    AT_WINDOW("take-over", TAKE_OVER_WINDOW, "接管窗口（须说明原因）", "Take the window over, with a reason"),
    AT_WINDOW("next", NEXT_TICKET, "叫下一位（有人在办时须给出办理结果）",
              "Ready for the next; with a ticket at the window its outcome is required"),
    AT_WINDOW("repeat", REPEAT_CALL, "重呼", "Call the same ticket again"),
    AT_WINDOW("start", START_SERVICE, "开始办理", "Service begins"),
    AT_WINDOW("hold", HOLD_TICKET, "挂起", "Put the ticket on hold"),
    AT_WINDOW("unhold", UNHOLD_TICKET, "恢复挂起的号", "Bring a held ticket back"),
    AT_WINDOW("finish", FINISH_TICKET, "办结", "Finish, with the outcome"),
    AT_WINDOW("no-show", MISS_TICKET, "过号", "The person called did not come"),
    AT_WINDOW("transfer", TRANSFER_TICKET, "转办", "Send the ticket to another queue, item or window"),
    AT_WINDOW("call", CALL_TICKET, "指定叫号（须说明原因）", "Call a named ticket, with a reason"),

    /* ---- matters: who may do what is said by their definitions */
    {"GET", API "/flows", STAFF, .handle = api_flows, GIVES(flow_kinds),
     .zh = "事项流程：定义、自己能发起的步骤、在办件数", .en = "The kinds of matters: definitions, what one may open, how many are open"},
    {"GET", API "/flows/{kind}/matters", STAFF, .handle = api_flow_matters, GIVES(matter_list),
     .query = "state color department item window ticket q mine ended after most", .zh = "一种流程的办件，按颜色、到期时间排列",
     .en = "The matters of one kind, by colour, then deadline"},
    {"POST", API "/flows/{kind}/matters", STAFF, .handle = api_matter_open, TAKES(open_request),
     .response = &halld__matter_view__descriptor, .status = 201, .zh = "发起一个办件（window：在哪个窗口，自动带上正在办的号）",
     .en = "Open a matter; from a window, its present ticket is filled in"},
    {"GET", API "/matters", STAFF, .handle = api_matters, GIVES(matter_list),
     .query = "flow state color department item window ticket q mine ended after most", .zh = "自己能看的全部办件，按颜色、到期时间排列",
     .en = "The inbox: every matter that one may read, by colour, then deadline"},
    {"GET", API "/matters/by-token/{token}", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_matter_by_token, GIVES(matter_view),
     .zh = "本人的办件（凭链接）", .en = "One's own matter, by its link"},
    {"GET", API "/matters/by-token/{token}/qr.svg", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_matter_qr,
     .type = "image/svg+xml", .status = 200, .zh = "办件链接的二维码", .en = "The link as a QR code"},
    {"POST", API "/matters/by-token/{token}/{transition}", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_matter_take_by_token,
     TAKES(take_request), GIVES(matter_view), .zh = "本人办理一个步骤：满意、不满意、撤回等",
     .en = "Take a step in one's own matter: satisfied, not satisfied, withdraw"},
    {"GET", API "/tickets/by-token/{token}/flows", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_flows_by_ticket,
     GIVES(flow_kinds), .zh = "凭排队号的链接能发起什么", .en = "What the holder of a ticket's link may open"},
    {"POST", API "/tickets/by-token/{token}/matters/{kind}", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_matter_open_by_ticket,
     TAKES(open_request), .response = &halld__matter_view__descriptor, .status = 201,
     .zh = "凭排队号的链接发起一个办件", .en = "Open a matter by the link of one's ticket"},
    {"GET", API "/matters/by-token/{token}/files/{file}", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_matter_file,
     .type = "application/octet-stream", .status = 200, .zh = "本人办件里的附件", .en = "A file of one's own matter"},
    {"POST", API "/files", ROLE_CLERK, .handle = api_file_take, .takes = "application/pdf image/jpeg image/png",
     .response = &halld__file_view__descriptor, .status = 201,
     .zh = "上传附件（PDF、JPEG、PNG，至多 4 MiB）；23 小时内写进办件的附件字段", .en = "Bring a file for a matter, which names it within 23 hours; 4 MiB at most"},
    {"POST", API "/files/by-token/{token}", ROLE_PUBLIC, ROUTE_BY_LINK, .handle = api_file_take_by_link,
     .takes = "application/pdf image/jpeg image/png", .response = &halld__file_view__descriptor, .status = 201,
     .zh = "本人凭办件的链接上传附件，供能办的步骤使用", .en = "The person brings a file by a matter's link, for a step that wants one now"},
    {"GET", API "/matters/{id}/files/{file}", STAFF, .handle = api_matter_file, .type = "application/octet-stream", .status = 200,
     .zh = "办件的附件（记入安全记录）", .en = "A file of a matter; goes into the security log"},
    {"GET", API "/matters/{id}", STAFF, .handle = api_matter, GIVES(matter_view),
     .zh = "一个办件：内容、时限、能办的步骤、经过", .en = "A matter: fields, clocks, the steps one may take, what happened"},
    {"GET", API "/matters/{id}/slip", ROLE_CLERK, .handle = api_matter_slip, GIVES(matter_view),
     .zh = "给本人的链接（记入安全记录）", .en = "With the person's link, to print it; goes into the security log"},
    {"POST", API "/matters/{id}/unmask", STAFF, .handle = api_matter_unmask, TAKES(unmask_request), GIVES(unmask_view),
     .zh = "查看完整电话（须说明原因，记入安全记录）", .en = "A masked number, whole; with a reason, into the security log"},
    {"POST", API "/matters/{id}/{transition}", STAFF, .handle = api_matter_take, TAKES(take_request), GIVES(matter_view),
     .zh = "办理一个步骤", .en = "Take a step"},

    /* ---- people and machines that log in */
    {"POST", API "/session", ROLE_PUBLIC, ROUTE_LOGIN, .handle = api_log_in, TAKES(login_request), GIVES(me_view),
     .zh = "登录", .en = "Log in"},
    {"DELETE", API "/session", ROLE_PUBLIC, .handle = api_log_out, .status = 204, .zh = "退出登录", .en = "Log out"},
    {"GET", API "/me", ROLE_PUBLIC, .handle = api_me, GIVES(me_view), .zh = "当前身份", .en = "Who am I"},
    {"POST", API "/pair", ROLE_PUBLIC, ROUTE_LOGIN, .handle = api_pair, TAKES(pair_request), GIVES(me_view),
     .zh = "用 8 位配对码登记本设备", .en = "Make this page a device by its 8-digit code"},

    /* ---- kiosks and screens */
    {"POST", API "/devices/self/status", ROLE_KIOSK | ROLE_SCREEN, .handle = api_device_status, TAKES(device_report),
     GIVES(device_view), .zh = "设备报告自己的情况：打印机、页面版本（约每分钟一次）",
     .en = "A device says how it is: printer, page version; about once a minute"},
    {"POST", API "/devices/self/help", ROLE_KIOSK | ROLE_SCREEN, .handle = api_device_help, GIVES(device_view),
     .zh = "请工作人员过来", .en = "Call somebody to help"},
    {"POST", API "/devices/{device}/help/answer", ROLE_CLERK, COMMAND(ANSWER_HELP),
     .zh = "我去帮忙（记下是谁）", .en = "I go there; who it was is recorded"},

    /* ---- running the hall */
    {"GET", API "/alarms", STAFF, .handle = api_alarms, GIVES(alarm_list), .zh = "需要处理的情况", .en = "What needs attention"},
    {"POST", API "/alarms/acknowledge", ROLE_CLERK, .handle = api_acknowledge, TAKES(alarm_query), GIVES(alarm_list),
     .zh = "知道了：谁在处理（按名字记下）", .en = "Somebody sees to an alarm: by name, until it is over"},
    {"GET", API "/status", ROLE_MANAGER, .handle = api_status, GIVES(status_view), .zh = "运行状态", .en = "How the daemon is"},
    {"GET", API "/audit", ROLE_AUDITOR, .handle = api_audit, GIVES(audit_view),
     .query = "log from to day kind actor ticket since_at until_at most", .zh = "日志与安全记录",
     .en = "The journal and the security log"},
    {"GET", API "/trace/{day}", ROLE_MANAGER | ROLE_AUDITOR, .handle = api_trace, .type = "text/csv", .status = 200,
     .zh = "一天的叫号轨迹（YYYY-MM-DD 或 today）", .en = "The call trace of a day (YYYY-MM-DD or today)"},
    {"GET", API "/reports/fairness", ROLE_MANAGER | ROLE_AUDITOR, .handle = api_report_fairness, GIVES(fairness_report),
     .query = "date", .zh = "一天的公平性报告：越过、指定叫号、优先号、最长等候（date：YYYY-MM-DD）",
     .en = "Was the order of a day just: overtakes by class, calls by name, head starts given, the longest waits"},
    {"GET", API "/reports/forecast", ROLE_MANAGER | ROLE_AUDITOR, .handle = api_report_forecast, GIVES(forecast_report),
     .query = "from to format", .zh = "等候时间预测的准确程度，按日期、队列、人群类别（JSON 或 CSV，最多 31 天）",
     .en = "How good the predicted waits were, by date, queue and class, as JSON or CSV; at most 31 days"},
    {"GET", API "/reports/flows", STAFF, .handle = api_report_flows, GIVES(flow_totals_list), .query = "from to format",
     .zh = "各流程的新立、办结、在办与超时（岗位可阅读的流程；from、to：YYYY-MM-DD；JSON 或 CSV）",
     .en = "Opened, ended, open and late, of each flow that the asker's role reads; as JSON or CSV"},
    {"GET", API "/reports/flows/{kind}", STAFF, .handle = api_report_flow, GIVES(flow_report),
     .query = "from to by department item window level state month format",
     .zh = "一个流程的统计：状态、办理次数、时限、停留时间、金额；by 分组，其他参数（含各选择字段）筛选；- 表示没有",
     .en = "A flow's figures: states, transitions, clocks, times, money; grouped by a field, filtered by any (choice fields too; - is none)"},
    {"GET", API "/reports/flows/{kind}/matters", STAFF, .handle = api_report_flow_matters, GIVES(flow_matters),
     .query = "figure name how from to department item window level state month after most format",
     .zh = "一个数字背后的各件：figure 为 opened ended open taken clock overdue stayed money，name 与 how 为该行",
     .en = "The matters behind a number: figure is opened ended open taken clock overdue stayed money; name and how are its row's"},
    {"GET", API "/reports/pressure", STAFF, .handle = api_report_pressure, GIVES(pressure_report),
     .query = "from to by format", .zh = "办不成事、不予批准、再次告知，对照办理件数；by 为 item、window、department 或 month",
     .en = "What could not be done, overturned denials and second notices beside the services; by item, window, department or month"},
    {"GET", API "/series", ROLE_MANAGER, .handle = api_series_list, .type = "application/json", .status = 200,
     .zh = "有哪些指标", .en = "Which metrics there are"},
    {"GET", API "/series/{name}", ROLE_MANAGER, .handle = api_series, .type = "application/json", .status = 200,
     .query = "from to step label format", .zh = "一个指标在一段时间内的数值（JSON 或 CSV）",
     .en = "A metric over time, as JSON or CSV"},
    {"GET", API "/graphs/{file}", ROLE_MANAGER, .handle = api_graph, .type = "image/png", .status = 200,
     .query = "from to step label width height", .zh = "一个指标的图（name.png 或 name.svg）",
     .en = "A metric over time as an image: name.png or name.svg"},
    {"POST", API "/admin/rebuild-rrd", ROLE_ADMIN, .handle = api_rebuild_rrd, GIVES(empty),
     .zh = "从日志重建全部指标序列", .en = "Rebuild every series from the journal"},
    {"GET", API "/admin/settings", ROLE_MANAGER, .handle = api_settings, GIVES(settings_view),
     .zh = "全部设置", .en = "All settings"},
    {"POST", API "/admin/settings", ROLE_ADMIN, .handle = api_put_settings, TAKES(put_settings), GIVES(settings_view),
     .zh = "一次修改多项设置", .en = "Change many settings in one event"},
    SINGLE("hall", hall_info, "大厅信息", "hall's name and notice"),
    SINGLE("policy", policy, "叫号规则参数", "constants of the assignment policy"),
    SINGLE("booking", booking, "预约规则", "limits of booking"),
    TABLE("windows", window, "窗口", "windows"),
    TABLE("queues", queue, "业务队列", "queues"),
    TABLE("groups", group, "业务类", "groups"),
    TABLE("items", item, "事项", "items"),
    TABLE("classes", person_class, "人群类别", "classes"),
    TABLE("hours", week_hours, "每周开放时间", "weekly hours"),
    TABLE("special", special_hours, "特殊日期", "special days"),
    TABLE("screens", screen_key, "显示屏公钥", "keys of screens on the display bus"),
    TABLE("notices", notice, "通知", "notices"),
    TABLE("duty", duty, "值班表", "leaders' rota"),
    TABLE("calendars", calendar, "节假日表", "calendars"),
    {"GET", API "/duty", STAFF, .handle = api_duty, GIVES(duty_view), .zh = "值班表：从今天起四周，缺人的日子也在内",
     .en = "The leaders' rota, four weeks from today, with its gaps"},
    {"GET", API "/people", STAFF, .handle = api_users, GIVES(user_list), .zh = "同事：用户名、称呼、分组",
     .en = "Colleagues: name, what they are called, groups"},
    {"POST", API "/duty/hand-over", ROLE_CLERK, .handle = api_duty_hand_over, TAKES(hand_over_request), GIVES(settings_view),
     .zh = "今天的值班领导把值班交给别人，或收回", .en = "Today's duty leader hands the duty over, or takes it back"},
    {"GET", API "/admin/users", ROLE_ADMIN, .handle = api_users, GIVES(user_list), .zh = "用户", .en = "The users"},
    {"POST", API "/admin/users", ROLE_ADMIN, .handle = api_user_put, TAKES(user_request), GIVES(user_view),
     .zh = "新增用户（不给密码则生成，只显示一次）", .en = "Add a user; without a password one is made and said once"},
    {"PATCH", API "/admin/users", ROLE_ADMIN, .handle = api_user_patch, TAKES(user_request), GIVES(user_view),
     .zh = "修改用户中给出的字段", .en = "Change the given fields of a user"},
    {"PATCH", API "/admin/users/{name}", ROLE_ADMIN, .handle = api_user_patch, TAKES(user_request), GIVES(user_view),
     .zh = "修改用户中给出的字段", .en = "Change the given fields of a user"},
    {"DELETE", API "/admin/users/{name}", ROLE_ADMIN, .handle = api_user_remove, .status = 204,
     .zh = "删除用户", .en = "Remove a user"},
    {"GET", API "/admin/devices", ROLE_ADMIN, .handle = api_devices, GIVES(device_list), .zh = "设备", .en = "The devices"},
    {"POST", API "/admin/devices", ROLE_ADMIN, .handle = api_device_put, TAKES(device_request), GIVES(device_view),
     .zh = "新增设备（令牌只显示一次，配对码 10 分钟有效）",
     .en = "Add a device; its token is said once, its pairing code is good for ten minutes"},
    {"PATCH", API "/admin/devices", ROLE_ADMIN, .handle = api_device_patch, TAKES(device_request), GIVES(device_view),
     .zh = "修改设备中给出的字段（令牌不变）", .en = "Change the given fields of a device; its token stays"},
    {"PATCH", API "/admin/devices/{name}", ROLE_ADMIN, .handle = api_device_patch, TAKES(device_request),
     GIVES(device_view), .zh = "修改设备中给出的字段（令牌不变）",
     .en = "Change the given fields of a device; its token stays"},
    {"POST", API "/admin/devices/{name}/token", ROLE_ADMIN, .handle = api_device_token, GIVES(device_view),
     .zh = "更换设备令牌", .en = "A new token and code; the old token ends"},
    {"DELETE", API "/admin/devices/{name}", ROLE_ADMIN, .handle = api_device_remove, GIVES(settings_view),
     .zh = "删除设备", .en = "Remove a device"},
    {"POST", API "/admin/clock/accept", ROLE_ADMIN, .handle = api_accept_clock, TAKES(accept_clock_request), GIVES(empty),
     .zh = "确认系统时间", .en = "Accept the machine's clock"},
    {"GET", API "/flows/{kind}/migration", ROLE_MANAGER, .handle = api_migration, GIVES(migration_view),
     .zh = "如果迁移到最新版定义，在办件会怎样（只看不改）",
     .en = "What following the newest version of its definition would do to the open matters; changes nothing"},
    {"POST", API "/flows/{kind}/migrate", ROLE_MANAGER, .handle = api_migrate, GIVES(migration_view),
     .zh = "把在办件迁移到最新版定义", .en = "Let the open matters follow the newest version of their definition"},
    {"POST", API "/admin/flows/reload", ROLE_MANAGER, .handle = api_flows_reload, GIVES(flow_load),
     .zh = "重新读流程定义和参数表；有错的文件不生效，回答里说明",
     .en = "Read the definitions of flows and the profile anew; files with faults are kept out, as the answer says"},
    {"POST", API "/admin/backup", ROLE_ADMIN, .handle = api_backup, TAKES(backup_request), GIVES(empty),
     .zh = "备份到本机文件（仅限本机套接字）", .en = "Back up to a file of this machine; by the Unix socket only"},
    {"GET", API "/openapi.json", ROLE_PUBLIC, .handle = api_openapi, .type = "application/json", .status = 200,
     .zh = "本接口的说明", .en = "This document"},

    /* ---- for whoever watches the process */
    {"GET", "/metrics", ROLE_MANAGER, .handle = api_metrics, .type = "text/plain", .status = 200,
     .zh = "Prometheus 格式的指标", .en = "The metrics as Prometheus reads them"},
    {"GET", "/healthz", ROLE_PUBLIC, ROUTE_UNLIMITED, .handle = api_healthz, GIVES(health_view),
     .zh = "进程是否在运行", .en = "Is the process alive"},
    {"GET", "/readyz", ROLE_PUBLIC, ROUTE_UNLIMITED, .handle = api_readyz, GIVES(health_view),
     .zh = "能否提供服务", .en = "Can it serve"},
};
/* clang-format on */

size_t route_count(void)
{
    return sizeof ROUTES / sizeof ROUTES[0];
}

const struct route *route_at(size_t i)
{
    return &ROUTES[i];
}

static void allow_method(char allow[64], const char *method)
{
    if (strstr(allow, method))
        return;
    if (allow[0])
        strncat(allow, ", ", 64 - strlen(allow) - 1);
    strncat(allow, method, 64 - strlen(allow) - 1);
    if (strcmp(method, "GET") == 0)
        strncat(allow, ", HEAD", 64 - strlen(allow) - 1);
}

const struct route *route_find(const char *method, const char *path, struct path_params *ret_params, char ret_allow[64])
{
    ret_allow[0] = '\0';
    if (strcmp(method, "HEAD") == 0)
        method = "GET";
    for (size_t i = 0; i < route_count(); i++) {
        if (!parse_path(ROUTES[i].path, path, ret_params))
            continue;
        if (strcmp(ROUTES[i].method, method) == 0)
            return &ROUTES[i];
        allow_method(ret_allow, ROUTES[i].method);
    }
    return NULL;
}
