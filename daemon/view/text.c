#include "view/text.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/moment.h"
#include "proto/words.pb-c.h"

static const struct {
    const char *zh, *en;
} table[TEXT_COUNT] = {
#define X(id, zh, en) {zh, en},
    TEXT_TABLE(X)
#undef X
};

static const char *arg_find(const struct text_arg *args, size_t n, const char *name, size_t len, bool zh)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(args[i].name) != len || memcmp(args[i].name, name, len) != 0)
            continue;
        const char *text = zh || !args[i].en || !*args[i].en ? args[i].zh : args[i].en;
        return text ? text : "";
    }
    return "";
}

char *text_fill(const char *sentence, const struct text_arg *args, size_t n, bool zh)
{
    struct buf out = BUF_INIT;
    const char *open;
    while ((open = strchr(sentence, '{'))) {
        size_t len = strcspn(open + 1, "}");
        buf_add(&out, sentence, (size_t)(open - sentence));
        buf_add_text(&out, arg_find(args, n, open + 1, len, zh));
        sentence = open + len + 2;
    }
    buf_add_text(&out, sentence);
    return buf_take(&out);
}

void text_make(enum text_id id, const struct text_arg *args, size_t n, char **ret_zh, char **ret_en)
{
    *ret_zh = text_fill(table[id].zh, args, n, true);
    *ret_en = text_fill(table[id].en, args, n, false);
}

const char *text_zh(enum text_id id)
{
    return table[id].zh;
}

const char *text_en(enum text_id id)
{
    return table[id].en;
}

const char *text_number(int64_t n, char text[TEXT_NUMBER])
{
    snprintf(text, TEXT_NUMBER, "%lld", (long long)n);
    return text;
}

const char *text_clock(int64_t ms, char text[TEXT_CLOCK])
{
    char moment[MOMENT_TEXT];
    moment_to_text(ms, moment);
    const char *clock = moment + strlen("2026-11-23T");
    clock += *clock == '0';
    snprintf(text, TEXT_CLOCK, "%.*s", (int)strcspn(clock, ":") + 3, clock);
    return text;
}

enum text_id text_of_outcome(int outcome)
{
    bool known = outcome >= 0 && outcome <= HALLD__OUTCOME__E__escalated;
    return known ? TEXT_OUTCOME_UNSET + (unsigned)outcome : TEXT_OUTCOME_UNSET;
}
