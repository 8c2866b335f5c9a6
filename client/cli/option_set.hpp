// The options of one verb, bound to variables: a thin layer on CLI11 that keeps arguments exactly as they were typed.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "common/quantity.hpp"

namespace ptyd {

// For help and for completions.
struct OptionDescription {
  std::string names;  // "-d,--detached"
  std::string value;  // "DUR"; empty for a flag
  std::string help;
  std::vector<std::string> choices;  // what the value may be, when that is a fixed set
};

// Used for one parse(). The bound variables must outlive it.
class OptionSet {
 public:
  using Setter = std::function<Result<void>(const std::string&)>;

  OptionSet();

  // `names` as "-d,--detached". Of options given twice the last counts, but for custom() with `repeated`.
  void flag(const std::string& names, bool& target, const std::string& help);
  // `setter` gets "true" each time the flag is given.
  void custom_flag(const std::string& names, const std::string& help, Setter setter);
  // A flag that may have a value behind '='; `setter` gets that, or "true".
  void flag_or_value(const std::string& names, const std::string& help, Setter setter);
  void text(const std::string& names, const std::string& value, std::optional<std::string>& target,
            const std::string& help);
  void number(const std::string& names, const std::string& value, std::optional<std::uint32_t>& target,
              const std::string& help);
  void offset(const std::string& names, const std::string& value, std::optional<std::uint64_t>& target,
              const std::string& help);
  void bytes(const std::string& names, std::optional<std::uint64_t>& target, const std::string& help);
  void duration(const std::string& names, std::optional<std::chrono::milliseconds>& target, const std::string& help);
  void geometry(const std::string& names, const std::string& value, std::optional<Geometry>& target,
                const std::string& help);
  void custom(const std::string& names, const std::string& value, const std::string& help, Setter setter,
              bool repeated = false);

  template <class Value, class Target>
  void choice(const std::string& names, const std::string& value, std::vector<std::pair<std::string, Value>> choices,
              Target& target, const std::string& help) {
    std::vector<std::string> words;
    for (const auto& entry : choices) words.push_back(entry.first);
    custom(names, value, help, [choices, words, &target](const std::string& text) -> Result<void> {
      for (const auto& [word, meaning] : choices) {
        if (word != text) continue;
        target = meaning;
        return {};
      }
      return not_a_choice(text, words);
    });
    descriptions_.back().choices = words;
  }

  // Whether there is an option of this name, with its dashes.
  bool has(std::string_view name) const;
  // The option added last is accepted but not shown.
  void hide_last() { descriptions_.pop_back(); }
  // What was added from now on is described by global_descriptions().
  void begin_global() { first_global_ = descriptions_.size(); }

  // Sets the variables; returns what is neither an option nor an option's value.
  // Errors: invalid_argument. Variables of the options before the mistake are set.
  Result<std::vector<std::string>> parse(const std::vector<std::string>& arguments);

  std::vector<OptionDescription> descriptions() const;
  std::vector<OptionDescription> global_descriptions() const;

 private:
  struct Binding {
    CLI::Option* option;
    Setter setter;
    bool may_have_value = false;
  };

  static Error not_a_choice(const std::string& text, const std::vector<std::string>& words);
  Error unknown_option(const std::string& argument) const;
  Result<void> run_setters();

  std::unique_ptr<CLI::App> app_;
  std::vector<Binding> bindings_;
  std::vector<OptionDescription> descriptions_;
  std::size_t first_global_ = 0;
};

// An invalid_argument with a message and a hint.
Error usage_error(std::string message, std::string hint = {});

}  // namespace ptyd
