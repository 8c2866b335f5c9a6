// What ptyctl asks of Windows: programs, files, standard streams.
#include <gtest/gtest.h>
#include <windows.h>

#include <shellapi.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "client/commands/byte_pipe.hpp"
#include "client/commands/process_windows.hpp"
#include "client/commands/ssh_transport.hpp"
#include "client/commands/system.hpp"
#include "client/ptyd/daemon_stream.hpp"
#include "common/handle_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;
using std::chrono_literals::operator""s;

std::string fresh_path(const std::string& name) {
  return (std::filesystem::path(testing::TempDir()) / (name + std::to_string(std::random_device()()))).string();
}

TEST(Process, ArgumentsComeBackAsTheyWere) {
  const std::vector<std::vector<std::string>> cases{
      {"a.exe"},
      {"C:\\with blank\\a.exe", "plain"},
      {"a.exe", "", "two words", "tab\there"},
      {"a.exe", "say \"hi\"", "\"", "back\\slash", "end\\", "end \\", "\\\"", "\\\\\"x\\\\"},
      {"a.exe", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "%PATH%", "a&b|c>d", "*"},
  };
  for (const auto& arguments : cases) {
    const auto line = command_line(arguments);
    ASSERT_TRUE(line) << line.error().message;
    int count = 0;
    wchar_t** const parsed = ::CommandLineToArgvW(line->c_str(), &count);
    ASSERT_NE(parsed, nullptr);
    std::vector<std::string> back;
    for (int i = 0; i < count; ++i) back.push_back(to_utf8(parsed[i]));
    ::LocalFree(parsed);
    EXPECT_EQ(back, arguments);
  }
}

TEST(Process, WhatCannotBeWrittenIsRefused) {
  EXPECT_FALSE(command_line({"a\"b.exe"}));
  EXPECT_FALSE(command_line({"a.exe", "\xff"}));
}

TEST(Process, OutputAndStatusOfAProgramAreHad) {
  std::string output;
  const auto status = run_program({"cmd.exe", "/d", "/c", "echo some words& exit 7"}, &output);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 7);
  EXPECT_EQ(output, "some words\r\n");
}

TEST(Process, AMissingProgramIsSaid) {
  const auto status = run_program({"no-such-program-here.exe"}, nullptr);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, errc::spawn_failed);
  EXPECT_NE(status.error().message.find("no-such-program-here.exe"), std::string::npos);
}

