/*
 * JSON as a tree, for the tools whose input is no message of proto/ (a scenario of the player). Whatever can be a
 * message is read with pbjson instead.
 */
#ifndef CODEC_TREE_H
#define CODEC_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct tree;

enum tree_kind { TREE_NONE, TREE_NULL, TREE_BOOL, TREE_INTEGER, TREE_REAL, TREE_TEXT, TREE_LIST, TREE_OBJECT };

/* 0 with a new tree, freed with tree_free; or BAD_JSON with line and column. */
int tree_read(const char *text, size_t len, struct tree **ret, struct refusal *r);
void tree_free(struct tree *t);
void tree_wipe(struct tree *t); /* overwrites all texts; it can only be freed then */

/* NULL reads as TREE_NONE, "", 0, false and empty: a key that is not there needs no test. All borrowed. */
enum tree_kind tree_kind(const struct tree *t);
const char *tree_text(const struct tree *t);
int64_t tree_integer(const struct tree *t);
bool tree_bool(const struct tree *t);
const struct tree *tree_at(const struct tree *object, const char *key);
size_t tree_count(const struct tree *list);
const struct tree *tree_item(const struct tree *list, size_t i);
/* The object's next member, *iter NULL at first; NULL at the end. Nothing may change it meanwhile. */
const struct tree *tree_next(const struct tree *object, void **iter, const char **ret_key);

/*
 * Sets what stands at a path such as "transitions[3].to", or takes it away (value NULL). The place before the last step
 * must be there; an index may be the list's length, which adds. False if there is no such place.
 */
bool tree_patch(struct tree *t, const char *path, const struct tree *value);

void tree_write(const struct tree *t, struct buf *out);
void tree_write_text(const char *text, struct buf *out); /* as a JSON string */

#endif
