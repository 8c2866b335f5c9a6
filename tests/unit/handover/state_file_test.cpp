#include "daemon/handover/state_file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "tests/unit/handover/sample_state.hpp"

namespace ptyd {
namespace {

// With PTYD_WRITE_GOLDEN=1 in the environment it is written when it is missing, and never changed.
std::string golden(int format) {
  const char* const source = std::getenv("PTYD_SOURCE_DIR");
  const auto path = std::filesystem::path(source != nullptr ? source : ".") / "tests/golden/state" /
                    ("format" + std::to_string(format) + ".bin");
  if (std::getenv("PTYD_WRITE_GOLDEN") != nullptr && !std::filesystem::exists(path))
    std::ofstream(path, std::ios::binary) << *encode_state(sample_state());
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

errc code_of(const Result<SavedState>& result) { return result ? errc{} : result.error().code; }

TEST(StateFile, IsReadAsItWasRecorded) {
  const auto recorded = golden(1);
  ASSERT_FALSE(recorded.empty());
  const auto read = decode_state(recorded);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*encode_state(*read), *encode_state(sample_state()));
}

TEST(StateFile, BringsEveryFieldBack) {
  const auto bytes = *encode_state(sample_state());
  const auto read = decode_state(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*encode_state(*read), bytes);
  EXPECT_EQ(read->sessions.at(0).host.queued.at(0).handle, 12);
  EXPECT_EQ(read->connections.at(0).attachments.at(0).text, "\xC3");
  EXPECT_EQ(read->asked_id, 10u);
}

// What was added to format 1 later.
TEST(StateFile, BringsLeasesBack) {
  auto state = sample_state();
  state.sessions.at(0).leases = {{1, {9, 8, 7}, 4, "agent", 77, 5, 65'000, 60'000, true, 70'000}, {}};
  state.connections.at(0).attachments.at(0).lease = SavedId{1, 2, 3};
  state.connections.at(0).attachments.at(0).person = true;
  const auto bytes = *encode_state(state);
  const auto read = decode_state(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*encode_state(*read), bytes);
  EXPECT_EQ(read->sessions.at(0).leases.at(0).until, 60'000);
  EXPECT_EQ(read->sessions.at(0).leases.at(0).until_boot_ns, 70'000U);
  EXPECT_TRUE(read->connections.at(0).attachments.at(0).person);
}

TEST(StateFile, OfALaterFormatIsRefusedByName) {
  const auto read = decode_state(*encode_state(sample_state(), kStateFormat + 2));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, errc::unsupported_version);
  EXPECT_EQ(read.error().message, "STATE_TOO_NEW: the daemon's state has format 3, this program reads formats 1 to 1");
  EXPECT_EQ(read.error().have_from, kOldestStateFormat);
  EXPECT_EQ(read.error().have_to, kStateFormat);
}

TEST(StateFile, OfAForgottenFormatIsRefusedByName) {
  const auto read = decode_state(*encode_state(sample_state(), 0));
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().message.starts_with("STATE_TOO_OLD")) << read.error().message;
}

TEST(StateFile, IsRefusedWhenAnyByteChanged) {
  const auto bytes = *encode_state(sample_state());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x40);
    EXPECT_FALSE(decode_state(changed)) << i;
  }
}

TEST(StateFile, IsRefusedWhenItIsCutOffOrLonger) {
  const auto bytes = *encode_state(sample_state());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(code_of(decode_state(std::string_view(bytes).substr(0, size))), errc::malformed) << size;
  EXPECT_EQ(code_of(decode_state(bytes + "x")), errc::malformed);
}

// Each change alone makes it impossible.
TEST(StateFile, IsRefusedWhenItContradictsItself) {
  const std::vector<std::function<void(SavedState&)>> changes{
      [](SavedState& s) { s.lock = -1; },
      [](SavedState& s) { s.listener = -1; },
      [](SavedState& s) { s.next_connection = 5; },
      [](SavedState& s) { s.connections[1].number = 4; },
      [](SavedState& s) { s.connections[0].socket = -1; },
      [](SavedState& s) { s.connections[0].encoding = 3; },
      [](SavedState& s) { s.connections[0].greeted = false; },
      [](SavedState& s) { s.connections[0].attachments[0].number = 0; },
      [](SavedState& s) { s.connections[0].attachments[0].role = 2; },
      [](SavedState& s) { s.connections[0].attachments[0].flow = 3; },
      [](SavedState& s) { s.connections[0].attachments[0].in_flight = 301; },
      [](SavedState& s) { s.connections[0].attachments[0].input_held_sent = 3; },
      [](SavedState& s) { s.connections[0].attachments[0].input_accepted = 21; },
      [](SavedState& s) { s.sessions[0].attachments.clear(); },
      [](SavedState& s) {
        s.sessions[0].attachments.push_back({4, 2});
      },
      [](SavedState& s) { s.sessions.push_back(s.sessions[0]); },
      [](SavedState& s) { s.sessions[0].host.ring = -1; },
      [](SavedState& s) { s.requests[0].typing->end = 4; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto state = sample_state();
    changes[i](state);
    EXPECT_EQ(code_of(decode_state(*encode_state(state))), errc::malformed) << i;
  }
}

TEST(StateFile, HasABound) {
  auto state = sample_state();
  state.events = {std::string(kMaxState, 'x')};
  const auto encoded = encode_state(state);
  ASSERT_FALSE(encoded);
  EXPECT_EQ(encoded.error().code, errc::resource_exhausted);
}

}  // namespace
}  // namespace ptyd
