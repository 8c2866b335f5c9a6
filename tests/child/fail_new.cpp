// Makes operator new fail now and then in a program that preloads this: every PTYD_FAIL_NEW_EVERY-th time while the
// file PTYD_FAIL_NEW_FILE exists.
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<unsigned long> calls{0};

bool fails() {
  static const char* const file = std::getenv("PTYD_FAIL_NEW_FILE");
  static const char* const text = std::getenv("PTYD_FAIL_NEW_EVERY");
  static const unsigned long every = text != nullptr ? std::strtoul(text, nullptr, 10) : 0;
  if (every == 0 || file == nullptr || ++calls % every != 0) return false;
  return ::access(file, F_OK) == 0;
}

}  // namespace

void* operator new(std::size_t size) {
  if (fails()) throw std::bad_alloc();
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
