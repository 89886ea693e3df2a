// CRC-32 with the instruction that ARMv8.1 has for it: eight bytes each. Means: crc32_scalar().

inline uint32_t crc32_arm(const uint8_t* p, size_t length, uint32_t crc) {
  for (; length >= 8; p += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    crc = __crc32d(crc, word);
  }
  for (; length > 0; p++, length--) crc = __crc32b(crc, *p);
  return crc;
}
