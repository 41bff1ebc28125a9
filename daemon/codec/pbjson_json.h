/*
 * The message halld.Json, which stands for any JSON object: inside, its text is compact and as jansson would write it,
 * so that reading and writing give the same bytes; an empty object is the empty text. Private to this folder.
 */
#ifndef CODEC_PBJSON_JSON_H
#define CODEC_PBJSON_JSON_H

#include <jansson.h>

#include "codec/pbjson_field.h"

bool pbjson_is_json(const ProtobufCMessageDescriptor *d);
/* Are all of the value's texts and keys clean? */
bool pbjson_json_is_clean(const json_t *value);
/* A new text, freed by the caller; "" for an empty object. */
char *pbjson_json_text(const json_t *object);
/* Text that claims to be one that pbjson_json_text made, nested no deeper than depth. */
bool pbjson_json_is_sound(const char *text, size_t len, int depth);
/* Overwrites the value's texts: they may be personal. The value can only be freed then. */
void pbjson_json_wipe(json_t *value);

#endif
