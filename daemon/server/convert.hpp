// Between the daemon's own types and the messages of ptyd.v1. Also the table of error codes.
#pragma once

#include "common/error.hpp"
#include "daemon/session/session.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

v1::Error to_wire(const Error& error);
v1::EventType to_wire(SessionEventType type);
// Without its number and time.
v1::Event to_wire(const SessionEvent& event);
v1::EndReason to_wire(EndReason reason);
v1::ExitStatus to_wire(const ExitInfo& exit);
v1::ResourceUsage to_wire(const ProgramUsage& usage);
v1::WindowSize to_wire(const WindowSize& size);
v1::SizePolicy to_wire(SizePolicy policy);
v1::SessionInfo describe(const Session& session);
v1::AttachmentInfo describe(const Attachment& attachment);
v1::RecordingInfo describe(const RecordingStatus& recording);
v1::LeaseInfo describe(const HeldLease& held);
v1::LeaseEnd to_wire(LeaseEnd end);

// Errors of these: invalid_argument that names the field.
Result<WindowSize> from_wire(const v1::WindowSize& size);
Result<SizePolicy> from_wire(v1::SizePolicy policy, SizePolicy otherwise);
Result<FlowPolicy> from_wire(v1::FlowPolicy policy);
Result<Role> from_wire(v1::Role role);
Result<LeaseKind> from_wire(v1::LeaseKind kind);
// 16 bytes, or nothing when empty.
Result<std::optional<std::array<std::uint8_t, 16>>> id_from_wire(const std::string& bytes, const char* field);

// An invalid_argument error about a field.
Error bad_field(std::string field, std::string why);

}  // namespace ptyd
