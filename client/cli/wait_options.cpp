#include "client/cli/wait_options.hpp"

#include <algorithm>

namespace ptyd {

namespace {

OptionSet::Setter add_text(WaitSpec& spec, v1::WaitKind kind) {
  return [&spec, kind](const std::string& text) -> Result<void> {
    auto& condition = spec.conditions.emplace_back();
    condition.set_kind(kind);
    condition.set_text(text);
    return {};
  };
}

void add_still(WaitSpec& spec, v1::WaitKind kind, const std::optional<std::chrono::milliseconds>& duration,
               std::uint64_t min_bytes) {
  if (!duration) return;
  auto& condition = spec.conditions.emplace_back();
  condition.set_kind(kind);
  condition.set_for_ms(static_cast<std::uint64_t>(std::max(duration->count(), std::chrono::milliseconds::rep{0})));
  condition.set_min_bytes(min_bytes);
}

}  // namespace

void add_wait_options(OptionSet& set, WaitFlags& flags) {
  set.flag("--exit", flags.exit, "until the program has ended");
  set.custom("--text", "TEXT", "until a line has this text", add_text(flags.spec, v1::WAIT_TEXT), true);
  set.custom("--match", "RE", "until a line matches this pattern, in RE2's syntax", add_text(flags.spec, v1::WAIT_MATCH),
             true);
  set.duration("--quiet", flags.quiet, "until there was no output for so long");
  set.duration("--settled", flags.settled, "until the screen looked the same for so long");
  set.offset("--min-bytes", "N", flags.min_bytes, "with --quiet and --settled: not before so much output came");
  set.text("--changed", "HASH", flags.changed, "until the screen has another hash than this");
  set.flag("--command", flags.command, "until a shell tells the end of a command (OSC 133)");
  set.flag("--attached", flags.attached, "until somebody is attached");
  set.flag("--any", flags.spec.any, "one of the conditions, of one of the sessions, is enough");
  set.flag("--all", flags.all, "each condition must have held for each session; the default");
  set.offset("--from", "OFFSET", flags.spec.from_offset, "only what the program wrote from this offset on counts");
}

Result<WaitSpec> finish_wait_options(const WaitFlags& flags, std::uint64_t min_bytes) {
  if (flags.spec.any && flags.all) return usage_error("--any and --all can't be used together");
  WaitSpec spec = flags.spec;
  const auto add = [&spec](v1::WaitKind kind, bool wanted) {
    if (wanted) spec.conditions.emplace_back().set_kind(kind);
  };
  add_still(spec, v1::WAIT_QUIET, flags.quiet, flags.min_bytes.value_or(min_bytes));
  add_still(spec, v1::WAIT_SETTLED, flags.settled, flags.min_bytes.value_or(min_bytes));
  if (flags.changed) {
    add(v1::WAIT_CHANGED, true);
    spec.conditions.back().set_text(*flags.changed);
  }
  add(v1::WAIT_COMMAND, flags.command);
  add(v1::WAIT_ATTACHED, flags.attached);
  // The end of the program alone is what is waited for without any condition.
  add(v1::WAIT_EXIT, flags.exit && !spec.conditions.empty());
  if (flags.min_bytes && !flags.quiet && !flags.settled)
    return usage_error("--min-bytes is for --quiet and --settled");
  if (spec.from_offset && spec.conditions.empty())
    return usage_error("--from needs something to wait for", "the end of a program does not depend on an offset");
  return spec;
}

}  // namespace ptyd
