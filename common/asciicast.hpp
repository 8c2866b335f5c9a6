// Makes the lines of asciicast files, version 2 and 3: https://docs.asciinema.org/manual/asciicast/v3/
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace ptyd {

// UTF-8 of bytes that may be cut anywhere: bad ones become U+FFFD, a character that is cut waits for its rest.
class Utf8Pieces {
 public:
  std::string feed(std::string_view bytes);
  // U+FFFD for a character whose rest never came.
  std::string finish();

 private:
  std::string pending_;
};

struct CastHeader {
  unsigned version = 2;  // or 3
  std::uint32_t cols = 80;
  std::uint32_t rows = 24;
  std::uint64_t unix_seconds = 0;
  std::string term;   // may be empty
  std::string title;  // may be empty
};

// Does no I/O: each call appends whole lines to `out`. Times count from the recording's beginning and never go back.
class CastWriter {
 public:
  using Time = std::chrono::microseconds;

  explicit CastWriter(CastHeader header);

  void header(std::string& out) const;
  void output(Time at, std::string_view bytes, std::string& out);
  void input(Time at, std::string_view bytes, std::string& out);
  void resize(Time at, std::uint32_t cols, std::uint32_t rows, std::string& out);
  void marker(Time at, std::string_view label, std::string& out);
  // What was held back, and in version 3 the program's status.
  void finish(Time at, std::string_view status, std::string& out);

 private:
  void event(Time at, char code, std::string_view text, std::string& out);

  CastHeader header_;
  Utf8Pieces output_;
  Utf8Pieces input_;
  Time last_{0};
};

}  // namespace ptyd
