// What Wine does not do. A test may be left out only where it runs under Wine and a look at the thing itself shows that
// it is missing: with Windows the same look must succeed.
#pragma once

#include <windows.h>

namespace ptyd {

inline bool under_wine() {
  const HMODULE ntdll = ::GetModuleHandleW(L"ntdll.dll");
  return ntdll != nullptr && ::GetProcAddress(ntdll, "wine_get_version") != nullptr;
}

}  // namespace ptyd

// First in a test that needs `works`: an expression that tries it out. Wine alone may lack it: elsewhere that is
// a failure.
#define PTYD_SKIP_WHERE_WINE_LACKS(works, what)                        \
  do {                                                                 \
    if (!(works)) {                                                    \
      ASSERT_TRUE(::ptyd::under_wine()) << "Windows must have: " what; \
      GTEST_SKIP() << "Wine lacks: " what;                             \
    }                                                                  \
  } while (false)
