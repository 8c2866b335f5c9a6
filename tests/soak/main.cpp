// Clients under load, checking every byte: soak_load VERB ARGUMENTS..., see verbs.hpp.
#include <cstdio>
#include <iterator>
#include <string>
#include <string_view>

#include "tests/soak/verbs.hpp"

namespace {

struct Verb {
  std::string_view name;
  int (*run)(ptyd::soak::Arguments);
  const char* usage;
};

constexpr Verb kVerbs[] = {
    {"duplex", ptyd::soak::run_duplex, "SOCKET CHILD SEED SESSIONS OUT IN"},
    {"churn", ptyd::soak::run_churn, "SOCKET CHILD SEED SESSIONS PARALLEL"},
    {"idle", ptyd::soak::run_idle, "SOCKET SESSIONS"},
    {"fan", ptyd::soak::run_fan, "SOCKET SESSION SEED BYTES READERS STALLED SLOW"},
    {"malformed", ptyd::soak::run_malformed, "SOCKET SEED FRAMES"},
};

}  // namespace

int main(int argc, char** argv) {
  const ptyd::soak::Arguments all(argv, static_cast<std::size_t>(argc));
  for (const Verb& verb : kVerbs)
    if (all.size() >= 2 && verb.name == all[1]) return verb.run(all.subspan(2));
  for (const Verb& verb : kVerbs)
    std::fprintf(stderr, "usage: soak_load %s %s\n", std::string(verb.name).c_str(), verb.usage);
  return 2;
}
