#include "messages.h"

#include <string.h>

#include "tests/lib/messages_table.h"

static const ProtobufCMessageDescriptor *const table[] = {MESSAGES_TABLE};

size_t message_count(void)
{
    return sizeof table / sizeof *table;
}

const ProtobufCMessageDescriptor *message_at(size_t i)
{
    return table[i];
}

const ProtobufCMessageDescriptor *message_find(const char *name)
{
    for (size_t i = 0; i < message_count(); i++)
        if (strcmp(table[i]->name, name) == 0)
            return table[i];
    return NULL;
}
