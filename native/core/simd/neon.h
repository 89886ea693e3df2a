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
U8T_INLINE Vector high_nibble(Vector v, Vector) { return vshrq_n_u8(v, 4); }
// table[v] for each byte below 16.
U8T_INLINE Vector lookup(Vector table, Vector v) { return vqtbl1q_u8(table, v); }
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

U8T_INLINE bool any_below(Vector v, uint8_t limit) { return vminvq_u8(v) < limit; }
U8T_INLINE bool any_equal(Vector a, Vector b) { return vmaxvq_u8(vceqq_u8(a, b)) != 0; }

// How many bytes are no continuation, lane by lane: at most 255 vectors may be added.
class Tally {
 public:
  U8T_INLINE Tally() : lanes_(vdupq_n_u8(0)) {}
  U8T_INLINE void add(Vector v) {
    lanes_ = vsubq_u8(lanes_, vcgtq_s8(vreinterpretq_s8_u8(v), vdupq_n_s8(-65)));
  }
  U8T_INLINE size_t sum() const { return vaddlvq_u8(lanes_); }

 private:
  Vector lanes_;
};

// Bytes shifted by n bits, zeros moving in.
template <int n>
U8T_INLINE Vector bits_left(Vector v) {
  return vshlq_n_u8(v, n);
}
template <int n>
U8T_INLINE Vector bits_right(Vector v) {
  return vshrq_n_u8(v, n);
}
// For each byte, by the high bit of the selector's.
U8T_INLINE Vector choose_by_high(Vector selector, Vector yes, Vector no) {
  return vbslq_u8(vcltzq_s8(vreinterpretq_s8_u8(selector)), yes, no);
}
U8T_INLINE Vector zero_unless_high(Vector selector, Vector v) {
  return vandq_u8(vcltzq_s8(vreinterpretq_s8_u8(selector)), v);
}

// Units: the same vector as lanes of 16 bits.
using UnitMask = Vector;  // all bits of a lane, or none
U8T_INLINE uint16x8_t as_units(Vector v) { return vreinterpretq_u16_u8(v); }
U8T_INLINE Vector as_bytes(uint16x8_t v) { return vreinterpretq_u8_u16(v); }
U8T_INLINE Vector splat_units(uint16_t unit) { return as_bytes(vdupq_n_u16(unit)); }
template <int n>
U8T_INLINE Vector units_left(Vector v) {
  return as_bytes(vshlq_n_u16(as_units(v), n));
}
template <int n>
U8T_INLINE Vector units_right(Vector v) {
  return as_bytes(vshrq_n_u16(as_units(v), n));
}
U8T_INLINE Vector units_subtract(Vector a, Vector b) { return as_bytes(vsubq_u16(as_units(a), as_units(b))); }
U8T_INLINE UnitMask units_equal(Vector a, Vector b) { return as_bytes(vceqq_u16(as_units(a), as_units(b))); }
U8T_INLINE UnitMask units_at_most(Vector a, Vector b) { return as_bytes(vcleq_u16(as_units(a), as_units(b))); }
U8T_INLINE UnitMask mask_and(UnitMask a, UnitMask b) { return vandq_u8(a, b); }
U8T_INLINE UnitMask mask_or(UnitMask a, UnitMask b) { return vorrq_u8(a, b); }
U8T_INLINE UnitMask mask_without(UnitMask a, UnitMask b) { return vbicq_u8(a, b); }
U8T_INLINE bool any_unit(UnitMask mask) { return any(mask); }
U8T_INLINE Vector choose_units(UnitMask mask, Vector yes, Vector no) { return vbslq_u8(mask, yes, no); }
U8T_INLINE Vector units_where(UnitMask mask, Vector v) { return vandq_u8(mask, v); }
U8T_INLINE bool share_bits(Vector a, Vector b) { return any(vandq_u8(a, b)); }
// Each unit's successor; 0 for the last one.
U8T_INLINE Vector following(Vector v) { return vextq_u8(v, splat(0), 2); }
// The low halves of the lanes of two vectors, whose high halves are 0.
U8T_INLINE Vector narrow(Vector a, Vector b) { return vuzp1q_u8(a, b); }
// The bytes of `v` as lanes of 16 bits, in two vectors.
U8T_INLINE Vector widen_low(Vector v) { return vzip1q_u8(v, splat(0)); }
U8T_INLINE Vector widen_high(Vector v) { return vzip2q_u8(v, splat(0)); }

