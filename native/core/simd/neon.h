// The vector vocabulary for NEON (AArch64): 16 bytes. Included inside the target's namespace and region.

using Vector = uint8x16_t;

U8T_INLINE Vector load(const uint8_t* p) { return vld1q_u8(p); }
U8T_INLINE void store(uint8_t* p, Vector v) { vst1q_u8(p, v); }
U8T_INLINE Vector splat(uint8_t byte) { return vdupq_n_u8(byte); }
// Keeps a constant in a register through a loop: compilers like to make it again from its immediate each time.
U8T_INLINE Vector pinned(Vector v) {
  asm("" : "+w"(v));
  return v;
}
U8T_INLINE Vector operator_or(Vector a, Vector b) { return vorrq_u8(a, b); }
U8T_INLINE Vector operator_and(Vector a, Vector b) { return vandq_u8(a, b); }
U8T_INLINE Vector operator_xor(Vector a, Vector b) { return veorq_u8(a, b); }
U8T_INLINE Vector subtract(Vector a, Vector b) { return vsubq_u8(a, b); }
U8T_INLINE Vector saturating_subtract(Vector a, Vector b) { return vqsubq_u8(a, b); }
U8T_INLINE Vector high_nibble(Vector v) { return vshrq_n_u8(v, 4); }
// table[v] for each byte below 16 (each table is 16 bytes).
U8T_INLINE Vector lookup(const uint8_t* table, Vector v) { return vqtbl1q_u8(vld1q_u8(table), v); }
// The bytes n places before `v`, `before` being the vector in front of it.
template <int n>
U8T_INLINE Vector shifted_in(Vector v, Vector before) {
  return vextq_u8(before, v, 16 - n);
}
U8T_INLINE bool any(Vector v) { return vmaxvq_u32(vreinterpretq_u32_u8(v)) != 0; }
U8T_INLINE Vector signed_minimum(Vector a, Vector b) {
  return vreinterpretq_u8_s8(vminq_s8(vreinterpretq_s8_u8(a), vreinterpretq_s8_u8(b)));
}
U8T_INLINE bool any_signed_below(Vector v, int8_t limit) { return vminvq_s8(vreinterpretq_s8_u8(v)) < limit; }

// NEON has no movemask: each true byte keeps the bit of its place, and three rounds of pairwise sums gather them.
U8T_INLINE uint64_t bits_of(Vector truth) {
  const Vector places = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const Vector kept = vandq_u8(truth, places);
  Vector sum = vpaddq_u8(kept, kept);
  sum = vpaddq_u8(sum, sum);
  sum = vpaddq_u8(sum, sum);
  return vgetq_lane_u16(vreinterpretq_u16_u8(sum), 0);
}
U8T_INLINE uint64_t bits_high(Vector v) { return bits_of(vcltzq_s8(vreinterpretq_s8_u8(v))); }
U8T_INLINE uint64_t bits_equal(Vector a, Vector b) { return bits_of(vceqq_u8(a, b)); }
// Bit set where a < limit, unsigned.
U8T_INLINE uint64_t bits_below(Vector a, uint8_t limit) { return bits_of(vcltq_u8(a, vdupq_n_u8(limit))); }
// Bit set where the byte is no continuation byte: as int8, above -65.
U8T_INLINE uint64_t bits_not_continuation(Vector v) {
  return bits_of(vcgtq_s8(vreinterpretq_s8_u8(v), vdupq_n_s8(-65)));
}
