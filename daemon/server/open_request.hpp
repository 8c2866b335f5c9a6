// A request that is not answered yet.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

#include "common/async_event.hpp"
#include "daemon/session/session.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Shared by its connection and by the coroutines that work on it: as long as one of these has it, something is done.
// Thread: the loop's.
struct OpenRequest {
  using TimePoint = std::chrono::steady_clock::time_point;

  OpenRequest(boost::asio::any_io_executor executor, std::uint64_t client_, std::uint64_t id_, TimePoint until)
      : client(client_), id(id_), deadline(until), timer(executor), wake(executor) {}
  ~OpenRequest() {
    if (under_way != nullptr) under_way->erase(order);
  }
  OpenRequest(const OpenRequest&) = delete;
  OpenRequest& operator=(const OpenRequest&) = delete;
  // `list` has it until it ends, and outlives it.
  void enter(std::map<std::uint64_t, OpenRequest*>& list) {
    under_way = &list;
    order = list.empty() ? 1 : list.rbegin()->first + 1;
    list.emplace(order, this);
  }

  std::uint64_t client;  // number of the connection; 0: there is nobody to answer
  std::uint64_t id;
  TimePoint deadline;
  boost::asio::steady_timer timer;
  AsyncEvent wake;  // for handlers that wait; also notified by cancel
  bool cancelled = false;
  bool answered = false;
  bool held = false;  // not begun: an upgrade comes first
  bool endless() const noexcept { return deadline == TimePoint::max(); }

  // For the program that takes this one's place, which goes on with the request (handover.hpp).
  v1::Request again{};                       // what was asked, if it can be asked again without harm
  bool repeatable = false;                   // at any time
  std::optional<Typing> typing{};            // its bytes are on their way
  std::optional<TimePoint> told_until{};     // the program was told to end and has time until then
  bool is_upgrade = false;

  std::map<std::uint64_t, OpenRequest*>* under_way = nullptr;
  std::uint64_t order = 0;  // there
};

}  // namespace ptyd
