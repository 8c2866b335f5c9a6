// One verb of ptyctl: its words, its options and how its command is made.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/command_line.hpp"
#include "client/cli/option_set.hpp"

namespace ptyd {

// What is left when the options are read.
struct VerbInput {
  std::vector<std::string> args;  // neither options nor their values
  std::vector<std::string> tail;  // behind "--"
  bool has_tail = false;
  const GlobalOptions* global = nullptr;
  const EnvLookup* env = nullptr;
};

using FinishVerb = std::function<Result<Command>(VerbInput)>;

struct Verb {
  enum class Tail { arguments, program };  // what stands behind "--"
  enum class Completes { nothing, sessions };

  std::string_view name;
  std::vector<std::string_view> aliases;
  std::string_view usage;    // behind the name
  std::string_view summary;  // one line for the overview
  std::string_view about;
  std::string_view exit_codes;
  std::string_view example;
  FinishVerb (*define)(OptionSet& options);
  Tail tail = Tail::arguments;
  Completes completes = Completes::sessions;
  std::vector<std::string_view> words{};  // what its first argument may be, when that is a fixed set
};

// In the order of the overview.
const std::vector<Verb>& all_verbs();
// By name or alias; nullptr when there is none.
const Verb* find_verb(std::string_view name);

std::vector<Verb> session_verbs();
std::vector<Verb> screen_verbs();
std::vector<Verb> event_verbs();
std::vector<Verb> recording_verbs();
std::vector<Verb> typing_verbs();
std::vector<Verb> lease_verbs();
std::vector<Verb> ending_verbs();
std::vector<Verb> daemon_verbs();

// -l, --label and tmux's -t: how a verb names its sessions.
struct SessionSelector {
  std::vector<LabelSetting> labels;
  std::optional<std::string> target;
};
void add_selector(OptionSet& options, SessionSelector& selector, bool short_label = true);

enum class InsideSession { allowed, refused };  // whether the session that ptyctl runs in is the default

// Takes the session from the selector, else from the first argument.
Result<SessionRef> take_session(VerbInput& input, const SessionSelector& selector, InsideSession inside);
// Takes all arguments.
Result<SessionRefs> take_sessions(VerbInput& input, const SessionSelector& selector);
// An error that names the first argument that is left.
Result<void> expect_no_more(const VerbInput& input);

Result<LabelSetting> parse_label(const std::string& text);
Result<void> check_label_key(const std::string& key);
void add_labels(OptionSet& options, const std::string& names, std::vector<LabelSetting>& target,
                const std::string& help);
void add_policy(OptionSet& options, std::optional<v1::SizePolicy>& target, const std::string& help);

// Adds the options of all verbs.
void add_global_options(OptionSet& options, GlobalOptions& global);
// The environment's part of the global options.
void apply_environment(GlobalOptions& global, const EnvLookup& env);

// What `ptyctl help VERB` prints.
std::string verb_help(const Verb& verb);

}  // namespace ptyd
