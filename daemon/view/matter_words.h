/*
 * How a view of matters reads what does not lie in the hall: the words that are sealed apart, and the number of a
 * ticket of another day. The net gives it; a test may read from memory.
 */
#ifndef VIEW_MATTER_WORDS_H
#define VIEW_MATTER_WORDS_H

#include <stdint.h>

#include "core/flow/definition.h"

struct matter_words {
    void *arg;
    /* What the field's value stands for: a text whole, a phone masked, of a person the masked name. NULL: erased, or it
     * cannot be opened. To be freed by the caller. */
    char *(*open)(void *arg, uint64_t matter, const struct field *field, const char *value);
    /* Of the ticket with that id, "B007"; to be freed by the caller; NULL: not known. */
    char *(*ticket)(void *arg, uint64_t ticket);
};

#endif
