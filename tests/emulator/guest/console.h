/* Text for the host, and the end of the run. */
#pragma once
#include "machine.h"

/* `%s` text, `%d` a u64 in decimal, `%x` a u64 in hexadecimal, `%b` a byte as two hexadecimal digits. */
void print(const char *format, ...);

/* Switches the machine off. */
void shut_down(void) __attribute__((noreturn));
