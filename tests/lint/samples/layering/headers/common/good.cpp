#include <unistd.h>
#ifdef __linux__
#endif
