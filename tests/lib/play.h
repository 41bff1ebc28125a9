/*
 * A hall played by commands as JSON, for unit tests: real decisions and real events, virtual time. Keeps every event,
 * so that views which need the journal can read it.
 */
#ifndef TESTS_LIB_PLAY_H
#define TESTS_LIB_PLAY_H

#include "core/hall.h"
#include "port/submit.h"
#include "view/reader.h"

struct play {
    struct hall *hall;
    int64_t now; /* ms */
    Halld__Event **journal;
    size_t n_journal;
    Halld__Actor actor;
    Halld__Role__E role;
    struct answer answer; /* of the last command */
    struct refusal refusal;
    const struct quote *quote; /* what is forecast at each command; NULL: nothing */
    int fresh;                 /* makes each turn's random bytes differ */
};

/* A hall with these settings whose day is open from `now` by the hour: 0:00 to 24:00 of that date. */
void play_init(struct play *p, const char *settings_json, int64_t now);
void play_fini(struct play *p);
/* Runs a command at p->now; its code. The last answer stands in p->answer until the next. */
int play(struct play *p, const char *command_json);
/* As another person: a user of that name and role. */
void play_as(struct play *p, Halld__ActorKind__E kind, const char *id, Halld__Role__E role);
struct reader play_reader(struct play *p);
/* Its events as a new journal in that folder: 0, or the store's code with its words in why. */
int play_write(const struct play *p, const char *dir, char why[200]);

#endif
