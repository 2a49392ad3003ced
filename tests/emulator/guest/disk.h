/* The file of cases, read from its start to its end. */
#pragma once
#include "machine.h"

void read_bytes(void *to, u64 len);
u64 read_u64(void);
