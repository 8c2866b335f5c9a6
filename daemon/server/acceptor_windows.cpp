#include "daemon/server/acceptor.hpp"

#include <windows.h>

#include <cstddef>
#include <vector>

#include "common/handle_windows.hpp"
#include "common/pipe_windows.hpp"
#include "common/wide_string.hpp"
#include "daemon/server/client_stream_windows.hpp"
#include "daemon/server/pipe_listener_windows.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxNameBytes = 1024;

// The pipe's name as it is opened by: the system gives it as \NAME.
Result<std::string> name_of(HANDLE pipe) {
  std::vector<std::byte> room(sizeof(FILE_NAME_INFO) + kMaxNameBytes);
  if (::GetFileInformationByHandleEx(pipe, FileNameInfo, room.data(), static_cast<DWORD>(room.size())) == 0)
    return os_error("ask for a pipe's name", last_error());
  const auto* const info = static_cast<const FILE_NAME_INFO*>(static_cast<const void*>(room.data()));
  const std::wstring_view name(static_cast<const wchar_t*>(info->FileName), info->FileNameLength / sizeof(wchar_t));
  return R"(\\.\pipe)" + to_utf8(name);
}

}  // namespace

struct Acceptor::Impl {
  std::shared_ptr<PipeListener> listener;
};

Acceptor::Acceptor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Acceptor::~Acceptor() { close(); }

Result<std::unique_ptr<Acceptor>> Acceptor::adopt(asio::any_io_executor executor, UniqueHandle listener) {
  const auto name = name_of(handle_of(listener));
  if (!name) return name.error();
  auto impl = std::make_unique<Impl>();
  impl->listener = std::make_shared<PipeListener>(executor, [name = *name] { return make_pipe_instance(name, false); });
  if (const auto started = impl->listener->start(std::move(listener)); !started) return started.error();
  return std::unique_ptr<Acceptor>(new Acceptor(std::move(impl)));
}

asio::awaitable<std::unique_ptr<ClientStream>> Acceptor::accept() {
  const auto listener = impl_->listener;
  auto pipe = co_await listener->accept();
  if (!pipe) co_return nullptr;
  co_return adopt_client(std::move(*pipe));
}

// A pipe has its name for as long as we have it. Looking for it would take an instance from a client.
bool Acceptor::can_be_found(const std::string&) { return true; }

UniqueHandle::Native Acceptor::native() const noexcept { return UniqueHandle::kNone; }

void Acceptor::close() { impl_->listener->close(); }

}  // namespace ptyd
