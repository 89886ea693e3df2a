// The vector vocabulary for SSE4.2: 16 bytes. Included inside the target's namespace and region.

using Vector = __m128i;

U8T_INLINE Vector load(const uint8_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
U8T_INLINE void store(uint8_t* p, Vector v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v); }
U8T_INLINE Vector splat(uint8_t byte) { return _mm_set1_epi8(static_cast<char>(byte)); }
// Keeps a constant in a register through a loop: compilers like to make it again from its immediate each time.
U8T_INLINE Vector pinned(Vector v) {
  asm("" : "+x"(v));
  return v;
}
U8T_INLINE Vector operator_or(Vector a, Vector b) { return _mm_or_si128(a, b); }
U8T_INLINE Vector operator_and(Vector a, Vector b) { return _mm_and_si128(a, b); }
U8T_INLINE Vector operator_xor(Vector a, Vector b) { return _mm_xor_si128(a, b); }
U8T_INLINE Vector subtract(Vector a, Vector b) { return _mm_sub_epi8(a, b); }
U8T_INLINE Vector saturating_subtract(Vector a, Vector b) { return _mm_subs_epu8(a, b); }
// `low_nibble` is 0F in each byte.
U8T_INLINE Vector high_nibble(Vector v, Vector low_nibble) { return _mm_and_si128(_mm_srli_epi16(v, 4), low_nibble); }
// table[v] for each byte below 16.
U8T_INLINE Vector lookup(Vector table, Vector v) { return _mm_shuffle_epi8(table, v); }
// The bytes n places before `v`, `before` being the vector in front of it.
template <int n>
U8T_INLINE Vector shifted_in(Vector v, Vector before) {
  return _mm_alignr_epi8(v, before, 16 - n);
}
U8T_INLINE bool any(Vector v) { return !_mm_testz_si128(v, v); }

U8T_INLINE Vector signed_minimum(Vector a, Vector b) { return _mm_min_epi8(a, b); }
U8T_INLINE bool any_signed_below(Vector v, int8_t limit) {
  return _mm_movemask_epi8(_mm_cmpgt_epi8(_mm_set1_epi8(limit), v)) != 0;
}
U8T_INLINE uint64_t bits_high(Vector v) { return static_cast<uint32_t>(_mm_movemask_epi8(v)); }
U8T_INLINE uint64_t bits_equal(Vector a, Vector b) { return bits_high(_mm_cmpeq_epi8(a, b)); }
// Bit set where a < limit, unsigned; limit > 0.
U8T_INLINE uint64_t bits_below(Vector a, uint8_t limit) {
  return bits_equal(_mm_min_epu8(a, splat(static_cast<uint8_t>(limit - 1))), a);
}
// Bit set where the byte is no continuation byte: as int8, above -65.
U8T_INLINE uint64_t bits_not_continuation(Vector v) { return bits_high(_mm_cmpgt_epi8(v, splat(0xBF))); }

U8T_INLINE bool any_below(Vector v, uint8_t limit) { return bits_below(v, limit) != 0; }
U8T_INLINE bool any_equal(Vector a, Vector b) { return bits_equal(a, b) != 0; }

// How many bytes are no continuation, lane by lane: at most 255 vectors may be added.
class Tally {
 public:
  U8T_INLINE Tally() : continuation_(pinned(splat(0xBF))), lanes_(_mm_setzero_si128()) {}
  U8T_INLINE void add(Vector v) { lanes_ = _mm_sub_epi8(lanes_, _mm_cmpgt_epi8(v, continuation_)); }
  U8T_INLINE size_t sum() const {
    const __m128i halves = _mm_sad_epu8(lanes_, _mm_setzero_si128());
    return static_cast<size_t>(_mm_extract_epi64(halves, 0) + _mm_extract_epi64(halves, 1));
  }

 private:
  const Vector continuation_;
  Vector lanes_;
};

// Bytes shifted by n bits, zeros moving in.
template <int n>
U8T_INLINE Vector bits_left(Vector v) {
  return _mm_and_si128(_mm_slli_epi16(v, n), splat(static_cast<uint8_t>(0xFF << n)));
}
template <int n>
U8T_INLINE Vector bits_right(Vector v) {
  return _mm_and_si128(_mm_srli_epi16(v, n), splat(static_cast<uint8_t>(0xFF >> n)));
}
// For each byte, by the high bit of the selector's.
U8T_INLINE Vector choose_by_high(Vector selector, Vector yes, Vector no) { return _mm_blendv_epi8(no, yes, selector); }
U8T_INLINE Vector zero_unless_high(Vector selector, Vector v) {
  return _mm_and_si128(_mm_cmpgt_epi8(_mm_setzero_si128(), selector), v);
}

