// The words that stand for the protocol's enumerators, in text and in JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Lower case: "running", "latest", "controller", "resync", "displaced". An unknown value is "unknown".
std::string_view word_for(v1::SessionState state);
std::string_view word_for(v1::SizePolicy policy);
std::string_view word_for(v1::Role role);
std::string_view word_for(v1::FlowPolicy flow);
std::string_view word_for(v1::EndReason reason);
std::string_view word_for(v1::RowMark mark);  // empty: none
std::string_view word_for(v1::ShellPhase phase);
std::string_view underline_word(std::uint32_t underline);  // Style.underline; empty: none
std::string_view cursor_shape_word(std::uint32_t shape);   // Cursor.shape; empty: unset

// "exited with 0", "ended by signal 9 (KILL)", "end not known: ...". Escaped.
std::string describe_exit(const v1::ExitStatus& status);

}  // namespace ptyd
