// Parameters in PS1 and PS2, expanded as in double quotes.
#include <string.h>

#include "edit.h"
#include "expand.h"
#include "parser.h"
#include "sh.h"

static const char *expand_text(const char *text)
{
    struct source src;
    struct parser p;
    source_string(&src, "", 0);
    parser_init(&p, &src, &sh.scratch);
    return expand_string(word_scan_heredoc(&p, text, strlen(text)));
}

// A prompt that raised would raise again at the next prompt, for ever.
const char *expand_prompt(const char *text)
{
    jmp_buf here, *outer = sh.top;
    int status = sh.status;
    const char *volatile result = text ? text : "";
    if (!text || !strpbrk(text, "$`"))
        return result;
    sh.top = &here;
    if (setjmp(here) == 0)
        result = expand_text(text);
    sh.top = outer;
    sh.status = status;
    return result;
}
