#include "daemon/host/connection_windows.hpp"

#include <cstring>
#include <initializer_list>

namespace ptyd::host {

namespace {

bool is_section(HANDLE handle) noexcept {
  void* const view = ::MapViewOfFile(handle, FILE_MAP_READ, 0, 0, 1);
  return view != nullptr && ::UnmapViewOfFile(view) != 0;
}

}  // namespace

int Connection::create() noexcept {
  const int error = read_.create();
  return error != 0 ? error : write_.create();
}

void Connection::open(Descriptor pipe, std::uint64_t number) noexcept {
  close();
  pipe_ = static_cast<Descriptor&&>(pipe);
  number_ = number;
}

// What is in the pipe can still be read at its other end.
void Connection::close() noexcept {
  read_.stop();
  write_.stop();
  pipe_.reset();
  in_.clear();
  drop_output();
  greeted_ = false;
  peer_reads_ = true;
}

void Connection::drop_output() noexcept {
  out_bytes_ = 0;
  out_sent_ = 0;
  owed_.clear();
}

Connection::Received Connection::receive() noexcept {
  while (in_.proper()) {
    if (in_.whole()) return Received::message;
    std::size_t got = 0;
    if (!receive_some(got)) break;
    if (got == 0) return Received::nothing;
    in_.add(got);
  }
  close();
  return Received::closed;
}

// False: the connection is to be closed. `got` is 0 when there is nothing to read now.
bool Connection::receive_some(std::size_t& got) noexcept {
  if (!read_.pending()) read_.read(handle_of(pipe_), in_.end(), static_cast<DWORD>(in_.room()));
  const Outcome outcome = read_.take();
  got = outcome.bytes;
  return outcome.kind == Outcome::Kind::pending || (outcome.kind == Outcome::Kind::done && outcome.bytes > 0);
}

Descriptor Connection::take_descriptor() noexcept {
  std::uint64_t value = 0;
  if (in_.header().size < sizeof value) return Descriptor();
  std::memcpy(&value, in_.body() + in_.header().size - sizeof value, sizeof value);
  const auto native = static_cast<Descriptor::Native>(value);
  const HANDLE handle = reinterpret_cast<HANDLE>(native);
  return native > 0 && is_section(handle) ? Descriptor(native) : Descriptor();
}

void Connection::send_bytes(MessageType type, const void* body, std::size_t bytes, Descriptor::Native first,
                            Descriptor::Native second) noexcept {
  if (!is_open() || !peer_reads_ || sending()) return;
  std::memcpy(out_.body, body, bytes);
  for (const Descriptor::Native native : {first, second}) {
    if (native == Descriptor::kNone) continue;
    const auto value = static_cast<std::uint64_t>(native);
    std::memcpy(out_.body + bytes, &value, sizeof value);
    bytes += sizeof value;
  }
  out_.header = {static_cast<std::uint32_t>(bytes), static_cast<std::uint16_t>(type), 0};
  out_bytes_ = sizeof out_.header + bytes;
  out_sent_ = 0;
  push();
}

void Connection::tell(MessageType type) noexcept {
  if (!is_open() || !peer_reads_) return;
  owed_.add(type);
  flush();
}

void Connection::flush() noexcept {
  if (sending()) push();
  while (is_open() && !sending() && !owed_.empty()) {
    const std::byte none{};
    send_bytes(owed_.take(), &none, 0, Descriptor::kNone, Descriptor::kNone);
  }
}

void Connection::push() noexcept {
  while (out_sent_ < out_bytes_) {
    if (!write_.pending())
      write_.write(handle_of(pipe_), reinterpret_cast<std::byte*>(&out_) + out_sent_,
                   static_cast<DWORD>(out_bytes_ - out_sent_));
    const Outcome outcome = write_.take();
    if (outcome.kind == Outcome::Kind::pending) return;
    if (outcome.kind != Outcome::Kind::done) {
      peer_reads_ = false;
      return drop_output();
    }
    out_sent_ += outcome.bytes;
  }
  out_bytes_ = 0;
}

}  // namespace ptyd::host
