/* hallctl's commands that only look: status, tickets, windows, trace. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "proto/view.pb-c.h"
#include "tools/columns.h"
#include "tools/hallctl_http.h"

static void print_columns(struct columns *c)
{
    struct buf out = BUF_INIT;
    columns_write(c, &out);
    fputs(buf_text(&out), stdout);
    buf_fini(&out);
    columns_free(c);
}

/* The word of an enum's value, as the API has it. */
static const char *enum_word(const ProtobufCEnumDescriptor *d, int value)
{
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(d, value);
    return v ? v->name : "?";
}

static void add_heads(const struct hallctl *ctl, struct columns *c, const enum hallctl_word *heads, size_t n)
{
    for (size_t i = 0; i < n; i++)
        columns_add(c, hallctl_word(ctl, heads[i]));
}
#define HEADS(ctl, c, ...)                                      \
    add_heads(ctl, c, (const enum hallctl_word[]){__VA_ARGS__}, \
              sizeof((const enum hallctl_word[]){__VA_ARGS__}) / sizeof(enum hallctl_word))

/* ---- status */

static void add_line(const struct hallctl *ctl, struct columns *c, enum hallctl_word head, const char *text)
{
    columns_add(c, hallctl_word(ctl, head));
    columns_add(c, text);
}

static void add_count(const struct hallctl *ctl, struct columns *c, enum hallctl_word head, long long n)
{
    columns_add(c, hallctl_word(ctl, head));
    columns_add_number(c, n);
}

static void add_yes(const struct hallctl *ctl, struct columns *c, enum hallctl_word head, bool yes)
{
    add_line(ctl, c, head, hallctl_word(ctl, yes ? W_YES : W_NO));
}

static void add_hall(const struct hallctl *ctl, struct columns *c, const Halld__HallView *h)
{
    struct buf hours = BUF_INIT;
    for (size_t i = 0; i < h->n_hours; i++)
        buf_add_format(&hours, "%s%s", i ? ", " : "", h->hours[i]);
    add_line(ctl, c, W_H_HALL, ctl->zh || !*h->name_en ? h->hall : h->name_en);
    add_yes(ctl, c, W_H_OPEN, h->open);
    add_line(ctl, c, W_H_DATE, h->date);
    add_line(ctl, c, W_H_HOURS, hours.len ? buf_text(&hours) : "-");
    if (*h->next_open)
        add_line(ctl, c, W_H_NEXT_OPEN, h->next_open);
    if (h->simulated)
        add_yes(ctl, c, W_H_SIMULATED, true);
    buf_fini(&hours);
}

/* What needs somebody, and who sees to it. */
static void add_alarms(const struct hallctl *ctl, struct columns *c, const Halld__StatusView *v)
{
    for (size_t i = 0; i < v->n_alarms; i++) {
        const Halld__AlarmView *a = v->alarms[i];
        const char *who = a->has_acknowledged_case ? a->acknowledged_by : "";
        char *line = alloc_format("%s%s%s", ctl->zh ? a->text : a->text_en, *who ? "  <- " : "", who);
        add_line(ctl, c, W_H_ALARM, line);
        free(line);
    }
}

static void print_status(const struct hallctl *ctl, const Halld__StatusView *v)
{
    struct columns *c = columns_new("ll");
    char *memory = alloc_format("%lld MiB", (long long)v->rss_bytes >> 20);
    if (v->hall)
        add_hall(ctl, c, v->hall);
    if (v->health) {
        add_yes(ctl, c, W_H_READY, v->health->ready);
        if (v->health->read_only)
            add_line(ctl, c, W_H_READ_ONLY, *v->health->why ? v->health->why : hallctl_word(ctl, W_YES));
        add_line(ctl, c, W_H_VERSION, v->health->version);
    }
    add_count(ctl, c, W_H_WAITING, v->waiting);
    add_count(ctl, c, W_H_SERVING, v->serving);
    add_count(ctl, c, W_H_ISSUED, v->issued_today);
    add_count(ctl, c, W_H_EVENTS, (long long)v->events);
    add_count(ctl, c, W_H_CONNECTIONS, v->connections);
    if (*v->zmq)
        add_line(ctl, c, W_H_BUS, v->zmq);
    add_line(ctl, c, W_H_MEMORY, memory);
    add_alarms(ctl, c, v);
    print_columns(c);
    free(memory);
}

int hallctl_status(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    ProtobufCMessage *m = NULL;
    int code = hallctl_ask(ctl, "GET", "/status", NULL, &halld__status_view__descriptor, &m);
    if (m) {
        print_status(ctl, (const Halld__StatusView *)m);
        protobuf_c_message_free_unpacked(m, NULL);
    }
    return code;
}

/* ---- tickets */

/* "09:12:03" of a moment, by this machine's zone. */
static void add_clock(struct columns *c, int64_t ms)
{
    char text[MOMENT_TEXT] = "";
    if (ms > 0) {
        moment_to_text(ms, text);
        text[19] = '\0';
    }
    columns_add(c, *text ? text + 11 : "");
}

