#include "view/why.h"

#include <stdlib.h>

#include "base/message.h"
#include "view/build.h"
#include "view/text.h"

static const enum text_id sentences[] = {
    [HALLD__RULE__E__order] = TEXT_WHY_ORDER,
    [HALLD__RULE__E__head_start] = TEXT_WHY_HEAD_START,
    [HALLD__RULE__E__held] = TEXT_WHY_HELD,
    [HALLD__RULE__E__named] = TEXT_WHY_NAMED,
    [HALLD__RULE__E__manual] = TEXT_WHY_MANUAL,
    [HALLD__RULE__E__gate] = TEXT_WHY_GATE,
    [HALLD__RULE__E__appointment] = TEXT_WHY_APPOINTMENT,
    [HALLD__RULE__E__return] = TEXT_WHY_RETURN,
    [HALLD__RULE__E__only] = TEXT_WHY_ONLY,
};

/* A ticket that reported back stands behind another one's time, whatever rule its key was made by. */
static enum text_id sentence_of(const Halld__TicketCalled *call)
{
    bool by_key = call->rule == HALLD__RULE__E__order || call->rule == HALLD__RULE__E__head_start;
    if (by_key && call->key && call->key->sub > 0)
        return TEXT_WHY_BACK;
    if (call->rule == HALLD__RULE__E__order && call->overtook > 0)
        return TEXT_WHY_FIRST; /* somebody who came earlier now stands behind, after a missed call */
    bool known = call->rule >= 0 && (size_t)call->rule < sizeof sentences / sizeof *sentences;
    return known ? sentences[call->rule] : TEXT_WHY_ORDER;
}

static void make_overtook(const Halld__TicketCalled *call, char **ret_zh, char **ret_en)
{
    char n[TEXT_NUMBER];
    struct text_arg args[] = {{"n", text_number(call->overtook, n), NULL}, {"number", call->longest_waiting, NULL}};
    text_make(call->overtook > 0 ? TEXT_OVERTOOK : TEXT_OVERTOOK_NOBODY, args, 2, ret_zh, ret_en);
}

void why_sentence(const struct setup *setup, const Halld__TicketCalled *call, char **ret_zh, char **ret_en)
{
    const Halld__PersonClass *class_row = setup_class_find(setup, call->class_);
    char t0[TEXT_CLOCK], e[TEXT_CLOCK], minutes[TEXT_NUMBER], *overtook_zh, *overtook_en;
    make_overtook(call, &overtook_zh, &overtook_en);
    struct text_arg args[] = {
        {"t0", text_clock(call->t0_at, t0), NULL},
        {"e", text_clock(call->key ? call->key->e : call->t0_at, e), NULL},
        {"class", class_row ? class_row->name : call->class_, class_row ? class_row->name_en : call->class_},
        {"minutes", text_number(call->head_start_s / 60, minutes), NULL},
        {"reason", call->reason, NULL},
        {"overtook", overtook_zh, overtook_en},
    };
    text_make(sentence_of(call), args, sizeof args / sizeof *args, ret_zh, ret_en);
    free(overtook_zh);
    free(overtook_en);
}

Halld__WhyLine *why_line_new(const struct setup *setup, const Halld__TicketCalled *call)
{
    Halld__WhyLine *w = MESSAGE_NEW(Halld__WhyLine, &halld__why_line__descriptor);
    w->rule = call->rule;
    w->overtook = call->overtook;
    why_sentence(setup, call, &w->text, &w->text_en);
    if (call->overtook > 0 && *call->longest_waiting) {
        w->has_longest_case = HALLD__WHY_LINE__HAS_LONGEST_LONGEST_WAITING;
        w->longest_waiting = build_text(call->longest_waiting);
    }
    return w;
}
