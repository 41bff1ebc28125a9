/*
 * Adding events to the journal, on the writer's connection: the chain, the order, the rows. Internal to store/.
 */
#ifndef STORE_APPEND_H
#define STORE_APPEND_H

#include "store/db.h"
#include "store/journal.h"
#include "store/store.h"

struct append {
    sqlite3 *db;
    sqlite3_stmt *insert, *secret;
};

int append_init(struct append *a, sqlite3 *db);
void append_fini(struct append *a);
/* Inside a transaction. Moves *tail on. 0; INTERNAL: the rows do not follow tail, nothing was added; db_code. */
int append_rows(struct append *a, const struct store_row *rows, size_t n, struct journal_tail *tail);
int append_secrets(struct append *a, const struct store_secret *secrets, size_t n);

#endif
