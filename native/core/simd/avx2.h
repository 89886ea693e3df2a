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
// `low_nibble` is 0F in each byte.
U8T_INLINE Vector high_nibble(Vector v, Vector low_nibble) { return _mm256_and_si256(_mm256_srli_epi16(v, 4), low_nibble); }
// table[v] for each byte below 16.
U8T_INLINE Vector lookup(Vector table, Vector v) { return _mm256_shuffle_epi8(table, v); }
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

U8T_INLINE bool any_below(Vector v, uint8_t limit) { return bits_below(v, limit) != 0; }
U8T_INLINE bool any_equal(Vector a, Vector b) { return bits_equal(a, b) != 0; }

// How many bytes are no continuation, lane by lane: at most 255 vectors may be added.
class Tally {
 public:
  U8T_INLINE Tally() : continuation_(pinned(splat(0xBF))), lanes_(_mm256_setzero_si256()) {}
  U8T_INLINE void add(Vector v) { lanes_ = _mm256_sub_epi8(lanes_, _mm256_cmpgt_epi8(v, continuation_)); }
  U8T_INLINE size_t sum() const {
    const Vector quarters = _mm256_sad_epu8(lanes_, _mm256_setzero_si256());
    const __m128i halves =
        _mm_add_epi64(_mm256_castsi256_si128(quarters), _mm256_extracti128_si256(quarters, 1));
    return static_cast<size_t>(_mm_extract_epi64(halves, 0) + _mm_extract_epi64(halves, 1));
  }

 private:
  const Vector continuation_;
  Vector lanes_;
};

// Bytes shifted by n bits, zeros moving in.
template <int n>
U8T_INLINE Vector bits_left(Vector v) {
  return _mm256_and_si256(_mm256_slli_epi16(v, n), splat(static_cast<uint8_t>(0xFF << n)));
}
template <int n>
U8T_INLINE Vector bits_right(Vector v) {
  return _mm256_and_si256(_mm256_srli_epi16(v, n), splat(static_cast<uint8_t>(0xFF >> n)));
}
// For each byte, by the high bit of the selector's.
U8T_INLINE Vector choose_by_high(Vector selector, Vector yes, Vector no) {
  return _mm256_blendv_epi8(no, yes, selector);
}
U8T_INLINE Vector zero_unless_high(Vector selector, Vector v) {
  return _mm256_and_si256(_mm256_cmpgt_epi8(_mm256_setzero_si256(), selector), v);
}

// Units: the same vector as lanes of 16 bits.
using UnitMask = Vector;  // all bits of a lane, or none
U8T_INLINE Vector splat_units(uint16_t unit) { return _mm256_set1_epi16(static_cast<short>(unit)); }
template <int n>
U8T_INLINE Vector units_left(Vector v) {
  return _mm256_slli_epi16(v, n);
}
template <int n>
U8T_INLINE Vector units_right(Vector v) {
  return _mm256_srli_epi16(v, n);
}
U8T_INLINE Vector units_subtract(Vector a, Vector b) { return _mm256_sub_epi16(a, b); }
U8T_INLINE UnitMask units_equal(Vector a, Vector b) { return _mm256_cmpeq_epi16(a, b); }
U8T_INLINE UnitMask units_at_most(Vector a, Vector b) { return _mm256_cmpeq_epi16(_mm256_min_epu16(a, b), a); }
U8T_INLINE UnitMask mask_and(UnitMask a, UnitMask b) { return _mm256_and_si256(a, b); }
U8T_INLINE UnitMask mask_or(UnitMask a, UnitMask b) { return _mm256_or_si256(a, b); }
U8T_INLINE UnitMask mask_without(UnitMask a, UnitMask b) { return _mm256_andnot_si256(b, a); }
U8T_INLINE bool any_unit(UnitMask mask) { return any(mask); }
U8T_INLINE Vector choose_units(UnitMask mask, Vector yes, Vector no) {
  return _mm256_or_si256(_mm256_and_si256(mask, yes), _mm256_andnot_si256(mask, no));
}
U8T_INLINE Vector units_where(UnitMask mask, Vector v) { return _mm256_and_si256(mask, v); }
U8T_INLINE bool share_bits(Vector a, Vector b) { return !_mm256_testz_si256(a, b); }
// Each unit's successor; 0 for the last one.
U8T_INLINE Vector following(Vector v) {
  return _mm256_alignr_epi8(_mm256_permute2x128_si256(v, v, 0x81), v, 2);
}
// The low halves of the lanes of two vectors, whose high halves are 0.
U8T_INLINE Vector narrow(Vector a, Vector b) { return _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xD8); }
// The bytes of `v` as lanes of 16 bits, in two vectors.
U8T_INLINE Vector widen_low(Vector v) { return _mm256_cvtepu8_epi16(_mm256_castsi256_si128(v)); }
U8T_INLINE Vector widen_high(Vector v) { return _mm256_cvtepu8_epi16(_mm256_extracti128_si256(v, 1)); }

