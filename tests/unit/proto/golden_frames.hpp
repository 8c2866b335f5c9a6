// The frames whose bytes must never change, one for each kind.
#pragma once

#include <string>
#include <vector>

#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

struct GoldenFrame {
  std::string name;  // of the files in tests/golden/frames/v1
  ptyd::v1::Frame frame;
};

std::vector<GoldenFrame> golden_frames();

}  // namespace ptyd
