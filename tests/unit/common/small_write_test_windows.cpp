#include "common/small_write_windows.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "common/handle_windows.hpp"

namespace ptyd {
namespace {

constexpr DWORD kBuffer = 4096;
constexpr std::chrono::seconds kLimit{20};

class SmallWriteTest : public testing::Test {
 protected:
  SmallWriteTest() : write_(std::make_unique<SmallWrite>(loop_.get_executor())) {
    const std::wstring name = L"\\\\.\\pipe\\ptyd-small-write-" + std::to_wstring(::GetCurrentProcessId());
    near_ = own_handle(::CreateNamedPipeW(name.c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1,
                                          kBuffer, kBuffer, 0, nullptr));
    far_ = own_handle(::CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr));
  }
  std::optional<int> begin(const std::string& bytes) { return write_->begin(handle_of(near_), bytes); }
  // Writes until one does not end at once; the bytes of all of them.
  std::size_t fill() {
    for (std::size_t written = piece_.size();; written += piece_.size())
      if (begin(piece_) != 0) return written;
  }
  std::string read(std::size_t bytes) {
    std::string text(bytes, 0);
    for (std::size_t got = 0; got < bytes;) {
      DWORD some = 0;
      if (::ReadFile(handle_of(far_), text.data() + got, static_cast<DWORD>(bytes - got), &some, nullptr) == 0) break;
      got += some;
    }
    return text;
  }

  const std::string piece_ = std::string(1024, 'x');
  boost::asio::io_context loop_;
  UniqueHandle near_;
  UniqueHandle far_;
  std::unique_ptr<SmallWrite> write_;
};

TEST_F(SmallWriteTest, EndsAtOnceWhereThePipeHasRoom) {
  ASSERT_TRUE(near_ && far_);
  EXPECT_EQ(begin("one"), 0);
  EXPECT_EQ(begin("two"), 0);
  EXPECT_FALSE(write_->pending());
  EXPECT_EQ(read(6), "onetwo");
  EXPECT_EQ(loop_.poll(), 0U);
}

TEST_F(SmallWriteTest, IsPendingWhileThePipeIsFull) {
  const auto written = fill();
  ASSERT_TRUE(write_->pending());
  int ended = -1;
  write_->when_ended([&](int error) { ended = error; });
  EXPECT_EQ(read(written), std::string(written, 'x'));
  loop_.run_for(kLimit);
  EXPECT_EQ(ended, 0);
  EXPECT_FALSE(write_->pending());
  EXPECT_EQ(begin("again"), 0);
  EXPECT_EQ(read(5), "again");
}

TEST_F(SmallWriteTest, TellsThatItWasCancelled) {
  fill();
  int ended = -1;
  write_->when_ended([&](int error) { ended = error; });
  write_->cancel();
  loop_.run_for(kLimit);
  EXPECT_EQ(ended, ERROR_OPERATION_ABORTED);
}

TEST_F(SmallWriteTest, TellsThatThePeerIsGone) {
  fill();
  int ended = -1;
  write_->when_ended([&](int error) { ended = error; });
  far_.reset();
  loop_.run_for(kLimit);
  EXPECT_GT(ended, 0);
  EXPECT_GT(begin("nobody reads this").value_or(0), 0);
}

// The system has let go of the bytes by then: what is read later are those of the writes before.
TEST_F(SmallWriteTest, TakesAPendingWriteBackWhenItGoes) {
  const auto written = fill();
  ASSERT_TRUE(write_->pending());
  write_.reset();
  near_.reset();
  const auto got = read(written);
  EXPECT_EQ(got.find_first_not_of('x'), written - piece_.size());
}

}  // namespace
}  // namespace ptyd
