/*
 * What is forecast, as plain figures, for those who need not know how: the core stores the row that fits with each
 * ticket, views show it. Made and owned by the forecast, never changed once made; integers only.
 */
#ifndef CORE_QUOTE_H
#define CORE_QUOTE_H

#include <stddef.h>
#include <stdint.h>

/* The wait of somebody who comes now: half of them wait at most p50_s, nine of ten at most p90_s. */
struct quote_row {
    const char *queue, *group, *class_name; /* group "": anybody of that queue */
    int32_t p50_s, p90_s;                   /* as they are: what an issue stores */
    int32_t told_p50_s,
        told_p90_s; /* what is shown: moves only when they have moved by more than anybody would notice */
};

/* The wait of somebody who comes now and counts as having come earlier: back the same day (slot_at 0), or booked for a
 * slot. */
struct quote_place {
    const char *queue, *group;
    int64_t slot_at, head_start; /* head_start of a slot: before the slot */
    int32_t p50_s, p90_s;
};

/* Why a waiting ticket's figures have become worse. */
enum quote_worse { QUOTE_NOT_WORSE, QUOTE_MORE_AHEAD, QUOTE_FEWER_WINDOWS, QUOTE_LONGER_SERVICES };

/* A waiting ticket: when its service will start. */
struct quote_ticket {
    uint64_t ticket;
    int64_t p50_at, p90_at;
    enum quote_worse worse;
    int32_t worse_n;         /* so many more ahead, so many windows fewer */
    const char *worse_class; /* of those more ahead; "" otherwise */
};

/* How long a service of an item takes: half at most p50_s, nine of ten at most p90_s. */
struct quote_item {
    const char *item;
    int32_t p50_s, p90_s;
};

/* How many of a thousand waits have lately been within what was told; 900 is what was promised. */
struct quote_cover {
    const char *queue;
    int32_t permille;
};

struct quote {
    int64_t at; /* when it was true */
    size_t n_rows, n_places, n_tickets, n_items, n_covers;
    const struct quote_row *rows; /* by queue, group, class */
    const struct quote_place *places;
    const struct quote_ticket *tickets; /* by ticket */
    const struct quote_item *items;     /* by item */
    const struct quote_cover *covers;   /* a row a queue */
};

enum { QUOTE_KEEPS_MS = 300000 }; /* one that is older is no prediction */

/* NULL if there is none; q may be NULL. */
const struct quote_row *quote_find(const struct quote *q, const char *queue, const char *group, const char *class_name);
const struct quote_place *quote_place_find(const struct quote *q, const char *queue, const char *group,
                                           int64_t slot_at);
const struct quote_ticket *quote_ticket_find(const struct quote *q, uint64_t ticket);
const struct quote_item *quote_item_find(const struct quote *q, const char *item);

/* The figures as people are told them: P50 to the nearest minute, P90 up to the next; beyond half an hour in steps of
 * five. No finer promise can be kept. */
int32_t quote_round_p50(int64_t seconds);
int32_t quote_round_p90(int64_t seconds);

#endif
