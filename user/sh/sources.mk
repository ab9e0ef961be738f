# The shell, in the order of a command's way through it. The last line is code shared with the tools.
SH_SRC := $(addprefix user/sh/, main.c option.c \
    source.c edit.c prompt.c screen.c history.c complete.c lexer.c word.c alias.c parser.c compound.c \
    expand.c param.c field.c mtext.c glob.c arith.c \
    exec.c command.c pipeline.c func.c redir.c job.c trap.c \
    builtin.c flow.c varcmd.c read.c dir.c which.c jobcmd.c \
    var.c mem.c error.c) \
    $(addprefix user/tools/, shared.c signame.c echo.c printf.c test.c kill.c)
