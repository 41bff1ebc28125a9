#include "view/settings_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "core/setup.h"
#include "view/build.h"

static void wipe(ProtobufCBinaryData *b)
{
    free(b->data);
    *b = (ProtobufCBinaryData){0, NULL};
}

void settings_view_clean(Halld__Settings *s)
{
    for (size_t i = 0; i < s->n_users; i++)
        wipe(&s->users[i]->secret);
    for (size_t i = 0; i < s->n_devices; i++)
        wipe(&s->devices[i]->token_hash);
}

/* A shallow Settings with one field of another. */
static void borrow_field(Halld__Settings *to, const Halld__Settings *from, const ProtobufCFieldDescriptor *f)
{
    const char *source = (const char *)from;
    char *target = (char *)to;
    if (f->label == PROTOBUF_C_LABEL_REPEATED)
        memcpy(target + f->quantifier_offset, source + f->quantifier_offset, sizeof(size_t));
    memcpy(target + f->offset, source + f->offset, sizeof(void *));
}

Halld__SettingsView *settings_view_new(const struct hall *h, const char *table)
{
    const Halld__Settings *all = setup_settings(hall_setup(h));
    Halld__Settings one = HALLD__SETTINGS__INIT;
    if (table) {
        const ProtobufCFieldDescriptor *f =
            protobuf_c_message_descriptor_get_field_by_name(&halld__settings__descriptor, table);
        if (!f)
            return NULL;
        borrow_field(&one, all, f);
    }
    Halld__SettingsView *v = MESSAGE_NEW(Halld__SettingsView, &halld__settings_view__descriptor);
    v->seq = hall_seq(h);
    v->settings = (Halld__Settings *)message_clone(table ? &one.base : &all->base);
    settings_view_clean(v->settings);
    return v;
}
