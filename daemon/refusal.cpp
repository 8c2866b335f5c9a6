#include <array>
#include <sstream>

#include "common/escape.hpp"
#include "daemon/check_program.hpp"

namespace ptyd {

namespace {

constexpr const char* kFirstLine = "ptyd-refusal 1";
constexpr std::array kCodes{
    errc::unsupported_version, errc::malformed,         errc::invalid_argument, errc::resource_exhausted,
    errc::failed_precondition, errc::permission_denied, errc::not_found};

}  // namespace

std::string refusal_text(const Error& error) {
  std::ostringstream out;
  out << kFirstLine << '\n'
      << to_string(error.code) << ' ' << error.have_from << ' ' << error.have_to << '\n'
      << escape_text(error.message) << '\n'
      << escape_text(error.hint) << '\n';
  return out.str();
}

std::optional<Error> parse_refusal(const std::string& text) {
  std::istringstream in(text);
  std::string first;
  std::string code;
  Error error{errc::failed_precondition, {}};
  if (!std::getline(in, first) || first != kFirstLine) return std::nullopt;
  if (!(in >> code >> error.have_from >> error.have_to)) return std::nullopt;
  in.ignore(1);
  if (!std::getline(in, error.message) || error.message.empty()) return std::nullopt;
  std::getline(in, error.hint);
  for (const auto known : kCodes)
    if (code == to_string(known)) error.code = known;
  return error;
}

}  // namespace ptyd
