/*
 * How a view of matters reads what does not lie in the hall: the words that are sealed apart, and the number of a
 * ticket of another day. The net gives it; a test may read from memory.
 */
#ifndef VIEW_MATTER_WORDS_H
#define VIEW_MATTER_WORDS_H

#include <stdint.h>

struct matter_words {
    void *arg;
    /* What stands for the field's value (32 hexadecimal digits), to be freed by the caller; of a person the masked
     * name. NULL: erased, or it cannot be opened. */
    char *(*open)(void *arg, uint64_t matter, const char *field, const char *value);
    /* Of the ticket with that id, "B007"; to be freed by the caller; NULL: not known. */
    char *(*ticket)(void *arg, uint64_t ticket);
};

#endif
