/* Text goes to the debug port byte by byte. A line that starts with `|` is for the user, all others are the emulator's own. */
#include "console.h"

#include <stdarg.h>

static void print_number(u64 value, unsigned base, int digits)
{
    if (digits > 1 || value >= base)
        print_number(value / base, base, digits - 1);
    out8(0xe9, "0123456789abcdef"[value % base]);
}

void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            out8(0xe9, *format);
            continue;
        }
        switch (*++format) {
        case 's':
            for (const char *text = va_arg(arguments, const char *); *text; text++)
                out8(0xe9, *text);
            break;
        case 'd':
            print_number(va_arg(arguments, u64), 10, 1);
            break;
        case 'x':
            print_number(va_arg(arguments, u64), 16, 1);
            break;
        case 'b':
            print_number(va_arg(arguments, int), 16, 2);
            break;
        }
    }
    va_end(arguments);
}

void shut_down(void)
{
    for (const char *word = "Shutdown"; *word; word++)
        out8(0x8900, *word);
    for (;;)
        __asm__ volatile("cli; hlt");
}
