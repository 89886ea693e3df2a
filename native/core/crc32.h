// CRC-32 (IEEE 802.3: polynomial 04C11DB7, reflected), as arithmetic: what the kernels derive their constants from.
#pragma once

#include <cstddef>
#include <cstdint>

namespace u8t {

inline constexpr uint32_t kCrcPolynomial = 0xEDB88320;  // reflected: bit 31 is x^0

// x^n modulo the polynomial, reflected.
constexpr uint32_t crc_power_of_x(unsigned n) {
  uint32_t value = 0x80000000;
  for (; n > 0; n--) value = value >> 1 ^ ((value & 1) != 0 ? kCrcPolynomial : 0);
  return value;
}

// Folding moves a 128-bit remainder `bits` bits further along the message: its low half is multiplied by
// x^(bits + 32), its high half by x^(bits - 32), each shifted left by one for the reflected carry-less product.
constexpr uint64_t crc_fold_low(unsigned bits) { return uint64_t{crc_power_of_x(bits + 32)} << 1; }
constexpr uint64_t crc_fold_high(unsigned bits) { return uint64_t{crc_power_of_x(bits - 32)} << 1; }

}  // namespace u8t
