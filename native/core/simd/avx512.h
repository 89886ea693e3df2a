// The vector vocabulary for AVX-512 (F, BW, VL, VBMI): 64 bytes. Included inside the target's namespace and region.

using Vector = __m512i;

U8T_INLINE Vector load(const uint8_t* p) { return _mm512_loadu_si512(p); }
U8T_INLINE void store(uint8_t* p, Vector v) { _mm512_storeu_si512(p, v); }
U8T_INLINE Vector splat(uint8_t byte) { return _mm512_set1_epi8(static_cast<char>(byte)); }
// Keeps a constant in a register through a loop: compilers like to make it again from its immediate each time.
U8T_INLINE Vector pinned(Vector v) {
#if !defined(U8T_EMULATE_AVX512)
  asm("" : "+v"(v));
#endif
  return v;
}
U8T_INLINE Vector operator_or(Vector a, Vector b) { return _mm512_or_si512(a, b); }
U8T_INLINE Vector operator_and(Vector a, Vector b) { return _mm512_and_si512(a, b); }
U8T_INLINE Vector operator_xor(Vector a, Vector b) { return _mm512_xor_si512(a, b); }
U8T_INLINE Vector subtract(Vector a, Vector b) { return _mm512_sub_epi8(a, b); }
U8T_INLINE Vector saturating_subtract(Vector a, Vector b) { return _mm512_subs_epu8(a, b); }
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

U8T_INLINE bool any_below(Vector v, uint8_t limit) { return bits_below(v, limit) != 0; }
U8T_INLINE bool any_equal(Vector a, Vector b) { return bits_equal(a, b) != 0; }

// How many bytes are no continuation: at most 255 vectors may be added.
class Tally {
 public:
  U8T_INLINE Tally() : count_(0) {}
  U8T_INLINE void add(Vector v) { count_ += static_cast<size_t>(_mm_popcnt_u64(bits_not_continuation(v))); }
  U8T_INLINE size_t sum() const { return count_; }

 private:
  size_t count_;
};

// Bytes shifted by n bits, zeros moving in.
template <int n>
U8T_INLINE Vector bits_left(Vector v) {
  return _mm512_and_si512(_mm512_slli_epi16(v, n), splat(static_cast<uint8_t>(0xFF << n)));
}
template <int n>
U8T_INLINE Vector bits_right(Vector v) {
  return _mm512_and_si512(_mm512_srli_epi16(v, n), splat(static_cast<uint8_t>(0xFF >> n)));
}
// For each byte, by the high bit of the selector's.
U8T_INLINE Vector choose_by_high(Vector selector, Vector yes, Vector no) {
  return _mm512_mask_mov_epi8(no, _mm512_movepi8_mask(selector), yes);
}
U8T_INLINE Vector zero_unless_high(Vector selector, Vector v) {
  return _mm512_maskz_mov_epi8(_mm512_movepi8_mask(selector), v);
}

// Units: the same vector as lanes of 16 bits.
using UnitMask = __mmask32;
U8T_INLINE Vector splat_units(uint16_t unit) { return _mm512_set1_epi16(static_cast<short>(unit)); }
template <int n>
U8T_INLINE Vector units_left(Vector v) {
  return _mm512_slli_epi16(v, n);
}
template <int n>
U8T_INLINE Vector units_right(Vector v) {
  return _mm512_srli_epi16(v, n);
}
U8T_INLINE Vector units_subtract(Vector a, Vector b) { return _mm512_sub_epi16(a, b); }
U8T_INLINE UnitMask units_equal(Vector a, Vector b) { return _mm512_cmpeq_epi16_mask(a, b); }
U8T_INLINE UnitMask units_at_most(Vector a, Vector b) { return _mm512_cmple_epu16_mask(a, b); }
U8T_INLINE UnitMask mask_and(UnitMask a, UnitMask b) { return a & b; }
U8T_INLINE UnitMask mask_or(UnitMask a, UnitMask b) { return a | b; }
U8T_INLINE UnitMask mask_without(UnitMask a, UnitMask b) { return a & ~b; }
U8T_INLINE bool any_unit(UnitMask mask) { return mask != 0; }
U8T_INLINE Vector choose_units(UnitMask mask, Vector yes, Vector no) { return _mm512_mask_mov_epi16(no, mask, yes); }
U8T_INLINE Vector units_where(UnitMask mask, Vector v) { return _mm512_maskz_mov_epi16(mask, v); }
U8T_INLINE bool share_bits(Vector a, Vector b) { return _mm512_test_epi8_mask(a, b) != 0; }
// Each unit's successor; 0 for the last one.
U8T_INLINE Vector following(Vector v) {
  const Vector next = _mm512_maskz_alignr_epi64(0x7F, v, v, 1);
  return _mm512_or_si512(_mm512_srli_epi64(v, 16), _mm512_slli_epi64(next, 48));
}
// The low halves of the lanes of two vectors, whose high halves are 0.
U8T_INLINE Vector narrow(Vector a, Vector b) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi16_epi8(a)), _mm512_cvtepi16_epi8(b), 1);
}
// The bytes of `v` as lanes of 16 bits, in two vectors.
U8T_INLINE Vector widen_low(Vector v) { return _mm512_cvtepu8_epi16(_mm512_castsi512_si256(v)); }
U8T_INLINE Vector widen_high(Vector v) { return _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(v, 1)); }

