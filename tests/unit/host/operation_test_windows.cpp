#include "daemon/host/operation_windows.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "daemon/host/random_name_windows.hpp"

namespace ptyd::host {
namespace {

using Kind = Outcome::Kind;

class OperationTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(random_pipe_name(L"ptyd-test-", name_), 0);
    server_ = own_handle(::CreateNamedPipeW(name_, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 4096,
                                            4096, 0, nullptr));
    ASSERT_TRUE(server_);
    ASSERT_EQ(operation_.create(), 0);
  }
  Descriptor open_client() {
    return own_handle(
        ::CreateFileW(name_, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr));
  }
  HANDLE server() { return handle_of(server_); }
  Outcome wait() {
    EXPECT_EQ(::WaitForSingleObject(operation_.event(), 20'000), WAIT_OBJECT_0);
    return operation_.take();
  }

  wchar_t name_[kPipeNameUnits];
  Descriptor server_;
  char buffer_[16] = {};
  Operation operation_;
};

TEST_F(OperationTest, IsPendingUntilItsResultIsTaken) {
  operation_.connect(server());
  EXPECT_TRUE(operation_.pending());
  EXPECT_EQ(operation_.take().kind, Kind::pending);
  const Descriptor client = open_client();
  ASSERT_TRUE(client);
  EXPECT_EQ(wait().kind, Kind::done);
  EXPECT_FALSE(operation_.pending());
  EXPECT_EQ(operation_.take().kind, Kind::pending);
}

TEST_F(OperationTest, FindsAClientThatWasThereBeforeAndWhatItWrote) {
  {
    const Descriptor client = open_client();
    ASSERT_TRUE(client);
    DWORD written = 0;
    OVERLAPPED writing{};
    ::WriteFile(handle_of(client), "abc", 3, nullptr, &writing);
    ASSERT_NE(::GetOverlappedResult(handle_of(client), &writing, &written, TRUE), 0);
  }
  operation_.connect(server());
  EXPECT_EQ(wait().kind, Kind::done);
  operation_.read(server(), buffer_, sizeof buffer_);
  const Outcome outcome = wait();
  EXPECT_EQ(outcome.kind, Kind::done);
  EXPECT_EQ(std::string(buffer_, outcome.bytes), "abc");
  operation_.read(server(), buffer_, sizeof buffer_);
  EXPECT_EQ(wait().kind, Kind::gone);
  operation_.write(server(), buffer_, 1);
  EXPECT_EQ(wait().kind, Kind::gone);
}

TEST_F(OperationTest, IsStoppedAfterCancelAndThenOfUseAgain) {
  Descriptor client = open_client();
  ASSERT_TRUE(client);
  operation_.read(server(), buffer_, sizeof buffer_);
  operation_.cancel();
  EXPECT_EQ(wait().kind, Kind::stopped);
  operation_.read(server(), buffer_, sizeof buffer_);
  EXPECT_EQ(operation_.take().kind, Kind::pending);
  client.reset();
  EXPECT_EQ(wait().kind, Kind::gone);
}

TEST_F(OperationTest, TellsOfACallThatWasRefused) {
  operation_.read(nullptr, buffer_, sizeof buffer_);
  const Outcome outcome = wait();
  EXPECT_EQ(outcome.kind, Kind::failed);
  EXPECT_EQ(outcome.error, static_cast<DWORD>(ERROR_INVALID_HANDLE));
}

}  // namespace
}  // namespace ptyd::host
