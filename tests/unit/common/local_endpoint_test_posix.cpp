#include "common/local_endpoint.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "common/peer_identity.hpp"
#include "tests/unit/common/temp_dir.hpp"

namespace ptyd {
namespace {

constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;

mode_t mode_of(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

std::string path_of_length(const TempDir& temp, std::size_t length) {
  return temp / std::string(length - temp.path().size() - 1, 's');
}

TEST(LocalEndpoint, ConnectsBothEndsOfOneUser) {
  const TempDir temp;
  const auto listener = listen_local(temp / "s");
  ASSERT_TRUE(listener) << listener.error().message;
  const auto client = connect_local(temp / "s");
  ASSERT_TRUE(client) << client.error().message;
  const UniqueHandle server(::accept(listener->fd(), nullptr, nullptr));
  ASSERT_TRUE(server);
  ASSERT_EQ(::send(client->fd(), "hi", 2, 0), 2);
  char bytes[4];
  EXPECT_EQ(::recv(server.fd(), bytes, sizeof bytes, 0), 2);
  for (const int fd : {listener->fd(), client->fd()}) {
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  }
}

TEST(LocalEndpoint, IsPrivateWhateverTheUmask) {
  const TempDir temp;
  for (const mode_t mask : {0, 0022, 0077, 0777}) {
    const std::string path = temp / std::to_string(mask);
    const mode_t before = ::umask(mask);
    const auto listener = listen_local(path);
    EXPECT_EQ(::umask(before), mask) << "the mask is put back";
    ASSERT_TRUE(listener);
    EXPECT_EQ(mode_of(path), 0600u) << mask;
  }
}

TEST(LocalEndpoint, TakesAPathThatFillsTheAddressExactly) {
  const TempDir temp;
  const std::string path = path_of_length(temp, kLongest);
  const auto listener = listen_local(path);
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_EQ(mode_of(path), 0600u);
  EXPECT_TRUE(connect_local(path));
}

TEST(LocalEndpoint, RefusesALongerPathAndSaysTheLimit) {
  const TempDir temp;
  const std::string path = path_of_length(temp, kLongest + 1);
  for (const auto& tried :
       {listen_local(path), connect_local(path), listen_local(""), connect_local(std::string("\0abstract", 9))}) {
    ASSERT_FALSE(tried);
    EXPECT_EQ(tried.error().code, errc::invalid_argument);
    EXPECT_NE(tried.error().message.find(std::to_string(kLongest)), std::string::npos);
  }
  EXPECT_EQ(mode_of(path.substr(0, kLongest)), 0u) << "nothing is made under a shortened name";
}

TEST(LocalEndpoint, ReplacesALeftoverNobodyListensOn) {
  const TempDir temp;
  { ASSERT_TRUE(listen_local(temp / "s")); }
  ASSERT_EQ(mode_of(temp / "s"), 0600u);
  const auto refused = connect_local(temp / "s");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::unavailable);
  EXPECT_EQ(refused.error().os_error, static_cast<std::uint32_t>(ECONNREFUSED));
  const auto listener = listen_local(temp / "s");
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_TRUE(connect_local(temp / "s"));
}

TEST(LocalEndpoint, LeavesAListenerAlone) {
  const TempDir temp;
  const auto first = listen_local(temp / "s");
  ASSERT_TRUE(first);
  const auto second = listen_local(temp / "s");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::already_exists);
  EXPECT_TRUE(connect_local(temp / "s"));
}

TEST(LocalEndpoint, LeavesAListenerAloneWhoseQueueIsFull) {
  const TempDir temp;
  const auto listener = listen_local(temp / "s");
  ASSERT_TRUE(listener);
  ASSERT_EQ(::listen(listener->fd(), 0), 0);
  std::vector<UniqueHandle> waiting;
  Result<UniqueHandle> last = connect_local(temp / "s");
  while (last && waiting.size() < 1000) {
    waiting.push_back(std::move(*last));
    last = connect_local(temp / "s");
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, errc::unavailable);
  const auto second = listen_local(temp / "s");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::already_exists);
}

TEST(LocalEndpoint, NeverRemovesWhatIsNoSocket) {
  const TempDir temp;
  const UniqueHandle file(::open((temp / "s").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(file);
  ASSERT_EQ(::symlink((temp / "target").c_str(), (temp / "link").c_str()), 0);
  for (const char* const name : {"s", "link"}) {
    const auto listener = listen_local(temp / name);
    ASSERT_FALSE(listener) << name;
    EXPECT_EQ(listener.error().code, errc::already_exists);
  }
  EXPECT_EQ(mode_of(temp / "s"), 0600u);
  EXPECT_EQ(mode_of(temp / "target"), 0u);
}

TEST(LocalEndpoint, SaysWhenThereIsNothing) {
  const TempDir temp;
  const auto client = connect_local(temp / "s");
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, errc::not_found);
  EXPECT_EQ(client.error().subject, temp / "s");
}

}  // namespace
}  // namespace ptyd
