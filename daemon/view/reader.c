#include "view/reader.h"

#include "base/log.h"
#include "store/journal.h"
#include "store/store.h"

static int read_store(void *arg, uint64_t from, uint64_t to, int (*each)(void *arg, const Halld__Event *event),
                      void *each_arg)
{
    return store_read(arg, from, to, each, each_arg);
}

struct reader reader_of_store(struct store *s, uint64_t last)
{
    return (struct reader){.arg = s, .read = read_store, .last = last};
}

static int read_journal(void *arg, uint64_t from, uint64_t to, int (*each)(void *arg, const Halld__Event *event),
                        void *each_arg)
{
    struct journal_fault fault = {0};
    int code = journal_read(arg, from, to, each, each_arg, &fault);
    if (code < 0 && fault.text[0])
        log_error("journal", "event %llu: %s", (unsigned long long)fault.seq, fault.text);
    return code;
}

struct reader reader_of_journal(struct journal *j, uint64_t last)
{
    return (struct reader){.arg = j, .read = read_journal, .last = last};
}

static int take_day(void *arg, const Halld__Event *event)
{
    *(int32_t *)arg = event->day;
    return 0;
}

/* Days never decrease along the journal, so halving finds the first. */
uint64_t reader_find_day(const struct reader *r, int32_t day)
{
    uint64_t low = 1, high = r->last + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        int32_t found = 0;
        if (r->read(r->arg, middle, middle, take_day, &found) != 0)
            return 0;
        if (found >= day)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
