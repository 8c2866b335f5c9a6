// A stream whose writer waited for a permit that had been given, or wrote past one, once hung after its first write.
#include <deque>
#include <random>
#include <vector>

#include "client/ptyd/output_cursor.hpp"
#include "common/task_group.hpp"
#include "daemon/core/credit.hpp"
#include "daemon/core/flow.hpp"
#include "tests/unit/failures/daemon_test.hpp"
#include "tests/unit/failures/raw_client.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;

// The decisions of daemon and client, and what is on its way between them. One character of a schedule is one step of
// one of them: `w` the program writes, `s` the daemon sends, `r` the client reads, `g` a grant arrives.
class Line {
 public:
  Line(std::uint64_t window, std::uint64_t max_data) : window_(window), max_data_(max_data), cursor_(window) {
    credit_.grant(cursor_.first_credit());
    cursor_.begin(0, false);
  }

  // False: nothing to do.
  bool step(char what) {
    switch (what) {
      case 'w': written_ += 2; return true;
      case 's': return send();
      case 'r': return read();
      default: return take_grant();
    }
  }
  // What is under way arrives, whoever was last.
  bool settle() {
    for (int turn = 0; turn < 1000; ++turn) {
      const bool sent = send();
      const bool was_read = read();
      const bool granted = take_grant();
      if (!sent && !was_read && !granted) return received_ == written_;
    }
    return false;
  }
  bool broken() const { return broken_; }

 private:
  bool send() {
    const auto decision = next_step({FlowPolicy::lossless, sent_, 0, written_, credit_.available(), max_data_});
    if (decision.step != FlowStep::send) return false;
    broken_ |= decision.bytes == 0 || !credit_.spend(decision.bytes);
    const auto old = cursor_.output(sent_, decision.bytes);
    broken_ |= old.has_error() || *old != 0;
    pieces_.push_back(decision.bytes);
    sent_ += decision.bytes;
    broken_ |= sent_ - received_ > window_;
    return true;
  }
  bool read() {
    if (pieces_.empty()) return false;
    received_ += pieces_.front();
    cursor_.consumed(pieces_.front());
    if (const auto grant = cursor_.take_grant(); grant > 0) grants_.push_back(grant);
    pieces_.pop_front();
    return true;
  }
  bool take_grant() {
    if (grants_.empty()) return false;
    credit_.grant(grants_.front());
    grants_.pop_front();
    return true;
  }

  std::uint64_t window_;
  std::uint64_t max_data_;
  OutputCursor cursor_;
  Credit credit_;
  std::uint64_t written_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  std::deque<std::uint64_t> pieces_;
  std::deque<std::uint64_t> grants_;
  bool broken_ = false;
};

TEST(CreditSchedule, EveryOneDeliversEveryByteAndNoneBeyondTheCredit) {
  constexpr std::string_view kSteps = "wsrg";
  constexpr int kLength = 7;
  for (const std::uint64_t window : {1, 2, 3, 5}) {
    for (const std::uint64_t max_data : {1, 3}) {
      for (std::uint32_t number = 0; number < 1u << (2 * kLength); ++number) {
        Line line(window, max_data);
        for (int i = 0; i < kLength; ++i) line.step(kSteps[number >> (2 * i) & 3]);
        const bool all = line.settle();
        ASSERT_TRUE(all && !line.broken())
            << "schedule " << number << ", window " << window << ", at most " << max_data;
      }
    }
  }
}

class Grants : public DaemonTest {
 protected:
  asio::awaitable<void> arrive_in_any_size(std::uint32_t seed);

 private:
  asio::awaitable<void> grant(RawClient* client, std::uint32_t attachment, std::uint64_t bytes);
};

asio::awaitable<void> Grants::grant(RawClient* client, std::uint32_t attachment, std::uint64_t bytes) {
  v1::Frame frame;
  frame.mutable_credit()->set_attachment(attachment);
  frame.mutable_credit()->set_bytes(bytes);
  co_await client->send(std::move(frame));
}

// Over the real pipe or socket: each grant is asked for when the last is used up, or before.
asio::awaitable<void> Grants::arrive_in_any_size(std::uint32_t seed) {
  std::mt19937 random(seed);
  const std::string name = "s" + std::to_string(seed);
  auto client = co_await connect();
  co_await create(client, name, "text 100000");
  const auto raw = co_await RawClient::connect(executor(), options());
  v1::Request attach;
  attach.mutable_attach()->set_session(name);
  attach.mutable_attach()->set_from_offset(0);
  attach.mutable_attach()->set_flow(v1::LOSSLESS);
  const auto attached = co_await raw->call(std::move(attach));
  const auto number = attached.attach().attachment();
  v1::SendRequest start;
  start.set_session(name);
  start.set_data("\r");
  const auto started = co_await client->call(std::move(start));
  EXPECT_TRUE(started);

  std::uint64_t granted = 0;
  std::uint64_t received = 0;
  std::string tail;
  while (tail.find("end-of-text") == std::string::npos) {
    if (received == granted || random() % 4 == 0) {
      const std::uint64_t bytes = 1 + random() % (random() % 2 == 0 ? 10 : 20'000);
      granted += bytes;
      co_await grant(raw.get(), number, bytes);
    }
    if (received == granted) continue;
    const auto frame = co_await raw->receive();
    if (!frame.has_output()) continue;
    EXPECT_EQ(frame.output().offset(), received);
    received += frame.output().data().size();
    EXPECT_LE(received, granted);
    if (testing::Test::HasFailure()) co_return;
    tail = tail.substr(tail.size() - std::min<std::size_t>(tail.size(), 16)) + frame.output().data();
  }
}

TEST_F(Grants, OfAnySizeLetEveryByteThroughOnce) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    run(arrive_in_any_size(seed));
  }
}

}  // namespace
}  // namespace ptyd
