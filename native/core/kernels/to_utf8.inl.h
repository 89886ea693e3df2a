// utf16_to_utf8, latin1_to_utf8 and the lengths of what they write. Mean, for each character:
//   out = write_utf8(code, out);
//
// Each unit is spread over 16 bits that hold its last two bytes, and if any unit of the vector needs three, over 16 more
// for the first; a shuffle then moves together what is used. A surrogate pair is two lanes of two bytes each, so that
// pairs need no place of their own: the first half alone says what bytes one and two are, and only byte three needs two
// bits of both.

// Two vectors of units at a time: as bytes they are one.
constexpr size_t kPair = sizeof(Vector);
constexpr size_t kUnits = kPair / 2;
// The most that a pair of vectors becomes, and what the last of its stores writes behind. Nothing may stay changed behind
// what was written, and so what follows is written over that: as many units are left as a vector has bytes, or, where
// room ends the loop, all of it is used but a part of a character.
constexpr size_t kPairRoom = 3 * kPair + sizeof(Vector);
constexpr size_t kCutCharacter = 3;

U8T_INLINE Vector load_units(const char16_t* p) { return load(reinterpret_cast<const uint8_t*>(p)); }

// Constants over units.
struct ToUtf8 {
  Repeated beyond_ascii, beyond_short;    // bits that units up to 7Fh and up to 7FFh do not have
  Repeated most_ascii, most_short;
  Repeated last_bits, middle_bits;        // 10zzzzzz, and 10yyyyyy where it goes
  Repeated continuations, two;            // both are continuations; and what makes a lead of two of the first
  Repeated lead_of_three;
  Repeated kind_bits, high, low;          // of surrogates
};
constexpr ToUtf8 kToUtf8 = {
    repeated_units(0xFF80), repeated_units(0xF800), repeated_units(0x007F), repeated_units(0x07FF),
    repeated_units(0x003F), repeated_units(0x3F00), repeated_units(0x8080), repeated_units(0x4000),
    repeated_units(0x00E0), repeated_units(0xFC00), repeated_units(0xD800), repeated_units(0xDC00),
};

// Writes one vector of units that are all below 800h.
U8T_INLINE uint8_t* write_short_units(const ToUtf8& k, uint8_t* out, Vector v) {
  const UnitMask one = units_at_most(v, load(k.most_ascii));
  // 0000 0xxx xxyy yyyy → 110x xxxx 10yy yyyy, the first byte in the high half.
  const Vector bits = operator_or(operator_and(v, load(k.last_bits)), operator_and(units_left<2>(v), load(k.middle_bits)));
  const Vector two = operator_or(bits, operator_or(load(k.continuations), load(k.two)));
  return store_one_or_two(out, choose_units(one, v, two), one);
}

