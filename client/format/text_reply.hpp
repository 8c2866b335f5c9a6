// What ptyctl prints for people. Every text that came from somewhere else is escaped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/format/json_reply.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

struct TextStyle {
  bool color = false;
  std::size_t width = 0;     // lines are cut here; 0: never
  std::uint64_t now_ms = 0;  // unix_ms(), for ages
};

// A table with a heading: NAME STATE SIZE CLIENTS AGE COMMAND. "No sessions.\n" for none.
std::string sessions_text(const std::vector<v1::SessionInfo>& sessions, const TextStyle& style);
// Names, one a line.
std::string session_names(const std::vector<v1::SessionInfo>& sessions);
std::string inspect_text(const v1::InspectReply& reply, const TextStyle& style);
std::string status_text(const v1::StatusReply& reply, const TextStyle& style);
std::string doctor_text(const std::vector<DoctorCheck>& checks, const TextStyle& style);
std::string service_text(const ServiceReport& report);

// A command line as it would be typed into a shell, escaped.
std::string command_text(const google::protobuf::RepeatedPtrField<std::string>& argv);
// "3s", "12m", "5h", "9d".
std::string age_text(std::uint64_t then_ms, std::uint64_t now_ms);

}  // namespace ptyd
