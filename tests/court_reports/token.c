/* A PKCS#11 module over NSS's own software token, which wants to be told at the start where its keys lie.
   A test compiles it: the token is real, and so is everything between it and the signed report. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
typedef unsigned long CK; typedef CK (*FN)();
typedef struct { unsigned char v[2]; FN f[68]; } LIST;
static LIST mine; static LIST *theirs;
static CK init(void *ignored) {
  struct { void *a,*b,*c,*d; CK flags; char **params; void *res; } args;
  static char *p; p = getenv("TOKEN_PARAMETERS");
  memset(&args, 0, sizeof args); args.flags = 2; args.params = (char **)p;
  return theirs->f[0](&args);
}
CK C_GetFunctionList(LIST **out) {
  void *lib = dlopen(getenv("TOKEN_LIBRARY"), RTLD_NOW);
  CK (*get)(LIST **) = dlsym(lib, "C_GetFunctionList");
  CK rv = get(&theirs); if (rv) return rv;
  mine = *theirs; mine.f[0] = init; *out = &mine; return 0;
}
