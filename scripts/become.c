// $(become PROGRAM,VARIABLES): make becomes PROGRAM, with the named make variables in its environment.
//
// A recipe cannot choose the status that make ends with; a program that takes make's place can. Built and
// loaded by the Makefile where that matters; where it cannot be, the call expands to nothing.
#include <gnumake.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int plugin_is_GPL_compatible;

static void export_variable(const char *name)
{
	char reference[64];
	snprintf(reference, sizeof reference, "$(%s)", name);
	char *value = gmk_expand(reference);
	setenv(name, value, 1);
	gmk_free(value);
}

static char *become(const char *name, unsigned argc, char **argv)
{
	(void)name;
	(void)argc;
	for (char *word = strtok(argv[1], " "); word; word = strtok(NULL, " "))
		export_variable(word);
	fflush(NULL);
	execl(argv[0], argv[0], (char *)NULL);
	perror(argv[0]);
	exit(125);
}

int become_gmk_setup(const gmk_floc *where);

int become_gmk_setup(const gmk_floc *where)
{
	(void)where;
	gmk_add_function("become", become, 2, 2, GMK_FUNC_DEFAULT);
	return 1;
}
