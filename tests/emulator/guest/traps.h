/* What ends a run before its last case: exceptions, and functions that do not return. */
#pragma once
#include "machine.h"

/* The case that runs, as the report names it. */
extern u64 current_case;

void set_traps(void);
