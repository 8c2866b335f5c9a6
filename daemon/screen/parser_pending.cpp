// The short way back into the middle of a sequence.
#include "daemon/screen/parser.hpp"

namespace ptyd::screen {

std::string Parser::pending() const {
  std::string out;
  switch (state_) {
    case State::ground:
      if (swallow_) out = "\x1b";
      out.append(reinterpret_cast<const char*>(utf8_.data()), utf8_have_);
      break;
    case State::escape:
    case State::escape_intermediate:
      out = "\x1b";
      // Two or more make it one that is passed over.
      for (unsigned i = 0; i < intermediates_; ++i) out.push_back(sequence_.intermediates[0]);
      break;
    case State::csi_ignore: out = "\x1b[0<"; break;
    case State::dcs_ignore: out = "\x1bP0<"; break;
    case State::osc: out = "\x1b]" + text_; break;
    case State::osc_ignore: out = std::string("\x1b]") + kOscNothing; break;
    case State::string_ignore: out = "\x1bX"; break;
    case State::csi_entry:
    case State::csi_parameter:
    case State::csi_intermediate:
    case State::dcs_entry:
    case State::dcs_parameter:
    case State::dcs_intermediate: append_header(out); break;
    case State::dcs_data:
      append_header(out);
      out.push_back(sequence_.final);
      out += text_;
      break;
  }
  if (string_escape_) out.push_back('\x1b');
  return out;
}

void Parser::append_header(std::string& out) const {
  out += in_dcs_header() || state_ == State::dcs_data ? "\x1bP" : "\x1b[";
  if (sequence_.prefix != 0) out.push_back(sequence_.prefix);
  const auto& parameters = sequence_.parameters;
  for (std::size_t i = 0; i < parameters.count; ++i) {
    const auto& value = parameters.values[i];
    if (i > 0) out.push_back(value.sub ? ':' : ';');
    if (value.given) out += std::to_string(value.number);
  }
  if (state_ != State::dcs_data && parameter_begun()) {
    if (parameters.count > 0) out.push_back(number_sub_ ? ':' : ';');
    if (number_given_) out += std::to_string(number_);
  }
  for (unsigned i = 0; i < intermediates_; ++i) out.push_back(sequence_.intermediates[i]);
}

}  // namespace ptyd::screen
