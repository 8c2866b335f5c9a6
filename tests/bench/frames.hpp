// A frame of output as the daemon sends it to a client.
#pragma once

#include <cstddef>
#include <string>

#include "proto/frame.hpp"

namespace ptyd::bench {

inline std::string output_frame(std::size_t bytes) {
  v1::Frame frame;
  frame.mutable_output()->set_attachment(1);
  frame.mutable_output()->set_offset(1 << 30);
  frame.mutable_output()->set_data(std::string(bytes, 'x'));
  std::string out;
  append_frame(out, frame, Encoding::binary);
  return out;
}

}  // namespace ptyd::bench
