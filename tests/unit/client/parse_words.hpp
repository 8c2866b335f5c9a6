// Reads the words of a command line in tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/command_line.hpp"

namespace ptyd {

using Words = std::vector<std::string>;
using Env = std::map<std::string, std::string>;

inline CommandLine parse(const Words& words, const Env& env = {}) {
  std::vector<const char*> argv{"ptyctl"};
  for (const auto& word : words) argv.push_back(word.c_str());
  const EnvLookup lookup = [&env](const char* name) -> std::optional<std::string> {
    const auto found = env.find(name);
    if (found == env.end() || found->second.empty()) return std::nullopt;
    return found->second;
  };
  return parse_command_line(static_cast<int>(argv.size()), argv.data(), lookup);
}

template <class Options>
Options expect(const Words& words, const Env& env = {}) {
  const auto line = parse(words, env);
  if (const auto* wrong = std::get_if<UsageError>(&line)) {
    ADD_FAILURE() << words.at(0) << ": " << wrong->error.message;
    return {};
  }
  const auto* parsed = std::get_if<ParsedCommand>(&line);
  const auto* options = parsed == nullptr ? nullptr : std::get_if<Options>(&parsed->command);
  EXPECT_NE(options, nullptr) << words.at(0);
  return options == nullptr ? Options() : *options;
}

inline GlobalOptions globals(const Words& words, const Env& env = {}) {
  const auto line = parse(words, env);
  const auto* parsed = std::get_if<ParsedCommand>(&line);
  EXPECT_NE(parsed, nullptr);
  return parsed == nullptr ? GlobalOptions() : parsed->global;
}

}  // namespace ptyd
