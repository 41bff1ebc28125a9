#include "core/flow/words.h"

#include <string.h>

#include "proto/words.pb-c.h"

enum { NAME_MAX_BYTES = 32 };

static const char *const TYPES[FLOW_TYPES] = {
    [FLOW_TEXT] = "text",         [FLOW_NUMBER] = "number",         [FLOW_MONEY] = "money",   [FLOW_BOOL] = "bool",
    [FLOW_DATE] = "date",         [FLOW_CHOICE] = "choice",         [FLOW_PERSON] = "person", [FLOW_PHONE] = "phone",
    [FLOW_STAFF] = "staff",       [FLOW_DEPARTMENT] = "department", [FLOW_WINDOW] = "window", [FLOW_ITEM] = "item",
    [FLOW_MATERIAL] = "material", [FLOW_TICKET] = "ticket",         [FLOW_MATTER] = "matter", [FLOW_FILE] = "file",
};

static const char *const UNITS[FLOW_UNITS] = {
    [FLOW_HALL_MINUTES] = "hall_minutes",
    [FLOW_WORKING_DAYS] = "working_days",
    [FLOW_CALENDAR_DAYS] = "calendar_days",
};

/* Capabilities of the API, then groups of people; staff is anyone logged in, duty_leader whom the rota names now. */
static const char *const ROLES[] = {
    "kiosk",    "screen",      "clerk",         "desk",        "manager", "admin",     "auditor",
    "approver", "officer",     "issuer",        "helper",      "courier", "inspector", "expert",
    "hotline",  "bureau_head", "district_head", "duty_leader", "staff",
};
enum { ROLES_COUNT = sizeof ROLES / sizeof *ROLES };

#define FIELD(types)            \
    {                           \
        FLOW_ARG_FIELD, (types) \
    }
#define OF(type) FIELD(FLOW_TYPE_BIT(type))
#define ARG(kind)          \
    {                      \
        FLOW_ARG_##kind, 0 \
    }
#define CHOICE_OR_BOOL FIELD(FLOW_TYPE_BIT(FLOW_CHOICE) | FLOW_TYPE_BIT(FLOW_BOOL))
#define NUMBER_OR_MONEY FIELD(FLOW_TYPE_BIT(FLOW_NUMBER) | FLOW_TYPE_BIT(FLOW_MONEY))

const struct flow_call FLOW_GUARD_CALLS[FLOW_GUARDS] = {
    [FLOW_GUARD_IS] = {"is", {CHOICE_OR_BOOL, ARG(VALUE)}, 2, true},
    [FLOW_GUARD_HAS] = {"has", {FIELD(FLOW_ANY_TYPE)}, 1, true},
    [FLOW_GUARD_LACKS] = {"lacks", {FIELD(FLOW_ANY_TYPE)}, 1, true},
    [FLOW_GUARD_AT_LEAST] = {"at_least", {NUMBER_OR_MONEY, ARG(INTEGER)}, 2, false},
    [FLOW_GUARD_AT_MOST] = {"at_most", {NUMBER_OR_MONEY, ARG(INTEGER)}, 2, false},
    [FLOW_GUARD_WITHIN] = {"within", {OF(FLOW_DATE), ARG(LIMIT)}, 2, false},
    [FLOW_GUARD_LINKED] = {"linked", {OF(FLOW_MATTER), ARG(THEIR)}, 2, true},
    [FLOW_GUARD_MAY_FOLLOW] = {"may_follow", {OF(FLOW_MATERIAL)}, 1, false},
    [FLOW_GUARD_CLEAN] = {"clean", {OF(FLOW_PERSON), ARG(RECORD)}, 2, false},
    [FLOW_GUARD_CERTIFIED] = {"certified", {OF(FLOW_STAFF)}, 1, false},
};

