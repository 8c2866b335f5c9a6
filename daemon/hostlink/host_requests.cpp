// The requests of HostLink, one by one.
#include <algorithm>
#include <limits>

#include "daemon/host/errors.hpp"
#include "daemon/hostlink/host_link_impl.hpp"
#include "daemon/hostlink/memory_file.hpp"

namespace ptyd {

namespace asio = boost::asio;
using host::MessageType;

namespace {

// The answer to a request that has no other content.
Result<void> result_of(const Result<HostMessage>& answer, const char* what) {
  if (!answer) return answer.error();
  host::Result result{};
  if (answer->type != MessageType::result || !decode(answer->body, result))
    return Error{errc::malformed, std::string("the session's host gave no proper answer: ") + what};
  if (result.error == 0) return {};
  const int number = static_cast<int>(result.error & std::numeric_limits<int>::max());
  auto error = os_error(what, number);
  if (number == host::kBusy) error.code = errc::failed_precondition;
  if (number == host::kGone) error.code = errc::session_ended;
  return error;
}

}  // namespace

Result<void> HostLink::send_input(const InputStreamId& stream, std::uint64_t offset, std::span<const std::byte> data) {
  if (impl_->lost || impl_->closing || impl_->replacing) return Error{errc::unavailable, "the session's host is gone"};
  if (data.size() > host::kMaxPayload) return Error{errc::invalid_argument, "too much input in one message"};
  host::Input input{};
  std::copy(stream.begin(), stream.end(), std::begin(input.stream));
  input.offset = offset;
  return impl_->channel->send(MessageType::input, bytes_of(input), data);
}

Result<void> HostLink::skip_input(const InputStreamId& stream, std::uint64_t offset, std::uint64_t bytes) {
  if (impl_->lost || impl_->closing || impl_->replacing) return Error{errc::unavailable, "the session's host is gone"};
  host::Skip skip{};
  std::copy(stream.begin(), stream.end(), std::begin(skip.stream));
  skip.offset = offset;
  skip.bytes = bytes;
  return impl_->channel->send(MessageType::skip, bytes_of(skip));
}

Result<void> HostLink::resize(host::Resize size) {
  if (impl_->lost || impl_->closing) return Error{errc::unavailable, "the session's host is gone"};
  if (impl_->replacing) return {};
  auto sent = impl_->channel->send(MessageType::resize, bytes_of(size));
  return impl_->replaceable() ? Result<void>() : sent;
}

void HostLink::kick() {
  // When it can't be sent the link is lost, or so much is queued that the host will look anyway.
  if (!impl_->lost && !impl_->closing && !impl_->replacing)
    static_cast<void>(impl_->channel->send(MessageType::credit, {}));
}

void HostLink::tell_rights(const host::Grant& grant) {
  if (impl_->lost || impl_->closing || impl_->replacing || (features() & host::kFeatureGuests) == 0) return;
  static_cast<void>(impl_->ask(MessageType::grant, bytes_of(grant)));
}

asio::awaitable<Result<void>> HostLink::let_in(host::Grant grant) {
  if ((features() & host::kFeatureGuests) == 0)
    co_return Error{errc::unimplemented, "the session's host lets nobody in", "go on by the daemon"};
  const auto there = co_await impl_->until_there();
  if (!there) co_return there.error();
  auto asked = impl_->ask(MessageType::grant, bytes_of(grant));
  const auto answer = co_await await_answer(std::move(asked));
  co_return result_of(answer, "let a client in to the session's host");
}

asio::awaitable<Result<void>> HostLink::close_gates() {
  const auto there = co_await impl_->until_there();
  if (!there) co_return there.error();
  if ((features() & host::kFeatureGuests) == 0) co_return Result<void>();
  auto asked = impl_->ask(MessageType::close_gates, {});
  const auto answer = co_await await_answer(std::move(asked));
  // A host that has died meanwhile lets nobody type, and the next one knows of nobody.
  if (!answer && impl_->replaceable()) co_return Result<void>();
  co_return result_of(answer, "close the session's input to its guests");
}

asio::awaitable<Result<void>> HostLink::signal(std::uint32_t number, host::SignalTarget target) {
  const host::Signal body{number, static_cast<std::uint32_t>(target)};
  const auto there = co_await impl_->until_there();
  if (!there) co_return there.error();
  auto asked = impl_->ask(MessageType::signal, bytes_of(body));
  const auto answer = co_await await_answer(std::move(asked));
  co_return result_of(answer, "send a signal to the program");
}

asio::awaitable<Result<void>> HostLink::terminate() {
  const auto there = co_await impl_->until_there();
  if (!there) co_return there.error();
  auto asked = impl_->ask(MessageType::terminate, {});
  const auto answer = co_await await_answer(std::move(asked));
  co_return result_of(answer, "end the program");
}

asio::awaitable<Result<host::StatusReply>> HostLink::status() {
  const auto there = co_await impl_->until_there();
  if (!there) co_return there.error();
  auto asked = impl_->ask(MessageType::status, {});
  const auto answer = co_await await_answer(std::move(asked));
  if (!answer) co_return answer.error();
  host::StatusReply reply{};
  if (answer->type == MessageType::status_reply && decode(answer->body, reply)) co_return reply;
  const auto failed = result_of(answer, "ask for the terminal's state");
  if (!failed) co_return failed.error();
  co_return Error{errc::malformed, "the session's host gave no proper answer: its terminal's state"};
}

asio::awaitable<Result<void>> HostLink::put(host::Slot slot, std::uint64_t offset, std::string content) {
  if (content.size() > kMaxBlob) co_return Error{errc::resource_exhausted, "a host keeps at most 16 MiB in one place"};
  auto file = make_memory_file(content);
  if (!file) co_return file.error();
  const host::Blob blob{static_cast<std::uint32_t>(slot), 1, offset, content.size()};
  if (slot == host::Slot::checkpoint) impl_->remember_checkpoint(*file, offset, content.size());
  const auto there = co_await impl_->until_there();
  if (!there) co_return there.error();
  auto asked = impl_->ask(MessageType::put, bytes_of(blob), std::move(*file));
  const auto answer = co_await await_answer(std::move(asked));
  co_return result_of(answer, "keep data in the session's host");
}

asio::awaitable<Result<std::optional<std::string>>> HostLink::get(host::Slot slot) {
  const host::Blob wanted{static_cast<std::uint32_t>(slot), 0, 0, 0};
  const auto there = co_await impl_->until_there();
  if (!there) co_return there.error();
  auto asked = impl_->ask(MessageType::get, bytes_of(wanted));
  // The descriptor arrives in the request, which is ours too.
  const auto request = asked ? *asked : nullptr;
  const auto answer = co_await await_answer(std::move(asked));
  if (!answer) co_return answer.error();
  host::Blob blob{};
  if (answer->type != MessageType::blob || !decode(answer->body, blob)) {
    const auto failed = result_of(answer, "fetch data from the session's host");
    if (!failed) co_return failed.error();
    co_return Error{errc::malformed, "the session's host gave no proper answer: what it keeps"};
  }
  if (blob.present == 0) co_return std::optional<std::string>();
  if (request->handles.empty() || !request->handles.front())
    co_return Error{errc::malformed, "the session's host sent no descriptor"};
  auto content = read_memory_file(request->handles.front(), blob.size);
  if (!content) co_return content.error();
  if (slot == host::Slot::checkpoint) impl_->remember_checkpoint(request->handles.front(), blob.offset, blob.size);
  co_return std::optional<std::string>(std::move(*content));
}

asio::awaitable<Result<void>> HostLink::forget() {
  const auto there = co_await impl_->until_there();
  if (!there) co_return there.error();
  impl_->forgetting = true;  // its end is what is wanted
  auto asked = impl_->ask(MessageType::forget, {});
  const auto answer = co_await await_answer(std::move(asked));
  auto result = result_of(answer, "let the session's host end");
  impl_->forgetting = result.has_value() || impl_->lost;
  co_return result;
}

}  // namespace ptyd
