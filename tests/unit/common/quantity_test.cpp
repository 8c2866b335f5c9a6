#include "common/quantity.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

namespace ptyd {
namespace {

using std::chrono::milliseconds;

TEST(Duration, IsReadAsPeopleWriteIt) {
  const struct {
    const char* text;
    long long ms;
  } cases[] = {{"0", 0},       {"0s", 0},          {"250ms", 250},          {"5s", 5000},
               {"2m", 120000}, {"1h", 3600000},    {"1.5s", 1500},          {"0.25h", 900000},
               {"0.5ms", 1},   {"1.0000001s", -1}, {"87600h", 315360000000}};
  for (const auto& one : cases) {
    const auto parsed = parse_duration(one.text);
    if (one.ms < 0) {
      EXPECT_FALSE(parsed) << one.text;
    } else {
      ASSERT_TRUE(parsed) << one.text;
      EXPECT_EQ(parsed->count(), one.ms) << one.text;
    }
  }
}

TEST(Duration, IsRefusedWithTheForms) {
  for (const char* const text : {"", "5", "s", "-1s", "+1s", " 1s", "1s ", "1 s", "1.s", ".5s", "1d", "1S", "1e3s",
                                 "1,5s", "87601h", "99999999999999999999s", "18446744073709551615h"}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, errc::invalid_argument);
    EXPECT_EQ(parsed.error().subject, text);
    EXPECT_FALSE(parsed.error().hint.empty());
  }
}

TEST(Duration, IsWrittenInItsShortestExactForm) {
  const struct {
    long long ms;
    const char* text;
  } cases[] = {{0, "0"},      {1, "1ms"},     {999, "999ms"},  {1000, "1s"},       {1500, "1.5s"},
               {60000, "1m"}, {90000, "90s"}, {3600000, "1h"}, {61001, "61.001s"}, {-1500, "-1.5s"}};
  for (const auto& one : cases) EXPECT_EQ(format_duration(milliseconds(one.ms)), one.text);
  EXPECT_FALSE(format_duration(milliseconds::min()).empty());
}

TEST(Duration, WrittenIsReadBack) {
  for (const long long ms : {0LL, 1LL, 999LL, 1001LL, 59999LL, 60000LL, 3599999LL, 86400000LL, 315360000000LL}) {
    const auto parsed = parse_duration(format_duration(milliseconds(ms)));
    ASSERT_TRUE(parsed) << ms;
    EXPECT_EQ(parsed->count(), ms);
  }
}

TEST(Bytes, AreReadWithTheirUnits) {
  const struct {
    const char* text;
    std::optional<std::uint64_t> bytes;
  } cases[] = {{"0", 0},
               {"65536", 65536},
               {"64KiB", 65536},
               {"64K", 65536},
               {"4MiB", 4194304},
               {"4M", 4194304},
               {"1GiB", 1073741824},
               {"1G", 1073741824},
               {"18446744073709551615", std::numeric_limits<std::uint64_t>::max()},
               {"18446744073709551616", {}},
               {"17179869184G", {}},
               {"", {}},
               {"K", {}},
               {"1KB", {}},
               {"1k", {}},
               {"-1", {}},
               {"1.5M", {}},
               {"1 M", {}},
               {"0x10", {}}};
  for (const auto& one : cases) {
    const auto parsed = parse_bytes(one.text);
    EXPECT_EQ(parsed.has_value(), one.bytes.has_value()) << one.text;
    if (parsed && one.bytes) {
      EXPECT_EQ(*parsed, *one.bytes) << one.text;
    }
  }
}

TEST(GeometryText, IsColumnsTimesRows) {
  const auto parsed = parse_geometry("120x40");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, (Geometry{120, 40}));
  EXPECT_TRUE(parse_geometry("1x1"));
  EXPECT_TRUE(parse_geometry("10000x10000"));
  for (const char* const text : {"", "x", "80", "80x", "x24", "0x24", "80x0", "10001x24", "80x10001", "80X24",
                                 "80x24x1", "-1x24", " 80x24", "80 x 24", "4294967376x24"})
    EXPECT_FALSE(parse_geometry(text)) << text;
}

TEST(Time, IsRfc3339InUtc) {
  EXPECT_EQ(format_time(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_time(951827696789), "2000-02-29T12:34:56.789Z");
  EXPECT_EQ(format_time(1795249227123), "2026-11-21T08:20:27.123Z");
  EXPECT_EQ(format_time(std::numeric_limits<std::uint64_t>::max()), "9999-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace ptyd
