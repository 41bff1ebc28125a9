#include "core/quote.h"

#include <string.h>

static int row_compare(const struct quote_row *r, const char *queue, const char *group, const char *class_name)
{
    int order = strcmp(r->queue, queue);
    if (!order)
        order = strcmp(r->group, group);
    return order ? order : strcmp(r->class_name, class_name);
}

const struct quote_row *quote_find(const struct quote *q, const char *queue, const char *group, const char *class_name)
{
    size_t low = 0, high = q ? q->n_rows : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = row_compare(&q->rows[mid], queue, group, class_name);
        if (order == 0)
            return &q->rows[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

const struct quote_place *quote_place_find(const struct quote *q, const char *queue, const char *group, int64_t slot_at)
{
    for (size_t i = 0; q && i < q->n_places; i++) {
        const struct quote_place *p = &q->places[i];
        if (p->slot_at == slot_at && strcmp(p->queue, queue) == 0 && strcmp(p->group, group) == 0)
            return p;
    }
    return NULL;
}

const struct quote_ticket *quote_ticket_find(const struct quote *q, uint64_t ticket)
{
    size_t low = 0, high = q ? q->n_tickets : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (q->tickets[mid].ticket == ticket)
            return &q->tickets[mid];
        if (q->tickets[mid].ticket < ticket)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

const struct quote_item *quote_item_find(const struct quote *q, const char *item)
{
    size_t low = 0, high = q ? q->n_items : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(q->items[mid].item, item);
        if (order == 0)
            return &q->items[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

enum { FINE_S = 60, COARSE_S = 300, COARSE_FROM_S = 1800 };

static int32_t steps(int64_t seconds, int64_t up, int64_t step)
{
    return (int32_t)((seconds + up) / step * step);
}

int32_t quote_round_p50(int64_t seconds)
{
    if (seconds <= 0)
        return 0;
    return seconds < COARSE_FROM_S ? steps(seconds, FINE_S / 2, FINE_S) : steps(seconds, COARSE_S / 2, COARSE_S);
}

int32_t quote_round_p90(int64_t seconds)
{
    if (seconds <= 0)
        return 0;
    return seconds <= COARSE_FROM_S ? steps(seconds, FINE_S - 1, FINE_S) : steps(seconds, COARSE_S - 1, COARSE_S);
}
