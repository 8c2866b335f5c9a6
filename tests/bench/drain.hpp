// Reads several terminals at once, as fast as they give.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "tests/bench/terminal.hpp"

namespace ptyd::bench {

class Drain {
 public:
  using Take = std::function<void(std::size_t terminal, std::string_view piece)>;

  // `pace`: after a read that brought a full buffer of the terminal, it is not touched again until so long after that
  // read, and then read without asking whether it is ready. 0: an eager reader.
  Drain(const std::vector<Terminal>& terminals, std::chrono::microseconds pace);
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;
  ~Drain();

  // Gives what comes to `take` until `done`. False: nothing came for that long.
  bool run(const Take& take, const std::function<bool()>& done, int silence_ms);

 private:
  enum class More { yes, no };
  More read_once(std::size_t terminal, const Take& take);
  bool wait(int timeout_ms);

  const std::vector<Terminal>& terminals_;
  std::chrono::microseconds pace_;
  int epoll_ = -1;
  std::vector<bool> ready_;
  std::vector<char> buffer_;
};

}  // namespace ptyd::bench
