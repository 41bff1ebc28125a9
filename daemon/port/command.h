/* Commands as they are handed in (port/submit.h). */
#ifndef PORT_COMMAND_H
#define PORT_COMMAND_H

#include "proto/command.pb-c.h"

/* A new command with this body, of the message that the case names; moved in. NULL: a new, empty one. */
Halld__Command *command_new(Halld__Command__BodyCase body_case, ProtobufCMessage *body);

#endif
