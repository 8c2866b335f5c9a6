#include "client/format/words.hpp"

#include <iterator>

#include "client/format/signal_name.hpp"
#include "common/escape.hpp"

namespace ptyd {

std::string_view word_for(v1::SessionState state) {
  switch (state) {
    case v1::STARTING: return "starting";
    case v1::RUNNING: return "running";
    case v1::EXITED: return "exited";
    case v1::LOST: return "lost";
    default: return "unknown";
  }
}

std::string_view word_for(v1::SizePolicy policy) {
  switch (policy) {
    case v1::LATEST: return "latest";
    case v1::SMALLEST: return "smallest";
    case v1::LARGEST: return "largest";
    case v1::MANUAL: return "manual";
    default: return "unknown";
  }
}

std::string_view word_for(v1::Role role) {
  switch (role) {
    case v1::ROLE_UNSPECIFIED:
    case v1::CONTROLLER: return "controller";
    case v1::OBSERVER: return "observer";
    default: return "unknown";
  }
}

std::string_view word_for(v1::FlowPolicy flow) {
  switch (flow) {
    case v1::FLOW_POLICY_UNSPECIFIED:
    case v1::RESYNC: return "resync";
    case v1::LOSSLESS: return "lossless";
    case v1::DISCONNECT: return "disconnect";
    default: return "unknown";
  }
}

std::string_view word_for(v1::EndReason reason) {
  switch (reason) {
    case v1::DETACHED: return "detached";
    case v1::ENDED_BY_EXIT: return "exited";
    case v1::DISPLACED: return "displaced";
    case v1::FELL_BEHIND: return "fell_behind";
    case v1::SESSION_REMOVED: return "removed";
    case v1::DAEMON_STOPPING: return "daemon_stopping";
    case v1::HOST_LOST: return "host_lost";
    default: return "unknown";
  }
}

std::string_view word_for(v1::RowMark mark) {
  switch (mark) {
    case v1::ROW_MARK_UNSPECIFIED: return "";
    case v1::MARK_PROMPT: return "prompt";
    case v1::MARK_INPUT: return "input";
    case v1::MARK_OUTPUT: return "output";
    default: return "unknown";
  }
}

std::string_view word_for(v1::ShellPhase phase) {
  switch (phase) {
    case v1::SHELL_PROMPT: return "prompt";
    case v1::SHELL_INPUT: return "input";
    case v1::SHELL_RUNNING: return "running";
    case v1::SHELL_DONE: return "done";
    default: return "unknown";
  }
}

std::string_view underline_word(std::uint32_t underline) {
  constexpr std::string_view kWords[] = {"", "single", "double", "curly", "dotted", "dashed"};
  return underline < std::size(kWords) ? kWords[underline] : "unknown";
}

std::string_view cursor_shape_word(std::uint32_t shape) {
  constexpr std::string_view kWords[] = {"", "block", "block", "underline", "underline", "bar", "bar"};
  return shape < std::size(kWords) ? kWords[shape] : "unknown";
}

std::string describe_exit(const v1::ExitStatus& status) {
  if (!status.known()) return "end not known" + (status.reason().empty() ? "" : ": " + escape_text(status.reason()));
  if (status.signal() == 0) return "exited with " + std::to_string(status.code());
  std::string text = "ended by signal " + std::to_string(status.signal());
  if (const auto name = signal_name(status.signal()); !name.empty()) text += " (" + std::string(name) + ")";
  return status.core_dumped() ? text + ", core dumped" : text;
}

}  // namespace ptyd
