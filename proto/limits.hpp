// Every hard bound of the wire protocol, with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ptyd {

inline constexpr std::uint32_t kProtocolMin = 1;
inline constexpr std::uint32_t kProtocolMax = 1;

// A peer that has not said hello may make us hold this much, and no more.
inline constexpr std::size_t kMaxHelloFrame = 4 * 1024;
// Stream payload of one frame: a pipe's or socket's worth; larger ones only add latency for others.
inline constexpr std::size_t kMaxData = 64 * 1024;
// What an editor gets unless it asks for more: frames of 16 KiB were decoded fastest everywhere.
inline constexpr std::size_t kDefaultMaxData = 16 * 1024;
inline constexpr std::size_t kMinMaxData = 1024;
// A binary frame, control or data: the payload and room for its fields. A create request must hold the
// environment of the client in this.
inline constexpr std::size_t kMaxFrame = kMaxData + 1024;
// A JSON line: base64 of the payload, and the fields' names.
inline constexpr std::size_t kMaxJsonLine = kMaxFrame * 4 / 3 + 4096;
// Checked before parsing: 1 MiB of empty submessages would cost 116 MiB.
inline constexpr std::size_t kMaxFields = 4096;
inline constexpr std::size_t kMaxDepth = 8;
// To clients only: a frame with a screen, or what was found in one. Who asks for it takes as much.
inline constexpr std::size_t kMaxReply = 1024 * 1024;
inline constexpr std::size_t kMaxReplyFields = kMaxReply / kMaxFrame * kMaxFields;

}  // namespace ptyd