const struct flow_call FLOW_EFFECT_CALLS[FLOW_EFFECTS] = {
    [FLOW_EFFECT_RAISE] = {"raise", {ARG(NONE)}, 0, false},
    [FLOW_EFFECT_NOTIFY] = {"notify", {ARG(WHO)}, 1, true},
    [FLOW_EFFECT_LIMIT] = {"limit", {ARG(CLOCK), ARG(KEY)}, 2, false},
    [FLOW_EFFECT_EXTEND] = {"extend", {ARG(CLOCK), ARG(KEY)}, 2, false},
    [FLOW_EFFECT_SINCE] = {"since", {ARG(CLOCK), ARG(STATE)}, 2, false},
    [FLOW_EFFECT_OPEN] = {"open", {OF(FLOW_MATTER), ARG(TRANSITION), ARG(LINK)}, 2, true},
    [FLOW_EFFECT_TELL] = {"tell", {OF(FLOW_MATTER), ARG(TRANSITION)}, 2, false},
    [FLOW_EFFECT_REMEMBER] = {"remember", {OF(FLOW_PERSON), ARG(RECORD)}, 2, false},
    [FLOW_EFFECT_FORGET] = {"forget", {OF(FLOW_PERSON), ARG(RECORD)}, 2, false},
    [FLOW_EFFECT_TICKET_TO] = {"ticket_to", {OF(FLOW_TICKET), ARG(WINDOW)}, 2, false},
    [FLOW_EFFECT_PRICE] = {"price", {OF(FLOW_MONEY), ARG(TARIFF)}, 2, false},
};

static bool same(const char *name, const char *word, size_t len)
{
    return strncmp(name, word, len) == 0 && !name[len];
}

static int find(const char *const *names, size_t n, const char *word, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (same(names[i], word, len))
            return (int)i;
    return -1;
}

static int find_call(const struct flow_call *calls, size_t n, const char *word, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (same(calls[i].name, word, len))
            return (int)i;
    return -1;
}

int flow_type_find(const char *word, size_t len)
{
    return find(TYPES, FLOW_TYPES, word, len);
}

int flow_unit_find(const char *word, size_t len)
{
    return find(UNITS, FLOW_UNITS, word, len);
}

int flow_guard_find(const char *word, size_t len)
{
    return find_call(FLOW_GUARD_CALLS, FLOW_GUARDS, word, len);
}

int flow_effect_find(const char *word, size_t len)
{
    return find_call(FLOW_EFFECT_CALLS, FLOW_EFFECTS, word, len);
}

const char *flow_type_name(enum flow_type type)
{
    return TYPES[type];
}

const char *flow_unit_name(enum flow_unit unit)
{
    return UNITS[unit];
}

bool flow_role_is(const char *word, size_t len)
{
    return find(ROLES, ROLES_COUNT, word, len) >= 0;
}

bool flow_window_role_is(const char *word, size_t len)
{
    const ProtobufCEnumDescriptor *d = &halld__window_role__e__descriptor;
    for (unsigned i = 0; i < d->n_values; i++)
        if (same(d->values[i].name, word, len))
            return true;
    return false;
}

bool flow_name_is(const char *word, size_t len)
{
    if (len < 1 || len > NAME_MAX_BYTES || word[0] < 'a' || word[0] > 'z')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!((word[i] >= 'a' && word[i] <= 'z') || (word[i] >= '0' && word[i] <= '9') || word[i] == '_'))
            return false;
    return true;
}

struct flow_arg flow_call_arg(const struct flow_call *call, size_t n)
{
    size_t last = FLOW_ARGS - 1;
    while (last > 0 && call->args[last].kind == FLOW_ARG_NONE)
        last--;
    if (n > last)
        return call->many ? call->args[last] : (struct flow_arg){FLOW_ARG_NONE, 0};
    return call->args[n];
}

bool flow_word_next(const char **rest, struct flow_word *ret)
{
    if (!*rest)
        return false;
    const char *blank = strchr(*rest, ' ');
    *ret = (struct flow_word){*rest, blank ? (size_t)(blank - *rest) : strlen(*rest)};
    *rest = blank ? blank + 1 : NULL;
    return true;
}

bool flow_word_is(struct flow_word w, const char *text)
{
    return same(text, w.at, w.len);
}
