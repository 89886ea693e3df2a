// The vector vocabulary for AVX2: 32 bytes. Included inside the target's namespace and region.

using Vector = __m256i;

U8T_INLINE Vector load(const uint8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
U8T_INLINE void store(uint8_t* p, Vector v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
U8T_INLINE Vector splat(uint8_t byte) { return _mm256_set1_epi8(static_cast<char>(byte)); }
// Keeps a constant in a register through a loop: compilers like to make it again from its immediate each time.
U8T_INLINE Vector pinned(Vector v) {
  asm("" : "+x"(v));
  return v;
}
U8T_INLINE Vector operator_or(Vector a, Vector b) { return _mm256_or_si256(a, b); }
U8T_INLINE Vector operator_and(Vector a, Vector b) { return _mm256_and_si256(a, b); }
U8T_INLINE Vector operator_xor(Vector a, Vector b) { return _mm256_xor_si256(a, b); }
U8T_INLINE Vector subtract(Vector a, Vector b) { return _mm256_sub_epi8(a, b); }
U8T_INLINE Vector saturating_subtract(Vector a, Vector b) { return _mm256_subs_epu8(a, b); }
U8T_INLINE Vector high_nibble(Vector v) { return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0F)); }
// table[v & 15] for each byte below 128 (each table is 16 bytes).
U8T_INLINE Vector lookup(const uint8_t* table, Vector v) {
  const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(half), v);
}
// The bytes n places before `v`, `before` being the vector in front of it.
template <int n>
U8T_INLINE Vector shifted_in(Vector v, Vector before) {
  return _mm256_alignr_epi8(v, _mm256_permute2x128_si256(before, v, 0x21), 16 - n);
}
U8T_INLINE bool any(Vector v) { return !_mm256_testz_si256(v, v); }

U8T_INLINE Vector signed_minimum(Vector a, Vector b) { return _mm256_min_epi8(a, b); }
U8T_INLINE bool any_signed_below(Vector v, int8_t limit) {
  return _mm256_movemask_epi8(_mm256_cmpgt_epi8(_mm256_set1_epi8(limit), v)) != 0;
}
U8T_INLINE uint64_t bits_high(Vector v) { return static_cast<uint32_t>(_mm256_movemask_epi8(v)); }
U8T_INLINE uint64_t bits_equal(Vector a, Vector b) { return bits_high(_mm256_cmpeq_epi8(a, b)); }
// Bit set where a < limit, unsigned; limit > 0.
U8T_INLINE uint64_t bits_below(Vector a, uint8_t limit) {
  return bits_equal(_mm256_min_epu8(a, splat(static_cast<uint8_t>(limit - 1))), a);
}
// Bit set where the byte is no continuation byte: as int8, above -65.
U8T_INLINE uint64_t bits_not_continuation(Vector v) { return bits_high(_mm256_cmpgt_epi8(v, splat(0xBF))); }
