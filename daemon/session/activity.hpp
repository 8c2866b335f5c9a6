// Tells what a session's program and its typists do, at a bounded rate.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/core/event_pacing.hpp"
#include "daemon/session/alarm.hpp"
#include "daemon/session/event_bus.hpp"
#include "daemon/session/screen_follower.hpp"

namespace ptyd {

// Owned by its session. Each change of the title, the folder and the screen, each bell and what each client typed is
// told at once, and what follows so soon that it would be too often, together later. Thread: the loop's.
class Activity {
 public:
  static constexpr std::chrono::milliseconds kProgramInterval{100};  // title, folder, bell
  static constexpr std::chrono::milliseconds kScreenInterval{250};
  static constexpr std::chrono::milliseconds kInputInterval{1000};
  static constexpr std::chrono::milliseconds kIdle{5000};
  static constexpr std::uint32_t kCommandBurst = 32;  // and then one in each kProgramInterval

  Activity(boost::asio::any_io_executor executor, EventBus& events, const Session& session);
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;

  void take(ScreenNews& news);
  void typed(const ClientIdentity& client, std::uint64_t bytes);
  // Tells at once what was typed: the program has ended.
  void flush_input() { tell_typed(input_.take_all()); }
  // The same, and nothing comes any more.
  void finish();

 private:
  void tell(PacingTime now);
  void tell_commands(const ScreenNews& news, PacingTime now);
  void tell_typed(const std::vector<InputMeter::Report>& reports);
  void tell(SessionEventType type, std::string text, std::uint64_t count);
  void arm();

  EventBus& events_;
  const Session& session_;
  PacedNews title_{kProgramInterval};
  PacedNews cwd_{kProgramInterval};
  PacedNews bell_{kProgramInterval};
  PacedNews screen_{kScreenInterval};
  EventBudget commands_{kCommandBurst, kProgramInterval};
  QuietWatch idle_{kIdle};
  InputMeter input_{kInputInterval};
  std::string title_text_;
  std::string cwd_text_;
  std::uint64_t parsed_ = 0;
  std::uint64_t generation_ = 0;
  Alarm alarm_;
  bool finished_ = false;
};

}  // namespace ptyd