TEST(Files, AreReplacedAndReadBack) {
  const auto path = fresh_path("ptyctl-\xc3\xa4-") + "\\folder\\file";
  ASSERT_TRUE(write_file(path, "first"));
  ASSERT_TRUE(write_file(path, std::string(100'000, 'x')));
  const auto all = read_small_file(path, 200'000);
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(*all, std::string(100'000, 'x'));
  EXPECT_FALSE(read_small_file(path, 1000));
  EXPECT_FALSE(read_small_file(path + "no", 1000));
}

TEST(Environment, HasNoEntriesOfTheSystemItself) {
  ASSERT_NE(::SetEnvironmentVariableW(L"PTYD_TEST_ENTRY", L"\u00e4=b"), 0);
  bool found = false;
  for (const auto& [name, value] : environment()) {
    EXPECT_FALSE(name.empty());
    if (name == "PTYD_TEST_ENTRY") found = value == "\xc3\xa4=b";
  }
  EXPECT_TRUE(found);
}

// A standard stream that leads to a pipe while it lives.
class Redirected {
 public:
  explicit Redirected(DWORD which) : which_(which), before_(::GetStdHandle(which)) {
    HANDLE read = nullptr;
    HANDLE write = nullptr;
    EXPECT_NE(::CreatePipe(&read, &write, nullptr, 0), 0);
    ours_ = own_handle(which == STD_INPUT_HANDLE ? write : read);
    theirs_ = own_handle(which == STD_INPUT_HANDLE ? read : write);
    ::SetStdHandle(which, handle_of(theirs_));
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;
  ~Redirected() { ::SetStdHandle(which_, before_); }
  void write(std::string_view bytes) const {
    DWORD size = 0;
    EXPECT_NE(::WriteFile(handle_of(ours_), bytes.data(), static_cast<DWORD>(bytes.size()), &size, nullptr), 0);
  }
  std::string read(std::size_t size) const {
    std::string bytes(size, '\0');
    DWORD got = 0;
    for (std::size_t at = 0; at < size; at += got)
      if (::ReadFile(handle_of(ours_), bytes.data() + at, static_cast<DWORD>(size - at), &got, nullptr) == 0) break;
    return bytes;
  }
  void close() { ours_.reset(); }

 private:
  DWORD which_;
  HANDLE before_;
  UniqueHandle ours_;
  UniqueHandle theirs_;
};

asio::awaitable<void> read_until_end(BytePipe* pipe, std::string* all) {
  std::array<char, 100> room{};
  const std::span<char> into(room);
  for (;;) {
    const auto size = co_await pipe->read_some(into);
    if (size == 0) co_return;
    all->append(room.data(), size);
  }
}

asio::awaitable<void> write_pieces(BytePipe* pipe, std::string bytes, bool* written) {
  const bool all = co_await pipe->write_all(bytes);
  *written = all;
}

TEST(BytePipe, ReadsAllUntilTheEnd) {
  Redirected in(STD_INPUT_HANDLE);
  asio::io_context loop;
  auto pipe = BytePipe::standard(loop.get_executor(), StandardEnd::in);
  ASSERT_TRUE(pipe);
  std::string all;
  asio::co_spawn(loop, read_until_end(pipe->get(), &all), asio::detached);
  const std::string first(1000, 'a');
  in.write(first);
  for (const auto end = std::chrono::steady_clock::now() + 10s;
       all.size() < first.size() && std::chrono::steady_clock::now() < end;)
    loop.run_one_for(1s);
  EXPECT_EQ(all, first);
  in.write("b");
  in.close();
  loop.restart();
  loop.run_for(10s);
  EXPECT_EQ(all, first + "b");
  EXPECT_TRUE(loop.stopped());
}

TEST(BytePipe, CloseBreaksOffAReadThatWaits) {
  Redirected in(STD_INPUT_HANDLE);
  asio::io_context loop;
  auto pipe = BytePipe::standard(loop.get_executor(), StandardEnd::in);
  ASSERT_TRUE(pipe);
  std::string all;
  asio::co_spawn(loop, read_until_end(pipe->get(), &all), asio::detached);
  loop.poll();
  (*pipe)->close();
  loop.restart();
  loop.run_for(10s);
  EXPECT_TRUE(loop.stopped());
  EXPECT_EQ(all, "");
}

TEST(BytePipe, WritesAllInOrder) {
  Redirected out(STD_OUTPUT_HANDLE);
  asio::io_context loop;
  auto pipe = BytePipe::standard(loop.get_executor(), StandardEnd::out);
  ASSERT_TRUE(pipe);
  std::string bytes;
  for (int i = 0; bytes.size() < 300'000; ++i) bytes += std::to_string(i) + ' ';
  bool written = false;
  asio::co_spawn(loop, write_pieces(pipe->get(), bytes, &written), asio::detached);
  std::string all;
  std::thread reader([&] { all = out.read(bytes.size()); });
  loop.run_for(30s);
  reader.join();
  EXPECT_TRUE(written);
  EXPECT_EQ(all, bytes);
}

asio::awaitable<void> talk(DaemonStream* stream, std::string say, std::string* heard) {
  co_await stream->write_some(say);
  std::array<char, 256> room{};
  const std::span<char> into(room);
  for (;;) {
    const auto size = co_await stream->read_some(into);
    if (size == 0) co_return;
    heard->append(room.data(), size);
  }
}

TEST(SshTransport, CarriesBytesBothWaysUntilTheProgramEnds) {
  asio::io_context loop;
  auto program = start_on_socket({"cmd.exe", "/d", "/c", "set /p ptydsaid=& set ptydsaid"});
  ASSERT_TRUE(program) << program.error().message;
  auto stream = DaemonStream::adopt(loop.get_executor(), UniqueHandle(program->socket));
  ASSERT_TRUE(stream);
  std::string heard;
  asio::co_spawn(loop, talk(stream->get(), "these words\r\n", &heard), asio::detached);
  loop.run_for(30s);
  EXPECT_TRUE(loop.stopped());
  EXPECT_EQ(heard, "ptydsaid=these words\r\n");
}

TEST(SshTransport, EndsTheProgramsInputWithTheConnection) {
  asio::io_context loop;
  auto program = start_on_socket({"cmd.exe", "/d", "/c", "set /p x="});
  ASSERT_TRUE(program) << program.error().message;
  auto stream = DaemonStream::adopt(loop.get_executor(), UniqueHandle(program->socket));
  ASSERT_TRUE(stream);
  (*stream)->shut_down();
  program->relay.reset();  // joins its threads
}

}  // namespace
}  // namespace ptyd
