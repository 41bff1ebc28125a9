#include "tools/hallctl_items.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "tools/csv.h"
#include "tools/hallctl_put.h"

enum { DAYS_MAX = 3650, SERVICE_MAX = 86400, FAULTS_SAID = 20 };

/* The file being read. */
struct sheet {
    const struct hallctl *ctl;
    const struct setup *now;
    const char *file;
    struct csv csv;
    int faults;
    int *lines; /* of each item */
};

static void fault(struct sheet *s, char *why)
{
    char line[TEXT_NUMBER];
    if (++s->faults <= FAULTS_SAID)
        SAY(s->ctl, stderr, W_LINE_WRONG, ARG("file", s->file), ARG("line", text_number(s->csv.line, line)),
            ARG("why", why));
    free(why);
}

static void fault_word(struct sheet *s, enum hallctl_word word, const struct text_arg *args, size_t n)
{
    fault(s, text_fill(hallctl_word(s->ctl, word), args, n, s->ctl->zh));
}
#define FAULT(s, word, ...)                                     \
    fault_word(s, word, (const struct text_arg[]){__VA_ARGS__}, \
               sizeof((const struct text_arg[]){__VA_ARGS__}) / sizeof(struct text_arg))

/* ---- a row's fields; a faulty one is said and reads as 0 */

static int number_of(struct sheet *s, const char *column, int most)
{
    const char *text = csv_field(&s->csv, column);
    char *end, limit[TEXT_NUMBER];
    long n = strtol(text, &end, 10);
    bool digits = *text >= '0' && *text <= '9' && !*end;
    if (!*text)
        return 0;
    if (digits && n <= most)
        return (int)n;
    FAULT(s, W_CSV_NUMBER, ARG("what", column), ARG("most", text_number(most, limit)), ARG("value", text));
    return 0;
}

static Halld__Limit *limit_of(struct sheet *s, const char *column)
{
    if (!*csv_field(&s->csv, column))
        return NULL;
    Halld__Limit *l = MESSAGE_NEW(Halld__Limit, &halld__limit__descriptor);
    l->n = number_of(s, column, DAYS_MAX);
    return l;
}

static Halld__ItemKind__E kind_of(struct sheet *s)
{
    const char *text = csv_field(&s->csv, "kind");
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(&halld__item_kind__e__descriptor, text);
    if (!v && *text)
        FAULT(s, W_CSV_KIND, ARG("value", text));
    return v ? (Halld__ItemKind__E)v->value : HALLD__ITEM_KIND__E__instant;
}

