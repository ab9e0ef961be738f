// date
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "tool.h"
#include "tools.h"

// %N is not strftime's: the nanoseconds are put into the format first.
static char *with_nanoseconds(const char *format, long ns)
{
    char *out = tool_realloc(NULL, strlen(format) * 5 + 16), *p = out;
    for (; *format; format++) {
        if (*format == '%' && format[1] == 'N') {
            p += sprintf(p, "%09ld", ns);
            format++;
            continue;
        }
        if (*format == '%' && format[1])
            *p++ = *format++;
        *p++ = *format;
    }
    *p = 0;
    return out;
}

static void set_clock(const char *text)
{
    struct timespec t = {.tv_sec = tool_number(*text == '@' ? text + 1 : text)};
    if (clock_settime(CLOCK_REALTIME, &t) < 0)
        exit(tool_error("clock_settime"));
}

// One case for each option: long, but flat.
int date_main(int argc, char **argv)
{
    struct timespec t;
    struct stat st;
    const char *format = "%a %b %e %H:%M:%S %Z %Y";
    bool utc = false;
    int opt;
    clock_gettime(CLOCK_REALTIME, &t);
    while ((opt = getopt(argc, argv, "ud:r:s:R")) != -1) {
        switch (opt) {
        case 'u':
            utc = true;
            break;
        case 'd':
            if (*optarg != '@')
                tool_die("only -d @SECONDS is understood");
            t = (struct timespec){tool_number(optarg + 1), 0};
            break;
        case 'r':
            if (stat(optarg, &st) < 0)
                return tool_error(optarg);
            t = st.st_mtim;
            break;
        case 's':
            set_clock(optarg);
            break;
        case 'R':
            format = "%a, %d %b %Y %H:%M:%S %z";
            break;
        default:
            return 1;
        }
    }
    if (optind < argc && argv[optind][0] == '+')
        format = argv[optind] + 1;
    char text[1024];
    if (utc)
        setenv("TZ", "UTC0", 1);
    struct tm *tm = localtime(&t.tv_sec);
    size_t n = strftime(text, sizeof text, with_nanoseconds(format, t.tv_nsec), tm);
    printf("%.*s\n", (int)n, text);
    return 0;
}
