/* Secrets (password and token hashes): beside the journal, written with the events that name them. */
#include <stdlib.h>

#include "base/alloc.h"
#include "store/writer.h"

char *store_secret_find(struct store *s, const uint8_t ref[16])
{
    sqlite3 *db = store_reader_db(s);
    sqlite3_stmt *st;
    char *value = NULL;
    if (db_prepare(db, "SELECT value FROM secret WHERE ref = ?", &st) != 0) {
        db_failed(db, HALL_E_STORE_FAILED, "reading a secret");
        return NULL;
    }
    sqlite3_bind_blob(st, 1, ref, 16, SQLITE_STATIC);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        value = alloc_text((const char *)sqlite3_column_text(st, 0));
    else if (rc != SQLITE_DONE)
        db_failed(db, HALL_E_STORE_FAILED, "reading a secret");
    sqlite3_finalize(st);
    return value;
}
