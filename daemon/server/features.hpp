// What this daemon can do beyond the base protocol: clients test for these names, not for versions.
#pragma once

#include <array>
#include <cstdint>

namespace ptyd {

inline constexpr std::array<const char*, 18> kFeatures{
    "resume",        // AttachRequest.resume_offset
    "input-resume",  // AttachRequest.input_stream
    "lossless",      // FlowPolicy LOSSLESS
    "keys",          // SendRequest.keys
    "events",        // SubscribeRequest
    "restart",       // RestartRequest
    "json-text",     // Hello.json_text
    "tty-state",     // InspectReply.tty
    "screen",        // ScreenRequest; snapshots are exact, and questions are answered by the daemon
    "search",        // SearchRequest
    "record",        // RecordRequest, CreateRequest.record, HistoryRequest.times
    "environment",   // EnvironmentRequest
    "event-types",   // SubscribeRequest.types and .instance, and the events from TITLE_CHANGED on
    "wait",          // WaitRequest.conditions
    "guards",        // SendRequest.if_screen and if_match
    "lease",         // ClaimRequest, AttachRequest.lease and .person, SendRequest.lease
    "commands",      // CommandsRequest
    "direct",        // DirectRequest, Progress
};

std::uint64_t process_id() noexcept;

}  // namespace ptyd
