// Ends as its argument says: for the check that no bad end passes for a good one under Wine.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

volatile int* volatile nowhere = nullptr;

void end(const std::string& how, int argument) {
  if (how == "exit") std::exit(argument);
  if (how == "abort") std::abort();
  if (how == "throw") throw std::runtime_error("nobody catches this");
  if (how == "crash") *nowhere = 1;
  if (how == "thread") std::thread([] { *nowhere = 1; }).join();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::puts("begun");
  std::fflush(stdout);
  end(argv[1], argc > 2 ? std::atoi(argv[2]) : 0);
  std::fprintf(stderr, "still here after '%s'\n", argv[1]);
  return 0;
}
