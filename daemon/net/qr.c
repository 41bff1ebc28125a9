#include "net/qr.h"

#include <qrencode.h>

enum { QUIET_ZONE = 4 };

/* Runs of dark modules of one row, as rectangles one high. */
static void add_row(struct buf *out, const unsigned char *row, int width, int y)
{
    for (int x = 0; x < width;) {
        int run = 0;
        while (x + run < width && row[x + run] & 1)
            run++;
        if (run)
            buf_add_format(out, "M%d %dh%dv1h-%dz", x + QUIET_ZONE, y + QUIET_ZONE, run, run);
        x += run ? run : 1;
    }
}

bool qr_svg(const char *text, struct buf *out)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code)
        return false;
    int side = code->width + 2 * QUIET_ZONE;
    buf_add_format(out,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
                   "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
                   side, side, side, side);
    for (int y = 0; y < code->width; y++)
        add_row(out, code->data + (size_t)y * (size_t)code->width, code->width, y);
    buf_add_text(out, "\"/></svg>\n");
    QRcode_free(code);
    return true;
}
