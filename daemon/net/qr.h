/* A text as a QR code in SVG: one path, no script, no style. */
#ifndef NET_QR_H
#define NET_QR_H

#include <stdbool.h>

#include "base/buf.h"

/* false: the text is too long for a code (about 2,300 bytes). */
bool qr_svg(const char *text, struct buf *out);

#endif
