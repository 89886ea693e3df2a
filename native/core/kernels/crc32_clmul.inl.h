// CRC-32 by carry-less multiplication: four 128-bit remainders run over 64 bytes a round. Means: crc32_scalar().
//
// Folding keeps the remainder of the message so far, modulo the polynomial, in 128 bits; what is left at the end is
// itself a message of 16 bytes whose CRC is the answer.
// Source: Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ" (Intel, 2009).

U8T_INLINE __m128i crc_fold(__m128i remainder, __m128i by, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(remainder, by, 0x00);
  const __m128i high = _mm_clmulepi64_si128(remainder, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

constexpr uint64_t kFold128Low = crc_fold_low(128);
constexpr uint64_t kFold128High = crc_fold_high(128);
constexpr uint64_t kFold512Low = crc_fold_low(512);
constexpr uint64_t kFold512High = crc_fold_high(512);

U8T_INLINE __m128i load_16(const uint8_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }

// Folds four remainders, side by side in the message, and the bytes behind them.
U8T_INLINE uint32_t crc_finish(__m128i r0, __m128i r1, __m128i r2, __m128i r3, const uint8_t* p, size_t length) {
  const __m128i by_128 = _mm_set_epi64x(static_cast<long long>(kFold128High), static_cast<long long>(kFold128Low));
  r1 = crc_fold(r0, by_128, r1);
  r2 = crc_fold(r1, by_128, r2);
  r3 = crc_fold(r2, by_128, r3);
  for (; length >= 16; p += 16, length -= 16) r3 = crc_fold(r3, by_128, load_16(p));
  alignas(16) uint8_t rest[16];
  _mm_store_si128(reinterpret_cast<__m128i*>(rest), r3);
  return crc32_scalar(p, length, crc32_scalar(rest, sizeof rest, 0));
}

inline uint32_t crc32_clmul(const uint8_t* p, size_t length, uint32_t crc) {
  if (length < 128) return crc32_scalar(p, length, crc);
  __m128i r0 = _mm_xor_si128(load_16(p), _mm_cvtsi32_si128(static_cast<int>(crc)));
  __m128i r1 = load_16(p + 16);
  __m128i r2 = load_16(p + 32);
  __m128i r3 = load_16(p + 48);
  const __m128i by_512 = _mm_set_epi64x(static_cast<long long>(kFold512High), static_cast<long long>(kFold512Low));
  for (p += 64, length -= 64; length >= 64; p += 64, length -= 64) {
    r0 = crc_fold(r0, by_512, load_16(p));
    r1 = crc_fold(r1, by_512, load_16(p + 16));
    r2 = crc_fold(r2, by_512, load_16(p + 32));
    r3 = crc_fold(r3, by_512, load_16(p + 48));
  }
  return crc_finish(r0, r1, r2, r3, p, length);
}
