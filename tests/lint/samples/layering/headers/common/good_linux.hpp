#include <sys/socket.h>
#ifdef __linux__
#endif
