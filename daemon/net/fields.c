#include "net/fields.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "auth/person.h"
#include "base/alloc.h"
#include "base/message.h"
#include "codec/tree.h"
#include "net/inside.h"
#include "net/phone.h"
#include "net/visible.h"

/* One field while it is read. */
struct reading {
    const struct person_key *key;
    struct hash_part salt; /* what makes a reference the command's own */
    struct fields *to;
    const struct field *field; /* NULL: unknown */
    Halld__FieldValue *value;
};

/* ---- what is sealed */

static void seal(struct reading *r, const char *value, const char *text)
{
    struct fields *f = r->to;
    f->sealed = alloc_grow(f->sealed, f->n_sealed + 1, sizeof *f->sealed);
    struct sealed_text *s = &f->sealed[f->n_sealed++];
    snprintf(s->value, sizeof s->value, "%s", value);
    s->text = alloc_text(text);
}

static void add_text(struct reading *r, const char *text)
{
    Halld__FieldValue *v = r->value;
    v->texts = alloc_grow(v->texts, v->n_texts + 1, sizeof *v->texts);
    v->texts[v->n_texts++] = alloc_text(text);
}

static void add_number(struct reading *r, int64_t number)
{
    Halld__FieldValue *v = r->value;
    v->numbers = alloc_grow(v->numbers, v->n_numbers + 1, sizeof *v->numbers);
    v->numbers[v->n_numbers++] = number;
}

