#include "client/cli/option_set.hpp"

#include <algorithm>
#include <charconv>

#include "client/cli/suggest.hpp"

namespace ptyd {

namespace {

// CLI11 takes "++" for the end of a subcommand's arguments and drops it. With a leading NUL, which no argument can
// have, it passes through.
constexpr std::string_view kPlusPlus = "++";

std::string shield(const std::string& argument) {
  return argument == kPlusPlus ? std::string(1, '\0') + argument : argument;
}

std::string unshield(const std::string& argument) {
  return !argument.empty() && argument[0] == '\0' ? argument.substr(1) : argument;
}

// CLI11 counts a flag with "true" and takes other words as its value: --all=false.
bool has_value(const CLI::results_t& results) {
  return std::any_of(results.begin(), results.end(), [](const std::string& text) { return text != "true"; });
}

template <class Number>
Result<Number> parse_number(const std::string& text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  return usage_error("'" + text + "' is no number", "write a whole number that is not negative");
}

// Assigns what `parse` makes of the text.
template <class Target, class Parse>
OptionSet::Setter assign(Target& target, Parse parse) {
  return [&target, parse](const std::string& text) -> Result<void> {
    auto value = parse(text);
    if (!value) return value.error();
    target = *value;
    return {};
  };
}

}  // namespace

Error usage_error(std::string message, std::string hint) {
  Error error;
  error.code = errc::invalid_argument;
  error.message = std::move(message);
  error.hint = std::move(hint);
  return error;
}

OptionSet::OptionSet() : app_(std::make_unique<CLI::App>()) {
  app_->set_help_flag();
  app_->allow_extras();
  app_->allow_windows_style_options(false);
}

void OptionSet::custom_flag(const std::string& names, const std::string& help, Setter setter) {
  auto* const option = app_->add_flag_function(names, [](std::int64_t) {});
  bindings_.push_back({option, std::move(setter)});
  descriptions_.push_back({names, {}, help, {}});
}

void OptionSet::flag_or_value(const std::string& names, const std::string& help, Setter setter) {
  bindings_.push_back({app_->add_flag(names), std::move(setter), true});
  descriptions_.push_back({names, {}, help, {}});
}

void OptionSet::flag(const std::string& names, bool& target, const std::string& help) {
  custom_flag(names, help, [&target](const std::string&) -> Result<void> {
    target = true;
    return {};
  });
}

void OptionSet::custom(const std::string& names, const std::string& value, const std::string& help, Setter setter,
                       bool repeated) {
  auto* const option = app_->add_option(names, [](const CLI::results_t&) { return true; });
  option->multi_option_policy(repeated ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast);
  if (repeated) option->expected(1, CLI::detail::expected_max_vector_size);
  // One value for each time it is given; also keeps "[a,b]" as it is.
  option->allow_extra_args(false);
  bindings_.push_back({option, std::move(setter)});
  descriptions_.push_back({names, value, help, {}});
}

void OptionSet::text(const std::string& names, const std::string& value, std::optional<std::string>& target,
                     const std::string& help) {
  custom(names, value, help, [&target](const std::string& text) -> Result<void> {
    target = text;
    return {};
  });
}

void OptionSet::number(const std::string& names, const std::string& value, std::optional<std::uint32_t>& target,
                       const std::string& help) {
  custom(names, value, help, assign(target, parse_number<std::uint32_t>));
}

void OptionSet::offset(const std::string& names, const std::string& value, std::optional<std::uint64_t>& target,
                       const std::string& help) {
  custom(names, value, help, assign(target, parse_number<std::uint64_t>));
}

void OptionSet::bytes(const std::string& names, std::optional<std::uint64_t>& target, const std::string& help) {
  custom(names, "BYTES", help, assign(target, parse_bytes));
}

void OptionSet::duration(const std::string& names, std::optional<std::chrono::milliseconds>& target,
                         const std::string& help) {
  custom(names, "DUR", help, assign(target, parse_duration));
}

void OptionSet::geometry(const std::string& names, const std::string& value, std::optional<Geometry>& target,
                         const std::string& help) {
  custom(names, value, help, assign(target, parse_geometry));
}

Result<std::vector<std::string>> OptionSet::parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> reversed;
  for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument)
    reversed.push_back(shield(*argument));
  try {
    app_->parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    // The global options were understood as far as they go: the output format decides how this is reported.
    static_cast<void>(run_setters());
    return usage_error(error.what());
  }
  if (auto set = run_setters(); !set) return set.error();
  std::vector<std::string> positionals;
  for (const auto& argument : app_->remaining()) {
    if (argument.size() > 1 && argument[0] == '-') return unknown_option(argument);
    positionals.push_back(unshield(argument));
  }
  return positionals;
}

Result<void> OptionSet::run_setters() {
  Result<void> outcome;
  for (const auto& binding : bindings_) {
    // The raw results: CLI11's own reduction gives "{}" a meaning.
    const auto& results = binding.option->results();
    if (binding.option->get_items_expected_max() == 0 && !binding.may_have_value && has_value(results)) {
      outcome = usage_error(binding.option->get_name(false, true) + " takes no value");
      continue;
    }
    const bool last_only = binding.option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeLast;
    for (std::size_t i = last_only && !results.empty() ? results.size() - 1 : 0; i < results.size(); ++i) {
      auto set = binding.setter(unshield(results[i]));
      if (set || !outcome) continue;
      Error error = set.error();
      error.message = binding.option->get_name(false, true) + ": " + error.message;
      outcome = error;
    }
  }
  return outcome;
}

bool OptionSet::has(std::string_view name) const { return app_->get_option_no_throw(std::string(name)) != nullptr; }

Error OptionSet::not_a_choice(const std::string& text, const std::vector<std::string>& words) {
  std::string list;
  for (const auto& word : words) list += (list.empty() ? "" : ", ") + word;
  return usage_error("'" + text + "' is none of " + list);
}

Error OptionSet::unknown_option(const std::string& argument) const {
  const std::string name = argument.substr(0, argument.find('='));
  std::vector<std::string> known;
  for (const auto& description : descriptions_)
    for (const auto& each : CLI::detail::split(description.names, ','))
      if (each.starts_with("--")) known.push_back(each);
  const auto close = name.starts_with("--") ? closest_word(name, known) : std::nullopt;
  return usage_error("there is no option " + name, close ? "did you mean " + *close + "?" : std::string());
}

std::vector<OptionDescription> OptionSet::descriptions() const {
  return {descriptions_.begin(), descriptions_.begin() + static_cast<std::ptrdiff_t>(first_global_)};
}

std::vector<OptionDescription> OptionSet::global_descriptions() const {
  return {descriptions_.begin() + static_cast<std::ptrdiff_t>(first_global_), descriptions_.end()};
}

}  // namespace ptyd
