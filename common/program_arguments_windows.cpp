#include <windows.h>

#include <shellapi.h>

#include <new>

#include "common/program_arguments.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

ProgramArguments::ProgramArguments(int, char**) {
  int count = 0;
  wchar_t** const words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  if (words == nullptr) throw std::bad_alloc();
  for (int i = 0; i < count; ++i) texts_.push_back(to_utf8(words[i]));
  ::LocalFree(words);
  for (const auto& text : texts_) pointers_.push_back(text.c_str());
  pointers_.push_back(nullptr);
}

}  // namespace ptyd
