/*
 * The words of the language of flows: types of fields, units of limits, roles, guards and effects with the kinds of
 * their arguments. The checker and the engine read the same tables; docs/flows.md explains them to people.
 */
#ifndef CORE_FLOW_WORDS_H
#define CORE_FLOW_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* In the order of the table of names. */
enum flow_type {
    FLOW_TEXT,
    FLOW_NUMBER,
    FLOW_MONEY,
    FLOW_BOOL,
    FLOW_DATE,
    FLOW_CHOICE,
    FLOW_PERSON,
    FLOW_PHONE,
    FLOW_STAFF,
    FLOW_DEPARTMENT,
    FLOW_WINDOW,
    FLOW_ITEM,
    FLOW_MATERIAL,
    FLOW_TICKET,
    FLOW_MATTER,
    FLOW_FILE,
    FLOW_TYPES
};

enum flow_unit { FLOW_HALL_MINUTES, FLOW_WORKING_DAYS, FLOW_CALENDAR_DAYS, FLOW_UNITS };

/* Bits for sets of types. */
#define FLOW_TYPE_BIT(type) (1u << (type))
#define FLOW_ANY_TYPE ((1u << FLOW_TYPES) - 1)

/* What an argument of a call must be. */
enum flow_arg_kind {
    FLOW_ARG_NONE,       /* no argument */
    FLOW_ARG_FIELD,      /* a field of one of the types */
    FLOW_ARG_VALUE,      /* a value of the choice or bool field before it */
    FLOW_ARG_INTEGER,    /* a decimal number */
    FLOW_ARG_LIMIT,      /* a key of the profile's limits, item.promised or item.statutory */
    FLOW_ARG_KEY,        /* a key of the profile's limits */
    FLOW_ARG_CLOCK,      /* a clock of the flow */
    FLOW_ARG_STATE,      /* a state of the flow */
    FLOW_ARG_THEIR,      /* a state of the flow that the matter field before it leads to */
    FLOW_ARG_TRANSITION, /* a transition of that flow */
    FLOW_ARG_LINK,       /* once BACK, a matter field there that leads back; then to=from, a field there and one here */
    FLOW_ARG_WHO,        /* ROLE, ROLE@FIELD, level or person */
    FLOW_ARG_RECORD,     /* the name of a record about a person */
    FLOW_ARG_WINDOW,     /* a role of windows */
    FLOW_ARG_TARIFF,     /* a key of the profile's tariffs */
    FLOW_ARG_KINDS
};

struct flow_arg {
    enum flow_arg_kind kind;
    unsigned types; /* of a field */
};

enum { FLOW_ARGS = 3 };

/* A guard or an effect: its name and its arguments, the last of which may come any number of times. */
struct flow_call {
    const char *name;
    struct flow_arg args[FLOW_ARGS];
    size_t least; /* arguments that must be there */
    bool many;    /* the last one may be repeated */
};

enum flow_guard {
    FLOW_GUARD_IS,
    FLOW_GUARD_HAS,
    FLOW_GUARD_LACKS,
    FLOW_GUARD_AT_LEAST,
    FLOW_GUARD_AT_MOST,
    FLOW_GUARD_WITHIN,
    FLOW_GUARD_LINKED,
    FLOW_GUARD_MAY_FOLLOW,
    FLOW_GUARD_CLEAN,
    FLOW_GUARD_CERTIFIED,
    FLOW_GUARDS
};

enum flow_effect {
    FLOW_EFFECT_RAISE,
    FLOW_EFFECT_NOTIFY,
    FLOW_EFFECT_LIMIT,
    FLOW_EFFECT_EXTEND,
    FLOW_EFFECT_SINCE,
    FLOW_EFFECT_OPEN,
    FLOW_EFFECT_TELL,
    FLOW_EFFECT_REMEMBER,
    FLOW_EFFECT_FORGET,
    FLOW_EFFECT_TICKET_TO,
    FLOW_EFFECT_PRICE,
    FLOW_EFFECTS
};

/* Indexed by the enums above. */
extern const struct flow_call FLOW_GUARD_CALLS[FLOW_GUARDS];
extern const struct flow_call FLOW_EFFECT_CALLS[FLOW_EFFECTS];

/* The index of a word of len bytes, or -1. */
int flow_type_find(const char *word, size_t len);
int flow_unit_find(const char *word, size_t len);
int flow_guard_find(const char *word, size_t len);
int flow_effect_find(const char *word, size_t len);

const char *flow_type_name(enum flow_type type); /* static */
const char *flow_unit_name(enum flow_unit unit); /* static */

/* A role that people or machines have: not level, person, clock or matter, which are words of their own. */
bool flow_role_is(const char *word, size_t len);
/* A role of windows. */
bool flow_window_role_is(const char *word, size_t len);
/* [a-z][a-z0-9_]{0,31} */
bool flow_name_is(const char *word, size_t len);

/* The kind of a call's n-th argument, counted from 0; NONE beyond the last. */
struct flow_arg flow_call_arg(const struct flow_call *call, size_t n);

/* One word of a call: bytes of the call's own text. */
struct flow_word {
    const char *at;
    size_t len;
};

/* Walks a call's words, parted by single blanks: the first is its name. *rest begins as the text and is NULL after the
 * last word. False when there is none left. */
bool flow_word_next(const char **rest, struct flow_word *ret);
bool flow_word_is(struct flow_word w, const char *text);

#endif