static bool yes_of(struct sheet *s, const char *column)
{
    const char *text = csv_field(&s->csv, column);
    if (*text && strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
        FAULT(s, W_CSV_YES, ARG("what", column), ARG("value", text));
    return *text == '1';
}

static void set(struct sheet *s, char **field, const char *column)
{
    const char *text = csv_field(&s->csv, column);
    if (*text)
        *field = alloc_text(text);
}

static Halld__Item *item_of(struct sheet *s)
{
    Halld__Item *i = MESSAGE_NEW(Halld__Item, &halld__item__descriptor);
    set(s, &i->item, "item");
    set(s, &i->name, "name");
    set(s, &i->name_en, "name_en");
    set(s, &i->queue, "queue");
    set(s, &i->group, "group");
    set(s, &i->initials, "initials");
    set(s, &i->main_item, "main_item");
    i->kind = kind_of(s);
    i->example = yes_of(s, "example");
    i->mean_service_s = number_of(s, "mean_service_s", SERVICE_MAX);
    i->promised = limit_of(s, "promised_days");
    i->statutory = limit_of(s, "statutory_days");
    return i;
}

/* ---- rows */

/* By the daemon's own rules, alone: the others of the file cannot make it sound. */
static void check_item(struct sheet *s, Halld__Item *item)
{
    Halld__Settings one = HALLD__SETTINGS__INIT;
    struct refusal r = {0};
    one.items = &item;
    one.n_items = 1;
    if (hallctl_put_check(s->now, &one, &r) != 0)
        fault(s, hallctl_put_refusal(s->ctl, &r));
}

static void check_twice(struct sheet *s, const Halld__Settings *all, const Halld__Item *item)
{
    char line[TEXT_NUMBER];
    for (size_t i = 0; i < all->n_items; i++)
        if (strcmp(all->items[i]->item, item->item) == 0) {
            FAULT(s, W_CSV_TWICE, ARG("value", item->item), ARG("line", text_number(s->lines[i], line)));
            return;
        }
}

static void add_row(struct sheet *s, Halld__Settings *all)
{
    int before = s->faults;
    Halld__Item *item = item_of(s);
    if (s->faults == before)
        check_item(s, item);
    check_twice(s, all, item);
    all->items = alloc_grow(all->items, all->n_items + 1, sizeof *all->items);
    s->lines = alloc_grow(s->lines, all->n_items + 1, sizeof *s->lines);
    s->lines[all->n_items] = s->csv.line;
    all->items[all->n_items++] = item;
}

static bool is_known(const char *column)
{
    static const char *const known[] = {"item",    "name",     "queue",          "group",
                                        "name_en", "kind",     "promised_days",  "statutory_days",
                                        "example", "initials", "mean_service_s", "main_item"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], column) == 0)
            return true;
    return false;
}

static bool has_column(const struct csv *c, const char *name)
{
    for (size_t i = 0; i < c->n_names; i++)
        if (strcmp(c->names[i], name) == 0)
            return true;
    return false;
}

static void check_columns(struct sheet *s)
{
    static const char *const needed[] = {"item", "name", "queue", "group"};
    for (size_t i = 0; i < s->csv.n_names; i++)
        if (!is_known(s->csv.names[i]))
            FAULT(s, W_CSV_COLUMN, ARG("what", s->csv.names[i]));
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!has_column(&s->csv, needed[i]))
            FAULT(s, W_CSV_NEEDS, ARG("what", needed[i]));
}

static const enum hallctl_word step_words[] = {
    [CSV_END] = W_CSV_EMPTY, [CSV_BAD_QUOTE] = W_CSV_QUOTE, [CSV_BAD_TEXT] = W_CSV_TEXT, [CSV_BAD_COUNT] = W_CSV_COUNT};

static void read_rows(struct sheet *s, Halld__Settings *all)
{
    enum csv_step step;
    while ((step = csv_next(&s->csv)) == CSV_ROW || step == CSV_BAD_COUNT) {
        if (step == CSV_ROW)
            add_row(s, all);
        else
            FAULT(s, W_CSV_COUNT, ARG("what", ""));
    }
    if (step != CSV_END) /* where a quote is open, the rest cannot be read */
        FAULT(s, step_words[step], ARG("what", ""));
}

int hallctl_items_read(const struct hallctl *ctl, const struct setup *now, const char *file, Halld__Settings **ret)
{
    struct sheet s = {.ctl = ctl, .now = now, .file = file};
    struct buf text = BUF_INIT;
    int code = hallctl_read_file(ctl, file, &text);
    if (code != 0)
        return code;
    Halld__Settings *all = MESSAGE_NEW(Halld__Settings, &halld__settings__descriptor);
    enum csv_step first = csv_open(&s.csv, buf_text(&text), text.len);
    if (first != CSV_ROW)
        FAULT(&s, step_words[first], ARG("what", ""));
    else
        check_columns(&s);
    if (s.faults == 0)
        read_rows(&s, all);
    csv_close(&s.csv);
    buf_fini(&text);
    free(s.lines);
    if (s.faults == 0) {
        *ret = all;
        return 0;
    }
    halld__settings__free_unpacked(all, NULL);
    SAY(ctl, stderr, W_NOTHING_IMPORTED, ARG("what", ""));
    return EXIT_FILE;
}
