// Runs sessions by seed: simulate [--seed N] [--seeds N] [--steps N] [--trace]. On a failure it says how to repeat it.
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>

#include "tests/simulation/world.hpp"

namespace {

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  std::uint64_t steps = 400;
  bool trace = false;
};

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const bool more = i + 1 < argc;
    if (std::strcmp(argv[i], "--trace") == 0) {
      options.trace = true;
    } else if (more && std::strcmp(argv[i], "--seed") == 0) {
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (more && std::strcmp(argv[i], "--seeds") == 0) {
      options.seeds = std::strtoull(argv[++i], nullptr, 10);
    } else if (more && std::strcmp(argv[i], "--steps") == 0) {
      options.steps = std::strtoull(argv[++i], nullptr, 10);
    } else {
      return false;
    }
  }
  return true;
}

unsigned long long number(std::uint64_t value) { return value; }

// False: it went wrong, which is told.
bool run(std::uint64_t seed, const Options& options, ptyd::simulation::World::Counts& all) {
  std::unique_ptr<ptyd::simulation::World> world;
  try {
    world = std::make_unique<ptyd::simulation::World>(seed, options.trace);
    while (world->steps() < options.steps) world->step();
    world->finish();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "seed %llu, step %llu: %s\nrepeat it with: simulate --seed %llu --steps %llu --trace\n",
                 number(seed), number(world ? world->steps() : 0), error.what(), number(seed), number(options.steps));
    return false;
  }
  const auto counts = world->counts();
  all.output += counts.output;
  all.input += counts.input;
  all.host_deaths += counts.host_deaths;
  all.daemon_deaths += counts.daemon_deaths;
  all.gaps += counts.gaps;
  all.resumed += counts.resumed;
  all.screens += counts.screens;
  all.refused += counts.refused;
  all.exits += counts.exits;
  all.waits += counts.waits;
  all.upgrades += counts.upgrades;
  all.unknown_exits += counts.unknown_exits;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr, "usage: simulate [--seed N] [--seeds N] [--steps N] [--trace]\n");
    return 2;
  }
  spdlog::set_level(options.trace ? spdlog::level::debug : spdlog::level::off);
  if (options.trace) std::setvbuf(stdout, nullptr, _IONBF, 0);
  ptyd::simulation::World::Counts all;
  for (std::uint64_t i = 0; i < options.seeds; ++i)
    if (!run(options.seed + i, options, all)) return 1;
  std::printf("%llu seeds: %llu bytes out, %llu in; %llu hosts and %llu daemons died, %llu were upgraded; %llu resumed, %llu gaps, "
              "%llu refused, %llu screens compared; %llu programs ended, of %llu it is not known how, %llu waits for it\n",
              number(options.seeds), number(all.output), number(all.input), number(all.host_deaths),
              number(all.daemon_deaths), number(all.upgrades), number(all.resumed), number(all.gaps), number(all.refused), number(all.screens),
              number(all.exits), number(all.unknown_exits),
              number(all.waits));
  return 0;
}
