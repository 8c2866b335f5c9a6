#include "client/format/command_output.hpp"

#include <algorithm>
#include <charconv>

#include "client/format/typed_command.hpp"
#include "common/percent.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kMark = "\x1b]133;";
constexpr char kEsc = '\x1b';
constexpr char kBel = '\a';
constexpr std::string_view kLine = ";cmdline_url=";

}  // namespace

std::string CommandOutput::feed(std::string_view bytes) {
  std::string out;
  while (!bytes.empty() && state_ != State::ended) {
    if (held_.empty()) {
      const auto plain = std::min(bytes.find(kEsc), bytes.size());
      if (state_ == State::running) out += bytes.substr(0, plain);
      bytes.remove_prefix(plain);
      fed_ += plain;
      if (bytes.empty()) break;
    }
    ++fed_;
    take(bytes.front(), out);
    bytes.remove_prefix(1);
  }
  position_ += out.size();
  return out;
}

void CommandOutput::take(char byte, std::string& out) {
  // An ESC that is no part of ST begins anew; so does one that breaks off what began like a mark.
  const bool ends = held_.size() >= kMark.size() && held_.back() == kEsc;
  if (ends && byte != '\\') {
    held_.pop_back();
    pass_on(out);
    held_ = kEsc;
  }
  if (held_.size() < kMark.size()) {
    if (byte == kMark[held_.size()]) {
      held_ += byte;
      return;
    }
    pass_on(out);
    if (byte == kEsc)
      held_ = byte;
    else if (state_ == State::running)
      out += byte;
    return;
  }
  held_ += byte;
  if (byte == kBel) return mark(std::string_view(held_).substr(kMark.size(), held_.size() - kMark.size() - 1), out);
  if (ends) return mark(std::string_view(held_).substr(kMark.size(), held_.size() - kMark.size() - 2), out);
  if (held_.size() > kMaxMark) pass_on(out);
}

void CommandOutput::pass_on(std::string& out) {
  if (state_ == State::running) out += held_;
  held_.clear();
}

bool CommandOutput::is_anothers(std::string_view parameters) const {
  const auto begin = parameters.find(kLine);
  if (typed_.empty() || begin == std::string_view::npos) return false;
  const auto line = parameters.substr(begin + kLine.size());
  return !is_line_typed(decode_percent(line.substr(0, line.find(';'))), typed_);
}

void CommandOutput::mark(std::string_view text, std::string& out) {
  const auto kind = text.substr(0, text.find(';'));
  if (state_ == State::before && kind == "C" && is_anothers(text)) {
    anothers_runs_ = true;
    passed_by_ = false;
  } else if (state_ == State::before && kind == "C") {
    state_ = State::running;
    position_ = fed_;
  } else if (state_ == State::before && (kind == "D" || kind == "A")) {
    passed_by_ = passed_by_ || std::exchange(anothers_runs_, false);
  } else if (state_ == State::running && (kind == "D" || kind == "A")) {
    state_ = State::ended;
    if (kind == "D" && text.size() > 2) {
      std::int32_t code = 0;
      const char* const end = text.data() + std::min(text.find(';', 2), text.size());
      const auto [stop, error] = std::from_chars(text.data() + 2, end, code);
      if (error == std::errc() && stop == end) exit_code_ = code;
    }
  } else {
    pass_on(out);
  }
  held_.clear();
}

}  // namespace ptyd
