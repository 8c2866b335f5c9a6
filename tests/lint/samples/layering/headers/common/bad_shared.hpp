// EXPECT: may not include <unistd.h>
#include <unistd.h>
// EXPECT: may not include <sys/socket.h>
#include <sys/socket.h>
// EXPECT: 6: a shared header may not ask
#ifdef __linux__
#endif
// EXPECT: 9: a shared header may not ask
#if defined(_WIN32) || defined(__APPLE__)
// EXPECT: may not include <windows.h>
#include <windows.h>
#endif
