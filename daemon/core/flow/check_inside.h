/* What the parts of the check share. Private to core/flow. */
#ifndef CORE_FLOW_CHECK_INSIDE_H
#define CORE_FLOW_CHECK_INSIDE_H

#include <stdbool.h>

#include "core/flow/check.h"
#include "core/flow/words.h"

/* The definition that is looked at, and what it may speak of. */
struct flow_check {
    const Halld__Flow *flow;
    const struct flow_entry *entry;   /* its own */
    const struct flow_entry *entries; /* all of the set */
    size_t n;
    const Halld__Profile *profile;
    struct faults *faults;
};

/* The parts, in their order. */
void flow_check_head(const struct flow_check *c);
void flow_check_names(const struct flow_check *c);
void flow_check_fields(const struct flow_check *c);
void flow_check_transitions(const struct flow_check *c);
void flow_check_marks(const struct flow_check *c);
void flow_check_clocks(const struct flow_check *c);
void flow_check_prints(const struct flow_check *c);
void flow_check_migrations(const struct flow_check *c);
void flow_check_graph(const struct flow_check *c);
void flow_check_use(const struct flow_check *c);
void flow_check_links(const struct flow_check *c);
void flow_check_rounds(const struct flow_check *c);
void flow_check_unlinked(const struct flow_check *c);

/* Things by name, or NULL. Words are the pieces of a call; a whole text is a word too. */
struct flow_word flow_word_of(const char *text);
const Halld__Field *flow_check_field(const Halld__Flow *flow, struct flow_word name);
const Halld__State *flow_check_state(const Halld__Flow *flow, struct flow_word name);
const Halld__Transition *flow_check_transition(const Halld__Flow *flow, struct flow_word name);
const Halld__Clock *flow_check_clock(const Halld__Flow *flow, struct flow_word name);
const Halld__ProfileLimit *flow_check_limit(const Halld__Profile *profile, struct flow_word key);
const Halld__Tariff *flow_check_tariff(const Halld__Profile *profile, struct flow_word key);
/* The definition of the set with this name; its flow may be NULL. */
const struct flow_entry *flow_check_entry(const struct flow_check *c, const char *name);
/* The sound flow that a matter field leads to, or NULL. */
const struct flow_entry *flow_check_other_end(const struct flow_check *c, struct flow_word field);
bool flow_check_holds(size_t n, char *const *list, const char *text);
/* -1 if it has no such type. */
int flow_check_type(const Halld__Field *field);

/* Says that a thing does not exist: "no KIND "x"". */
void flow_check_unknown(const struct flow_check *c, const struct fault_place *at, const char *kind, struct flow_word x);
void flow_check_argument_type(const struct flow_check *c, const struct fault_place *at, struct flow_word field,
                              unsigned types);
/* Says so of a field that holds a list where one value is asked for. */
void flow_check_single(const struct flow_check *c, const struct fault_place *at, const Halld__Field *field);
/* The types as words: "staff or department". Added to out. */
struct buf;
void flow_check_types_text(unsigned types, struct buf *out);

/* Who is named: roles, and the words that go beyond them where this may be said. */
enum {
    FLOW_WHO_ROLE = 0,
    FLOW_WHO_FIELD = 1,   /* ROLE@FIELD */
    FLOW_WHO_LEVEL = 2,   /* level */
    FLOW_WHO_PERSON = 4,  /* person */
    FLOW_WHO_MACHINE = 8, /* clock, matter */
    FLOW_WHO_READS = FLOW_WHO_FIELD | FLOW_WHO_LEVEL | FLOW_WHO_PERSON,
    FLOW_WHO_TAKES = FLOW_WHO_READS | FLOW_WHO_MACHINE,
};
void flow_check_who(const struct flow_check *c, const struct fault_place *at, struct flow_word who, unsigned allowed);
/* Every element of the list at `up`.`name`, and that none stands twice. */
void flow_check_who_list(const struct flow_check *c, const struct fault_place *up, const char *name, size_t n,
                         char *const *list, unsigned allowed);
void flow_check_once(const struct flow_check *c, const struct fault_place *up, const char *name, size_t n,
                     char *const *list);
/* Every element is a state of the flow, none an end if the states must be alive. */
void flow_check_state_list(const struct flow_check *c, const struct fault_place *up, const char *name, size_t n,
                           char *const *list, bool alive);
void flow_check_field_list(const struct flow_check *c, const struct fault_place *up, const char *name, size_t n,
                           char *const *list);

/* One guard or effect of a transition. */
void flow_check_guard(const struct flow_check *c, const struct fault_place *at, const char *text);
void flow_check_effect(const struct flow_check *c, const struct fault_place *at, const char *text);
/* A limit as clocks and `within` name it; at is where it stands. */
void flow_check_limit_word(const struct flow_check *c, const struct fault_place *at, struct flow_word word);
/* A call cut into its words: which one it is, -1 for none, and its first arguments; those that are not there are
 * empty. */
struct flow_check_call {
    int which;
    struct flow_word args[FLOW_ARGS];
    const char *rest; /* the text after the first two arguments, where links and states go on; or NULL */
};
struct flow_check_call flow_check_effect_of(const char *text);
struct flow_check_call flow_check_guard_of(const char *text);

/* Whether a transition of the flow gives the field. */
bool flow_check_given(const Halld__Flow *flow, const Halld__Field *field);
/* Whether the clock follows a date field of the matter. */
bool flow_check_by_date(const struct flow_check *c, const Halld__Clock *clock);
/* Whether the clock's limit is known to be in hall minutes. */
bool flow_check_in_minutes(const struct flow_check *c, const Halld__Clock *clock);
/* The marks at `up`.marks; clock is NULL for the flow's common ones. */
void flow_check_mark_list(const struct flow_check *c, const struct fault_place *up, const Halld__Clock *clock, size_t n,
                          Halld__Mark *const *marks);

#endif
