#include "net/topics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/roles.h"
#include "base/alloc.h"
#include "base/err.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "net/clear.h"
#include "net/inside.h"
#include "net/looker.h"
#include "view/board.h"
#include "view/hall_view.h"
#include "view/matter_view.h"
#include "view/ticket_view.h"
#include "view/window_view.h"

static const struct hall *committed(const struct net *n)
{
    return n->o.port.committed(n->o.port.engine);
}

static int64_t now_of(const struct net *n)
{
    return n->o.port.now_ms(n->o.port.engine);
}

static ProtobufCMessage *view_board(const struct net *n, uint64_t of)
{
    (void)of;
    Halld__BoardView *v = board_view_new(committed(n), now_of(n));
    board_view_set_waits(v, net_quote(n));
    return &v->base;
}

static ProtobufCMessage *view_hall(const struct net *n, uint64_t of)
{
    (void)of;
    return &hall_view_new(committed(n), now_of(n), net_is_read_only(n))->base;
}

static ProtobufCMessage *view_windows(const struct net *n, uint64_t of)
{
    (void)of;
    return &window_list_new(committed(n))->base;
}

static ProtobufCMessage *view_window(const struct net *n, uint64_t of)
{
    Halld__WindowDetail *v = window_detail_new(committed(n), (int)of);
    if (v)
        window_detail_set_usual(v, net_quote(n));
    return v ? &v->base : NULL;
}

static ProtobufCMessage *view_ticket(const struct net *n, uint64_t of)
{
    const struct ticket *t = queue_ticket_find(hall_queue(committed(n)), of);
    if (!t)
        return NULL;
    Halld__TicketView *v = ticket_view_new_person(committed(n), t, net_public_url(n));
    ticket_view_set_forecast(v, hall_setup(committed(n)), net_quote(n));
    return &v->base;
}

/* As its holder sees it. */
static ProtobufCMessage *view_matter(const struct net *n, uint64_t of)
{
    const struct matter *m = flow_matter(hall_flow(committed(n)), of);
    struct net_looker l;
    if (!m)
        return NULL;
    looker_of_holder(&l, (struct net *)n, m);
    return matters_may_read(&l.looker.asker, m) ? &matter_view_new(&l.looker, m)->base : NULL;
}

static const struct {
    const char *name; /* with its slash */
    bool has_argument;
    const char *event;
    unsigned roles;
    ProtobufCMessage *(*view)(const struct net *n, uint64_t of);
} KINDS[TOPIC_KINDS] = {
    [TOPIC_CALL] = {"call/", false, "call", ROLE_PUBLIC, NULL},
    [TOPIC_BOARD] = {"board/", false, "board", ROLE_PUBLIC, view_board},
    [TOPIC_HALL] = {"hall/", false, "hall", ROLE_PUBLIC, view_hall},
    [TOPIC_WINDOWS] = {"windows/", false, "windows", ROLE_CLERK | ROLE_AUDITOR, view_windows},
    [TOPIC_WINDOW] = {"window/", true, "window", ROLE_CLERK | ROLE_AUDITOR, view_window},
    [TOPIC_TICKET] = {"ticket/", true, "ticket", ROLE_PUBLIC, view_ticket},
    [TOPIC_MATTER] = {"matter/", true, "matter", ROLE_PUBLIC, view_matter},
    [TOPIC_INBOX] = {"inbox/", false, "inbox", ROLE_CLERK | ROLE_AUDITOR, NULL},
};

static int find_window(const struct call *c, const char *text, uint64_t *ret)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (text[0] < '1' || text[0] > '9' || *end || n > 999 || !setup_window_find(hall_setup(call_hall(c)), (int)n))
        return HALL_E_NO_WINDOW;
    *ret = (uint64_t)n;
    return 0;
}

static int find_ticket(const struct call *c, const char *text, uint64_t *ret)
{
    uint8_t token[16];
    const struct ticket *t = NULL;
    if (token_from_text(text, token))
        t = queue_ticket_by_token(hall_queue(call_hall(c)), token);
    if (!t)
        return HALL_E_NO_TICKET;
    *ret = t->id;
    return 0;
}

static int find_matter(const struct call *c, const char *text, uint64_t *ret)
{
    const struct matter *m = matter_link_find(c->net, text);
    if (!m)
        return HALL_E_NO_MATTER;
    *ret = m->id;
    return 0;
}

