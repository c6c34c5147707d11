/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_TERMINAL_H
#define OPSC_CLI_TERMINAL_H

#include "base/arena.h"

/* terminal: who sits at it, asked and heard. */

/*
 * Shows the question on standard error and reads a line of standard input, which is a terminal;
 * what is typed is not shown. Empty when nothing is said. Ctrl-C ends opsc, as everywhere.
 */
str terminal_ask(struct arena *a, const char *question);
/*
 * From now on Ctrl-C and its like (SIGINT, SIGTERM) end opsc with a word that the account was
 * not read, and by the signal, so that a shell says 130. Those that are ignored stay so.
 */
void terminal_end_by_signal(void);

#endif
