/*
 * The sentences that views carry, each once, in both languages. A {name} in a sentence is replaced by the
 * argument of that name.
 */
#ifndef VIEW_TEXT_H
#define VIEW_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* id, zh-CN, en */
#define TEXT_TABLE(X)                                                                                                  \
    /* why: how it came to be first */                                                                                 \
    X(WHY_ORDER, "{t0} 取号，是本窗口能办的人里最早的；{overtook}",                                                    \
      "Took a number at {t0}, the earliest this window can serve; {overtook}")                                         \
    X(WHY_FIRST, "{t0} 取号，按排队的先后轮到；{overtook}", "Took a number at {t0} and is first in line; {overtook}")  \
    X(WHY_HEAD_START, "{class}算早到 {minutes} 分钟，按 {e} 排；{overtook}",                                           \
      "{class}: counts as {minutes} minutes earlier, from {e}; {overtook}")                                            \
    X(WHY_HELD, "在本窗口挂起后回来，先于别人办理；{overtook}",                                                        \
      "Was on hold at this window and comes back before others; {overtook}")                                           \
    X(WHY_NAMED, "转到本窗口办理，按 {e} 排；{overtook}", "Was sent to this window, counts from {e}; {overtook}")      \
    X(WHY_MANUAL, "窗口人员指定叫号，原因：{reason}；{overtook}", "Named by the clerk, reason: {reason}; {overtook}")  \
    X(WHY_GATE, "预约时间还没到，本窗口没有别人在等，提前叫号；{overtook}",                                            \
      "Called before its appointment, since nobody else waited for this window; {overtook}")                           \
    X(WHY_APPOINTMENT, "有预约，当作 {e} 就来排队；{overtook}",                                                        \
      "By appointment: counts as waiting since {e}; {overtook}")                                                       \
    X(WHY_RETURN, "当天补材料回来，当作 {e} 就来排队；{overtook}",                                                     \
      "Back the same day: counts as waiting since {e}; {overtook}")                                                    \
    X(WHY_ONLY, "开始等候时本窗口正空着，直接叫号；{overtook}",                                                        \
      "This window was free when the wait began; {overtook}")                                                          \
    X(WHY_BACK, "过号后回来，按 {e} 排；{overtook}", "Reported back after a missed call, counts from {e}; {overtook}") \
    X(OVERTOOK_NOBODY, "没有人因此被越过。", "nobody was overtaken.")                                                  \
    X(OVERTOOK, "越过 {n} 位，等得最久的是 {number}。", "{n} overtaken, of whom {number} has waited longest.")         \
    /* history: what happened to a ticket */                                                                           \
    X(HISTORY_ISSUED, "取号 {number}，前面 {ahead} 人", "Number {number} taken, {ahead} ahead")                        \
    X(HISTORY_CALLED, "{window} 号窗口叫号", "Called to window {window}")                                              \
    X(HISTORY_MANUAL, "{window} 号窗口指定叫号，原因：{reason}", "Called by name to window {window}: {reason}")        \
    X(HISTORY_REPEATED, "{window} 号窗口重呼，第 {n} 遍", "Called again to window {window}, {n} times now")            \
    X(HISTORY_STARTED, "{window} 号窗口开始办理", "Service began at window {window}")                                  \
    X(HISTORY_HELD, "{window} 号窗口挂起", "Put on hold at window {window}")                                           \
    X(HISTORY_UNHELD, "挂起结束，等 {window} 号窗口", "Back from hold, waits for window {window}")                     \
    X(HISTORY_FINISHED, "{window} 号窗口办结：{outcome}", "Finished at window {window}: {outcome}")                    \
    X(HISTORY_TRANSFERRED, "转办：{item}", "Transferred: {item}")                                                      \
    X(HISTORY_TRANSFERRED_TO, "转到 {window} 号窗口：{item}", "Transferred to window {window}: {item}")                \
    X(HISTORY_MISSED, "过号，{due} 前回来有效", "Missed; valid until {due}")                                           \
    X(HISTORY_BACK, "过号后回来，前面 {ahead} 人", "Reported back, {ahead} ahead")                                     \
    X(HISTORY_CANCELLED, "取消：{reason}", "Cancelled: {reason}")                                                      \
    X(HISTORY_CANCELLED_PLAIN, "取消", "Cancelled")                                                                    \
    X(HISTORY_EXPIRED, "作废：{reason}", "Expired: {reason}")                                                          \
    X(HISTORY_CLASS, "人群类别改为{class}，原因：{reason}", "Class changed to {class}: {reason}")                      \
    X(HISTORY_PRINTED, "打出小票", "Slip printed")                                                                     \
    X(HISTORY_NOT_PRINTED, "小票没有打出来：{reason}", "The slip did not come out: {reason}")                          \
    X(SLIP_PAPER, "没有纸", "no paper")                                                                                \
    X(SLIP_PRINTER, "打印机故障", "printer fault")                                                                     \
    X(SLIP_NO_ANSWER, "打印机没有回应", "the printer did not answer")                                                  \
    /* why a ticket expired; the words of TicketExpired.reason */                                                      \
    X(EXPIRED_CLOSING, "大厅下班", "the hall closed")                                                                  \
    X(EXPIRED_NOT_BACK, "过号后没有回来", "did not come back after a missed call")                                     \
    X(EXPIRED_MISSES, "过号次数太多", "missed too often")                                                              \
    /* outcomes */                                                                                                     \
    X(OUTCOME_UNSET, "没有说明", "not said")                                                                           \
    X(OUTCOME_HANDLED, "已办理", "handled")                                                                            \
    X(OUTCOME_ACCEPTED, "已受理", "accepted")                                                                          \
    X(OUTCOME_SUPPLEMENT, "需补正", "papers are missing")                                                              \
    X(OUTCOME_DENIED, "不予办理", "denied")                                                                            \
    X(OUTCOME_ADVICE, "咨询", "advice given")                                                                          \
    X(OUTCOME_ESCALATED, "转办不成事窗口", "escalated")                                                                \
    /* why a wait has become longer */                                                                                 \
    X(WORSE_AHEAD, "后来又有 {n} 位{class}按规定排在您前面", "{n} more with a head start ({class}) stand before you")  \
    X(WORSE_WINDOWS, "少了 {n} 个能办的窗口", "{n} fewer windows can serve you")                                       \
    X(WORSE_SERVICES, "前面的办理时间比平常长", "Services before you take longer than usual")                          \
    /* alarms */                                                                                                       \
    X(ALARM_READ_ONLY, "系统只读，不能取号叫号：{reason}", "The hall is read-only: {reason}")                          \
    X(ALARM_DISK, "磁盘只剩 {free} MiB，低于 {min} MiB 就停止取号叫号",                                                \
      "{free} MiB of disk left; below {min} MiB the hall stops")                                                       \
    X(ALARM_CLOCK, "机器时间跳了 {seconds} 秒，大厅按原来的时间走；核对后用 hallctl clock accept 确认",                \
      "The machine's clock stepped by {seconds} s, the hall kept its own time; accept it with hallctl clock accept")   \
    X(ALARM_SERIES, "统计曲线的文件坏了，不再更新；用 hallctl rebuild-rrd 重建，取号叫号不受影响",                     \
      "The series are broken and stand still; hallctl rebuild-rrd makes them anew. Tickets go on")                     \
    X(ALARM_SERIES_FULL, "磁盘快满，统计曲线停了，有空间后自动补上；取号叫号不受影响",                                 \
      "Too little disk for the series; they are caught up when there is room. Tickets go on")                          \
    X(ALARM_KEYS, "个人信息无法加密保存，办件停办；请把 machine.key、person.key 的备份放回数据目录，再重启",           \
      "Personal data cannot be sealed and no matter goes on: put machine.key and person.key back, then restart")       \
    X(ALARM_FLOWS, "流程文件有 {n} 处错误，出错的没有生效：{line}",                                                    \
      "{n} faults in the files of flows, which are kept out: {line}")                                                  \
    X(ALARM_UNSERVED, "{queue} {name}：{n} 个号没有开着的窗口能办，最早是 {number}",                                   \
      "{queue} {name}: no open window can serve {n} waiting, the first is {number}")                                   \
    X(ALARM_NAMED, "{number} 等 {window} 号窗口，窗口没有开", "{number} waits for window {window}, which is closed")   \
    X(ALARM_HELD, "{number} 挂起在 {window} 号窗口，窗口没有开",                                                       \
      "{number} is on hold at window {window}, which is closed")                                                       \
    X(ALARM_SUSPENDED, "{window} 号窗口停用：{reason}", "Window {window} is suspended: {reason}")                      \
    X(ALARM_BREAK, "{window} 号窗口暂停超时 {minutes} 分钟", "The break of window {window} is {minutes} min over")     \
    X(ALARM_DUTY, "{date} 没有值班领导", "No duty leader on {date}")                                                   \
    X(ALARM_NO_ROTA, "没有排值班领导：到期的、上报的事没有人管",                                                       \
      "Nobody is on the leaders' rota: what is overdue or raised reaches nobody")                                      \
    X(ALARM_FORECAST, "{queue} {name}：预计等候不太准，一百次里只有 {n} 次在说的时间以内",                             \
      "{queue} {name}: waits are forecast too short; {n} of a hundred were within what was told")                      \
    X(ALARM_HELP, "{place}：有人请求帮助", "{place}: somebody asks for help")                                          \
    X(ALARM_SILENT, "{place}：{minutes} 分钟没有消息，请看看屏幕、电源和网线",                                         \
      "{place}: not heard of for {minutes} min; look at screen, power and cable")                                      \
    X(ALARM_PRINTER, "{place}：打印机坏了，号只在屏上显示",                                                            \
      "{place}: the printer has failed; numbers are on the screen only")                                               \
    X(ALARM_PAPER_OUT, "{place}：打印纸用完了，号只在屏上显示",                                                        \
      "{place}: out of paper; numbers are on the screen only")                                                         \
    X(ALARM_PAPER_LOW, "{place}：打印纸快用完了", "{place}: paper is running low")

enum text_id {
#define X(id, zh, en) TEXT_##id,
    TEXT_TABLE(X)
#undef X
        TEXT_COUNT
};

struct text_arg {
    const char *name, *zh, *en; /* en NULL or "": as zh */
};

/* Both languages, to be freed by the caller. A name without an argument stands as "". */
void text_make(enum text_id id, const struct text_arg *args, size_t n, char **ret_zh, char **ret_en);

/* Any sentence in the same form, in one language; to be freed by the caller. */
char *text_fill(const char *sentence, const struct text_arg *args, size_t n, bool zh);

const char *text_zh(enum text_id id);
const char *text_en(enum text_id id);

enum { TEXT_NUMBER = 24, TEXT_CLOCK = 8 };
/* "12", into text, which is returned. */
const char *text_number(int64_t n, char text[TEXT_NUMBER]);
/* "9:58" by the hall's zone, into text, which is returned. */
const char *text_clock(int64_t ms, char text[TEXT_CLOCK]);
/* "handled" and so on, by an Outcome. */
enum text_id text_of_outcome(int outcome);

#endif
