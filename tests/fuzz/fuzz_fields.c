/* The door of matters: the JSON of a request's fields, against a definition with a field of each type. */
#include <string.h>
#include <unistd.h>

#include "auth/person.h"
#include "base/alloc.h"
#include "codec/pbjson.h"
#include "fuzz.h"
#include "net/fields.h"

static const char FLOW[] =
    "{\"name\":\"f\",\"version\":1,\"fields\":[{\"name\":\"text\",\"type\":\"text\",\"max\":9},"
    "{\"name\":\"texts\",\"type\":\"text\",\"max\":9,\"most\":3},{\"name\":\"number\",\"type\":\"number\",\"max\":9},"
    "{\"name\":\"bool\",\"type\":\"bool\"},{\"name\":\"date\",\"type\":\"date\"},{\"name\":\"person\",\"type\":"
    "\"person\"},"
    "{\"name\":\"phone\",\"type\":\"phone\"},{\"name\":\"staff\",\"type\":\"staff\",\"most\":2},"
    "{\"name\":\"window\",\"type\":\"window\"},{\"name\":\"ticket\",\"type\":\"ticket\"},"
    "{\"name\":\"matter\",\"type\":\"matter\",\"of\":\"f\",\"most\":2},{\"name\":\"file\",\"type\":\"file\"}],"
    "\"states\":[{\"name\":\"a\"}],\"transitions\":[{\"name\":\"o\",\"to\":\"a\",\"roles\":[\"desk\"]}]}";

static struct person_key *key_new(void)
{
    char path[] = "/tmp/fuzz_fields.XXXXXX";
    MUST(mkdtemp(path));
    char *file = alloc_format("%s/key", path);
    struct person_key *key = person_key_open(file);
    MUST(key);
    unlink(file);
    rmdir(path);
    free(file);
    return key;
}

static struct definition *definition_new(void)
{
    ProtobufCMessage *flow = NULL;
    MUST(pbjson_read(&halld__flow__descriptor, FLOW, strlen(FLOW), &PBJSON_FILE, &flow, NULL) == 0);
    struct definition *d = definition_new_take((Halld__Flow *)flow, NULL);
    MUST(d);
    return d;
}

static bool is_sealed(const struct fields *f, const char *value)
{
    for (size_t i = 0; i < f->n_sealed; i++)
        if (strcmp(f->sealed[i].value, value) == 0)
            return true;
    return false;
}

/* What the command carries of a sealed field is a reference whose words stand beside it; a bad value has nothing. */
static void check(const struct definition *d, const struct fields *f)
{
    for (size_t i = 0; i < f->n; i++) {
        const Halld__FieldValue *v = f->values[i];
        int field = definition_field(d, v->field);
        enum flow_type type = field < 0 ? FLOW_TYPES : d->fields[field].type;
        MUST(!v->bad || (!v->n_texts && !v->n_numbers && !v->n_characters));
        MUST(field >= 0 || v->bad);
        bool sealed = type == FLOW_TEXT || type == FLOW_PHONE || type == FLOW_PERSON;
        for (size_t k = 0; k < v->n_texts; k++)
            MUST(!sealed || (strlen(v->texts[k]) == 32 && is_sealed(f, v->texts[k])));
        MUST(type == FLOW_TEXT || type == FLOW_PHONE ? v->n_characters == v->n_texts : v->n_characters == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct person_key *key;
    static struct definition *d;
    struct fields f;
    struct refusal r = {0};
    char *json = alloc_zero(size + 1);
    memcpy(json, data, size);
    if (!key)
        key = key_new();
    if (!d)
        d = definition_new();
    if (fields_read(key, "k", d, json, &f, &r) == 0) {
        check(d, &f);
        fields_fini(&f);
    } else {
        MUST(r.code);
    }
    free(json);
    return 0;
}
