#include "net/filetype.h"

#include <string.h>

static const struct filetype types[] = {
    {"application/pdf", "pdf", "%PDF-", 5, false},
    {"image/jpeg", "jpg", "\xFF\xD8\xFF", 3, true},
    {"image/png", "png", "\x89PNG\r\n\x1A\n", 8, true},
};

const struct filetype *filetype_of(const void *bytes, size_t len)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (len > types[i].len && memcmp(bytes, types[i].magic, types[i].len) == 0)
            return &types[i];
    return NULL;
}