// Writes one vector of units. `before` is the vector in front of it, `next` gives each unit's successor.
template <typename Next>
U8T_INLINE uint8_t* write_units(const ToUtf8& k, uint8_t* out, Vector v, Vector before, Next next) {
  if (!share_bits(v, load(k.beyond_short))) return write_short_units(k, out, v);
  // xxxx yyyy yyzz zzzz → 1110 xxxx 10yy yyyy 10zz zzzz
  const Vector last = operator_and(v, load(k.last_bits));
  const Vector shifted = units_left<2>(v);
  const Vector bits = operator_or(last, operator_and(shifted, load(k.middle_bits)));
  Vector low = operator_or(bits, load(k.continuations));
  Vector high = operator_or(units_right<12>(v), load(k.lead_of_three));
  const UnitMask surrogate = units_equal(operator_and(v, load(k.beyond_short)), load(k.high));
  UnitMask one_or_two = units_at_most(v, load(k.most_short));
  if (!any_unit(mask_or(one_or_two, surrogate))) return store_threes(out, low, high);
  const UnitMask one = units_at_most(v, load(k.most_ascii));
  // Of two bytes the middle one is the lead: 11.
  low = choose_units(one, v, operator_or(low, units_where(one_or_two, load(k.two))));
  if (any_unit(surrogate)) {
    const auto of_kind = [&](Vector units, const Repeated& kind) U8T_LAMBDA {
      return units_equal(operator_and(units, load(k.kind_bits)), load(kind));
    };
    const Vector previous = shifted_in<2>(v, before);
    const UnitMask first = mask_and(of_kind(v, k.high), of_kind(next(), k.low));
    const UnitMask second = mask_and(of_kind(v, k.low), of_kind(previous, k.high));
    const UnitMask halves = mask_or(first, second);
    // 110110ww wwxxxxyy, with 1 added to wwww: 11110uuu 10uuxxxx 10yy____
    const Vector plus = units_subtract(v, splat_units(0xD800 - 0x40));
    const Vector begin = operator_or(operator_or(operator_and(plus, splat_units(0x0700)),
                                                 operator_and(units_right<2>(plus), load(k.last_bits))),
                                     splat_units(0xF080));
    // … 110111yy yyzzzzzz: 10__yyyy 10zzzzzz
    const Vector end = operator_or(operator_or(operator_and(units_left<12>(previous), splat_units(0x3000)),
                                               operator_and(shifted, splat_units(0x0F00))),
                                   operator_or(last, load(k.continuations)));
    if (!any_unit(mask_without(units_equal(v, v), halves))) {
      // Nothing but pairs, as in a row of emoji: two bytes for each unit, no shuffle.
      const Vector pairs = choose_units(first, begin, end);
      store(out, operator_or(units_left<8>(pairs), units_right<8>(pairs)));
      return out + sizeof(Vector);
    }
    low = choose_units(first, begin, choose_units(second, end, low));
    // A lone one is U+FFFD: EF BF BD.
    const UnitMask lone = mask_without(surrogate, halves);
    low = choose_units(lone, splat_units(0xBFBD), low);
    high = choose_units(lone, splat_units(0xEF), high);
    one_or_two = mask_or(one_or_two, halves);
  }
  return store_one_to_three(out, low, high, one, one_or_two);
}

// Writes the pair of vectors at p. Whether a unit follows it that can be read.
U8T_INLINE uint8_t* write_pair(const ToUtf8& k, uint8_t* out, const char16_t* p, Vector& before, bool more) {
  const Vector first = pinned(load_units(p));
  const Vector second = pinned(load_units(p + kUnits));
  if (!share_bits(operator_or(first, second), load(k.beyond_ascii))) {
    store(out, narrow(first, second));
    out += kPair;
  } else {
    out = write_units(k, out, first, before, [&]() U8T_LAMBDA { return load_units(p + 1); });
    out = write_units(k, out, second, first,
                      [&]() U8T_LAMBDA { return more ? load_units(p + kUnits + 1) : following(second); });
  }
  before = second;
  return out;
}

// A high surrogate and a low one, of which p has both.
U8T_INLINE bool is_pair(const char16_t* p) { return (p[0] & 0xFC00) == 0xD800 && (p[1] & 0xFC00) == 0xDC00; }

inline Transcoded utf16_to_utf8(const char16_t* p, size_t length, uint8_t* out, size_t room) {
  const ToUtf8& k = unknown(&kToUtf8);
  uint8_t* const begin = out;
  uint8_t* const end = out + room;
  Vector before = splat(0);
  size_t at = 0;
  for (; length - at >= 2 * kPair && static_cast<size_t>(end - out) >= kPairRoom + kCutCharacter; at += kPair) {
    out = write_pair(k, out, p + at, before, true);
  }
  // The rest, and where little room is left: by way of memory that has enough of both.
  while (at < length) {
    const size_t left = length - at;
    size_t units = left < kPair ? left : kPair;
    // A pair stays together, lest its first half is written where the second one has no room.
    if (units < left && is_pair(p + at + units - 1)) units--;
    const char16_t* from = p + at;
    char16_t source[kPair + kUnits];
    if (units < kPair) {
      for (size_t i = 0; i < kPair + kUnits; i += kUnits) store(reinterpret_cast<uint8_t*>(source + i), splat(0));
      copy_short<2 * kPair>(reinterpret_cast<uint8_t*>(source), reinterpret_cast<const uint8_t*>(from), 2 * units);
      from = source;
    }
    uint8_t target[kPairRoom];
    const uint8_t* const written = write_pair(k, target, from, before, units < left || units < kPair);
    // What stands behind the units were zeros, of a byte each.
    const size_t bytes = static_cast<size_t>(written - target) - (kPair - units);
    if (bytes > static_cast<size_t>(end - out)) {
      // The first half of a pair that the loop above has cut goes with its second one, which has room then.
      if (at > 0 && is_pair(p + at - 1)) {
        at--;
        out -= 2;
      }
      break;
    }
    if constexpr (3 * kPair <= 2 * kBlock) {
      copy_short<3 * kPair>(out, target, bytes);
    } else {
      memcpy(out, target, bytes);
    }
    out += bytes;
    at += units;
  }
  return {at, static_cast<size_t>(out - begin)};
}

