# The tools: what they share, then a file for each small family.
TOOLS_SRC := $(addprefix user/tools/, main.c tool.c io.c dir.c user.c mode.c \
    shared.c signame.c echo.c printf.c test.c kill.c \
    cat.c head.c wc.c grep.c sort.c uniq.c tr.c cut.c od.c bytes.c \
    ls.c lsprint.c stat.c find.c findexpr.c findeval.c cp.c rm.c link.c attr.c disk.c \
    ps.c system.c id.c run.c xargs.c expr.c date.c tty.c)