// Units: the same vector as lanes of 16 bits.
using UnitMask = Vector;  // all bits of a lane, or none
U8T_INLINE Vector splat_units(uint16_t unit) { return _mm_set1_epi16(static_cast<short>(unit)); }
template <int n>
U8T_INLINE Vector units_left(Vector v) {
  return _mm_slli_epi16(v, n);
}
template <int n>
U8T_INLINE Vector units_right(Vector v) {
  return _mm_srli_epi16(v, n);
}
U8T_INLINE Vector units_subtract(Vector a, Vector b) { return _mm_sub_epi16(a, b); }
U8T_INLINE UnitMask units_equal(Vector a, Vector b) { return _mm_cmpeq_epi16(a, b); }
U8T_INLINE UnitMask units_at_most(Vector a, Vector b) { return _mm_cmpeq_epi16(_mm_min_epu16(a, b), a); }
U8T_INLINE UnitMask mask_and(UnitMask a, UnitMask b) { return _mm_and_si128(a, b); }
U8T_INLINE UnitMask mask_or(UnitMask a, UnitMask b) { return _mm_or_si128(a, b); }
U8T_INLINE UnitMask mask_without(UnitMask a, UnitMask b) { return _mm_andnot_si128(b, a); }
U8T_INLINE bool any_unit(UnitMask mask) { return any(mask); }
U8T_INLINE Vector choose_units(UnitMask mask, Vector yes, Vector no) {
  return _mm_or_si128(_mm_and_si128(mask, yes), _mm_andnot_si128(mask, no));
}
U8T_INLINE Vector units_where(UnitMask mask, Vector v) { return _mm_and_si128(mask, v); }
U8T_INLINE bool share_bits(Vector a, Vector b) { return !_mm_testz_si128(a, b); }
// Each unit's successor; 0 for the last one.
U8T_INLINE Vector following(Vector v) { return _mm_srli_si128(v, 2); }
// The low halves of the lanes of two vectors, whose high halves are 0.
U8T_INLINE Vector narrow(Vector a, Vector b) { return _mm_packus_epi16(a, b); }
// The bytes of `v` as lanes of 16 bits, in two vectors.
U8T_INLINE Vector widen_low(Vector v) { return _mm_unpacklo_epi8(v, _mm_setzero_si128()); }
U8T_INLINE Vector widen_high(Vector v) { return _mm_unpackhi_epi8(v, _mm_setzero_si128()); }

U8T_INLINE void store_shuffled(uint8_t* out, __m128i v, const uint8_t* shuffle) {
  store(out, _mm_shuffle_epi8(v, _mm_load_si128(reinterpret_cast<const __m128i*>(shuffle))));
}
// Stores the characters of `lanes` as kOneOrTwo has them; writes whole vectors. Returns where they end.
U8T_INLINE uint8_t* store_one_or_two(uint8_t* out, Vector lanes, UnitMask one) {
  const uint8_t key = static_cast<uint8_t>(_mm_movemask_epi8(_mm_packs_epi16(one, one)));
  store_shuffled(out, lanes, kOneOrTwo.of[key]);
  return out + 16 - bits_set(key);
}
// The same for characters of up to three bytes: the last in the low half of `low`, the one before in the high half, the
// first of three in the low half of `high`.
U8T_INLINE uint8_t* store_one_to_three(uint8_t* out, Vector low, Vector high, UnitMask one, UnitMask one_or_two) {
  const unsigned keys = static_cast<unsigned>(
      _mm_movemask_epi8(_mm_packs_epi16(_mm_unpacklo_epi16(one, one_or_two), _mm_unpackhi_epi16(one, one_or_two))));
  const auto four = [&](Vector lanes, uint8_t key) U8T_LAMBDA {
    store_shuffled(out, lanes, kOneToThree.of[key]);
    out += 12 - bits_set(key);
  };
  four(_mm_unpacklo_epi16(low, high), static_cast<uint8_t>(keys));
  four(_mm_unpackhi_epi16(low, high), static_cast<uint8_t>(keys >> 8));
  return out;
}
// The same where all are of three bytes.
U8T_INLINE uint8_t* store_threes(uint8_t* out, Vector low, Vector high) {
  store_shuffled(out, _mm_unpacklo_epi16(low, high), kOneToThree.of[0]);
  store_shuffled(out + 12, _mm_unpackhi_epi16(low, high), kOneToThree.of[0]);
  return out + 24;
}
// Stores the units made of the bytes of `low` and `high` whose bit is set in `keep`; writes whole vectors.
U8T_INLINE char16_t* store_units(char16_t* out, Vector low, Vector high, uint64_t keep) {
  const auto eight = [&](Vector lanes, uint8_t key) U8T_LAMBDA {
    store_shuffled(reinterpret_cast<uint8_t*>(out), lanes, kKeepUnits.of[key]);
    out += bits_set(key);
  };
  eight(_mm_unpacklo_epi8(low, high), static_cast<uint8_t>(keep));
  eight(_mm_unpackhi_epi8(low, high), static_cast<uint8_t>(keep >> 8));
  return out;
}
// Stores the bytes whose bit is set in `keep`; writes whole vectors.
U8T_INLINE uint8_t* store_bytes(uint8_t* out, Vector v, uint64_t keep) {
  const auto eight = [&](Vector bytes, uint8_t key) U8T_LAMBDA {
    const __m128i order = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(kKeepBytes.of[key]));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_shuffle_epi8(bytes, order));
    out += bits_set(key);
  };
  eight(v, static_cast<uint8_t>(keep));
  eight(_mm_unpackhi_epi64(v, v), static_cast<uint8_t>(keep >> 8));
  return out;
}

// How many lanes are set in masks, lane by lane.
class UnitTally {
 public:
  U8T_INLINE UnitTally() : lanes_(_mm_setzero_si128()) {}
  U8T_INLINE void add(UnitMask mask) { lanes_ = _mm_sub_epi16(lanes_, mask); }
  U8T_INLINE size_t sum() const {
    const __m128i zero = _mm_setzero_si128();
    const __m128i four = _mm_add_epi32(_mm_unpacklo_epi16(lanes_, zero), _mm_unpackhi_epi16(lanes_, zero));
    const __m128i two = _mm_add_epi64(_mm_unpacklo_epi32(four, zero), _mm_unpackhi_epi32(four, zero));
    return static_cast<size_t>(_mm_extract_epi64(two, 0) + _mm_extract_epi64(two, 1));
  }

 private:
  Vector lanes_;
};
