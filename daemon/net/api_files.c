/* Files of matters: taken before the step that names them, shown to those who may read their field. Each look of others
 * than the person is kept in the security log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "auth/person.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/message.h"
#include "base/moment.h"
#include "engine/engine.h"
#include "net/api_matters.h"
#include "net/filetype.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "net/looker.h"
#include "net/quota.h"
#include "store/sealed.h"

/* ---- taking one */

struct taking {
    struct call *call;
    uint64_t matter; /* of the link by which it is brought; 0: staff brings it */
    struct quota_use *use;
    char reference[PERSON_MAC_SIZE];
    const struct filetype *type;
    size_t len;
};

static void on_kept(void *arg, const struct answer *answer)
{
    struct taking *t = arg;
    struct call *c = t->call;
    quota_end(c->net->files, t->use, answer->code == 0);
    if (!call_refused(c, answer)) {
        Halld__FileView *v = MESSAGE_NEW(Halld__FileView, &halld__file_view__descriptor);
        v->file = alloc_text(t->reference);
        v->type = alloc_text(t->type->type);
        v->bytes = (int32_t)t->len;
        call_reply(c, 201, &v->base);
    }
    free(t);
}

/* Under the same key the same file has the same reference; else each has one of its own, which nobody can guess. */
static void refer(const struct call *c, const void *bytes, size_t len, char ret[PERSON_MAC_SIZE])
{
    uint8_t once[16];
    const char *key = call_key(c);
    if (!key && getrandom(once, sizeof once, 0) != (ssize_t)sizeof once)
        abort();
    struct hash_part parts[] = {key ? (struct hash_part){key, strlen(key)} : (struct hash_part){once, sizeof once},
                                {bytes, len}};
    person_mac(c->net->person_key, "file", 2, parts, ret);
}

/* Does it begin on its way? Of staff always. The same file under the same key is one. */
static bool may_bring(struct taking *t)
{
    struct call *c = t->call;
    if (t->matter)
        t->use = quota_begin(c->net->files, t->matter, moment_to_date(call_now(c)), t->reference);
    if (t->matter && !t->use)
        call_refuse_today(c);
    return !t->matter || t->use;
}

static void take_file(struct call *c, uint64_t matter)
{
    size_t len;
    const char *bytes = request_body(c->request, &len);
    const struct filetype *type = filetype_of(bytes, len);
    int code = !len ? HALL_E_FIELD_MISSING : len > FILE_BYTES_MOST ? HALL_E_TOO_LARGE : !type ? HALL_E_BAD_VALUE : 0;
    if (code) {
        call_refuse_field(c, code, "file", "");
        return;
    }
    if (!c->net->person_key || !c->net->o.engine) {
        call_refuse(c, HALL_E_SEAL_FAILED);
        return;
    }
    struct taking *t = alloc_zero(sizeof *t);
    *t = (struct taking){.call = c, .matter = matter, .type = type, .len = len};
    refer(c, bytes, len, t->reference);
    if (may_bring(t))
        engine_keep_file(c->net->o.engine, t->reference, bytes, len, on_kept, t);
    else
        free(t);
}

void api_file_take(struct call *c)
{
    take_file(c, 0);
}

static bool has_file(const struct definition *d, uint64_t fields)
{
    for (size_t i = 0; i < d->flow->n_fields; i++)
        if (fields & DEFINITION_BIT(i) && d->fields[i].type == FLOW_FILE)
            return true;
    return false;
}

/* Has one of the steps that may be taken now a place for a file? */
static bool wants_file(const struct asker *a, const struct matter *m)
{
    for (size_t i = 0; i < m->def->flow->n_transitions; i++) {
        const struct transition *t = &m->def->transitions[i];
        if (has_file(m->def, t->need | t->may) && matters_may_take(a, m->def, m, i))
            return true;
    }
    return false;
}

void api_file_take_by_link(struct call *c)
{
    struct net_looker l;
    const struct matter *m = matter_find_to_read(c, &l);
    if (!m)
        return;
    if (wants_file(&l.looker.asker, m))
        take_file(c, m->id);
    else
        call_refuse_field(c, HALL_E_WRONG_STATE, "state", matter_state_name(m));
}

/* ---- showing one */

/* In whichever field that the asker may read it lies, also if it has been replaced there. */
static int find_file(struct call *c, const struct net_looker *l, const struct matter *m, const char *reference,
                     char **ret, size_t *ret_len)
{
    int code = HALL_E_NOT_FOUND;
    for (size_t i = 0; c->net->o.store && code && i < m->def->flow->n_fields; i++) {
        uint8_t owner[SEALED_REF];
        if (m->def->fields[i].type != FLOW_FILE || !matters_may_read_field(&l->looker.asker, m, (int)i))
            continue;
        sealed_owner(SEALED_OF_MATTER, m->id, m->def->flow->fields[i]->name, owner);
        code = store_unseal_bytes(c->net->o.store, owner, reference, ret, ret_len);
    }
    return code;
}

/* A file may hold whatever a browser would run: it is shown alone, without rights (the style is the browser's own,
 * which puts a picture into the middle), or saved. */
static void show(struct call *c, const char *reference, const char *bytes, size_t len)
{
    const struct filetype *type = filetype_of(bytes, len);
    char disposition[96];
    snprintf(disposition, sizeof disposition, "%s; filename=\"%.32s.%s\"",
             type && type->in_page ? "inline" : "attachment", reference, type ? type->ending : "bin");
    request_add_header(c->request, "Content-Disposition", disposition);
    request_add_header(c->request, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    call_reply_text(c, 200, type ? type->type : "application/octet-stream", bytes, len);
}

void api_matter_file(struct call *c)
{
    struct net_looker l;
    const char *reference = call_param(c, "file");
    const struct matter *m = matter_find_to_read(c, &l);
    char *bytes = NULL;
    size_t len = 0;
    if (!m)
        return;
    if (find_file(c, &l, m, reference, &bytes, &len) != 0) {
        call_refuse_field(c, HALL_E_NOT_FOUND, "file", reference);
        return;
    }
    if (c->caller.kind != HALLD__ACTOR_KIND__E__link) {
        char *what = alloc_format("matter %llu file %.32s", (unsigned long long)m->id, reference);
        call_log(c, "file", c->caller.id, what);
        free(what);
    }
    show(c, reference, bytes, len);
    sealed_free_bytes(bytes, len);
}
