/*
 * The door of matters: what a request says of a matter's fields, as the values of a command. Words that people wrote,
 * and who they are, go no further than this: a text or phone becomes a reference, a person a keyed hash, and what must
 * be kept of them is sealed (port/submit.h). docs/journal.md, "Personal data", says why they are made so.
 *
 * What the definition does not know, or is not of the field's kind, is passed on as bad and without its words: the core
 * refuses it in its own order.
 */
#ifndef NET_FIELDS_H
#define NET_FIELDS_H

#include "core/flow/definition.h"
#include "net/call.h"
#include "port/submit.h"
#include "proto/matter.pb-c.h"

struct person_key;

struct fields {
    size_t n, n_sealed;
    Halld__FieldValue **values;
    struct sealed_text *sealed;
};

/*
 * d: the definition by which the matter is known (of the newest version to open one), NULL if there is none. json: the
 * text of the object, "" for none. 0 with *ret, for fields_fini; TOO_LONG, or SEAL_FAILED without the machine's
 * person.key.
 */
int fields_from_json(struct call *c, const struct definition *d, const char *json, struct fields *ret,
                     struct refusal *r);
/* The same without a request. key: the Idempotency-Key, whose repeat gives the same references; NULL: each time others.
 */
int fields_read(const struct person_key *person_key, const char *key, const struct definition *d, const char *json,
                struct fields *ret, struct refusal *r);
void fields_fini(struct fields *f); /* wiped */

/* The values belong to the open_matter or take_transition from now on; the sealed texts stay. */
void fields_move(Halld__Command *to, struct fields *from);
/* Submits an open_matter or take_transition with the fields, which are taken and wiped; done as in call_submit_for,
 * NULL: the answer is rendered by view/reply. */
void call_submit_fields(struct call *c, Halld__Command *command, struct fields *fields,
                        void (*done)(void *arg, const struct answer *answer), void *arg);

/* Overwrites a request's words once they have been read; the message can be freed as usual. */
void fields_wipe(Halld__Json *said);

#endif
