// Makes any bytes safe to print or log. Everything that a program, a session or a peer wrote (names,
// titles, directories, arguments, error texts) passes through here before a terminal or a log sees it.
#pragma once

#include <string>
#include <string_view>

namespace ptyd {

// `text` as one printable UTF-8 line: C0, DEL, C1 (raw and U+0080-9F), bidirectional controls
// (U+061C, U+200E-200F, U+202A-202E, U+2066-2069), line separators (U+2028-2029), zero-width and
// other format controls, noncharacters and invalid UTF-8 come out as \n, \t, \e, \\ or \xHH for each byte.
std::string escape_text(std::string_view text);

// As escape_text(), but pure ASCII: every byte above 0x7E becomes \xHH.
std::string escape_ascii(std::string_view text);

// True for well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool is_utf8(std::string_view text) noexcept;

// `text` as the inside of a JSON string, pure ASCII (\uXXXX with surrogate pairs). `text` must be UTF-8;
// a byte that is not comes out as \ufffd.
std::string escape_json(std::string_view text);

// RFC 4648 base64 with padding.
std::string base64_encode(std::string_view bytes);

}  // namespace ptyd