// Stores the characters of `lanes`: the last byte in the low half, the first one in the high half unless the lane is of
// `one`. Writes whole vectors; returns where they end.
U8T_INLINE uint8_t* store_one_or_two(uint8_t* out, Vector lanes, UnitMask one) {
  const Vector in_order = _mm512_or_si512(_mm512_slli_epi16(lanes, 8), _mm512_srli_epi16(lanes, 8));
  const uint64_t keep = 0xAAAAAAAAAAAAAAAA | _pdep_u64(static_cast<uint32_t>(~one), 0x5555555555555555);
  store(out, _mm512_maskz_compress_epi8(keep, in_order));
  return out + 64 - bits_set(one);
}
// The same for characters of up to three bytes: the last in the low half of `low`, the one before in the high half, the
// first of three in the low half of `high`.
U8T_INLINE uint8_t* store_one_to_three(uint8_t* out, Vector low, Vector high, UnitMask one, UnitMask one_or_two) {
  const Vector reversed = _mm512_broadcast_i32x4(
      _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  const auto sixteen = [&](__m256i last_two, __m256i first, unsigned ones, unsigned shorts) U8T_LAMBDA {
    const Vector lanes =
        _mm512_or_si512(_mm512_cvtepu16_epi32(last_two), _mm512_slli_epi32(_mm512_cvtepu16_epi32(first), 16));
    const uint64_t keep = 0x8888888888888888 | _pdep_u64(~ones & 0xFFFF, 0x4444444444444444) |
                          _pdep_u64(~shorts & 0xFFFF, 0x2222222222222222);
    store(out, _mm512_maskz_compress_epi8(keep, _mm512_shuffle_epi8(lanes, reversed)));
    out += bits_set(keep);
  };
  sixteen(_mm512_castsi512_si256(low), _mm512_castsi512_si256(high), one, one_or_two);
  sixteen(_mm512_extracti64x4_epi64(low, 1), _mm512_extracti64x4_epi64(high, 1), one >> 16, one_or_two >> 16);
  return out;
}
// The same where all are of three bytes.
U8T_INLINE uint8_t* store_threes(uint8_t* out, Vector low, Vector high) {
  return store_one_to_three(out, low, high, 0, 0);
}
// Stores the units made of the bytes of `low` and `high` whose bit is set in `keep`; writes whole vectors.
U8T_INLINE char16_t* store_units(char16_t* out, Vector low, Vector high, uint64_t keep) {
  const auto half = [&](Vector lows, Vector highs, uint32_t bits) U8T_LAMBDA {
    const Vector units = _mm512_or_si512(lows, _mm512_slli_epi16(highs, 8));
    store(reinterpret_cast<uint8_t*>(out), _mm512_maskz_compress_epi16(bits, units));
    out += bits_set(bits);
  };
  half(widen_low(low), widen_low(high), static_cast<uint32_t>(keep));
  half(widen_high(low), widen_high(high), static_cast<uint32_t>(keep >> 32));
  return out;
}
// Stores the bytes whose bit is set in `keep`; writes whole vectors.
U8T_INLINE uint8_t* store_bytes(uint8_t* out, Vector v, uint64_t keep) {
  store(out, _mm512_maskz_compress_epi8(keep, v));
  return out + bits_set(keep);
}

// How many lanes are set in masks.
class UnitTally {
 public:
  U8T_INLINE UnitTally() : count_(0) {}
  U8T_INLINE void add(UnitMask mask) { count_ += static_cast<size_t>(_mm_popcnt_u32(mask)); }
  U8T_INLINE size_t sum() const { return count_; }

 private:
  size_t count_;
};