static void add_ticket(struct columns *c, const Halld__TicketView *t)
{
    columns_add_number(c, (long long)t->id);
    columns_add(c, t->number);
    columns_add(c, enum_word(&halld__ticket_state__e__descriptor, (int)t->state));
    columns_add(c, t->class_);
    add_clock(c, t->issued_at);
    if (t->has_ahead_case == HALLD__TICKET_VIEW__HAS_AHEAD_AHEAD)
        columns_add_number(c, t->ahead);
    else
        columns_add(c, "");
    if (t->has_window_case == HALLD__TICKET_VIEW__HAS_WINDOW_WINDOW)
        columns_add_number(c, t->window);
    else
        columns_add(c, "");
    columns_add(c, *t->item_name ? t->item_name : t->item);
}

static void print_tickets(const struct hallctl *ctl, const Halld__TicketList *l)
{
    if (l->n_tickets == 0) {
        SAY(ctl, stdout, W_NO_TICKETS, ARG("what", ""));
        return;
    }
    struct columns *c = columns_new("rlllrrrl");
    HEADS(ctl, c, W_H_ID, W_H_NUMBER, W_H_STATE, W_H_CLASS, W_H_ISSUED_AT, W_H_AHEAD, W_H_WINDOW, W_H_ITEM);
    for (size_t i = 0; i < l->n_tickets; i++)
        add_ticket(c, l->tickets[i]);
    print_columns(c);
    if (l->has_next_case == HALLD__TICKET_LIST__HAS_NEXT_NEXT) {
        char total[TEXT_NUMBER], next[TEXT_NUMBER];
        SAY(ctl, stdout, W_MORE_TICKETS, ARG("n", text_number(l->total, total)),
            ARG("next", text_number((int64_t)l->next, next)));
    }
}

int hallctl_tickets(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    const struct hallctl_options *o = &ctl->options;
    struct buf path = BUF_INIT;
    ProtobufCMessage *m = NULL;
    buf_add_text(&path, "/tickets");
    hallctl_add_query(&path, "state", o->state);
    hallctl_add_query(&path, "queue", o->queue);
    hallctl_add_query(&path, "number", o->number);
    hallctl_add_query(&path, "q", o->q);
    hallctl_add_query(&path, "after", o->after);
    hallctl_add_query(&path, "most", o->most);
    int code = hallctl_ask(ctl, "GET", buf_text(&path), NULL, &halld__ticket_list__descriptor, &m);
    if (m) {
        print_tickets(ctl, (const Halld__TicketList *)m);
        protobuf_c_message_free_unpacked(m, NULL);
    }
    buf_fini(&path);
    return code;
}

/* ---- windows */

static void add_window(struct columns *c, const Halld__WindowDetail *d)
{
    struct buf queues = BUF_INIT;
    const Halld__WindowView *w = d->window;
    for (size_t i = 0; i < w->n_queues; i++)
        buf_add_text(&queues, w->queues[i]);
    columns_add_number(c, w->window);
    columns_add(c, enum_word(&halld__window_state__e__descriptor, (int)w->state));
    columns_add(c, w->has_number_case == HALLD__WINDOW_VIEW__HAS_NUMBER_NUMBER ? w->number : "");
    add_clock(c, w->since_at);
    columns_add_number(c, d->waiting);
    columns_add_number(c, d->served_today);
    columns_add(c, buf_text(&queues));
    columns_add(c, d->has_clerk_case == HALLD__WINDOW_DETAIL__HAS_CLERK_CLERK ? d->clerk : "");
    columns_add(c, w->name);
    buf_fini(&queues);
}

static void print_windows(const struct hallctl *ctl, const Halld__WindowList *l)
{
    struct columns *c = columns_new("rllrrrlll");
    HEADS(ctl, c, W_H_WINDOW, W_H_STATE, W_H_NUMBER, W_H_SINCE, W_H_WAITING, W_H_SERVED, W_H_QUEUES, W_H_CLERK,
          W_H_NAME);
    for (size_t i = 0; i < l->n_windows; i++)
        if (l->windows[i]->window)
            add_window(c, l->windows[i]);
    print_columns(c);
}

int hallctl_windows(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    ProtobufCMessage *m = NULL;
    int code = hallctl_ask(ctl, "GET", "/windows", NULL, &halld__window_list__descriptor, &m);
    if (m) {
        print_windows(ctl, (const Halld__WindowList *)m);
        protobuf_c_message_free_unpacked(m, NULL);
    }
    return code;
}

/* ---- the trace: the daemon's text as it is */

int hallctl_trace(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    int32_t date;
    struct buf path = BUF_INIT, text = BUF_INIT;
    if (strcmp(argv[0], "today") != 0 && !date_from_text(argv[0], &date)) {
        SAY(ctl, stderr, W_WRONG_ARGUMENTS, ARG("what", "trace YYYY-MM-DD|today"));
        return EXIT_USAGE;
    }
    buf_add_format(&path, "/trace/%s", argv[0]);
    int code = hallctl_request(ctl, "GET", buf_text(&path), NULL, &text);
    if (code == 0)
        fwrite(buf_text(&text), 1, text.len, stdout);
    buf_fini(&path);
    buf_fini(&text);
    return code;
}
