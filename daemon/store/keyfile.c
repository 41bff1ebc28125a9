#include "store/keyfile.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/file.h"
#include "store/folder.h"

static bool read_key(const char *path, uint8_t ret[KEYFILE_BYTES])
{
    struct buf bytes = BUF_INIT;
    bool ok = file_read(path, KEYFILE_BYTES, &bytes);
    if (ok && bytes.len != KEYFILE_BYTES) {
        ok = false;
        errno = EINVAL;
    }
    if (ok)
        memcpy(ret, bytes.data, KEYFILE_BYTES);
    int why = errno;
    if (bytes.data)
        sodium_memzero(bytes.data, bytes.len);
    buf_fini(&bytes);
    errno = why;
    return ok;
}

/* Under its name only when it is whole and on disk: half a key would be worse than none. */
static bool write_key(const char *path, uint8_t ret[KEYFILE_BYTES])
{
    randombytes_buf(ret, KEYFILE_BYTES);
    return file_write_private(path, ret, KEYFILE_BYTES) && folder_sync_of(path) == 0;
}

bool keyfile_open(const char *path, uint8_t ret[KEYFILE_BYTES])
{
    return read_key(path, ret) || (errno == ENOENT && write_key(path, ret));
}
