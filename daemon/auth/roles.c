#include "auth/roles.h"

#include <stddef.h>

static const unsigned INCLUDES[ROLE_COUNT] = {
    [HALLD__ROLE__E__public] = ROLE_PUBLIC,
    [HALLD__ROLE__E__kiosk] = ROLE_KIOSK | ROLE_PUBLIC,
    [HALLD__ROLE__E__screen] = ROLE_SCREEN | ROLE_PUBLIC,
    [HALLD__ROLE__E__clerk] = ROLE_CLERK | ROLE_PUBLIC,
    [HALLD__ROLE__E__desk] = ROLE_DESK | ROLE_CLERK | ROLE_PUBLIC,
    [HALLD__ROLE__E__manager] = ROLE_MANAGER | ROLE_DESK | ROLE_CLERK | ROLE_SCREEN | ROLE_PUBLIC,
    [HALLD__ROLE__E__admin] = (1u << ROLE_COUNT) - 1,
    [HALLD__ROLE__E__auditor] = ROLE_AUDITOR | ROLE_PUBLIC,
};

unsigned role_includes(Halld__Role__E role)
{
    return (unsigned)role < ROLE_COUNT ? INCLUDES[role] : ROLE_PUBLIC;
}

const char *role_name(Halld__Role__E role)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(&halld__role__e__descriptor, (int)role);
    return value ? value->name : "public";
}

bool role_from_name(const char *name, Halld__Role__E *ret)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(&halld__role__e__descriptor, name);
    if (value)
        *ret = (Halld__Role__E)value->value;
    return value != NULL;
}
