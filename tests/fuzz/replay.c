/*
 * The main of a fuzz target in an ordinary build: every file of its corpus once. The corpus is
 * tests/fuzz/corpus/<target> of the source tree, or the files and folders that are named.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replayed;

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return -1;
    }
    char *data = NULL;
    size_t len = 0, n;
    do {
        data = alloc_grow(data, len + 65536, 1);
        n = fread(data + len, 1, 65536, file);
        len += n;
    } while (n > 0);
    fclose(file);
    /* A copy of the exact size, so that AddressSanitizer sees any byte read beyond it. */
    uint8_t *exact = alloc_copy(data, len);
    free(data);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    replayed++;
    return 0;
}

static int replay(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return replay_file(path);
    int failed = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        char *inside = alloc_format("%s/%s", path, entry->d_name);
        fprintf(stderr, "%s\n", inside); /* the last line names the file that crashed */
        failed |= replay_file(inside);
        free(inside);
    }
    closedir(folder);
    return failed;
}

static char *default_corpus(const char *program)
{
    const char *top = getenv("top_srcdir"), *slash = strrchr(program, '/');
    return alloc_format("%s/tests/fuzz/corpus/%s", top ? top : ".", slash ? slash + 1 : program);
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed |= replay(argv[i]);
    if (argc < 2) {
        char *corpus = default_corpus(argv[0]);
        failed |= replay(corpus);
        free(corpus);
    }
    printf("%d inputs replayed\n", replayed);
    return failed || replayed == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
