#include "net/visible.h"

#include <stdbool.h>
#include <stdint.h>

struct range {
    uint32_t first, last;
};

/* Controls, blanks, and what Unicode calls default ignorable. */
static const struct range unseen[] = {{0, 0x20},        {0x7F, 0xA0},     {0xAD, 0xAD},     {0x34F, 0x34F},
                                      {0x61C, 0x61C},   {0x115F, 0x1160}, {0x1680, 0x1680}, {0x17B4, 0x17B5},
                                      {0x180B, 0x180F}, {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},
                                      {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},
                                      {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF}};

/* The character at a text that is sound UTF-8, and its bytes. */
static uint32_t character_at(const unsigned char *at, size_t *ret_len)
{
    size_t n = *at < 0x80 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
    uint32_t c = n == 1 ? *at : *at & (0x7Fu >> n);
    size_t i = 1;
    for (; i < n && (at[i] & 0xC0) == 0x80; i++)
        c = c << 6 | (at[i] & 0x3F);
    *ret_len = i;
    return c;
}

static bool is_seen(uint32_t c)
{
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
        if (c >= unseen[i].first && c <= unseen[i].last)
            return false;
    return true;
}

const char *visible_first(const char *text, size_t *ret_len)
{
    for (; *text; text += *ret_len)
        if (is_seen(character_at((const unsigned char *)text, ret_len)))
            return text;
    *ret_len = 0;
    return NULL;
}
