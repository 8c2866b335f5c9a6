// The arguments of a tool call, checked.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"

namespace ptyd {

// Reads members by name and keeps the first mistake: a tool reads all that it needs and then asks for error(). A member
// that nobody asked for is a mistake, too: an agent that misspells one would go on with what it did not mean.
class Arguments {
 public:
  explicit Arguments(google::protobuf::Struct values) : values_(std::move(values)) {}

  std::string text(const std::string& name);  // needed
  std::optional<std::string> maybe_text(const std::string& name);
  std::string lease();  // the token that "lease" names; empty: none
  bool flag(const std::string& name);
  std::optional<std::uint64_t> number(const std::string& name, std::uint64_t least, std::uint64_t most);
  // A number, or a string of digits for one that a double can't hold.
  std::optional<std::uint64_t> offset(const std::string& name);
  std::vector<std::string> texts(const std::string& name);
  std::vector<std::pair<std::string, std::string>> pairs(const std::string& name);  // an object of strings

  // Errors: invalid_argument.
  Result<void> error();

 private:
  const google::protobuf::Value* take(const std::string& name);
  void mistake(const std::string& name, const std::string& what);

  google::protobuf::Struct values_;
  std::vector<std::string> taken_;
  std::optional<Error> error_;
};

}  // namespace ptyd
