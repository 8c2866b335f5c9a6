#include "client/ptyd/daemon_socket.hpp"

#include <gtest/gtest.h>
#include <windows.h>

#include <filesystem>

#include "client/ptyd/client.hpp"
#include "common/program_path.hpp"
#include "common/wide_string.hpp"
#include "proto/frame.hpp"
#include "tests/unit/server/pipe_server.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;

ClientOptions options_for(const std::string& pipe) {
  ClientOptions options;
  options.socket = pipe;
  options.name = "test";
  return options;
}

// Answers hello, and each request with an empty list.
asio::awaitable<void> answer(SharedStream stream) {
  FrameReader reader(kMaxFrame, Encoding::binary);
  v1::Frame frame;
  for (;;) {
    const auto room = reader.prepare();
    const std::size_t size = co_await stream->read_some(room);
    if (size == 0) co_return;
    reader.commit(size);
    while (reader.next(frame)) {
      v1::Frame reply;
      reply.set_id(frame.id());
      if (frame.has_hello()) {
        reply.mutable_welcome()->set_protocol(1);
        reply.mutable_welcome()->set_server_version(frame.hello().client_name());
      } else {
        reply.mutable_response()->mutable_list();
      }
      std::string bytes;
      append_frame(bytes, reply, Encoding::binary);
      const std::array<std::string_view, 1> pieces{bytes};
      while (!stream->all_taken()) co_await stream->wait_writable();
      EXPECT_EQ(stream->send_some(pieces).value(), bytes.size());
    }
  }
}

asio::awaitable<void> call(asio::any_io_executor executor, ClientOptions options, std::size_t calls, Error& error,
                           std::size_t& answered) {
  const auto client = co_await Client::connect(executor, options);
  if (!client) {
    error = client.error();
    co_return;
  }
  EXPECT_EQ((*client)->welcome().server_version(), "test");
  for (std::size_t i = 0; i < calls; ++i) {
    v1::ListRequest list;
    const auto reply = co_await (*client)->call(std::move(list));
    if (reply) ++answered;
  }
}

Error connect_error(ClientOptions options) {
  asio::io_context loop{1};
  Error error;
  std::size_t answered = 0;
  asio::co_spawn(loop, call(loop.get_executor(), std::move(options), 0, error, answered),
                 [](std::exception_ptr failed) {
                   if (failed) std::rethrow_exception(failed);
                 });
  loop.run_for(std::chrono::seconds(60));
  EXPECT_TRUE(loop.stopped());
  return error;
}

TEST(DaemonSocket, SpeaksWithADaemonOverItsPipe) {
  PipeServer server([](SharedStream stream) { return answer(stream); });
  Error error;
  std::size_t answered = 0;
  asio::co_spawn(server.loop(), call(server.loop().get_executor(), options_for(server.name()), 100, error, answered),
                 [](std::exception_ptr failed) {
                   if (failed) std::rethrow_exception(failed);
                 });
  server.run_until([&] { return server.closed() == 1; });
  EXPECT_EQ(error.message, "");
  EXPECT_EQ(answered, 100u);
}

TEST(DaemonSocket, IsTheUsersOwnUnlessAnotherIsNamed) {
  const auto paths = daemon_paths(options_for(R"(\\.\pipe\ptyd-other)"));
  ASSERT_TRUE(paths) << paths.error().message;
  EXPECT_EQ(paths->socket, R"(\\.\pipe\ptyd-other)");
  EXPECT_EQ(daemon_paths(options_for("/tmp/ptyd.sock")).error().code, errc::invalid_argument);
}

TEST(DaemonSocket, SaysThatNoDaemonListens) {
  const auto name = unused_pipe_name();
  const auto error = connect_error(options_for(name));
  EXPECT_EQ(error.code, errc::unavailable);
  EXPECT_EQ(error.subject, name);
}

class StartDaemon : public testing::Test {
 protected:
  ~StartDaemon() override {
    std::error_code ignored;
    std::filesystem::remove_all(to_wide(paths_.runtime_dir).value(), ignored);
  }
  Error start(std::string program) {
    auto options = options_;
    options.autostart = Autostart::yes;
    options.daemon_program = std::move(program);
    return connect_error(options);
  }
  const ClientOptions options_ = options_for(unused_pipe_name());
  const RuntimePaths paths_ = daemon_paths(options_).value();
};

TEST_F(StartDaemon, SaysThatThereIsNoSuchProgram) {
  const auto error = start(R"(C:\no such folder\ptyd.exe)");
  EXPECT_EQ(error.code, errc::unavailable);
  EXPECT_EQ(error.step, "exec") << error.message;
}

TEST_F(StartDaemon, SaysThatTheDaemonEndedBeforeItListened) {
  std::wstring folder(MAX_PATH, L'\0');
  folder.resize(::GetSystemDirectoryW(folder.data(), MAX_PATH));
  const auto error = start(to_utf8(folder) + R"(\hostname.exe)");
  EXPECT_EQ(error.code, errc::unavailable);
  EXPECT_NE(error.message.find("ended before it was ready"), std::string::npos) << error.message;
}

TEST(ProgramPath, IsThisTest) { EXPECT_TRUE(program_path().ends_with("client_pipe_test.exe")) << program_path(); }

}  // namespace
}  // namespace ptyd