// One vector of bytes: its halves as units are below 100h.
U8T_INLINE uint8_t* write_latin1(const ToUtf8& k, uint8_t* out, Vector v) {
  if (bits_high(v) == 0) {
    store(out, v);
    return out + sizeof(Vector);
  }
  out = write_short_units(k, out, widen_low(v));
  return write_short_units(k, out, widen_high(v));
}

inline Transcoded latin1_to_utf8(const uint8_t* p, size_t length, uint8_t* out, size_t room) {
  const ToUtf8& k = unknown(&kToUtf8);
  uint8_t* const begin = out;
  uint8_t* const end = out + room;
  size_t at = 0;
  while (length - at >= 2 * sizeof(Vector) && static_cast<size_t>(end - out) >= 3 * sizeof(Vector) + kCutCharacter) {
    out = write_latin1(k, out, load(p + at));
    at += sizeof(Vector);
  }
  while (at < length) {
    const size_t size = length - at < sizeof(Vector) ? length - at : sizeof(Vector);
    uint8_t source[sizeof(Vector)] = {};
    memcpy(source, p + at, size);
    uint8_t target[3 * sizeof(Vector)];
    const size_t bytes = static_cast<size_t>(write_latin1(k, target, load(source)) - target) - (sizeof(Vector) - size);
    if (bytes > static_cast<size_t>(end - out)) break;
    memcpy(out, target, bytes);
    out += bytes;
    at += size;
  }
  return {at, static_cast<size_t>(out - begin)};
}

inline size_t find_zero(const char16_t* p, size_t length) {
  size_t at = 0;
  for (; length - at >= kUnits; at += kUnits) {
    if (any_unit(units_equal(load_units(p + at), splat(0)))) break;
  }
  while (at < length && p[at] != 0) at++;
  return at;
}

// Three bytes for each unit, less one where it is up to 7FFh, less one more up to 7Fh, and less one for each half of a
// pair.
inline Transcoded utf8_length_of_utf16(const char16_t* p, size_t length) {
  const ToUtf8& k = unknown(&kToUtf8);
  size_t less = 0;
  size_t at = 0;
  // The masks of vectors are added up lane by lane; a lane has room for so many.
  constexpr size_t kRounds = 8192;
  while (at < length) {
    UnitTally tally;
    const auto count = [&](Vector v, const char16_t* next) U8T_LAMBDA {
      tally.add(units_at_most(v, load(k.most_ascii)));
      tally.add(units_at_most(v, load(k.most_short)));
      if (any_unit(units_equal(operator_and(v, load(k.beyond_short)), load(k.high)))) {
        const UnitMask first = units_equal(operator_and(v, load(k.kind_bits)), load(k.high));
        const UnitMask pair = mask_and(
            first, units_equal(operator_and(load_units(next), load(k.kind_bits)), load(k.low)));
        tally.add(pair);
        tally.add(pair);
      }
    };
    for (size_t i = 0; i < kRounds && length - at > kUnits; i++, at += kUnits) count(load_units(p + at), p + at + 1);
    if (length - at <= kUnits) {
      // Behind the units ones that are neither short nor surrogates.
      char16_t source[2 * kUnits];
      for (size_t i = 0; i < 2; i++) store(reinterpret_cast<uint8_t*>(source + i * kUnits), splat(0xFF));
      copy_short(reinterpret_cast<uint8_t*>(source), reinterpret_cast<const uint8_t*>(p + at),
                 (length - at) * sizeof(char16_t));
      count(load_units(source), source + 1);
      at = length;
    }
    less += tally.sum();
  }
  return {length, 3 * length - less};
}

// One byte for each, and one more where the high bit is set.
inline Transcoded utf8_length_of_latin1(const uint8_t* p, size_t length) {
  size_t more = 0;
  size_t at = 0;
  for (; length - at >= sizeof(Vector); at += sizeof(Vector)) more += count_bits(bits_high(load(p + at)));
  for (; at < length; at++) more += p[at] >> 7;
  return {length, length + more};
}
