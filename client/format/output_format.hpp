// The forms of output that -o and --color choose.
#pragma once

namespace ptyd {

enum class OutputFormat { text, json, jsonl, name };
enum class ColorMode { automatic, always, never };

inline bool is_json(OutputFormat format) { return format == OutputFormat::json || format == OutputFormat::jsonl; }

// Colours are for terminals, and not for people who set NO_COLOR.
inline bool use_color(ColorMode mode, bool is_terminal, bool no_color_set) {
  return mode == ColorMode::always || (mode == ColorMode::automatic && is_terminal && !no_color_set);
}

}  // namespace ptyd
