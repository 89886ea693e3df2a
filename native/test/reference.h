// What the core should give, the naive way: out of the tables of the standards, row by row, without a thought of
// speed and without a line of the core. Every text is first taken apart into sequences, and everything else follows
// from them.
//
// Source: The Unicode Standard 15, tables 3-5 (UTF-16), 3-6 and 3-7 (UTF-8), definition D93b (maximal subpart).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reference {

using Bytes = std::vector<uint8_t>;
using Units = std::vector<char16_t>;

// A character, or an ill-formed sequence, which stands for U+FFFD.
struct Sequence {
  size_t length;  // code units of the source
  bool well_formed;
  char32_t code;
};
using Sequences = std::vector<Sequence>;

// A row of table 3-7: the bytes of which a character of this row is made, first to last.
struct Row {
  size_t length;
  struct {
    uint8_t low, high;
  } bytes[4];
};
inline constexpr Row kRows[] = {
    {1, {{0x00, 0x7F}}},
    {2, {{0xC2, 0xDF}, {0x80, 0xBF}}},
    {3, {{0xE0, 0xE0}, {0xA0, 0xBF}, {0x80, 0xBF}}},
    {3, {{0xE1, 0xEC}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {3, {{0xED, 0xED}, {0x80, 0x9F}, {0x80, 0xBF}}},
    {3, {{0xEE, 0xEF}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {4, {{0xF0, 0xF0}, {0x90, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {4, {{0xF1, 0xF3}, {0x80, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {4, {{0xF4, 0xF4}, {0x80, 0x8F}, {0x80, 0xBF}, {0x80, 0xBF}}},
};

// The sequence with which the `left` bytes at p begin, left > 0.
inline Sequence utf8_sequence(const uint8_t* p, size_t left) {
  // D93b: the longest part that some character begins with, but one byte at least.
  size_t subpart = 1;
  for (const Row& row : kRows) {
    const auto fits = [&](size_t i) { return p[i] >= row.bytes[i].low && p[i] <= row.bytes[i].high; };
    size_t same = 0;
    while (same < row.length && same < left && fits(same)) same++;
    if (same == row.length) {
      char32_t code = row.length == 1 ? p[0] : p[0] & (0x7FU >> row.length);
      for (size_t i = 1; i < row.length; i++) code = code * 64 + (p[i] & 0x3FU);
      return {row.length, true, code};
    }
    if (same > subpart) subpart = same;
  }
  return {subpart, false, 0xFFFD};
}

inline Sequences from_utf8(const Bytes& bytes) {
  Sequences sequences;
  sequences.reserve(bytes.size());
  for (size_t at = 0; at < bytes.size(); at += sequences.back().length) {
    sequences.push_back(utf8_sequence(bytes.data() + at, bytes.size() - at));
  }
  return sequences;
}

inline Sequences from_latin1(const Bytes& bytes) {
  Sequences sequences;
  for (const uint8_t byte : bytes) sequences.push_back({1, true, byte});
  return sequences;
}

inline Sequences from_utf16(const Units& units) {
  Sequences sequences;
  sequences.reserve(units.size());
  for (size_t at = 0; at < units.size(); at += sequences.back().length) {
    const char32_t unit = units[at];
    const char32_t next = at + 1 < units.size() ? units[at + 1] : 0;
    if (unit < 0xD800 || unit > 0xDFFF) {
      sequences.push_back({1, true, unit});
    } else if (unit <= 0xDBFF && next >= 0xDC00 && next <= 0xDFFF) {
      sequences.push_back({2, true, 0x10000 + (unit - 0xD800) * 0x400 + (next - 0xDC00)});
    } else {
      sequences.push_back({1, false, 0xFFFD});
    }
  }
  return sequences;
}

// Code units of the source that were used, and what became of them.
template <typename Unit>
struct Encoded {
  size_t read = 0;
  std::vector<Unit> units;
};

// As many whole characters as fit into `room` bytes.
inline Encoded<uint8_t> to_utf8(const Sequences& sequences, size_t room = SIZE_MAX) {
  Encoded<uint8_t> result;
  for (const Sequence& sequence : sequences) {
    const char32_t code = sequence.code;
    const size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    uint8_t bytes[4];
    for (size_t i = 0; i < length; i++) bytes[length - 1 - i] = static_cast<uint8_t>(0x80 | (code >> 6 * i & 0x3F));
    // The lead: as many ones as the character has bytes, a zero, and what is left of the code point.
    bytes[0] = static_cast<uint8_t>(length == 1 ? code : 0xF00 >> length | code >> 6 * (length - 1));
    if (result.units.size() + length > room) break;
    result.units.insert(result.units.end(), bytes, bytes + length);
    result.read += sequence.length;
  }
  return result;
}

inline Encoded<char16_t> to_utf16(const Sequences& sequences, bool ignore_ill_formed = false) {
  Encoded<char16_t> result;
  for (const Sequence& sequence : sequences) {
    result.read += sequence.length;
    if (!sequence.well_formed && ignore_ill_formed) continue;
    if (sequence.code < 0x10000) {
      result.units.push_back(static_cast<char16_t>(sequence.code));
    } else {
      result.units.push_back(static_cast<char16_t>(0xD800 + (sequence.code - 0x10000) / 0x400));
      result.units.push_back(static_cast<char16_t>(0xDC00 + (sequence.code - 0x10000) % 0x400));
    }
  }
  return result;
}

// Up to the first character that is ill-formed or not in Latin-1.
inline Encoded<uint8_t> to_latin1(const Sequences& sequences) {
  Encoded<uint8_t> result;
  for (const Sequence& sequence : sequences) {
    if (!sequence.well_formed || sequence.code > 0xFF) break;
    result.units.push_back(static_cast<uint8_t>(sequence.code));
    result.read += sequence.length;
  }
  return result;
}

// The CRC-32 register (IEEE 802.3, not inverted) bit by bit.
inline uint32_t crc32(const Bytes& bytes, uint32_t crc) {
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc % 2 == 1 ? 0xEDB88320 : 0);
  }
  return crc;
}

}  // namespace reference
