// Verbs that take and give back the sole right to type into a session, or to size it.
#include <algorithm>

#include "client/cli/lease_options.hpp"
#include "client/cli/verb.hpp"

namespace ptyd {

namespace {

constexpr std::chrono::minutes kUsualTime{5};
constexpr std::chrono::hours kLongestTime{24};

struct ClaimState {
  ClaimOptions options;
  LeaseOption lease;
  SessionSelector selector;
  std::optional<std::chrono::milliseconds> ttl;
};

// The size may stand behind --size, as an argument of its own. One is the session's name, unless that was chosen.
void take_size_argument(ClaimOptions& options, VerbInput& input, bool chosen) {
  if (!options.size || options.geometry || input.args.size() < (chosen ? 1U : 2U)) return;
  for (auto it = input.args.rbegin(); it != input.args.rend(); ++it) {
    const auto size = parse_geometry(*it);
    if (!size) continue;
    options.geometry = *size;
    input.args.erase(std::next(it).base());
    return;
  }
}

Result<Command> finish_claim(ClaimState& state, VerbInput input) {
  auto& options = state.options;
  take_size_argument(options, input, state.selector.target || !state.selector.labels.empty());
  auto session = take_session(input, state.selector, InsideSession::refused);
  if (!session) return session.error();
  options.session = *session;
  if (auto fine = expect_no_more(input); !fine) return fine.error();
  options.input = options.input || !options.size;
  options.ttl = state.ttl.value_or(kUsualTime);
  if (options.ttl.count() < 1 || options.ttl > kLongestTime)
    return usage_error("--ttl: a lease lasts for 1ms to 24h", "claim again, with --lease, to hold on to it");
  // Not from the environment: that may be another session's.
  if (!state.lease.text) return Command(options);
  auto lease = take_lease(state.lease, input);
  if (!lease) return lease.error();
  options.lease = *lease;
  return Command(options);
}

FinishVerb define_claim(OptionSet& set) {
  auto state = std::make_shared<ClaimState>();
  auto& options = state->options;
  set.flag("--input", options.input, "the right to type; without --size the default");
  const auto sized = [&options](const std::string& text) -> Result<void> {
    options.size = true;
    if (text == "true") return {};
    const auto size = parse_geometry(text);
    if (!size) return size.error();
    options.geometry = *size;
    return {};
  };
  set.flag_or_value("--size", "the right to size: with COLSxROWS behind it, else as this terminal", sized);
  set.duration("--ttl", state->ttl, "for so long, at most 24h; default: 5m");
  set.flag("--steal", options.steal, "also when somebody else holds it");
  set.text("--lease", "TOKEN", state->lease.text, "hold on to this lease, for --ttl from now");
  add_selector(set, state->selector);
  return [state](VerbInput input) { return finish_claim(*state, std::move(input)); };
}

struct ReleaseState {
  ReleaseOptions options;
  LeaseOption lease;
  SessionSelector selector;
};

FinishVerb define_release(OptionSet& set) {
  auto state = std::make_shared<ReleaseState>();
  set.flag("--input", state->options.input, "the right to type; without --size the default");
  set.flag("--size", state->options.size, "the right to size");
  set.flag("--force", state->options.force, "whoever holds it");
  add_lease(set, state->lease);
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto& options = state->options;
    auto session = take_session(input, state->selector, InsideSession::refused);
    if (!session) return session.error();
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    auto lease = take_lease(state->lease, input);
    if (!lease) return lease.error();
    options.session = *session;
    options.input = options.input || !options.size;
    options.lease = *lease;
    return Command(options);
  };
}

constexpr std::string_view kCodes =
    "0 done, 2 usage, 65 ambiguous, 66 no such session, 68 somebody else holds it, 69 no daemon, 71 the session has\n"
    "ended, 124 timed out, 125 something else failed.";

}  // namespace

std::vector<Verb> lease_verbs() {
  return {
      {"claim",
       {},
       "SESSION [--input] [--size [COLSxROWS]] [OPTIONS]",
       "alone type into a session, or size it, for a time",
       "Prints the lease: 32 digits that send, keys, resize and attach take as --lease. Others are refused with status\n"
       "68 meanwhile, but for people: who types at an attached terminal takes the input over. To hold on to it, claim\n"
       "again with --lease.",
       kCodes,
       "PTYD_LEASE=$(ptyctl claim build --ttl 10m)",
       define_claim},
      {"release",
       {},
       "SESSION [--input] [--size] [OPTIONS]",
       "give a lease back",
       "Ends the lease that --lease or PTYD_LEASE names, or with --force anybody's. It is no error when nobody holds it.",
       kCodes,
       "ptyctl release build --lease \"$PTYD_LEASE\"",
       define_release},
  };
}

}  // namespace ptyd
