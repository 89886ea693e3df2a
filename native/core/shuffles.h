// Tables for byte shuffles that keep some bytes of a 16-byte vector and move them together: what AVX-512 has an
// instruction for, the other targets do with one look-up here. Made at compile time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace u8t {

// How many bits are set, as a distance between pointers.
inline ptrdiff_t bits_set(uint64_t bits) { return __builtin_popcountll(bits); }

// An index of no byte: x86 and ARM both give 0 for it.
inline constexpr uint8_t kNoByte = 0x80;

template <size_t size>
struct Shuffles {
  alignas(16) uint8_t of[256][size];
};

// kKeepBytes.of[keep]: those of eight bytes whose bit is set.
inline constexpr Shuffles<8> kKeepBytes = [] {
  Shuffles<8> table{};
  for (unsigned keep = 0; keep < 256; keep++) {
    size_t n = 0;
    for (uint8_t i = 0; i < 8; i++) {
      if ((keep >> i & 1) != 0) table.of[keep][n++] = i;
    }
    while (n < 8) table.of[keep][n++] = kNoByte;
  }
  return table;
}();

// kKeepUnits.of[keep]: those of eight 16-bit lanes whose bit is set.
inline constexpr Shuffles<16> kKeepUnits = [] {
  Shuffles<16> table{};
  for (unsigned keep = 0; keep < 256; keep++) {
    size_t n = 0;
    for (uint8_t i = 0; i < 8; i++) {
      if ((keep >> i & 1) == 0) continue;
      table.of[keep][n++] = static_cast<uint8_t>(2 * i);
      table.of[keep][n++] = static_cast<uint8_t>(2 * i + 1);
    }
    while (n < 16) table.of[keep][n++] = kNoByte;
  }
  return table;
}();

// kOneOrTwo.of[one]: eight 16-bit lanes that hold a character each, its last byte in the low half and its first byte in
// the high one; bit i of `one` is set where lane i has one byte only, in the low half.
inline constexpr Shuffles<16> kOneOrTwo = [] {
  Shuffles<16> table{};
  for (unsigned one = 0; one < 256; one++) {
    size_t n = 0;
    for (uint8_t i = 0; i < 8; i++) {
      if ((one >> i & 1) == 0) table.of[one][n++] = static_cast<uint8_t>(2 * i + 1);
      table.of[one][n++] = static_cast<uint8_t>(2 * i);
    }
    while (n < 16) table.of[one][n++] = kNoByte;
  }
  return table;
}();

// kOneToThree.of[key]: four 32-bit lanes that hold a character each, its last byte lowest; bit 2i of the key is set where
// lane i has one byte, bit 2i + 1 where it has one or two.
inline constexpr Shuffles<16> kOneToThree = [] {
  Shuffles<16> table{};
  for (unsigned key = 0; key < 256; key++) {
    size_t n = 0;
    for (uint8_t i = 0; i < 4; i++) {
      const unsigned bytes = 3 - (key >> (2 * i) & 1) - (key >> (2 * i + 1) & 1);
      for (unsigned k = bytes; k-- > 0;) table.of[key][n++] = static_cast<uint8_t>(4 * i + k);
    }
    while (n < 16) table.of[key][n++] = kNoByte;
  }
  return table;
}();

}  // namespace u8t