/* Each reader has an inbox of their own, which all of their pages share. */
static uint64_t inbox_of(const struct call *c)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)c->caller.kind;
    for (const char *at = c->caller.id; *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return hash >> 8;
}

static int find_argument(const struct call *c, const char *name, struct topic_id *id)
{
    char text[64];
    const char *from = name + strlen(KINDS[id->kind].name);
    size_t len = strcspn(from, "/");
    if (len == 0 || len >= sizeof text || strcmp(from + len, "/") != 0)
        return HALL_E_BAD_VALUE;
    memcpy(text, from, len);
    text[len] = '\0';
    if (id->kind == TOPIC_MATTER)
        return find_matter(c, text, &id->of);
    return id->kind == TOPIC_WINDOW ? find_window(c, text, &id->of) : find_ticket(c, text, &id->of);
}

int topic_from_name(const struct call *c, const char *name, struct topic_id *ret)
{
    for (int i = 0; i < TOPIC_KINDS; i++) {
        struct topic_id id = {.kind = (enum topic_kind)i};
        if (KINDS[i].has_argument ? strncmp(name, KINDS[i].name, strlen(KINDS[i].name)) != 0
                                  : strcmp(name, KINDS[i].name) != 0)
            continue;
        if (!(c->caller.roles & KINDS[i].roles))
            return c->caller.is_known ? HALL_E_WRONG_ROLE : HALL_E_NO_SESSION;
        int code = KINDS[i].has_argument ? find_argument(c, name, &id) : 0;
        if (id.kind == TOPIC_INBOX)
            id.of = inbox_of(c);
        if (code == 0)
            *ret = id;
        return code;
    }
    return HALL_E_BAD_VALUE;
}

const char *topic_event(enum topic_kind kind)
{
    return KINDS[kind].event;
}

unsigned topic_roles(enum topic_kind kind)
{
    return KINDS[kind].roles;
}

uint64_t topic_key(struct topic_id id)
{
    return (uint64_t)(id.kind + 1) << 56 | id.of;
}

ProtobufCMessage *topic_view(const struct net *n, struct topic_id id)
{
    return KINDS[id.kind].view ? KINDS[id.kind].view(n, id.of) : NULL;
}

/* ---- the snapshot */

static void add_window(Halld__StreamSnapshot *s, Halld__WindowDetail *window)
{
    s->windows = alloc_grow(s->windows, s->n_windows + 1, sizeof *s->windows);
    s->windows[s->n_windows++] = window;
}

static void add_windows(Halld__StreamSnapshot *s, Halld__WindowList *list)
{
    for (size_t i = 0; i < list->n_windows; i++)
        add_window(s, list->windows[i]);
    list->n_windows = 0; /* moved */
    halld__window_list__free_unpacked(list, NULL);
}

static void add_ticket(Halld__StreamSnapshot *s, Halld__TicketView *ticket)
{
    s->tickets = alloc_grow(s->tickets, s->n_tickets + 1, sizeof *s->tickets);
    s->tickets[s->n_tickets++] = ticket;
}

static void add_matter(Halld__StreamSnapshot *s, Halld__MatterView *matter)
{
    s->matters = alloc_grow(s->matters, s->n_matters + 1, sizeof *s->matters);
    s->matters[s->n_matters++] = matter;
}

void topic_into_snapshot(const struct net *n, struct topic_id id, Halld__StreamSnapshot *s)
{
    ProtobufCMessage *view = NULL;
    if (id.kind == TOPIC_CALL) /* the calls that are not over stand on the board */
        id.kind = TOPIC_BOARD;
    if (!(id.kind == TOPIC_BOARD && s->board))
        view = topic_view(n, id);
    if (!view)
        return;
    if (id.kind == TOPIC_BOARD)
        s->board = (Halld__BoardView *)view;
    else if (id.kind == TOPIC_HALL)
        s->hall = (Halld__HallView *)view;
    else if (id.kind == TOPIC_WINDOWS)
        add_windows(s, (Halld__WindowList *)view);
    else if (id.kind == TOPIC_WINDOW)
        add_window(s, (Halld__WindowDetail *)view);
    else if (id.kind == TOPIC_MATTER)
        add_matter(s, (Halld__MatterView *)view);
    else
        add_ticket(s, (Halld__TicketView *)view);
}
