// UTF-8 validation for 64-byte vectors with byte permutes (AVX-512 VBMI). Means the same as utf8.inl.h, with the same
// interface: `no character of the bytes so far is ill-formed`, save for one that the end of the last block cuts.
//
// Behind a lead of two, three or four bytes continuations must stand one, two and three places further, and nowhere
// else. What is left is table 3-7's second bytes: each lead (low six bits of C0–FF) refuses some of the four quarters of
// 80–BF (bits 5 and 4 of the second byte), which two look-ups in tables of 64 entries and one AND tell. All of it stays
// in vectors: on the processors that have these instructions a move from a mask register costs more than it saves.

struct Quarters {
  uint8_t lead[64];     // by low bits of the lead: kIsLead, and bit q if the second byte may not be of quarter q
  uint8_t quarter[64];  // by low bits of the second byte: the bit of its quarter
  constexpr Quarters() : lead(), quarter() {
    for (int i = 0; i < 64; i++) {
      const int byte = 0xC0 + i;
      lead[i] = byte < 0xC2 || byte > 0xF4 ? 0x8F : 0x80;
      if (byte == 0xE0) lead[i] |= 0x3;  // not 80–9F
      if (byte == 0xED) lead[i] |= 0xC;  // not A0–BF
      if (byte == 0xF0) lead[i] |= 0x1;  // not 80–8F
      if (byte == 0xF4) lead[i] |= 0xE;  // not 90–BF
      quarter[i] = static_cast<uint8_t>(1 << (i >> 4));
    }
  }
};
alignas(64) constexpr Quarters kQuarters;

class Utf8Check {
 public:
  U8T_INLINE Utf8Check()
      : lead2_(pinned(splat(0xC0))),
        third_(pinned(splat(0xE0 - 0x80))),
        fourth_(pinned(splat(0xF0 - 0x80))),
        continuation_(pinned(splat(0x40))),
        lead_(pinned(load(kQuarters.lead))),
        quarter_(pinned(load(kQuarters.quarter))),
        misplaced_(splat(0)),
        refused_(splat(0)) {}

  U8T_INLINE void add_at(const uint8_t* p, Vector v) { add(v, load(p - 1), load(p - 2), load(p - 3)); }
  U8T_INLINE void add_behind(Vector before, Vector v) {
    add(v, shifted_in<1>(v, before), shifted_in<2>(v, before), shifted_in<3>(v, before));
  }

  U8T_INLINE bool failed() const {
    return any(_mm512_ternarylogic_epi64(misplaced_, splat(0x80), refused_, 0xEA));  // (a & b) | c
  }

 private:
  // `v` and the bytes one, two and three places before its own.
  U8T_INLINE void add(Vector v, Vector first, Vector second, Vector third) {
    const Vector lead = _mm512_maskz_permutexvar_epi8(_mm512_cmpge_epu8_mask(first, lead2_), first, lead_);
    // In bit 7: whether one of the three wants a continuation here, and whether there is one (80–BF is below C0 as
    // int8, which is what stays negative when 40h is added).
    const Vector wanted = _mm512_ternarylogic_epi64(lead, saturating_subtract(second, third_),
                                                    saturating_subtract(third, fourth_), 0xFE);  // a | b | c
    const Vector found = _mm512_adds_epi8(v, continuation_);
    misplaced_ = _mm512_ternarylogic_epi64(misplaced_, wanted, found, 0xF6);  // a | (b ^ c)
    refused_ = _mm512_ternarylogic_epi64(refused_, lead, _mm512_permutexvar_epi8(v, quarter_), 0xF8);  // a | (b & c)
  }

  const Vector lead2_, third_, fourth_, continuation_, lead_, quarter_;
  Vector misplaced_, refused_;  // errors so far: bit 7, any bit
};