static uint32_t characters(const char *text)
{
    uint32_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/*
 * Nobody without the key can tell of a reference whether it stands for a text that they guess; whoever sends the same
 * request again under the same key sends the same command.
 */
static void add_reference(struct reading *r, const char *text)
{
    char value[PERSON_MAC_SIZE];
    const char *name = r->field->f->name;
    Halld__FieldValue *v = r->value;
    struct hash_part parts[] = {r->salt, {name, strlen(name)}, {text, strlen(text)}};
    person_mac(r->key, "field", 3, parts, value);
    add_text(r, value);
    v->characters = alloc_grow(v->characters, v->n_characters + 1, sizeof *v->characters);
    v->characters[v->n_characters++] = characters(text);
    seal(r, value, text);
}

/* "张*"; "" for nobody named. */
static void mask_name(const char *name, char ret[8])
{
    size_t n;
    const char *first = visible_first(name, &n);
    snprintf(ret, 8, "%.*s%s", (int)n, first ? first : "", first ? "*" : "");
}

/* A number as it is seen: what is pasted from a phone has marks of direction around it, and would be somebody else's.
 * Wiped and freed by wipe_seen. */
static char *seen_of(const char *text)
{
    char *seen = alloc_text(text), *to = seen;
    size_t n;
    for (const char *at = text; (at = visible_first(at, &n)); at += n) {
        memmove(to, at, n);
        to += n;
    }
    explicit_bzero(to, strlen(to));
    return seen;
}

static void wipe_seen(char *seen)
{
    explicit_bzero(seen, strlen(seen));
    free(seen);
}

static bool add_person(struct reading *r, const char *id, const char *name)
{
    uint8_t hash[PERSON_HASH_BYTES];
    char value[PERSON_MAC_SIZE], masked[8], *seen = seen_of(id);
    bool is_one = person_hash(r->key, seen, hash);
    wipe_seen(seen);
    if (!is_one)
        return false;
    person_to_text(hash, value);
    mask_name(name, masked);
    add_text(r, value);
    seal(r, value, masked);
    return true;
}

/* ---- one element of each type; false: it is none */

/* Who must give a reason does not give one with three blanks. */
static bool read_text(struct reading *r, const struct tree *said)
{
    size_t n;
    if (tree_kind(said) != TREE_TEXT || (*tree_text(said) && !visible_first(tree_text(said), &n)))
        return false;
    add_reference(r, tree_text(said));
    return true;
}

static bool read_phone(struct reading *r, const struct tree *said)
{
    char number[PHONE_SIZE], *seen = tree_kind(said) == TREE_TEXT ? seen_of(tree_text(said)) : NULL;
    bool is_one = seen && phone_read(seen, number);
    if (seen)
        wipe_seen(seen);
    if (is_one)
        add_reference(r, number);
    explicit_bzero(number, sizeof number);
    return is_one;
}

static bool read_person(struct reading *r, const struct tree *said)
{
    const struct tree *id = tree_at(said, "id"), *name = tree_at(said, "name");
    if (tree_kind(said) == TREE_TEXT)
        return add_person(r, tree_text(said), "");
    void *iter = NULL;
    const char *key;
    size_t n = 0;
    while (tree_next(said, &iter, &key))
        n++;
    if (tree_kind(said) != TREE_OBJECT || tree_kind(id) != TREE_TEXT || n > (name ? 2 : 1) ||
        (name && tree_kind(name) != TREE_TEXT && tree_kind(name) != TREE_NULL))
        return false;
    return add_person(r, tree_text(id), tree_text(name));
}

static bool read_number(struct reading *r, const struct tree *said)
{
    if (tree_kind(said) != TREE_INTEGER)
        return false;
    add_number(r, tree_integer(said));
    return true;
}

static bool read_bool(struct reading *r, const struct tree *said)
{
    if (tree_kind(said) != TREE_BOOL)
        return false;
    r->value->truth = true;
    add_number(r, tree_bool(said));
    return true;
}

/* A word of a table. */
static bool read_code(struct reading *r, const struct tree *said)
{
    if (tree_kind(said) != TREE_TEXT)
        return false;
    add_text(r, tree_text(said));
    return true;
}

/* The number of a window, a matter or a ticket, which may be written as text, as all 64-bit numbers of the API are. */
static bool count_of(const struct tree *said, int64_t *ret)
{
    const char *text = tree_text(said);
    size_t n = strspn(text, "0123456789");
    if (tree_kind(said) == TREE_INTEGER)
        *ret = tree_integer(said);
    else if (tree_kind(said) != TREE_TEXT || n == 0 || n > 18 || text[n] || (*text == '0' && n > 1))
        return false;
    else
        *ret = strtoll(text, NULL, 10);
    return *ret >= 0;
}

static bool read_matter(struct reading *r, const struct tree *said)
{
    int64_t number;
    if (!count_of(said, &number))
        return false;
    add_number(r, number);
    return true;
}

static bool read_count(struct reading *r, const struct tree *said)
{
    int64_t number;
    char text[24];
    if (!count_of(said, &number))
        return false;
    snprintf(text, sizeof text, "%lld", (long long)number);
    add_text(r, text);
    return true;
}

static bool (*const readers[FLOW_TYPES])(struct reading *r, const struct tree *said) = {
    [FLOW_TEXT] = read_text,     [FLOW_NUMBER] = read_number, [FLOW_MONEY] = read_number,    [FLOW_BOOL] = read_bool,
    [FLOW_DATE] = read_code,     [FLOW_CHOICE] = read_code,   [FLOW_PERSON] = read_person,   [FLOW_PHONE] = read_phone,
    [FLOW_STAFF] = read_code,    [FLOW_WINDOW] = read_count,  [FLOW_DEPARTMENT] = read_code, [FLOW_ITEM] = read_code,
    [FLOW_MATERIAL] = read_code, [FLOW_TICKET] = read_count,  [FLOW_MATTER] = read_matter,   [FLOW_FILE] = read_code,
};

/* ---- fields */

/* A value that is refused anyway is refused without its words. */
static void empty(Halld__FieldValue *v)
{
    for (size_t i = 0; i < v->n_texts; i++)
        free(v->texts[i]);
    free(v->texts);
    free(v->numbers);
    free(v->characters);
    v->texts = NULL;
    v->numbers = NULL;
    v->characters = NULL;
    v->n_texts = v->n_numbers = v->n_characters = 0;
    v->bad = true;
}

static Halld__FieldValue *add_value(struct fields *f, const char *name)
{
    Halld__FieldValue *v = MESSAGE_NEW(Halld__FieldValue, &halld__field_value__descriptor);
    v->field = alloc_text(name);
    f->values = alloc_grow(f->values, f->n + 1, sizeof *f->values);
    f->values[f->n++] = v;
    return v;
}

/* null: not said. */
static void read_field(struct reading *r, const struct definition *d, const char *name, const struct tree *said)
{
    int field = d ? definition_field(d, name) : -1;
    bool list = tree_kind(said) == TREE_LIST;
    size_t n = list ? tree_count(said) : 1, most;
    if (tree_kind(said) == TREE_NULL)
        return;
    r->field = field < 0 ? NULL : &d->fields[field];
    r->value = add_value(r->to, name);
    r->value->list = list;
    most = r->field && r->field->f->most ? r->field->f->most : 1;
    bool sound = r->field && n <= most;
    for (size_t i = 0; sound && i < n; i++)
        sound = readers[r->field->type](r, list ? tree_item(said, i) : said);
    if (!sound)
        empty(r->value);
}

enum { NAME_MOST = 64 };

static int read_all(struct reading *r, const struct definition *d, const struct tree *said, struct refusal *refusal)
{
    void *iter = NULL;
    const char *name;
    for (const struct tree *value; (value = tree_next(said, &iter, &name));) {
        if (strlen(name) > NAME_MOST)
            return refuse(refusal, HALL_E_TOO_LONG, "fields", "");
        read_field(r, d, name, value);
    }
    return 0;
}

int fields_read(const struct person_key *person_key, const char *key, const struct definition *d, const char *json,
                struct fields *ret, struct refusal *r)
{
    uint8_t once[16];
    struct reading reading = {.key = person_key, .salt = {key, key ? strlen(key) : 0}, .to = ret};
    struct tree *said;
    *ret = (struct fields){0};
    if (!*json)
        return 0;
    if (!person_key)
        return refuse(r, HALL_E_SEAL_FAILED, "", "");
    if (!key && getrandom(once, sizeof once, 0) != (ssize_t)sizeof once)
        abort();
    if (!key)
        reading.salt = (struct hash_part){once, sizeof once};
    int code = tree_read(json, strlen(json), &said, r);
    if (code)
        return code;
    code = read_all(&reading, d, said, r);
    tree_wipe(said);
    tree_free(said);
    if (code)
        fields_fini(ret);
    return code;
}

int fields_from_json(struct call *c, const struct definition *d, const char *json, struct fields *ret,
                     struct refusal *r)
{
    return fields_read(c->net->person_key, call_key(c), d, json, ret, r);
}

void fields_fini(struct fields *f)
{
    for (size_t i = 0; i < f->n; i++)
        halld__field_value__free_unpacked(f->values[i], NULL);
    for (size_t i = 0; i < f->n_sealed; i++) {
        explicit_bzero(f->sealed[i].text, strlen(f->sealed[i].text));
        free(f->sealed[i].text);
    }
    free(f->values);
    free(f->sealed);
    *f = (struct fields){0};
}

void fields_wipe(Halld__Json *said)
{
    if (said && *said->text)
        explicit_bzero(said->text, strlen(said->text));
}

void fields_move(Halld__Command *to, struct fields *from)
{
    if (to->body_case == HALLD__COMMAND__BODY_OPEN_MATTER) {
        to->open_matter->fields = from->values;
        to->open_matter->n_fields = from->n;
    } else {
        to->take_transition->fields = from->values;
        to->take_transition->n_fields = from->n;
    }
    from->values = NULL;
    from->n = 0;
}

void call_submit_fields(struct call *c, Halld__Command *command, struct fields *fields,
                        void (*done)(void *arg, const struct answer *answer), void *arg)
{
    struct submission with = {.sealed = fields->sealed, .n_sealed = fields->n_sealed, .done = done, .arg = arg};
    fields_move(command, fields);
    call_submit_with(c, command, &with);
    fields_fini(fields);
}
