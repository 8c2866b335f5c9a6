#include "common/crash_point.hpp"

#ifdef PTYD_TEST_HOOKS

#include <atomic>
#include <cstdlib>
#include <string>

#include "common/environment_variable.hpp"

namespace ptyd {

namespace {

struct CrashPlan {
  std::string name;
  std::atomic<long> passes_left{1};
};

CrashPlan* make_plan() {
  auto text = environment_variable("PTYD_CRASH_AT");
  if (!text) return nullptr;
  static CrashPlan plan;
  plan.name = std::move(*text);
  if (const auto colon = plan.name.rfind(':'); colon != std::string::npos) {
    plan.passes_left = std::strtol(plan.name.c_str() + colon + 1, nullptr, 10);
    plan.name.resize(colon);
  }
  return &plan;
}

}  // namespace

void crash_point(const char* name) noexcept {
  static CrashPlan* const plan = make_plan();
  if (plan != nullptr && plan->name == name && plan->passes_left.fetch_sub(1) == 1) die_at_once();
}

}  // namespace ptyd

#endif
