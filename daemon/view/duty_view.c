#include "view/duty_view.h"

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/day/hours.h"
#include "core/setup.h"
#include "view/build.h"

static const char *shown(const Halld__User *u)
{
    if (!u)
        return "";
    return *u->display ? u->display : u->name;
}

static void set_row(Halld__DutyDay *v, const struct setup *s, const Halld__Duty *d)
{
    build_set(&v->leader, d->leader);
    build_set(&v->leader_name, shown(setup_user_find(s, d->leader)));
    build_set(&v->stands_in, d->stands_in);
    build_set(&v->reason, d->reason);
    v->substitutes = build_array(d->n_substitutes, sizeof *v->substitutes);
    for (; v->n_substitutes < d->n_substitutes; v->n_substitutes++)
        v->substitutes[v->n_substitutes] = alloc_text(d->substitutes[v->n_substitutes]);
}

static Halld__DutyDay *day_new(const struct setup *s, int32_t date)
{
    char text[11];
    struct minutes spans[HOURS_SPANS_MAX];
    const Halld__User *leads = setup_duty_leader(s, date);
    date_to_text(date, text);
    const Halld__Duty *row = setup_duty_find(s, text);
    Halld__DutyDay *v = MESSAGE_NEW(Halld__DutyDay, &halld__duty_day__descriptor);
    build_set(&v->date, text);
    if (row)
        set_row(v, s, row);
    build_set(&v->leads, leads ? leads->name : "");
    build_set(&v->leads_name, shown(leads));
    v->open = hours_of(s, date, spans) > 0;
    v->gap = v->open && !leads;
    return v;
}

Halld__DutyView *duty_view_new(const struct hall *h, int32_t date)
{
    Halld__DutyView *v = MESSAGE_NEW(Halld__DutyView, &halld__duty_view__descriptor);
    v->days = build_array(DUTY_VIEW_DAYS, sizeof *v->days);
    int32_t first = date_to_days(date);
    for (; v->n_days < DUTY_VIEW_DAYS; v->n_days++)
        v->days[v->n_days] = day_new(hall_setup(h), date_from_days(first + (int32_t)v->n_days));
    return v;
}