U8T_INLINE void store_shuffled(uint8_t* out, Vector v, const uint8_t* shuffle) {
  store(out, vqtbl1q_u8(v, load(shuffle)));
}
// Stores the characters of `lanes` as kOneOrTwo has them; writes whole vectors. Returns where they end.
U8T_INLINE uint8_t* store_one_or_two(uint8_t* out, Vector lanes, UnitMask one) {
  const uint8_t key = static_cast<uint8_t>(bits_of(vuzp1q_u8(one, one)));
  store_shuffled(out, lanes, kOneOrTwo.of[key]);
  return out + 16 - bits_set(key);
}
// The same for characters of up to three bytes: the last in the low half of `low`, the one before in the high half, the
// first of three in the low half of `high`.
U8T_INLINE uint8_t* store_one_to_three(uint8_t* out, Vector low, Vector high, UnitMask one, UnitMask one_or_two) {
  const uint64_t keys = bits_of(vtrn1q_u8(one, one_or_two));
  const auto four = [&](uint16x8_t lanes, uint8_t key) U8T_LAMBDA {
    store_shuffled(out, as_bytes(lanes), kOneToThree.of[key]);
    out += 12 - bits_set(key);
  };
  four(vzip1q_u16(as_units(low), as_units(high)), static_cast<uint8_t>(keys));
  four(vzip2q_u16(as_units(low), as_units(high)), static_cast<uint8_t>(keys >> 8));
  return out;
}
// The same where all are of three bytes.
U8T_INLINE uint8_t* store_threes(uint8_t* out, Vector low, Vector high) {
  store_shuffled(out, as_bytes(vzip1q_u16(as_units(low), as_units(high))), kOneToThree.of[0]);
  store_shuffled(out + 12, as_bytes(vzip2q_u16(as_units(low), as_units(high))), kOneToThree.of[0]);
  return out + 24;
}
// Stores the units made of the bytes of `low` and `high` whose bit is set in `keep`; writes whole vectors.
U8T_INLINE char16_t* store_units(char16_t* out, Vector low, Vector high, uint64_t keep) {
  const auto eight = [&](Vector lanes, uint8_t key) U8T_LAMBDA {
    store_shuffled(reinterpret_cast<uint8_t*>(out), lanes, kKeepUnits.of[key]);
    out += bits_set(key);
  };
  eight(vzip1q_u8(low, high), static_cast<uint8_t>(keep));
  eight(vzip2q_u8(low, high), static_cast<uint8_t>(keep >> 8));
  return out;
}
// Stores the bytes whose bit is set in `keep`; writes whole vectors.
U8T_INLINE uint8_t* store_bytes(uint8_t* out, Vector v, uint64_t keep) {
  const auto eight = [&](Vector bytes, uint8_t key) U8T_LAMBDA {
    vst1_u8(out, vqtbl1_u8(bytes, vld1_u8(kKeepBytes.of[key])));
    out += bits_set(key);
  };
  eight(v, static_cast<uint8_t>(keep));
  eight(vextq_u8(v, v, 8), static_cast<uint8_t>(keep >> 8));
  return out;
}

// How many lanes are set in masks, lane by lane.
class UnitTally {
 public:
  U8T_INLINE UnitTally() : lanes_(vdupq_n_u16(0)) {}
  U8T_INLINE void add(UnitMask mask) { lanes_ = vsubq_u16(lanes_, as_units(mask)); }
  U8T_INLINE size_t sum() const { return vaddlvq_u16(lanes_); }

 private:
  uint16x8_t lanes_;
};
