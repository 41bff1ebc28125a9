/*
 * Errors and refusals: one table gives code, HTTP status and the text in both languages.
 *
 * Functions return 0 or a negative HALL_E value. A refusal (the hall says no, with a reason for the
 * person) is one of the same codes with its details in a struct refusal; it is a value, never logged
 * as a failure.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* code, HTTP status, zh-CN, en; sorted by status, then code. */
#define ERR_TABLE(X)                                                                                                   \
    X(BAD_JSON, 400, "内容不是有效的 JSON", "The content is not valid JSON")                                           \
    X(BAD_REQUEST, 400, "请求格式不对", "The request is malformed")                                                    \
    X(BAD_UTF8, 400, "内容含有无效字符", "The content has invalid characters")                                         \
    X(TOO_DEEP, 400, "内容嵌套太深", "The content is nested too deeply")                                               \
    X(UNKNOWN_FIELD, 400, "没有这个字段", "There is no such field")                                                    \
    X(WRONG_TYPE, 400, "字段的类型不对", "A field has the wrong type")                                                 \
    X(BAD_CSRF, 401, "页面已过期，请刷新后重试", "The page has expired; reload it and try again")                      \
    X(BAD_LOGIN, 401, "用户名或密码不对", "Wrong name or password")                                                    \
    X(NO_SESSION, 401, "请先登录", "Please log in first")                                                              \
    X(TOKEN_EXPIRED, 401, "设备令牌已过期，请联系管理员", "The device token has expired; ask the administrator")       \
    X(NEEDS_TLS, 403, "远程登录需要加密连接", "Logging in from afar needs an encrypted connection")                    \
    X(WRONG_ROLE, 403, "您的岗位不能做这个操作", "Your role may not do this")                                          \
    X(NOT_FOUND, 404, "没有找到", "Not found")                                                                         \
    X(NO_APPOINTMENT, 404, "没有这个预约", "There is no such appointment")                                             \
    X(NO_FLOW, 404, "没有这种流程", "There is no such kind of matter")                                                 \
    X(NO_MATTER, 404, "没有这个办件事项", "There is no such matter")                                                   \
    X(NO_SERIES, 404, "没有这个指标或对象", "There is no such metric, or not of that")                                 \
    X(NO_TICKET, 404, "没有这个排队号", "There is no such ticket")                                                     \
    X(NO_WINDOW, 404, "没有这个窗口", "There is no such window")                                                       \
    X(UNKNOWN_TRANSITION, 404, "没有这个步骤", "There is no such step")                                                \
    X(BAD_METHOD, 405, "不支持这种请求方式", "This method is not allowed here")                                        \
    X(ALREADY_BOOKED, 409, "您这一天已约过这件事，或同一时间已有预约",                                                 \
      "You have booked this for that day, or that time, already")                                                      \
    X(ALREADY_OPEN, 409, "窗口已经开着", "The window is open already")                                                 \
    X(APPOINTMENT_OVER, 409, "这个预约已经结束", "The appointment is over")                                            \
    X(BOOKING_BLOCKED, 409, "多次预约未到，暂时不能预约", "Too many missed appointments; booking is blocked for now")  \
    X(BOOKING_LIMIT, 409, "已到预约次数上限", "The limit of appointments is reached")                                  \
    X(CLERK_AT_WINDOW, 409, "您已在另一个窗口登录", "You are at another window already")                               \
    X(CLOCK_DOUBTFUL, 409, "系统时间可疑，请管理员确认", "The clock is doubtful; an administrator must accept it")     \
    X(CLOCK_EXPIRED, 409, "时限已过，不能再改", "The deadline has run out and cannot be moved")                        \
    X(DAY_CLOSED, 409, "今天已经闭馆", "The day is closed")                                                            \
    X(GUARD, 409, "条件不满足，现在不能这样做", "A condition for this does not hold")                                  \
    X(HALL_CLOSED, 409, "大厅现在不取号", "The hall gives no tickets now")                                             \
    X(NOT_TODAY, 409, "不是今天的预约", "The appointment is not today")                                                \
    X(NOT_YOUR_WINDOW, 409, "这个窗口由别人使用", "Somebody else works at this window")                                \
    X(NO_MORE_TIMES, 409, "已到次数上限", "This cannot be done any more times")                                        \
    X(NO_TICKETS_LEFT, 409, "今天的号已取完", "No numbers are left today")                                             \
    X(OUTCOME_NOT_ALLOWED, 409, "还不能这样办结，请先按规定报备或告知", "The ticket may not have this outcome yet")    \
    X(OUTCOME_NEEDED, 409, "请先选择办理结果", "Say the outcome of the present visit first")                           \
    X(REPORT_BACK_LATE, 409, "过号已超时，请重新取号", "It is too late to report back; take a new ticket")             \
    X(SAME_VERSION, 409, "这个版本已有不同的内容，请提高版本号", "This version is known with other content: raise it") \
    X(SLOT_FULL, 409, "这个时段已约满", "This time is fully booked")                                                   \
    X(STALE, 409, "刚刚有人处理过，请看最新情况", "Somebody has just changed it; look again")                          \
    X(TICKET_AT_WINDOW, 409, "窗口上还有一位，请先办结", "There is a ticket at the window; finish it first")           \
    X(TICKET_HELD, 409, "这个号还在等待审批，不能办结", "The ticket waits for a decision and cannot be finished")      \
    X(TICKET_NOT_WAITING, 409, "这个号不在等候", "The ticket is not waiting")                                          \
    X(TICKET_OVER, 409, "这个号已经结束", "The ticket is over")                                                        \
    X(TOO_EARLY, 409, "还没到可以这样做的时间", "It is too early for this")                                            \
    X(WINDOW_CLOSED, 409, "窗口没有打开", "The window is not open")                                                    \
    X(WINDOW_EMPTY, 409, "窗口上没有人", "Nobody is at the window")                                                    \
    X(WINDOW_LACKS_SKILL, 409, "这个窗口不能办这个业务", "The window cannot serve this item")                          \
    X(WINDOW_PAUSED, 409, "窗口暂停中", "The window is on a break")                                                    \
    X(WRONG_STATE, 409, "现在不能这样做", "This cannot be done now")                                                   \
    X(TOO_LARGE, 413, "内容太大", "The content is too large")                                                          \
    X(BAD_PERIOD, 422, "时间段不对：结束必须晚于开始", "The period is empty or reversed")                              \
    X(BAD_VALUE, 422, "字段的值不能接受", "The value of a field is not acceptable")                                    \
    X(CALENDAR_EMPTY, 422, "这一年的放假安排还没有公布", "The table of that year is empty: it is not published yet")   \
    X(CALENDAR_PROVISIONAL, 422, "这一天的放假安排还没有公布，暂不能预约",                                             \
      "The holidays of that year are not known yet; it cannot be booked")                                              \
    X(CLASS_NOT_GRANTED, 422, "取号机不能给这个类别，请到咨询台", "A kiosk cannot grant this class; ask at the desk")  \
    X(FIELD_BAD, 422, "字段的值不对", "A field has a value it cannot have")                                            \
    X(FIELD_MISSING, 422, "缺少必填内容", "Something required is missing")                                             \
    X(FIELD_NOT_ALLOWED, 422, "这一步不能填这个字段", "This step does not take that field")                            \
    X(IN_USE, 422, "正在使用，不能删除", "It is in use and cannot be removed")                                         \
    X(KEY_REUSED, 422, "同一个请求编号用于不同内容", "The idempotency key was used with other content")                \
    X(LIMIT_UNIT, 422, "时限的单位不同", "The limit counts in another unit than the clock")                            \
    X(NOT_YET, 422, "这个时间还没有到", "That time has not come yet")                                                  \
    X(NO_RETURN, 422, "这个号不能当天再来", "This ticket has no return on the same day")                               \
    X(SLOT_CLOSED, 422, "这个时间不能预约", "This time cannot be booked")                                              \
    X(TOO_LONG, 422, "内容太长", "The content is too long")                                                            \
    X(UNKNOWN_CLASS, 422, "没有这个人群类别", "There is no such class")                                                \
    X(UNKNOWN_ITEM, 422, "没有这个事项", "There is no such item")                                                      \
    X(UNKNOWN_QUEUE, 422, "没有这个业务队列", "There is no such queue")                                                \
    X(LOCKED_OUT, 429, "试错太多，请稍后再试", "Too many failed attempts; try again later")                            \
    X(USED_UP, 429, "今天的次数用完了，请明天再试，或到大厅办",                                                        \
      "Used up for today; try again tomorrow, or come to the hall")                                                    \
    X(TOO_MANY, 429, "请求太频繁，请稍后再试", "Too many requests; try again later")                                   \
    X(INTERNAL, 500, "系统内部错误", "Internal error")                                                                 \
    X(NOT_READY, 503, "系统正在启动或停止", "The system is starting or stopping")                                      \
    X(NO_GRAPH, 503, "图表现在画不出来", "The graph cannot be drawn now")                                              \
    X(READ_ONLY, 503, "系统暂时只读", "The system is read-only for now")                                               \
    X(SEAL_FAILED, 503, "个人信息暂时无法加密保存，请联系管理员",                                                      \
      "Personal data cannot be sealed now; call the administrator")                                                    \
    X(STORE_FAILED, 503, "系统存储出错，正在重启", "Storage failed; the system is restarting")                         \
    X(DISK_FULL, 507, "磁盘已满，请联系管理员", "The disk is full; call the administrator")

enum err_index {
#define X(code, status, zh, en) ERR_INDEX_##code,
    ERR_TABLE(X)
#undef X
        ERR_COUNT
};

enum {
#define X(code, status, zh, en) HALL_E_##code = -1 - ERR_INDEX_##code,
    ERR_TABLE(X)
#undef X
};

/* Why the hall said no. field: the request's field at fault, value: what stood there; both may be "". */
struct refusal {
    int code;
    char field[48];
    char value[96];
};

/* Fills r (which may be NULL) and returns code, so that a check reads `return refuse(r, ...)`. */
int refuse(struct refusal *r, int code, const char *field, const char *value);
int refuse_number(struct refusal *r, int code, const char *field, long long value);

/* The row of a code; an unknown code reads as INTERNAL. Static texts. */
const char *err_name(int code);
int err_http_status(int code);
const char *err_text_zh(int code);
const char *err_text_en(int code);

#endif
