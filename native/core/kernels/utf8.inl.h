// UTF-8 validation, block by block. Means: `no character of the bytes so far is ill-formed`, save for one that the
// end of the block cuts.
//
// Every two neighbouring bytes are classified by three table look-ups: the high and the low nibble of the first, the
// high nibble of the second. Each table's entry is the set of errors that its nibble allows; what all three allow is
// an error of this pair. Three- and four-byte characters need one more look: two or three bytes behind such a lead
// a continuation must stand, and that is the one case in which two continuations in a row are right.
// Source: John Keiser, Daniel Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (arXiv 2010.03090).

constexpr uint8_t kTooShort = 1 << 0;     // 11______ 0_______ or 11______ 11______
constexpr uint8_t kTooLong = 1 << 1;      // 0_______ 10______
constexpr uint8_t kOverlong3 = 1 << 2;    // 11100000 100_____
constexpr uint8_t kTooLarge = 1 << 3;     // 11110100 1001____, 11110100 101_____, 11110101 and above
constexpr uint8_t kSurrogate = 1 << 4;    // 11101101 101_____
constexpr uint8_t kOverlong2 = 1 << 5;    // 1100000_ 10______
constexpr uint8_t kOverlong4 = 1 << 6;    // 11110000 1000____
constexpr uint8_t kTooLarge1000 = 1 << 6; // 11110101 and above, 1000____: shares the bit, tables keep them apart
constexpr uint8_t kTwoContinuations = 1 << 7;  // 10______ 10______: an error unless a long lead asks for it
// Errors that do not depend on the low nibble of the first byte.
constexpr uint8_t kAnyLow = kTooShort | kTooLong | kTwoContinuations;

alignas(16) constexpr uint8_t kFirstHigh[16] = {
    kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong,           // 0_______
    kTwoContinuations, kTwoContinuations, kTwoContinuations, kTwoContinuations,               // 10______
    kTooShort | kOverlong2,                                                                   // 1100____
    kTooShort,                                                                                // 1101____
    kTooShort | kOverlong3 | kSurrogate,                                                      // 1110____
    kTooShort | kTooLarge | kTooLarge1000 | kOverlong4,                                       // 1111____
};
alignas(16) constexpr uint8_t kFirstLow[16] = {
    kAnyLow | kOverlong3 | kOverlong2 | kOverlong4,  // ____0000
    kAnyLow | kOverlong2,                            // ____0001
    kAnyLow, kAnyLow,
    kAnyLow | kTooLarge,                             // ____0100
    kAnyLow | kTooLarge | kTooLarge1000,             // ____0101
    kAnyLow | kTooLarge | kTooLarge1000, kAnyLow | kTooLarge | kTooLarge1000,
    kAnyLow | kTooLarge | kTooLarge1000, kAnyLow | kTooLarge | kTooLarge1000,
    kAnyLow | kTooLarge | kTooLarge1000, kAnyLow | kTooLarge | kTooLarge1000,
    kAnyLow | kTooLarge | kTooLarge1000,
    kAnyLow | kTooLarge | kTooLarge1000 | kSurrogate,  // ____1101
    kAnyLow | kTooLarge | kTooLarge1000, kAnyLow | kTooLarge | kTooLarge1000,
};
alignas(16) constexpr uint8_t kSecondHigh[16] = {
    kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort,   // 0_______
    kTooLong | kOverlong2 | kTwoContinuations | kOverlong3 | kTooLarge1000 | kOverlong4,      // 1000____
    kTooLong | kOverlong2 | kTwoContinuations | kOverlong3 | kTooLarge,                       // 1001____
    kTooLong | kOverlong2 | kTwoContinuations | kSurrogate | kTooLarge,                       // 1010____
    kTooLong | kOverlong2 | kTwoContinuations | kSurrogate | kTooLarge,                       // 1011____
    kTooShort, kTooShort, kTooShort, kTooShort,                                               // 11______
};

class Utf8Check {
 public:
  U8T_INLINE Utf8Check() { reset(); }

  // Forgets what came before: the next block begins at a character boundary.
  U8T_INLINE void reset() {
    before_ = splat(0);
  }

  // Takes over what came before from another check.
  U8T_INLINE void assign(const Utf8Check& other) { before_ = other.before_; }

  // True if the block, behind what came before, holds no error. `ascii` says that no byte of it is above 7F.
  U8T_INLINE bool next(const Block& block, bool ascii) {
    if (ascii) {
      const bool fine = !any(saturating_subtract(before_, load(kIncompleteLimit.bytes)));
      reset();
      return fine;
    }
    Vector errors = pair_errors(block.v[0], before_);
    for (size_t i = 1; i < kVectors; i++) errors = operator_or(errors, pair_errors(block.v[i], block.v[i - 1]));
    before_ = block.v[kVectors - 1];
    return !any(errors);
  }

 private:
  U8T_INLINE static Vector pair_errors(Vector v, Vector before) {
    const Vector first = shifted_in<1>(v, before);
    const Vector pairs = operator_and(
        operator_and(lookup(kFirstHigh, high_nibble(first)), lookup(kFirstLow, operator_and(first, splat(0x0F)))),
        lookup(kSecondHigh, high_nibble(v)));
    // The high bit is set where the second or third byte behind a long lead is: E0 - 60h = 80h.
    const Vector third = saturating_subtract(shifted_in<2>(v, before), splat(0xE0 - 0x80));
    const Vector fourth = saturating_subtract(shifted_in<3>(v, before), splat(0xF0 - 0x80));
    const Vector wanted = operator_and(operator_or(third, fourth), splat(kTwoContinuations));
    return operator_xor(wanted, pairs);
  }

  Vector before_;
};
