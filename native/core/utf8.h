// One UTF-8 character, decoded the plain way: the scalar truth that every kernel falls back to and is checked against.
//
// Source: RFC 3629, section 4; The Unicode Standard 15, table 3-7 and definition D93b (maximal subpart).
#pragma once

#include <cstddef>
#include <cstdint>

#include "abi.h"

namespace u8t {

struct Character {
  // Bytes of the character; of the maximal subpart if it is ill-formed.
  uint8_t length;
  // kNone if it is well-formed.
  Reason reason;
  // The range ended inside it, and what is there could still become a character.
  bool cut;
};

// In place of an offset: nothing is ill-formed.
inline constexpr size_t kWellFormed = SIZE_MAX;

inline bool is_continuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// The character at p; p < end.
inline Character character_at(const uint8_t* p, const uint8_t* end) {
  const uint8_t lead = *p;
  if (lead < 0x80) return {1, Reason::kNone, false};
  if (lead < 0xC0) return {1, Reason::kUnexpectedContinuation, false};
  if (lead < 0xC2) return {1, Reason::kOverlong, false};
  if (lead >= 0xF8) return {1, Reason::kInvalidByte, false};
  if (lead >= 0xF5) return {1, Reason::kTooLarge, false};
  const uint8_t need = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  for (uint8_t have = 1; have < need; have++) {
    if (p + have == end) return {have, Reason::kTruncated, true};
    const uint8_t byte = p[have];
    if (!is_continuation(byte)) return {have, Reason::kTruncated, false};
    if (have > 1) continue;
    // Table 3-7: only the second byte is ever restricted further.
    if ((lead == 0xE0 && byte < 0xA0) || (lead == 0xF0 && byte < 0x90)) return {1, Reason::kOverlong, false};
    if (lead == 0xED && byte > 0x9F) return {1, Reason::kSurrogate, false};
    if (lead == 0xF4 && byte > 0x8F) return {1, Reason::kTooLarge, false};
  }
  return {need, Reason::kNone, false};
}

// How many bytes at the end of [begin, p) begin a character that is not complete, if all before is well-formed.
inline size_t incomplete_suffix(const uint8_t* begin, const uint8_t* p) {
  const size_t have = static_cast<size_t>(p - begin);
  if (have >= 1 && p[-1] >= 0xC0) return 1;
  if (have >= 2 && p[-2] >= 0xE0) return 2;
  if (have >= 3 && p[-3] >= 0xF0) return 3;
  return 0;
}

}  // namespace u8t
