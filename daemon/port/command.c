#include "port/command.h"

#include "base/message.h"

Halld__Command *command_new(Halld__Command__BodyCase body_case, ProtobufCMessage *body)
{
    return (Halld__Command *)message_carry(&halld__command__descriptor, body_case, body);
}
