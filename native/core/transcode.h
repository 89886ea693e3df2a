// Transcoding: UTF-16 and Latin-1 to UTF-8 and back, and how long the result would be. UTF-16 is in machine byte order.
//
// transcode.cc lets the target's kernel run over whole blocks and does what is left, and what is odd, one character at a
// time. Kernels never fail: in UTF-16 a lone surrogate is U+FFFD (EF BF BD), as the Encoding Standard says, and in front
// of ill-formed UTF-8 they stop.
//
// Source: RFC 3629, section 3; RFC 2781, section 2.1; The Encoding Standard, "UTF-8 encoder".
#pragma once

#include <cstddef>
#include <cstdint>

namespace u8t {

struct Kernels;

// Code units of the source that were used, and of the target that were written.
struct Transcoded {
  size_t read;
  size_t written;
};

// As many whole characters as fit into `room` bytes; nothing behind what was written, up to `room`, is of use.
Transcoded utf16_to_utf8(const Kernels& kernels, const char16_t* p, size_t length, uint8_t* out, size_t room);
Transcoded latin1_to_utf8(const Kernels& kernels, const uint8_t* p, size_t length, uint8_t* out, size_t room);

// Bytes that the above would write, given room.
size_t utf8_length_of_utf16(const Kernels& kernels, const char16_t* p, size_t length);
size_t utf8_length_of_latin1(const Kernels& kernels, const uint8_t* p, size_t length);

// What becomes of each maximal subpart of ill-formed UTF-8: one U+FFFD, or nothing.
enum class Malformed : uint8_t { kReplace, kIgnore };

// All of [p, p + length). `out` has room for `length` code units: no character takes more of them than it has bytes.
size_t utf8_to_utf16(const Kernels& kernels, const uint8_t* p, size_t length, char16_t* out, Malformed malformed);

// Up to the first character that is ill-formed or above U+00FF. `out` has room for `length` bytes.
Transcoded utf8_to_latin1(const Kernels& kernels, const uint8_t* p, size_t length, uint8_t* out);

// What [p, p + length) decodes to with kReplace.
struct TextCounts {
  size_t code_points;
  size_t utf16_units;
};
TextCounts count_text(const Kernels& kernels, const uint8_t* p, size_t length);

// For each block of `every` bytes (a multiple of 64) of well-formed UTF-8: how many code points and UTF-16 code units
// begin in front of it; then the totals. 2 * ceil(length / every) + 2 numbers, which wrap at 2^32.
void sample_offsets(const Kernels& kernels, const uint8_t* p, size_t length, size_t every, uint32_t* samples);

}  // namespace u8t
