// What was run in a session, for people and for programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/format/json_writer.hpp"
#include "client/format/text_reply.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

struct CommandList {
  std::vector<v1::Command> commands;
  std::uint64_t forgotten = 0;
};

void write_command(JsonWriter& json, const v1::Command& command);
std::string command_json(const v1::Command& command);     // a line of jsonl
std::string commands_json(const CommandList& list);       // logs --commands
std::string executed_json(std::optional<int> exit_code);  // exec, behind the chunks
// NUMBER STATUS STARTED TOOK BYTES COMMAND.
std::string commands_text(const CommandList& list, const TextStyle& style);

}  // namespace ptyd
