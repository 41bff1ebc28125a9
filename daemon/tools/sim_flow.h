/*
 * hallsim flow: plays a scenario of matters in virtual time, with the daemon's own core, and prints one JSON line for
 * each step (docs/flows.md, "The player").
 */
#ifndef TOOLS_SIM_FLOW_H
#define TOOLS_SIM_FLOW_H

/* argv after "flow": DEFS PROFILE CALENDARS SCENARIO. The exit code. */
int sim_flow_main(int argc, char **argv);

#endif
