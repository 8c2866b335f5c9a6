// How often what programs and typists do is told: programs can ring a thousand times a second.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/core/client_identity.hpp"

namespace ptyd {

using PacingTime = std::chrono::steady_clock::time_point;

// Something that may happen at any rate and is told at most once in an interval: at once, and what follows within the
// interval at its end.
class PacedNews {
 public:
  explicit PacedNews(std::chrono::milliseconds interval) noexcept : interval_(interval) {}

  void happened(std::uint64_t times = 1) noexcept { pending_ += times; }
  // How many times it happened since it was told last, when that is to be told now; else 0.
  std::uint64_t take(PacingTime now) noexcept;
  // When to take next; nothing: there is nothing to tell.
  std::optional<PacingTime> deadline() const noexcept;

 private:
  std::chrono::milliseconds interval_;
  std::uint64_t pending_ = 0;
  std::optional<PacingTime> told_;
};

// Tells once that it has been quiet for some time after something happened.
class QuietWatch {
 public:
  explicit QuietWatch(std::chrono::milliseconds quiet) noexcept : quiet_(quiet) {}

  void happened(PacingTime now) noexcept { last_ = now; }
  bool take(PacingTime now) noexcept;
  std::optional<PacingTime> deadline() const noexcept;

 private:
  std::chrono::milliseconds quiet_;
  std::optional<PacingTime> last_;
};

// Lets events through that must not be merged: `burst` at once, then one in each interval. Counts what it holds back.
class EventBudget {
 public:
  EventBudget(std::uint32_t burst, std::chrono::milliseconds interval) noexcept : burst_(burst), interval_(interval), left_(burst) {}

  // True: it may be told.
  bool spend(PacingTime now) noexcept;
  void skip(std::uint64_t events) noexcept { skipped_ += events; }
  // Events that were not let through since this was asked last.
  std::uint64_t take_skipped() noexcept;

 private:
  std::uint32_t burst_;
  std::chrono::milliseconds interval_;
  std::uint32_t left_;
  std::uint64_t skipped_ = 0;
  std::optional<PacingTime> refilled_;
};

// How much each client typed: told at once, then at most once an interval, so that it says who types and never how.
class InputMeter {
 public:
  static constexpr std::size_t kMaxClients = 64;
  struct Report {
    ClientIdentity client;
    std::uint64_t bytes = 0;
  };

  explicit InputMeter(std::chrono::milliseconds interval) noexcept : interval_(interval) {}

  void typed(const ClientIdentity& client, std::uint64_t bytes);
  std::vector<Report> take(PacingTime now);
  // All that is left, whenever it was told last.
  std::vector<Report> take_all();
  std::optional<PacingTime> deadline() const noexcept;

 private:
  struct Typist {
    ClientIdentity client;
    PacedNews bytes;
    PacingTime told{};
  };
  std::chrono::milliseconds interval_;
  std::vector<Typist> typists_;
  std::vector<Report> overflow_;  // of those for whom there was no room
};

// The earlier one of two that may be absent.
std::optional<PacingTime> earliest(std::optional<PacingTime> a, std::optional<PacingTime> b) noexcept;

}  // namespace ptyd
