// Events as lines of JSON, and the words for their types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// What can be asked for, in the order of help.
std::vector<std::string_view> event_type_words();
// The protocol's type for a word of these. "exited" and "lost" are the same type with another state.
v1::EventType event_type_of(std::string_view word);
std::string_view word_for(const v1::Event& event);

// A document of one line without its newline. `epoch`: SubscribeReply.instance.
std::string event_json(const v1::Event& event, std::string_view epoch);
// The daemon is another one than that which counted, and begins anew.
std::string restarted_json(std::string_view epoch, std::uint64_t next);
// Of the events asked for, at most this many are gone.
std::string missed_json(std::string_view epoch, std::uint64_t missed);

}  // namespace ptyd
