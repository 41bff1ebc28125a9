/*
 * The small texts of HTTP that come from outside: queries, cookies, languages, event ids, paths. Pure functions;
 * whatever is malformed is as if it were absent, or is refused.
 */
#ifndef NET_PARSE_H
#define NET_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes %XX (and + as a blank, with is_query) of from[0..len). false: malformed, too long for size, or not clean
 * UTF-8 without control characters. */
bool parse_percent(const char *from, size_t len, bool is_query, char *ret, size_t size);

/* The first parameter of that name: 1 found, 0 absent, -1 present but malformed. */
int parse_query(const char *query, const char *name, char *ret, size_t size);
/* Calls each for every parameter until it returns non-zero, which is returned; -1 for a malformed one. */
int parse_query_each(const char *query, int (*each)(void *arg, const char *name, const char *value), void *arg);

/* A cookie's value out of a Cookie header; false if absent or too long. */
bool parse_cookie(const char *header, const char *name, char *ret, size_t size);

/* Does the caller rather read English than Chinese? NULL and whatever names neither: Chinese. */
bool parse_prefers_english(const char *accept_language);

/* "<epoch, 16 hexadecimal digits>-<seq>" */
bool parse_event_id(const char *text, uint64_t *ret_epoch, uint64_t *ret_seq);

/* An If-None-Match header against an ETag with its quotes. */
bool parse_etag_matches(const char *header, const char *etag);

enum { PATH_PARAMS_MOST = 3, PATH_PARAM_SIZE = 128 };

struct path_params {
    size_t n;
    struct path_param {
        char name[24];
        char value[PATH_PARAM_SIZE];
    } at[PATH_PARAMS_MOST];
};

/* Does path fit pattern ("/windows/{n}/next")? A {name} takes one segment that is not empty, decoded. */
bool parse_path(const char *pattern, const char *path, struct path_params *ret);

#endif
