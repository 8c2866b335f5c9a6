// What a console's input records say, as the bytes that a terminal would send. Windows only.
#pragma once

#include <windows.h>

#include <span>
#include <string>

namespace ptyd {

// With ENABLE_VIRTUAL_TERMINAL_INPUT the console itself makes the sequences of keys and sends each of their characters
// as a key that went down. Source: "Low-Level Console Input Functions", KEY_EVENT_RECORD. Pure: no I/O.
class ConsoleInput {
 public:
  struct Output {
    std::string bytes;     // UTF-8
    bool resized = false;  // the window's size may be another one
  };
  Output take(std::span<const INPUT_RECORD> records);

 private:
  void take_key(const KEY_EVENT_RECORD& key, std::wstring& text);

  wchar_t high_surrogate_ = 0;  // whose other half comes with the next record
};

}  // namespace ptyd
