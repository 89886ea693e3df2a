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
// The most that a pair of vectors becomes, and what the last of its stores writes behind. What follows is written over
// that: nothing may stay changed behind what was written. So as many units are left as a vector has bytes, or, where room
// ends the loop, all of it is used but a part of a character.
constexpr size_t kPairRoom = 3 * kPair + sizeof(Vector);
constexpr size_t kCutCharacter = 3;

U8T_INLINE Vector load_units(const char16_t* p) { return load(reinterpret_cast<const uint8_t*>(p)); }

// D800: high surrogates; DC00: low ones.
U8T_INLINE UnitMask of_kind(Vector v, uint16_t kind) {
  return units_equal(operator_and(v, splat_units(0xFC00)), splat_units(kind));
}

// Writes one vector of units that are all below 800h.
U8T_INLINE uint8_t* write_short_units(uint8_t* out, Vector v) {
  const UnitMask one = units_at_most(v, splat_units(0x7F));
  // 0000 0xxx xxyy yyyy → 110x xxxx 10yy yyyy, the first byte in the high half.
  const Vector two = operator_or(operator_or(operator_and(v, splat_units(0x003F)),
                                             operator_and(units_left<2>(v), splat_units(0x1F00))),
                                 splat_units(0xC080));
  return store_one_or_two(out, choose_units(one, v, two), one);
}

// Writes one vector of units. `before` is the vector in front of it, `next` has each unit's successor.
template <typename Next>
U8T_INLINE uint8_t* write_units(uint8_t* out, Vector v, Vector before, Next next) {
  if (!share_bits(v, splat_units(0xF800))) return write_short_units(out, v);
  const UnitMask one = units_at_most(v, splat_units(0x7F));
  const Vector last = operator_and(v, splat_units(0x3F));
  const Vector shifted = units_left<2>(v);
  UnitMask one_or_two = units_at_most(v, splat_units(0x7FF));
  // xxxx yyyy yyzz zzzz → 1110 xxxx 10yy yyyy 10zz zzzz; the middle one is the lead of two: 11.
  const Vector lead = choose_units(one_or_two, splat_units(0xC080), splat_units(0x8080));
  Vector low = operator_or(operator_or(last, operator_and(shifted, splat_units(0x3F00))), lead);
  low = choose_units(one, v, low);
  Vector high = operator_or(units_right<12>(v), splat_units(0xE0));
  const UnitMask surrogate = units_equal(operator_and(v, splat_units(0xF800)), splat_units(0xD800));
  if (any_unit(surrogate)) {
    const Vector previous = shifted_in<2>(v, before);
    const UnitMask first = mask_and(of_kind(v, 0xD800), of_kind(next(), 0xDC00));
    const UnitMask second = mask_and(of_kind(v, 0xDC00), of_kind(previous, 0xD800));
    const UnitMask halves = mask_or(first, second);
    // 110110ww wwxxxxyy, with 1 added to wwww: u → 11110uuu 10uuxxxx 10yy____
    const Vector plus = units_subtract(v, splat_units(0xD800 - 0x40));
    const Vector begin = operator_or(operator_or(operator_and(plus, splat_units(0x0700)),
                                                 operator_and(units_right<2>(plus), splat_units(0x3F))),
                                     splat_units(0xF080));
    // … 110111yy yyzzzzzz → 10__yyyy 10zzzzzz
    const Vector end = operator_or(operator_or(operator_and(units_left<12>(previous), splat_units(0x3000)),
                                               operator_and(shifted, splat_units(0x0F00))),
                                   operator_or(last, splat_units(0x8080)));
    low = choose_units(first, begin, choose_units(second, end, low));
    // A lone one is U+FFFD: EF BF BD.
    const UnitMask lone = mask_without(surrogate, halves);
    low = choose_units(lone, splat_units(0xBFBD), low);
    high = choose_units(lone, splat_units(0xEF), high);
    one_or_two = mask_or(one_or_two, halves);
  }
  return store_one_to_three(out, low, high, one, one_or_two);
}

