// AVX-512 for machines that have none, so that its kernels are tested everywhere: in a build with EMULATE_AVX512 the
// target includes this in place of <immintrin.h>. SIMDe (Debian's libsimde-dev) has the intrinsics as plain code, under
// their own names; what it lacks stands here, as Intel's Intrinsics Guide defines it.
#pragma once

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/clmul.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

using __mmask8 = simde__mmask8;
using __mmask32 = simde__mmask32;
using __mmask64 = simde__mmask64;

namespace emulated {

// A vector as its lanes of type T, and back.
template <typename T, size_t size = 64>
using Lanes = std::array<T, size / sizeof(T)>;
template <typename T, typename V>
Lanes<T, sizeof(V)> lanes(V v) {
  return std::bit_cast<Lanes<T, sizeof(V)>>(v);
}
template <typename T>
__m512i vector(const Lanes<T>& lanes) {
  return std::bit_cast<__m512i>(lanes);
}

// Those lanes of `v` whose bit is set, moved together; zeros behind them.
template <typename T>
__m512i compress(__mmask64 keep, __m512i v) {
  const auto from = lanes<T>(v);
  Lanes<T> kept{};
  for (size_t i = 0, n = 0; i < from.size(); i++) {
    if ((keep >> i & 1) != 0) kept[n++] = from[i];
  }
  return vector<T>(kept);
}

// Each lane of `v` as one of type Wide.
template <typename Narrow, typename Wide>
__m512i widen(__m256i v) {
  const auto from = lanes<Narrow>(v);
  Lanes<Wide> to;
  for (size_t i = 0; i < to.size(); i++) to[i] = from[i];
  return vector<Wide>(to);
}

}  // namespace emulated

inline __m512i _mm512_maskz_compress_epi8(__mmask64 keep, __m512i v) { return emulated::compress<uint8_t>(keep, v); }
inline __m512i _mm512_maskz_compress_epi16(__mmask32 keep, __m512i v) { return emulated::compress<uint16_t>(keep, v); }
inline __m512i _mm512_cvtepu8_epi16(__m256i v) { return emulated::widen<uint8_t, uint16_t>(v); }
inline __m512i _mm512_cvtepu16_epi32(__m256i v) { return emulated::widen<uint16_t, uint32_t>(v); }

// From lane n on: of all lanes of `low`, then of `high`; of bytes, within each 16 of them.
inline __m512i _mm512_alignr_epi64(__m512i high, __m512i low, size_t n) {
  const auto a = emulated::lanes<uint64_t>(low);
  const auto b = emulated::lanes<uint64_t>(high);
  emulated::Lanes<uint64_t> all;
  for (size_t i = 0; i < 8; i++) all[i] = i + n < 8 ? a[i + n] : b[i + n - 8];
  return emulated::vector<uint64_t>(all);
}
inline __m512i _mm512_maskz_alignr_epi64(__mmask8 keep, __m512i high, __m512i low, size_t n) {
  return _mm512_maskz_mov_epi64(keep, _mm512_alignr_epi64(high, low, n));
}
inline __m512i _mm512_alignr_epi8(__m512i high, __m512i low, size_t n) {
  const auto a = emulated::lanes<uint8_t>(low);
  const auto b = emulated::lanes<uint8_t>(high);
  emulated::Lanes<uint8_t> all;
  for (size_t i = 0; i < 64; i++) all[i] = i % 16 + n < 16 ? a[i + n] : b[i + n - 16];
  return emulated::vector<uint8_t>(all);
}

inline __mmask32 _mm512_cmpeq_epi16_mask(__m512i a, __m512i b) {
  const auto left = emulated::lanes<uint16_t>(a);
  const auto right = emulated::lanes<uint16_t>(b);
  __mmask32 mask = 0;
  for (size_t i = 0; i < 32; i++) mask |= static_cast<__mmask32>(left[i] == right[i]) << i;
  return mask;
}

inline __m512i _mm512_zextsi128_si512(__m128i v) {
  const auto low = emulated::lanes<uint64_t>(v);
  return emulated::vector<uint64_t>({low[0], low[1]});
}

// SIMDe has this one, byte by byte: most of the time went into it.
#undef _mm512_set1_epi8
inline __m512i _mm512_set1_epi8(char byte) {
  return _mm512_set1_epi64(static_cast<int64_t>(0x0101010101010101U * static_cast<uint8_t>(byte)));
}

// The lowest bits of `bits` at the places of the bits of `places`.
inline uint64_t _pdep_u64(uint64_t bits, uint64_t places) {
  uint64_t all = 0;
  for (; places != 0; places &= places - 1, bits >>= 1) {
    if ((bits & 1) != 0) all |= places & -places;
  }
  return all;
}
inline int _mm_popcnt_u32(uint32_t bits) { return std::popcount(bits); }
inline int64_t _mm_popcnt_u64(uint64_t bits) { return std::popcount(bits); }
