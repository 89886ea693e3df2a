// CRC-32 as in crc32_clmul.inl.h, with sixteen 128-bit remainders in four vectors: 256 bytes a round.

U8T_INLINE __m512i crc_fold_wide(__m512i remainder, __m512i by, __m512i next) {
  const __m512i low = _mm512_clmulepi64_epi128(remainder, by, 0x00);
  const __m512i high = _mm512_clmulepi64_epi128(remainder, by, 0x11);
  return _mm512_ternarylogic_epi64(low, high, next, 0x96);  // xor of three
}

constexpr uint64_t kFold2048Low = crc_fold_low(2048);
constexpr uint64_t kFold2048High = crc_fold_high(2048);

U8T_INLINE __m512i fold_constants(uint64_t low, uint64_t high) {
  return _mm512_broadcast_i32x4(_mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low)));
}

inline uint32_t crc32_vclmul(const uint8_t* p, size_t length, uint32_t crc) {
  if (length < 512) return crc32_clmul(p, length, crc);
  __m512i r0 = _mm512_xor_si512(load(p), _mm512_zextsi128_si512(_mm_cvtsi32_si128(static_cast<int>(crc))));
  __m512i r1 = load(p + 64);
  __m512i r2 = load(p + 128);
  __m512i r3 = load(p + 192);
  const __m512i by_2048 = fold_constants(kFold2048Low, kFold2048High);
  for (p += 256, length -= 256; length >= 256; p += 256, length -= 256) {
    r0 = crc_fold_wide(r0, by_2048, load(p));
    r1 = crc_fold_wide(r1, by_2048, load(p + 64));
    r2 = crc_fold_wide(r2, by_2048, load(p + 128));
    r3 = crc_fold_wide(r3, by_2048, load(p + 192));
  }
  const __m512i by_512 = fold_constants(kFold512Low, kFold512High);
  r1 = crc_fold_wide(r0, by_512, r1);
  r2 = crc_fold_wide(r1, by_512, r2);
  r3 = crc_fold_wide(r2, by_512, r3);
  for (; length >= 64; p += 64, length -= 64) r3 = crc_fold_wide(r3, by_512, load(p));
  return crc_finish(_mm512_extracti32x4_epi32(r3, 0), _mm512_extracti32x4_epi32(r3, 1),
                    _mm512_extracti32x4_epi32(r3, 2), _mm512_extracti32x4_epi32(r3, 3), p, length);
}
