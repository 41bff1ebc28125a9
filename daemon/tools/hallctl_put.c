#include "tools/hallctl_put.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "codec/pbjson.h"
#include "proto/view.pb-c.h"
#include "tools/hallctl_http.h"

/* A part stays well under the daemon's default of 64 KiB a request and 1,000 items a field. */
enum { PART_BYTES = 40000, PART_ROWS = 800 };

int hallctl_put_fetch(struct hallctl *ctl, struct setup **ret)
{
    ProtobufCMessage *m = NULL;
    int code = hallctl_fetch(ctl, "GET", "/admin/settings", NULL, &halld__settings_view__descriptor, &m);
    if (code != 0)
        return code;
    const Halld__SettingsView *v = (const Halld__SettingsView *)m;
    struct setup *none = setup_new();
    Halld__Settings empty = HALLD__SETTINGS__INIT;
    *ret = setup_change(none, v->settings ? v->settings : &empty, 0, NULL);
    setup_free(none);
    protobuf_c_message_free_unpacked(m, NULL);
    return 0;
}

int hallctl_put_check(const struct setup *now, const Halld__Settings *put, struct refusal *r)
{
    return setup_check(now, put, 0, NULL, r);
}

char *hallctl_put_refusal(const struct hallctl *ctl, const struct refusal *r)
{
    const struct text_arg args[] = {
        {"text", err_text_zh(r->code), err_text_en(r->code)}, ARG("field", r->field), ARG("value", r->value)};
    return text_fill(hallctl_word(ctl, W_ROW_WRONG), args, 3, ctl->zh);
}

/* ---- parts: each is a Settings whose rows are borrowed */

struct parts {
    Halld__Settings *at;
    size_t n, bytes, rows; /* bytes and rows of the last */
};

static Halld__Settings *part_new(struct parts *p)
{
    p->at = alloc_grow(p->at, p->n + 1, sizeof *p->at);
    halld__settings__init(&p->at[p->n]);
    p->bytes = p->rows = 0;
    return &p->at[p->n++];
}

static size_t json_size(const ProtobufCMessage *m)
{
    struct buf text = BUF_INIT;
    pbjson_write(m, &text);
    size_t n = text.len;
    buf_fini(&text);
    return n;
}

/* The part that the row goes into; a new one when the last is full. */
static Halld__Settings *room_for(struct parts *p, const ProtobufCMessage *row)
{
    size_t bytes = json_size(row) + 1;
    Halld__Settings *part =
        p->n > 0 && p->bytes + bytes <= PART_BYTES && p->rows < PART_ROWS ? &p->at[p->n - 1] : part_new(p);
    p->bytes += bytes;
    p->rows++;
    return part;
}

struct list {
    size_t n;
    void **rows;
};

static struct list *list_of(Halld__Settings *s, const ProtobufCFieldDescriptor *f, struct list *copy)
{
    memcpy(&copy->n, (char *)s + f->quantifier_offset, sizeof copy->n);
    memcpy(&copy->rows, (char *)s + f->offset, sizeof copy->rows);
    return copy;
}

static void list_add(Halld__Settings *s, const ProtobufCFieldDescriptor *f, void *row)
{
    struct list l;
    list_of(s, f, &l);
    l.rows = alloc_grow(l.rows, l.n + 1, sizeof *l.rows);
    l.rows[l.n++] = row;
    memcpy((char *)s + f->quantifier_offset, &l.n, sizeof l.n);
    memcpy((char *)s + f->offset, &l.rows, sizeof l.rows);
}

static void add_table(struct parts *p, const Halld__Settings *put, const char *table)
{
    const ProtobufCFieldDescriptor *f =
        protobuf_c_message_descriptor_get_field_by_name(&halld__settings__descriptor, table);
    struct list from;
    list_of((Halld__Settings *)put, f, &from);
    for (size_t i = 0; i < from.n; i++)
        list_add(room_for(p, from.rows[i]), f, from.rows[i]);
}

/* A queue names its default item, and an item its queue: they must come in one part. */
static void add_queues(struct parts *p, const Halld__Settings *put)
{
    const ProtobufCFieldDescriptor *queues =
        protobuf_c_message_descriptor_get_field_by_name(&halld__settings__descriptor, "queues");
    const ProtobufCFieldDescriptor *items =
        protobuf_c_message_descriptor_get_field_by_name(&halld__settings__descriptor, "items");
    if (put->n_queues == 0)
        return;
    Halld__Settings *part = part_new(p);
    for (size_t q = 0; q < put->n_queues; q++) {
        list_add(part, queues, put->queues[q]);
        for (size_t i = 0; i < put->n_items; i++)
            if (strcmp(put->items[i]->item, put->queues[q]->default_item) == 0)
                list_add(part, items, put->items[i]);
    }
    p->rows = PART_ROWS; /* full */
}

static void make_parts(struct parts *p, const Halld__Settings *put)
{
    static const char *const after[] = {"items",     "windows", "hours",   "special",
                                        "calendars", "screens", "notices", "duty"};
    if (put->hall || put->policy || put->booking) {
        Halld__Settings *part = part_new(p);
        part->hall = put->hall;
        part->policy = put->policy;
        part->booking = put->booking;
        p->bytes = json_size(&part->base);
    }
    add_table(p, put, "classes");
    add_table(p, put, "groups");
    add_queues(p, put);
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        add_table(p, put, after[i]);
}

static void parts_free(struct parts *p)
{
    for (size_t i = 0; i < p->n; i++)
        for (unsigned k = 0; k < halld__settings__descriptor.n_fields; k++) {
            const ProtobufCFieldDescriptor *f = &halld__settings__descriptor.fields[k];
            struct list l;
            if (f->label == PROTOBUF_C_LABEL_REPEATED)
                free(list_of(&p->at[i], f, &l)->rows);
        }
    free(p->at);
}

static int send_part(struct hallctl *ctl, Halld__Settings *part)
{
    Halld__PutSettings ask = HALLD__PUT_SETTINGS__INIT;
    struct buf text = BUF_INIT;
    ask.put = part;
    int code = hallctl_request(ctl, "POST", "/admin/settings", &ask.base, &text);
    buf_fini(&text);
    return code;
}

int hallctl_put_send(struct hallctl *ctl, const Halld__Settings *put)
{
    struct parts p = {NULL, 0, 0, 0};
    int code = 0;
    size_t done = 0;
    make_parts(&p, put);
    while (done < p.n && (code = send_part(ctl, &p.at[done])) == 0)
        done++;
    if (code != 0 && done > 0) {
        char a[TEXT_NUMBER], b[TEXT_NUMBER];
        SAY(ctl, stderr, W_PARTLY_IMPORTED, ARG("done", text_number((int64_t)done, a)),
            ARG("all", text_number((int64_t)p.n, b)));
    }
    parts_free(&p);
    return code;
}
