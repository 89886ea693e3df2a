// The vector vocabulary for AVX-512 (F, BW, VL, VBMI): 64 bytes. Included inside the target's namespace and region.

using Vector = __m512i;

U8T_INLINE Vector load(const uint8_t* p) { return _mm512_loadu_si512(p); }
U8T_INLINE void store(uint8_t* p, Vector v) { _mm512_storeu_si512(p, v); }
U8T_INLINE Vector splat(uint8_t byte) { return _mm512_set1_epi8(static_cast<char>(byte)); }
// Keeps a constant in a register through a loop: compilers like to make it again from its immediate each time.
U8T_INLINE Vector pinned(Vector v) {
  asm("" : "+v"(v));
  return v;
}
U8T_INLINE Vector operator_or(Vector a, Vector b) { return _mm512_or_si512(a, b); }
U8T_INLINE Vector operator_and(Vector a, Vector b) { return _mm512_and_si512(a, b); }
U8T_INLINE Vector operator_xor(Vector a, Vector b) { return _mm512_xor_si512(a, b); }
U8T_INLINE Vector subtract(Vector a, Vector b) { return _mm512_sub_epi8(a, b); }
U8T_INLINE Vector saturating_subtract(Vector a, Vector b) { return _mm512_subs_epu8(a, b); }
U8T_INLINE Vector high_nibble(Vector v) { return _mm512_and_si512(_mm512_srli_epi16(v, 4), splat(0x0F)); }
// table[v & 15] for each byte below 128 (each table is 16 bytes).
U8T_INLINE Vector lookup(const uint8_t* table, Vector v) {
  const __m128i quarter = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
  return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(quarter), v);
}
// The bytes n places before `v`, `before` being the vector in front of it.
template <int n>
U8T_INLINE Vector shifted_in(Vector v, Vector before) {
  const Vector lanes = _mm512_alignr_epi64(v, before, 6);
  return _mm512_alignr_epi8(v, lanes, 16 - n);
}
U8T_INLINE bool any(Vector v) { return _mm512_test_epi8_mask(v, v) != 0; }

U8T_INLINE Vector signed_minimum(Vector a, Vector b) { return _mm512_min_epi8(a, b); }
U8T_INLINE bool any_signed_below(Vector v, int8_t limit) {
  return _mm512_cmplt_epi8_mask(v, _mm512_set1_epi8(limit)) != 0;
}
U8T_INLINE uint64_t bits_high(Vector v) { return _mm512_movepi8_mask(v); }
U8T_INLINE uint64_t bits_equal(Vector a, Vector b) { return _mm512_cmpeq_epi8_mask(a, b); }
// Bit set where a < limit, unsigned.
U8T_INLINE uint64_t bits_below(Vector a, uint8_t limit) { return _mm512_cmplt_epu8_mask(a, splat(limit)); }
// Bit set where the byte is no continuation byte: as int8, above -65.
U8T_INLINE uint64_t bits_not_continuation(Vector v) { return _mm512_cmpgt_epi8_mask(v, splat(0xBF)); }
