/*
 * SQLite connections to journal.db: how they are opened, the numbered migrations, and what an SQLite error
 * means to the hall. Internal to store/. One connection belongs to one thread.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/err.h"

#define DB_APPLICATION_ID 0x48414C4C /* "HALL" */
#define DB_WHY 200

/* The writer's: WAL, synchronous=FULL, no checkpoint inside COMMIT or close. Creates the file, 0600. */
int db_open_writing(const char *file, sqlite3 **ret, char why[DB_WHY]);
/* Read only; works on a running daemon's file and on a copy in a folder that cannot be written. */
int db_open_reading(const char *file, sqlite3 **ret, char why[DB_WHY]);
/* A cache's file, made if it is not there: WAL, and a power cut may cost the last transactions but no more. */
int db_open_cache(const char *file, sqlite3 **ret, char why[DB_WHY]);
/* Brings the schema to the newest version; refuses a file that is not a journal or is newer than this program. */
int db_migrate(sqlite3 *db, char why[DB_WHY]);
int db_newest_version(void);
/* Whether each table and index of the file's version is there, made as its migrations make it. 0 or STORE_FAILED. */
int db_check_schema(sqlite3 *db, const char *file, char why[DB_WHY]);

/* What the error of the last call on db means: DISK_FULL or STORE_FAILED. Looks at errno as well: call db_clear
 * before, and this at once after. */
int db_code(sqlite3 *db);
void db_clear(void);
/* Logs "doing: message" with the code and returns it. */
int db_failed(sqlite3 *db, int code, const char *doing);
void db_why(sqlite3 *db, const char *doing, char why[DB_WHY]);

int db_run(sqlite3 *db, const char *sql); /* 0 or db_code, not logged */
int db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret);
/* Steps a statement that returns no row and resets it. 0 or db_code, not logged. */
int db_step_done(sqlite3_stmt *st);
int db_read_int(sqlite3 *db, const char *sql, int64_t *ret);

#endif
