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

struct Utf8Tables {
  Repeated first_high, first_low, second_high;
  Repeated low_nibble;
  // What is left of E0–FF and of F0–FF has its high bit set.
  Repeated third, fourth;
  Repeated wanted;
};
constexpr Utf8Tables kUtf8Tables = {
    // first_high
    repeated({
    kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong,           // 0_______
    kTwoContinuations, kTwoContinuations, kTwoContinuations, kTwoContinuations,               // 10______
    kTooShort | kOverlong2,                                                                   // 1100____
    kTooShort,                                                                                // 1101____
    kTooShort | kOverlong3 | kSurrogate,                                                      // 1110____
    kTooShort | kTooLarge | kTooLarge1000 | kOverlong4,                                       // 1111____
    }),
    // first_low
    repeated({
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
    }),
    // second_high
    repeated({
    kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort,   // 0_______
    kTooLong | kOverlong2 | kTwoContinuations | kOverlong3 | kTooLarge1000 | kOverlong4,      // 1000____
    kTooLong | kOverlong2 | kTwoContinuations | kOverlong3 | kTooLarge,                       // 1001____
    kTooLong | kOverlong2 | kTwoContinuations | kSurrogate | kTooLarge,                       // 1010____
    kTooLong | kOverlong2 | kTwoContinuations | kSurrogate | kTooLarge,                       // 1011____
    kTooShort, kTooShort, kTooShort, kTooShort,                                               // 11______
    }),
    repeated(0x0F), repeated(0xE0 - 0x80), repeated(0xF0 - 0x80), repeated(kTwoContinuations),
};

// Errors are gathered, not told vector by vector: a test costs as much as a fourth of the check. A kernel tests where a
// run ends and takes the run back if there was an error.
class Utf8Check {
 public:
  U8T_INLINE Utf8Check() : Utf8Check(unknown(&kUtf8Tables)) {}

  // Adds the vector at p; the three bytes in front of it are read again. Loads at four places are cheaper than to shift
  // one out of two vectors, but for the pinning GCC would make five of them.
  U8T_INLINE void add_at(const uint8_t* p, Vector v) { add(v, pinned(load(p - 1)), load(p - 2), load(p - 3)); }

  // Adds a vector behind `before`.
  U8T_INLINE void add_behind(Vector before, Vector v) {
    add(v, shifted_in<1>(v, before), shifted_in<2>(v, before), shifted_in<3>(v, before));
  }

  // Whether anything that was added is ill-formed.
  U8T_INLINE bool failed() const { return any(errors_); }

 private:
  U8T_INLINE explicit Utf8Check(const Utf8Tables& tables)
      : first_high_(load(tables.first_high)),
        first_low_(load(tables.first_low)),
        second_high_(load(tables.second_high)),
        low_nibble_(load(tables.low_nibble)),
        third_(load(tables.third)),
        fourth_(load(tables.fourth)),
        wanted_(load(tables.wanted)),
        errors_(splat(0)) {}

  // `v` and the bytes one, two and three places before its own.
  U8T_INLINE void add(Vector v, Vector first, Vector second, Vector third) {
    const Vector pairs = operator_and(operator_and(lookup(first_high_, high_nibble(first, low_nibble_)),
                                                   lookup(first_low_, operator_and(first, low_nibble_))),
                                      lookup(second_high_, high_nibble(v, low_nibble_)));
    // The high bit is set where the second or third byte behind a long lead is.
    const Vector wanted = operator_and(
        operator_or(saturating_subtract(second, third_), saturating_subtract(third, fourth_)), wanted_);
    errors_ = operator_or(errors_, operator_xor(wanted, pairs));
  }

  const Vector first_high_, first_low_, second_high_, low_nibble_, third_, fourth_, wanted_;
  Vector errors_;
};
