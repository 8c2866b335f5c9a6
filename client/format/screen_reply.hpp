// What ptyctl prints of screens. The JSON documents are those of docs/schema/ptyctl.schema.json.
#pragma once

#include <string>
#include <vector>

#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

std::string screen_json(const v1::ScreenReply& reply);       // snapshot
std::string screen_hash_json(const v1::ScreenReply& reply);  // snapshot --hash; --since, when nothing changed

// What was found, in the order of the session's output.
struct Findings {
  std::vector<v1::SearchMatch> matches;
  bool truncated = false;  // older lines were not looked at
  std::uint64_t offset = 0;
  bool approximate = false;
};

std::string search_json(const Findings& findings);
// "LINE:COLUMN: TEXT", for context "LINE- TEXT", "--" between lines that are apart when there is `context`. Escaped.
std::string search_text(const Findings& findings, bool context);

}  // namespace ptyd
