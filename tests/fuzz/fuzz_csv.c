/* CSV files: rows and fields lie within the text, lines are counted, and reading ends. */
#include <string.h>

#include "codec/pbjson.h"
#include "fuzz.h"
#include "tools/columns.h"
#include "tools/csv.h"

static int lines_of(const uint8_t *data, size_t size)
{
    int n = 1;
    for (size_t i = 0; i < size; i++)
        n += data[i] == '\n';
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv c;
    int lines = lines_of(data, size), last = 0;
    size_t rows = 0;
    enum csv_step step = csv_open(&c, (const char *)data, size);
    while (step == CSV_ROW || step == CSV_BAD_COUNT) {
        MUST(c.line > last && c.line <= lines);
        MUST(++rows <= size);
        last = c.line;
        for (size_t i = 0; i < c.n_fields; i++) {
            MUST(pbjson_text_is_clean(c.fields[i], strlen(c.fields[i])));
            MUST(columns_width(c.fields[i]) <= (int)strlen(c.fields[i]));
        }
        step = csv_next(&c);
    }
    csv_close(&c);
    return 0;
}
