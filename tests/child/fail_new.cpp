// Makes operator new fail now and then in a program that preloads this: every PTYD_FAIL_NEW_EVERY-th time that at
// least PTYD_FAIL_NEW_BYTES are wanted while the file PTYD_FAIL_NEW_FILE exists.
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<unsigned long> calls{0};

unsigned long number(const char* name) {
  const char* const text = std::getenv(name);
  return text != nullptr ? std::strtoul(text, nullptr, 10) : 0;
}

bool fails(std::size_t size) {
  static const char* const file = std::getenv("PTYD_FAIL_NEW_FILE");
  static const unsigned long every = number("PTYD_FAIL_NEW_EVERY");
  static const unsigned long bytes = number("PTYD_FAIL_NEW_BYTES");
  if (size < bytes || every == 0 || file == nullptr || ++calls % every != 0) return false;
  return ::access(file, F_OK) == 0;
}

}  // namespace

// [new.delete.single]: the handler is called until it has found memory, or throws.
void* operator new(std::size_t size) {
  for (;;) {
    if (!fails(size))
      if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
