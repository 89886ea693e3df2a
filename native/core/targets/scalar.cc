// The scalar target: no block kernels at all, so that the plain algorithms of frame.cc and census.cc do everything.
// It is the oracle of the others, and what runs on a processor that none of them knows.
#include "../crc32.h"
#include "../kernels.h"

namespace u8t {
namespace {

// Tables for eight bytes a step ("slicing"): table[k][b] is the CRC of byte b followed by k zero bytes.
struct CrcTables {
  uint32_t table[8][256];
  constexpr CrcTables() : table() {
    for (uint32_t b = 0; b < 256; b++) {
      uint32_t value = b;
      for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ ((value & 1) != 0 ? kCrcPolynomial : 0);
      table[0][b] = value;
    }
    for (int k = 1; k < 8; k++) {
      for (uint32_t b = 0; b < 256; b++) table[k][b] = table[k - 1][b] >> 8 ^ table[0][table[k - 1][b] & 0xFF];
    }
  }
};
constexpr CrcTables kCrc;

size_t no_prefix(const uint8_t*, size_t) { return 0; }
void no_blocks(const FrameOptions&, FrameState&, FrameCursor&) {}
size_t no_census(const uint8_t*, size_t, Census&) { return 0; }
Transcoded no_utf16(const char16_t*, size_t, uint8_t*, size_t) { return {}; }
Transcoded no_latin1(const uint8_t*, size_t, uint8_t*, size_t) { return {}; }
size_t find_zero(const char16_t* p, size_t length) {
  size_t at = 0;
  while (at < length && p[at] != 0) at++;
  return at;
}
Transcoded no_utf16_length(const char16_t*, size_t) { return {}; }
Transcoded no_latin1_length(const uint8_t*, size_t) { return {}; }
Transcoded no_utf8_to_utf16(const uint8_t*, size_t, char16_t*) { return {}; }
Transcoded no_utf8_to_latin1(const uint8_t*, size_t, uint8_t*) { return {}; }
size_t no_count(const uint8_t*, size_t, TextCounts&) { return 0; }

size_t ascii_prefix(const uint8_t* p, size_t length) {
  size_t at = 0;
  while (at < length && p[at] < 0x80) at++;
  return at;
}

constexpr Kernels kKernels{no_prefix,        ascii_prefix,      no_blocks,         no_census,        crc32_scalar,
                           no_utf16,         no_latin1,         find_zero,        no_utf16_length,
                           no_latin1_length, no_utf8_to_utf16,  no_utf8_to_latin1, no_count,
                           count_starts_scalar};

}  // namespace

uint32_t crc32_scalar(const uint8_t* p, size_t length, uint32_t crc) {
  const auto& t = kCrc.table;
  for (; length >= 8; p += 8, length -= 8) {
    crc ^= static_cast<uint32_t>(p[0]) | static_cast<uint32_t>(p[1]) << 8 | static_cast<uint32_t>(p[2]) << 16 |
           static_cast<uint32_t>(p[3]) << 24;
    crc = t[7][crc & 0xFF] ^ t[6][crc >> 8 & 0xFF] ^ t[5][crc >> 16 & 0xFF] ^ t[4][crc >> 24] ^ t[3][p[4]] ^
          t[2][p[5]] ^ t[1][p[6]] ^ t[0][p[7]];
  }
  for (; length > 0; p++, length--) crc = crc >> 8 ^ t[0][(crc ^ *p) & 0xFF];
  return crc;
}

const Kernels* const kScalarKernels = &kKernels;

}  // namespace u8t
