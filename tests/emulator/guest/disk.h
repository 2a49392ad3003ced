/* The file of cases, read from its start to its end. */
#pragma once
#include "machine.h"

/* Before the first read. */
void open_disk(void);

void read_bytes(void *to, u64 len);
u64 read_u64(void);