U8T_INLINE void store_shuffled(uint8_t* out, __m128i v, const uint8_t* shuffle) {
  const __m128i order = _mm_load_si128(reinterpret_cast<const __m128i*>(shuffle));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_shuffle_epi8(v, order));
}
U8T_INLINE __m128i lower(Vector v) { return _mm256_castsi256_si128(v); }
U8T_INLINE __m128i upper(Vector v) { return _mm256_extracti128_si256(v, 1); }
// Stores the characters of `lanes` as kOneOrTwo has them; writes whole vectors. Returns where they end.
U8T_INLINE uint8_t* store_one_or_two(uint8_t* out, Vector lanes, UnitMask one) {
  const uint32_t keys = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_packs_epi16(one, one)));
  const auto eight = [&](__m128i units, uint8_t key) U8T_LAMBDA {
    store_shuffled(out, units, kOneOrTwo.of[key]);
    out += 16 - bits_set(key);
  };
  eight(lower(lanes), static_cast<uint8_t>(keys));
  eight(upper(lanes), static_cast<uint8_t>(keys >> 24));
  return out;
}
// The same for characters of up to three bytes: the last in the low half of `low`, the one before in the high half, the
// first of three in the low half of `high`.
U8T_INLINE uint8_t* store_one_to_three(uint8_t* out, Vector low, Vector high, UnitMask one, UnitMask one_or_two) {
  const uint32_t keys = static_cast<uint32_t>(_mm256_movemask_epi8(
      _mm256_packs_epi16(_mm256_unpacklo_epi16(one, one_or_two), _mm256_unpackhi_epi16(one, one_or_two))));
  const Vector even = _mm256_unpacklo_epi16(low, high);
  const Vector odd = _mm256_unpackhi_epi16(low, high);
  const auto four = [&](__m128i lanes, uint8_t key) U8T_LAMBDA {
    store_shuffled(out, lanes, kOneToThree.of[key]);
    out += 12 - bits_set(key);
  };
  four(lower(even), static_cast<uint8_t>(keys));
  four(lower(odd), static_cast<uint8_t>(keys >> 8));
  four(upper(even), static_cast<uint8_t>(keys >> 16));
  four(upper(odd), static_cast<uint8_t>(keys >> 24));
  return out;
}
// The same where all are of three bytes.
U8T_INLINE uint8_t* store_threes(uint8_t* out, Vector low, Vector high) {
  const __m128i order = _mm_load_si128(reinterpret_cast<const __m128i*>(kOneToThree.of[0]));
  const Vector even = _mm256_shuffle_epi8(_mm256_unpacklo_epi16(low, high), _mm256_broadcastsi128_si256(order));
  const Vector odd = _mm256_shuffle_epi8(_mm256_unpackhi_epi16(low, high), _mm256_broadcastsi128_si256(order));
  const auto four = [&](__m128i bytes) U8T_LAMBDA {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
    out += 12;
  };
  four(lower(even));
  four(lower(odd));
  four(upper(even));
  four(upper(odd));
  return out;
}
// Stores the units made of the bytes of `low` and `high` whose bit is set in `keep`; writes whole vectors.
U8T_INLINE char16_t* store_units(char16_t* out, Vector low, Vector high, uint64_t keep) {
  const Vector even = _mm256_unpacklo_epi8(low, high);
  const Vector odd = _mm256_unpackhi_epi8(low, high);
  const auto eight = [&](__m128i lanes, uint8_t key) U8T_LAMBDA {
    store_shuffled(reinterpret_cast<uint8_t*>(out), lanes, kKeepUnits.of[key]);
    out += bits_set(key);
  };
  eight(lower(even), static_cast<uint8_t>(keep));
  eight(lower(odd), static_cast<uint8_t>(keep >> 8));
  eight(upper(even), static_cast<uint8_t>(keep >> 16));
  eight(upper(odd), static_cast<uint8_t>(keep >> 24));
  return out;
}
// Stores the bytes whose bit is set in `keep`; writes whole vectors.
U8T_INLINE uint8_t* store_bytes(uint8_t* out, Vector v, uint64_t keep) {
  const auto eight = [&](__m128i bytes, uint8_t key) U8T_LAMBDA {
    const __m128i order = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(kKeepBytes.of[key]));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_shuffle_epi8(bytes, order));
    out += bits_set(key);
  };
  eight(lower(v), static_cast<uint8_t>(keep));
  eight(_mm_unpackhi_epi64(lower(v), lower(v)), static_cast<uint8_t>(keep >> 8));
  eight(upper(v), static_cast<uint8_t>(keep >> 16));
  eight(_mm_unpackhi_epi64(upper(v), upper(v)), static_cast<uint8_t>(keep >> 24));
  return out;
}

// How many lanes are set in masks, lane by lane.
class UnitTally {
 public:
  U8T_INLINE UnitTally() : lanes_(_mm256_setzero_si256()) {}
  U8T_INLINE void add(UnitMask mask) { lanes_ = _mm256_sub_epi16(lanes_, mask); }
  U8T_INLINE size_t sum() const {
    const __m256i zero = _mm256_setzero_si256();
    const __m256i eight = _mm256_add_epi32(_mm256_unpacklo_epi16(lanes_, zero), _mm256_unpackhi_epi16(lanes_, zero));
    const __m256i four = _mm256_add_epi64(_mm256_unpacklo_epi32(eight, zero), _mm256_unpackhi_epi32(eight, zero));
    const __m128i two = _mm_add_epi64(lower(four), upper(four));
    return static_cast<size_t>(_mm_extract_epi64(two, 0) + _mm_extract_epi64(two, 1));
  }

 private:
  Vector lanes_;
};
