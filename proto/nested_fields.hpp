// Which fields of a Frame are messages. For bounds.cpp, which has no use for descriptors: making them takes longer than
// all else that a short command does. A test holds it against the schema.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace ptyd {

// Messages that hold others. leaf: all that hold none; none: no message.
enum class NestedType : std::uint8_t {
  none,
  leaf,
  frame,
  welcome,
  request,
  create_request,
  attach_request,
  list_request,
  resize_request,
  set_size_request,
  wait_request,
  label_request,
  claim_request,
  record_request,
  response,
  error,
  create_reply,
  session_info,
  attach_reply,
  list_reply,
  inspect_reply,
  attachment_info,
  recording_info,
  lease_info,
  resize_reply,
  set_size_reply,
  history_reply,
  size_change,
  wait_reply,
  screen_reply,
  screen,
  row,
  kill_reply,
  rename_reply,
  label_reply,
  restart_reply,
  search_reply,
  claim_reply,
  commands_reply,
  command,
  record_reply,
  record_change_reply,
  environment_reply,
  event,
  snapshot,
  ended
};

struct NestedField {
  NestedType in;
  std::uint8_t field;
  NestedType type;
};

namespace nested {

using T = NestedType;

// By message, in the order of NestedType.
inline constexpr NestedField kFields[] = {
    {T::frame, 2, T::leaf},
    {T::frame, 3, T::welcome},
    {T::frame, 4, T::request},
    {T::frame, 5, T::response},
    {T::frame, 6, T::event},
    {T::frame, 7, T::leaf},
    {T::frame, 8, T::snapshot},
    {T::frame, 9, T::leaf},
    {T::frame, 10, T::leaf},
    {T::frame, 11, T::leaf},
    {T::frame, 12, T::leaf},
    {T::frame, 13, T::ended},
    {T::frame, 14, T::leaf},
    {T::frame, 15, T::leaf},
    {T::welcome, 5, T::leaf},
    {T::request, 2, T::leaf},
    {T::request, 3, T::create_request},
    {T::request, 4, T::attach_request},
    {T::request, 5, T::leaf},
    {T::request, 6, T::list_request},
    {T::request, 7, T::leaf},
    {T::request, 8, T::resize_request},
    {T::request, 9, T::set_size_request},
    {T::request, 10, T::leaf},
    {T::request, 11, T::leaf},
    {T::request, 12, T::wait_request},
    {T::request, 13, T::leaf},
    {T::request, 14, T::leaf},
    {T::request, 15, T::leaf},
    {T::request, 16, T::leaf},
    {T::request, 17, T::label_request},
    {T::request, 18, T::leaf},
    {T::request, 19, T::leaf},
    {T::request, 20, T::leaf},
    {T::request, 21, T::leaf},
    {T::request, 22, T::leaf},
    {T::request, 23, T::leaf},
    {T::request, 24, T::claim_request},
    {T::request, 25, T::leaf},
    {T::request, 26, T::leaf},
    {T::request, 28, T::record_request},
    {T::request, 29, T::leaf},
    {T::request, 30, T::leaf},
    {T::request, 31, T::leaf},
    {T::request, 32, T::leaf},
    {T::create_request, 4, T::leaf},
    {T::create_request, 6, T::leaf},
    {T::create_request, 8, T::leaf},
    {T::create_request, 20, T::leaf},
    {T::attach_request, 3, T::leaf},
    {T::attach_request, 12, T::leaf},
    {T::list_request, 2, T::leaf},
    {T::resize_request, 2, T::leaf},
    {T::set_size_request, 2, T::leaf},
    {T::wait_request, 3, T::leaf},
    {T::wait_request, 5, T::leaf},
    {T::wait_request, 6, T::leaf},
    {T::label_request, 2, T::leaf},
    {T::claim_request, 6, T::leaf},
    {T::record_request, 2, T::leaf},
    {T::response, 1, T::error},
    {T::response, 2, T::leaf},
    {T::response, 3, T::create_reply},
    {T::response, 4, T::attach_reply},
    {T::response, 5, T::leaf},
    {T::response, 6, T::list_reply},
    {T::response, 7, T::inspect_reply},
    {T::response, 8, T::resize_reply},
    {T::response, 9, T::set_size_reply},
    {T::response, 10, T::leaf},
    {T::response, 11, T::history_reply},
    {T::response, 12, T::wait_reply},
    {T::response, 13, T::leaf},
    {T::response, 14, T::kill_reply},
    {T::response, 15, T::leaf},
    {T::response, 16, T::rename_reply},
    {T::response, 17, T::label_reply},
    {T::response, 18, T::restart_reply},
    {T::response, 19, T::leaf},
    {T::response, 20, T::leaf},
    {T::response, 21, T::leaf},
    {T::response, 22, T::screen_reply},
    {T::response, 23, T::search_reply},
    {T::response, 24, T::claim_reply},
    {T::response, 25, T::leaf},
    {T::response, 26, T::commands_reply},
    {T::response, 28, T::record_reply},
    {T::response, 29, T::record_change_reply},
    {T::response, 30, T::leaf},
    {T::response, 31, T::environment_reply},
    {T::response, 32, T::leaf},
    {T::error, 7, T::leaf},
    {T::error, 8, T::leaf},
    {T::create_reply, 1, T::session_info},
    {T::session_info, 6, T::leaf},
    {T::session_info, 11, T::leaf},
    {T::session_info, 12, T::leaf},
    {T::session_info, 13, T::leaf},
    {T::session_info, 21, T::leaf},
    {T::attach_reply, 2, T::session_info},
    {T::list_reply, 1, T::session_info},
    {T::inspect_reply, 1, T::session_info},
    {T::inspect_reply, 2, T::attachment_info},
    {T::inspect_reply, 3, T::leaf},
    {T::inspect_reply, 5, T::leaf},
    {T::inspect_reply, 12, T::recording_info},
    {T::inspect_reply, 13, T::lease_info},
    {T::attachment_info, 7, T::leaf},
    {T::recording_info, 1, T::leaf},
    {T::lease_info, 2, T::leaf},
    {T::resize_reply, 1, T::leaf},
    {T::set_size_reply, 1, T::leaf},
    {T::history_reply, 2, T::leaf},
    {T::history_reply, 12, T::leaf},
    {T::history_reply, 13, T::size_change},
    {T::size_change, 2, T::leaf},
    {T::wait_reply, 1, T::session_info},
    {T::wait_reply, 3, T::leaf},
    {T::wait_reply, 4, T::leaf},
    {T::wait_reply, 5, T::screen_reply},
    {T::screen_reply, 7, T::leaf},
    {T::screen_reply, 8, T::screen},
    {T::screen, 1, T::row},
    {T::screen, 2, T::leaf},
    {T::screen, 3, T::leaf},
    {T::screen, 4, T::leaf},
    {T::screen, 5, T::leaf},
    {T::screen, 10, T::leaf},
    {T::row, 5, T::leaf},
    {T::kill_reply, 1, T::leaf},
    {T::rename_reply, 1, T::session_info},
    {T::label_reply, 1, T::session_info},
    {T::restart_reply, 1, T::session_info},
    {T::search_reply, 1, T::leaf},
    {T::claim_reply, 2, T::lease_info},
    {T::commands_reply, 1, T::command},
    {T::command, 3, T::leaf},
    {T::record_reply, 1, T::recording_info},
    {T::record_change_reply, 1, T::recording_info},
    {T::environment_reply, 1, T::leaf},
    {T::event, 4, T::session_info},
    {T::event, 6, T::attachment_info},
    {T::event, 11, T::leaf},
    {T::event, 15, T::recording_info},
    {T::event, 16, T::lease_info},
    {T::snapshot, 3, T::leaf},
    {T::ended, 4, T::leaf},
};

inline constexpr std::size_t kTypes = static_cast<std::size_t>(T::ended) + 1;

// Where each message begins in kFields, and the end.
inline constexpr auto kBegin = [] {
  std::array<std::uint8_t, kTypes + 1> begin{};
  for (const auto& each : kFields)
    for (auto later = static_cast<std::size_t>(each.in) + 1; later < begin.size(); ++later) ++begin[later];
  return begin;
}();
static_assert(std::size(kFields) < 256);

}  // namespace nested

// Of field `number` of a message.
constexpr NestedType nested_type(NestedType in, std::uint64_t number) noexcept {
  const auto type = static_cast<std::size_t>(in);
  for (std::size_t i = nested::kBegin[type]; i < nested::kBegin[type + 1]; ++i)
    if (nested::kFields[i].field == number) return nested::kFields[i].type;
  return NestedType::none;
}

}  // namespace ptyd
