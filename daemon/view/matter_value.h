/* What a field of a matter says, as people read it: names for codes, words for references, phones masked. */
#ifndef VIEW_MATTER_VALUE_H
#define VIEW_MATTER_VALUE_H

#include "core/matters.h"
#include "proto/matter_view.pb-c.h"
#include "view/matter_words.h"

/* Who looks at matters, and with what. */
struct looker {
    struct asker asker;
    struct matter_words words;
};

/* May the field be shown? Whoever holds the link never sees the names of staff. */
bool matter_field_shows(const struct looker *l, const struct matter *m, int field);

/* One field of the matter with its present value. */
Halld__FieldView *matter_field_new(const struct looker *l, const struct matter *m, int field);
/* The same of a value that it had once, as an event carries it; NULL if the definition has no such field. */
Halld__FieldView *matter_field_new_of(const struct looker *l, const struct matter *m, const Halld__FieldValue *value);

/* The value in the reader's words, each to be freed by the caller; both are never NULL. k: which of a list. */
void matter_value_words(const struct looker *l, const struct matter *m, int field, size_t k, char **ret_zh,
                        char **ret_en);
/* The code itself; "" for what is no code. Borrowed. */
const char *matter_value_code(const struct matter *m, int field);
/* The first field of the type that has a value and shows, or -1. */
int matter_field_first(const struct looker *l, const struct matter *m, enum flow_type type);
/* The clear text of a text field's k-th value; NULL: gone. Not for phones. To be freed by the caller. */
char *matter_text_open(const struct looker *l, const struct matter *m, int field, size_t k);
/* The number of the ticket with that id, "B007", or NULL; to be freed by the caller. */
char *matter_ticket_number(const struct looker *l, const char *ticket);
/* As colleagues know a user: to be freed by the caller. */
char *matter_staff_name(const struct hall *h, const char *user);

#endif
