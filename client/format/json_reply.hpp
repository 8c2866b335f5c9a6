// The JSON documents of ptyctl: one function for each shape of docs/schema/ptyctl.schema.json. Every document is
// one line without its newline.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/format/json_writer.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Values inside of documents. A session is also a document of its own: a line of `list -o jsonl`.
void write_session(JsonWriter& json, const v1::SessionInfo& session);
void write_attachment(JsonWriter& json, const v1::AttachmentInfo& attachment);
void write_exit(JsonWriter& json, const v1::ExitStatus& exit);
void write_recording(JsonWriter& json, const v1::RecordingInfo& recording);
void write_size(JsonWriter& json, const v1::WindowSize& size);
void write_or_null(JsonWriter& json, std::string_view name, std::string_view text);  // a member; null when empty

std::string session_json(const v1::SessionInfo& session);                      // a line of jsonl
std::string sessions_json(const std::vector<v1::SessionInfo>& sessions);       // list, wait
std::string one_session_json(const v1::SessionInfo& session);                  // rename, label, restart
std::string created_json(const v1::CreateReply& reply);                        // new -d
std::string inspect_json(const v1::InspectReply& reply);                       // inspect
std::string size_json(const v1::WindowSize& size);                             // resize
std::string detached_json(const v1::DetachReply& reply);                       // detach
std::string sent_json(const v1::SendReply& reply);                             // send, keys
std::string history_json(std::uint64_t offset, std::string_view data);         // logs, one for each chunk
std::string ended_json(std::string_view session, const v1::ExitStatus& exit);  // kill, one for each session
std::string removed_json(std::uint32_t removed);                               // rm
std::string recording_json(const v1::RecordingInfo& recording);                // record
std::string environment_json(const v1::EnvironmentReply& reply);               // env
std::string done_json();                                                       // whatever has nothing to tell
std::string status_json(const v1::StatusReply& reply);                         // daemon status
std::string ping_json(std::uint64_t round_trip_us, const v1::Welcome& daemon);
std::string stopped_json(std::uint32_t sessions_left);  // daemon stop
// daemon upgrade; without `reply` it was a cold one.
std::string upgraded_json(std::string_view version, const std::optional<v1::UpgradeReply>& reply);

// `daemon` is absent when none runs.
std::string version_json(std::string_view client_version, const std::optional<v1::Welcome>& daemon);

struct DoctorCheck {
  enum class Outcome { ok, warning, failed };
  std::string name;  // "socket", "daemon", ...
  Outcome outcome = Outcome::ok;
  std::string message;  // what was found
  std::string hint;     // what to do; may be empty
};
std::string_view word_for(DoctorCheck::Outcome outcome);
std::string doctor_json(const std::vector<DoctorCheck>& checks);

struct ServiceReport {
  std::string manager;  // "systemd", "launchd"
  std::string state;    // "installed", "removed", "running", "not installed", ...
  std::vector<std::string> files;
};
std::string service_json(const ServiceReport& report);

}  // namespace ptyd
