// UTF-8 validation for 64-byte vectors with byte permutes (AVX-512 VBMI) and mask registers. Means the same as
// utf8.inl.h: `no character of the bytes so far is ill-formed`, save for one that the end of the block cuts.
//
// Behind a lead of two, three or four bytes continuations must stand one, two and three places further, and nowhere
// else: two masks that must be equal. What is left is table 3-7's second bytes: each lead (low six bits of C0–FF)
// allows some of the four quarters of 80–BF (bits 5 and 4 of the second byte), which two look-ups in tables of 64
// entries and one AND tell for all pairs at once.

struct Quarters {
  uint8_t allowed[64];  // by lead: bit q is set if the second byte may be of quarter q
  uint8_t quarter[64];  // by second byte: the bit of its quarter
  constexpr Quarters() : allowed(), quarter() {
    for (int i = 0; i < 64; i++) {
      const int lead = 0xC0 + i;
      allowed[i] = lead < 0xC2 || lead > 0xF4 ? 0 : 0xF;
      if (lead == 0xE0) allowed[i] = 0xC;  // A0–BF
      if (lead == 0xED) allowed[i] = 0x3;  // 80–9F
      if (lead == 0xF0) allowed[i] = 0xE;  // 90–BF
      if (lead == 0xF4) allowed[i] = 0x1;  // 80–8F
      quarter[i] = static_cast<uint8_t>(1 << (i >> 4));
    }
  }
};
alignas(64) constexpr Quarters kQuarters;

class Utf8Check {
 public:
  U8T_INLINE Utf8Check()
      : lead2_(pinned(splat(0xC0))),
        lead3_(pinned(splat(0xE0))),
        lead4_(pinned(splat(0xF0))),
        last_continuation_(pinned(splat(0xBF))),
        allowed_(pinned(load(kQuarters.allowed))),
        quarter_(pinned(load(kQuarters.quarter))) {
    reset();
  }

  // Forgets what came before: the next block begins at a character boundary.
  U8T_INLINE void reset() {
    before_ = splat(0);
    before_lead2_ = before_long_ = 0;
  }

  // Takes over what came before from another check.
  U8T_INLINE void assign(const Utf8Check& other) {
    before_ = other.before_;
    before_lead2_ = other.before_lead2_;
    before_long_ = other.before_long_;
  }

  // True if the block, behind what came before, holds no error. `ascii` says that no byte of it is above 7F.
  U8T_INLINE bool next(const Block& block, bool ascii) {
    if (ascii) {
      const bool fine = (before_lead2_ | before_long_) == 0;
      reset();
      return fine;
    }
    const Vector v = block.v[0];
    const uint64_t lead2 = _mm512_cmpge_epu8_mask(v, lead2_);
    const uint64_t lead3 = _mm512_cmpge_epu8_mask(v, lead3_);
    const uint64_t lead4 = _mm512_cmpge_epu8_mask(v, lead4_);
    const uint64_t second = lead2 << 1 | before_lead2_;
    const uint64_t expected = second | lead3 << 2 | lead4 << 3 | before_long_;
    const Vector allowed = _mm512_permutexvar_epi8(shifted_in<1>(v, before_), allowed_);
    const Vector quarter = _mm512_permutexvar_epi8(v, quarter_);
    const uint64_t refused = kept_apart(_mm512_testn_epi8_mask(allowed, quarter));
    const uint64_t boundary = _mm512_cmpgt_epi8_mask(v, last_continuation_);
    before_ = v;
    before_lead2_ = lead2 >> 63;
    before_long_ = lead3 >> 62 | lead4 >> 61;
    return (~(expected ^ boundary) | (second & refused)) == 0;
  }

 private:
  // Compilers like to turn an AND of masks into a masked test, which costs a move from and to mask registers more.
  U8T_INLINE static uint64_t kept_apart(uint64_t bits) {
    asm("" : "+r"(bits));
    return bits;
  }

  // The block before; whether a lead stood at its end; where its leads of three and four bytes still want
  // continuations.
  Vector before_;
  uint64_t before_lead2_;
  uint64_t before_long_;
  const Vector lead2_, lead3_, lead4_, last_continuation_, allowed_, quarter_;
};