// Writes the pair of vectors at p; one unit behind it may be read.
U8T_INLINE uint8_t* write_pair(uint8_t* out, const char16_t* p, Vector& before) {
  const Vector first = load_units(p);
  const Vector second = load_units(p + kUnits);
  if (!share_bits(operator_or(first, second), splat_units(0xFF80))) {
    store(out, narrow(first, second));
    out += kPair;
  } else {
    out = write_units(out, first, before, [&]() U8T_LAMBDA { return load_units(p + 1); });
    out = write_units(out, second, first, [&]() U8T_LAMBDA { return load_units(p + kUnits + 1); });
  }
  before = second;
  return out;
}

// A high surrogate and a low one, of which `p` has both.
U8T_INLINE bool is_pair(const char16_t* p) { return (p[0] & 0xFC00) == 0xD800 && (p[1] & 0xFC00) == 0xDC00; }

inline Transcoded utf16_to_utf8(const char16_t* p, size_t length, uint8_t* out, size_t room) {
  uint8_t* const begin = out;
  uint8_t* const end = out + room;
  Vector before = splat(0);
  size_t at = 0;
  while (length - at > 2 * kPair && static_cast<size_t>(end - out) >= kPairRoom + kCutCharacter) {
    out = write_pair(out, p + at, before);
    at += kPair;
  }
  // The rest, and where little room is left: by way of memory that has enough of both.
  while (at < length) {
    size_t units = length - at < kPair ? length - at : kPair;
    // A pair stays together, lest its first half is written where the second one has no room.
    if (units < length - at && is_pair(p + at + units - 1)) units--;
    char16_t source[kPair + kUnits] = {};
    memcpy(source, p + at, units * sizeof(char16_t));
    uint8_t target[kPairRoom];
    const uint8_t* const written = write_pair(target, source, before);
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
    memcpy(out, target, bytes);
    out += bytes;
    at += units;
  }
  return {at, static_cast<size_t>(out - begin)};
}

// One vector of bytes: its halves as units are below 100h.
U8T_INLINE uint8_t* write_latin1(uint8_t* out, Vector v) {
  if (bits_high(v) == 0) {
    store(out, v);
    return out + sizeof(Vector);
  }
  out = write_short_units(out, widen_low(v));
  return write_short_units(out, widen_high(v));
}

inline Transcoded latin1_to_utf8(const uint8_t* p, size_t length, uint8_t* out, size_t room) {
  uint8_t* const begin = out;
  uint8_t* const end = out + room;
  size_t at = 0;
  while (length - at >= 2 * sizeof(Vector) && static_cast<size_t>(end - out) >= 3 * sizeof(Vector) + kCutCharacter) {
    out = write_latin1(out, load(p + at));
    at += sizeof(Vector);
  }
  while (at < length) {
    const size_t size = length - at < sizeof(Vector) ? length - at : sizeof(Vector);
    uint8_t source[sizeof(Vector)] = {};
    memcpy(source, p + at, size);
    uint8_t target[3 * sizeof(Vector)];
    const size_t bytes = static_cast<size_t>(write_latin1(target, load(source)) - target) - (sizeof(Vector) - size);
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
  size_t less = 0;
  size_t at = 0;
  const auto count = [&](Vector v, Vector next) U8T_LAMBDA {
    less += count_units(units_at_most(v, splat_units(0x7F))) + count_units(units_at_most(v, splat_units(0x7FF)));
    const UnitMask first = of_kind(v, 0xD800);
    if (any_unit(first)) less += 2 * count_units(mask_and(first, of_kind(next, 0xDC00)));
  };
  for (; length - at > kUnits; at += kUnits) count(load_units(p + at), load_units(p + at + 1));
  if (at < length) {
    // Behind the units ones that are neither short nor surrogates.
    char16_t source[2 * kUnits];
    for (size_t i = 0; i < 2; i++) store(reinterpret_cast<uint8_t*>(source + i * kUnits), splat(0xFF));
    memcpy(source, p + at, (length - at) * sizeof(char16_t));
    count(load_units(source), load_units(source + 1));
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
