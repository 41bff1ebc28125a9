/*
 * The few flows that figures about the windows' work name: what could not be done, denials, and notices. Words of their
 * definitions in plugins/; a hall without them has these figures at zero.
 */
#ifndef STORE_PRESSURE_H
#define STORE_PRESSURE_H

#define PRESSURE_ESCALATION "escalation"
#define PRESSURE_REGISTERED "register" /* opens one; praise is none */
#define PRESSURE_DENIAL "denial"
#define PRESSURE_UPHELD "approved" /* the states in which one is decided */
#define PRESSURE_OVERTURNED "overturned"
#define PRESSURE_NOTICE "notice"
#define PRESSURE_TOLD_AGAIN "tell_again"

#endif
