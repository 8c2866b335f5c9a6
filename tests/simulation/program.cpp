#include "tests/simulation/program.hpp"

#include <algorithm>
#include <utility>

#include "tests/simulation/client.hpp"
#include "tests/simulation/failure.hpp"

namespace ptyd::simulation {

void TypedCheck::begins(std::uint64_t typist, std::uint64_t accepted, std::uint64_t sent) {
  typists_[typist].unsure_below = sent;
  for (auto& [from, range] : typists_[typist].refused)
    if (range.end > accepted) range.certain = false;
}

void TypedCheck::refused(std::uint64_t typist, std::uint64_t from, std::uint64_t to) {
  if (from >= to) return;
  if (const auto unsure = typists_[typist].unsure_below; from < unsure && unsure < to) {
    refused(typist, from, unsure);
    return refused(typist, unsure, to);
  }
  auto& ranges = typists_[typist].refused;
  auto& range = ranges[from];
  range.certain = (range.end == 0 || range.certain) && from >= typists_[typist].unsure_below;
  range.end = std::max(range.end, to);
}

// So much may or may not have been typed that looking at all that is possible takes too long.
bool TypedCheck::too_unsure(const Typist& typist) {
  std::uint64_t bytes = 0;
  for (const auto& [from, range] : typist.refused)
    if (!range.certain) bytes += range.end - from;
  return bytes > 256;
}

std::vector<std::uint64_t> TypedCheck::places_of(const Typist& typist) {
  auto places = typist.places;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto at = places[i];
    for (const auto& [from, range] : typist.refused) {
      if (at < from || at >= range.end) continue;
      if (range.certain) {
        places[i--] = range.end;
        break;
      }
      for (auto skipped = at + 1; skipped <= range.end; ++skipped)
        if (std::find(places.begin(), places.end(), skipped) == places.end()) places.push_back(skipped);
    }
  }
  return places;
}

void TypedCheck::read(char byte) {
  ++count_;
  auto& typist = typists_[typist_of(byte)];
  if (too_unsure(typist)) return;
  std::vector<std::uint64_t> next;
  for (const auto place : typist.refused.empty() ? typist.places : places_of(typist))
    if (typed_byte(typist_of(byte), place) == byte && std::find(next.begin(), next.end(), place + 1) == next.end())
      next.push_back(place + 1);
  expect(!next.empty(), "the program read another byte of client " + std::to_string(typist_of(byte)) + " than that at " +
                            std::to_string(typist.places.front()));
  typist.places = std::move(next);
}

bool TypedCheck::complete(std::uint64_t typist, std::uint64_t typed) const {
  if (too_unsure(typists_[typist])) return true;
  const auto places = places_of(typists_[typist]);
  return std::find(places.begin(), places.end(), typed) != places.end();
}

std::string Program::piece() {
  switch (random_.below(8)) {
    case 0: return "\r\n";
    case 1: return "\x1b[3" + std::to_string(random_.below(8)) + "m";
    case 2: return "\x1b[" + std::to_string(random_.between(1, 30)) + ";" + std::to_string(random_.between(1, 90)) + "H";
    case 3: return random_.one_in(20) ? (random_.one_in(2) ? "\x1b[?1049h" : "\x1b[?1049l") : "\x1b[K";
    case 4: return random_.one_in(2) ? "\xe4\xbd\xa0" : "\xc3\xa9";
    default: {
      std::string text(random_.between(1, 40), ' ');
      for (auto& c : text) c = static_cast<char>('!' + random_.below(90));
      return text;
    }
  }
}

void Program::write(std::size_t bytes) {
  if (over_) return;
  while (unwritten_.size() < bytes) unwritten_ += piece();
  const auto count = std::min(bytes, Pty::kOutput - pty_.output.size());
  pty_.output.append(unwritten_, 0, count);
  output_.append(unwritten_, 0, count);
  unwritten_.erase(0, count);
}

void Program::read(std::size_t bytes) {
  if (over_) return;
  const auto count = std::min(bytes, pty_.input.size());
  for (std::size_t i = 0; i < count; ++i) typed_.read(pty_.input[i]);
  pty_.input.erase(0, count);
}

void Program::end(Kernel& kernel) {
  if (std::exchange(over_, true)) return;
  const auto value = static_cast<int>(random_.below(128));
  // With a status, by a signal, or by one that leaves a memory image.
  kernel.end_program(random_.one_in(2) ? value << 8 : (random_.one_in(2) ? value % 31 + 1 : (value % 31 + 1) | 0x80));
}

}  // namespace ptyd::simulation
