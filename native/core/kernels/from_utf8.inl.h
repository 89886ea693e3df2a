// utf8_to_utf16, utf8_to_latin1, and counts of what bytes decode to. Mean, for each well-formed character:
//   out = write_utf16(code_point, out);
//
// For every byte of a block a unit is made as if a character ended there: of its own low bits and those of the one and
// two bytes in front, which are loaded again at p - 1 and p - 2. Units at other places are nonsense, and are left out
// when the rest are moved together. So all lengths are alike, and mixed text costs no more than any other. A character
// of four bytes has its first unit where its third byte is, which has all bits that are needed, and its second at its end.

// Writes the units of the characters that end in the block at p. The three bytes in front of it and the one behind it
// are read.
U8T_INLINE char16_t* write_block(char16_t* out, const uint8_t* p, const Block& block) {
  const uint64_t lone_starts = not_continuation(block);
  const uint64_t next = is_continuation(p[kBlock]) ? 0 : uint64_t{1} << 63;
  uint64_t keep = lone_starts >> 1 | next;
  for (size_t i = 0; i < kVectors; i++) {
    const Vector v = block.v[i];
    const uint8_t* const at = p + i * sizeof(Vector);
    const Vector first = load(at - 1);
    const Vector second = load(at - 2);
    // 110xxxyy 10zzzzzz → 00000xxx yyzzzzzz, and 1110wwww 10xxxxyy 10zzzzzz → wwwwxxxx yyzzzzzz.
    const Vector joined = operator_or(bits_left<6>(first), operator_and(v, splat(0x3F)));
    Vector low = choose_by_high(v, joined, v);
    const Vector middle = operator_and(bits_right<2>(first), splat(0x0F));
    Vector high = zero_unless_high(v, operator_or(middle, bits_left<4>(saturating_subtract(second, splat(0xE0)))));
    // F0–FF: the high bit of what is left.
    const Vector third_of_four = saturating_subtract(second, splat(0xF0 - 0x80));
    const Vector fourth = saturating_subtract(load(at - 3), splat(0xF0 - 0x80));
    uint64_t kept = keep >> (i * (sizeof(Vector) % kBlock));
    if (bits_high(operator_or(third_of_four, fourth)) != 0) {
      // 11110uuu 10uuxxxx 10yy____ → 110110ww wwxxxxyy, wwww being uuuuu less one.
      const Vector plane = subtract(operator_or(bits_left<2>(operator_and(second, splat(0x07))),
                                                operator_and(bits_right<4>(first), splat(0x03))),
                                    splat(1));
      const Vector rest = operator_or(operator_and(bits_left<2>(first), splat(0x3C)),
                                      operator_and(bits_right<4>(v), splat(0x03)));
      low = choose_by_high(third_of_four, operator_or(bits_left<6>(plane), rest), low);
      high = choose_by_high(third_of_four, operator_or(operator_and(bits_right<2>(plane), splat(0x03)), splat(0xD8)),
                            high);
      // … 10__yyyy 10zzzzzz → 110111yy yyzzzzzz.
      high = choose_by_high(fourth, operator_or(operator_and(middle, splat(0x03)), splat(0xDC)), high);
      kept |= bits_high(third_of_four);
    }
    out = store_units(out, low, high, kept);
  }
  return out;
}

// ASCII: each byte a unit.
U8T_INLINE char16_t* widen_block(char16_t* out, const Block& block) {
  for (size_t i = 0; i < kVectors; i++, out += sizeof(Vector)) {
    store(reinterpret_cast<uint8_t*>(out), widen_low(block.v[i]));
    store(reinterpret_cast<uint8_t*>(out + sizeof(Vector) / 2), widen_high(block.v[i]));
  }
  return out;
}

inline Transcoded utf8_to_utf16(const uint8_t* p, size_t length, char16_t* out) {
  char16_t* const begin = out;
  Utf8Check check;
  size_t at = 0;
  // A run of blocks is taken back if there is an error in it. Runs begin short: there may be many errors.
  size_t run_blocks = 1;
  // Behind ASCII nothing is pending.
  bool ascii = true;
  for (bool failed = false; at < length && !failed;) {
    if (ascii) {
      for (; length - at >= kBlock; at += kBlock) {
        const Block block = load_block(p + at);
        if (!is_ascii(block)) break;
        out = widen_block(out, block);
      }
      if (at == length) break;
      // An error; as in any other block the character in front of it shall not be written.
      if (at > 0 && is_continuation(p[at])) {
        at--;
        out--;
      }
    }
    const size_t run = at;
    char16_t* const run_out = out;
    if (length - at > kBlock && at >= 3) {
      Block block;
      for (size_t i = 0; i < run_blocks && length - at > kBlock; i++, at += kBlock) {
        block = load_block(p + at);
        check_block_at(check, p + at, block);
        out = write_block(out, p + at, block);
      }
      ascii = is_ascii(block);
      run_blocks = run_blocks < kRun / kBlock ? 2 * run_blocks : kRun / kBlock;
    } else {
      // The first block, or the last bytes.
      const size_t size = length - at > kBlock ? kBlock : length - at;
      const Padded padded(p, p + at, length - at > kBlock ? kBlock + 1 : size);
      const Block block = load_block(padded.bytes());
      check_block_at(check, padded.bytes(), block);
      char16_t units[kBlock + sizeof(Vector)];
      const bool plain = ascii && is_ascii(block);
      ascii = is_ascii(block);
      char16_t* const to = plain ? widen_block(units, block) : write_block(units, padded.bytes(), block);
      const size_t written = static_cast<size_t>(to - units) - (kBlock - size);
      memcpy(out, units, written * sizeof(char16_t));
      out += written;
      at += size;
    }
    failed = check.failed();
    if (failed) {
      at = run;
      out = run_out;
    }
  }
  if (at == 0 || (at == length && incomplete_suffix(p, p + at) == 0)) return {at, static_cast<size_t>(out - begin)};
  // In front of an error. The last character may be part of it, and is taken back: a unit at its end, if what follows
  // made it look like one, and one at the third of four bytes.
  const size_t to = at;
  do at--;
  while (is_continuation(p[at]));
  const bool first_of_two = p[at] >= 0xF0 && to - at >= 3;
  const bool end = to == length || !is_continuation(p[to]);
  out -= end && first_of_two && to - at == 3 ? 1 : end + first_of_two;
  return {at, static_cast<size_t>(out - begin)};
}

// Bytes that are C2 or C3, the leads of U+0080–U+00FF.
U8T_INLINE uint64_t latin1_leads(const Block& block) {
  return block_bits(block, [](Vector v) U8T_LAMBDA { return bits_equal(operator_and(v, splat(0xFE)), splat(0xC2)); });
}

// Writes the characters that end in a block of leads C2 and C3, their continuations and ASCII: of a unit the low byte is
// all there is. `before` is the vector in front of the block.
U8T_INLINE uint8_t* write_latin1_block(uint8_t* out, const Block& block, uint64_t lead, Vector before) {
  for (size_t i = 0; i < kVectors; i++) {
    const Vector v = block.v[i];
    const Vector first = shifted_in<1>(v, before);
    const Vector low = choose_by_high(v, operator_or(bits_left<6>(first), operator_and(v, splat(0x3F))), v);
    out = store_bytes(out, low, ~lead >> (i * (sizeof(Vector) % kBlock)));
    before = v;
  }
  return out;
}

inline Transcoded utf8_to_latin1(const uint8_t* p, size_t length, uint8_t* out) {
  uint8_t* const begin = out;
  size_t at = 0;
  uint64_t pending = 0;  // 1 if the last byte was a lead
  Vector before = splat(0);
  while (at < length) {
    const size_t size = length - at < kBlock ? length - at : kBlock;
    if (size < kBlock && pending == 0 && is_short_ascii(p + at, size)) {
      copy_short(out, p + at, size);
      return {length, static_cast<size_t>(out + size - begin)};
    }
    const Block block = size == kBlock ? load_block(p + at) : load_block(Padded(p, p + at, size).bytes());
    const uint64_t lead = latin1_leads(block);
    const uint64_t high = block_bits(block, [](Vector v) U8T_LAMBDA { return bits_high(v); });
    const uint64_t continuation = ~not_continuation(block);
    if (high != (lead | continuation) || continuation != (lead << 1 | pending)) break;
    if (size == kBlock) {
      if (high == 0) {
        store_block(out, block);
        out += kBlock;
      } else {
        out = write_latin1_block(out, block, lead, before);
      }
    } else {
      // A lead at the very end is followed by nothing, and is not written.
      uint8_t bytes[kBlock + sizeof(Vector)];
      const size_t written = static_cast<size_t>(write_latin1_block(bytes, block, lead, before) - bytes) - (kBlock - size);
      copy_short(out, bytes, written);
      out += written;
    }
    pending = lead >> 63;
    before = block.v[kVectors - 1];
    at += size;
  }
  return {at - pending, static_cast<size_t>(out - begin)};
}

inline size_t count_text(const uint8_t* p, size_t length, TextCounts& counts) {
  Utf8Check check;
  size_t at = 0;
  size_t run_blocks = 1;
  size_t starts = 0;
  size_t fours = 0;
  const auto count = [&](const Block& block) U8T_LAMBDA {
    starts += count_bits(not_continuation(block));
    fours += count_bits(block_bits(block, [](Vector v) U8T_LAMBDA {
      return bits_high(saturating_subtract(v, splat(0xF0 - 0x80)));
    }));
  };
  bool ascii = true;
  for (bool failed = false; at < length && !failed;) {
    if (ascii && length - at >= kBlock) {
      const size_t to = ascii_blocks(p, at, length - kBlock);
      starts += to - at;
      at = to;
      if (at == length) break;
    }
    const size_t run = at;
    const size_t starts_before = starts;
    const size_t fours_before = fours;
    if (length - at >= kBlock && at >= 3) {
      Block block;
      for (size_t i = 0; i < run_blocks && length - at >= kBlock; i++, at += kBlock) {
        block = load_block(p + at);
        check_block_at(check, p + at, block);
        count(block);
      }
      ascii = is_ascii(block);
      run_blocks = run_blocks < kRun / kBlock ? 2 * run_blocks : kRun / kBlock;
    } else {
      const size_t size = length - at >= kBlock ? kBlock : length - at;
      const Padded padded(p, p + at, size);
      const Block block = load_block(padded.bytes());
      check_block_at(check, padded.bytes(), block);
      count(block);
      starts -= kBlock - size;
      at += size;
      ascii = is_ascii(block);
    }
    failed = check.failed();
    if (failed) {
      at = run;
      starts = starts_before;
      fours = fours_before;
    }
  }
  const size_t cut = incomplete_suffix(p, p + at);
  if (cut > 0) {
    starts--;
    fours -= p[at - cut] >= 0xF0;
  }
  counts.code_points += starts;
  counts.utf16_units += starts + fours;
  return at - cut;
}

inline CharacterStarts count_starts(const uint8_t* p, size_t length) {
  CharacterStarts starts{};
  size_t at = 0;
  for (; length - at >= kBlock; at += kBlock) {
    const Block block = load_block(p + at);
    starts.all += count_bits(not_continuation(block));
    starts.of_four += count_bits(block_bits(block, [](Vector v) U8T_LAMBDA {
      return bits_high(saturating_subtract(v, splat(0xF0 - 0x80)));
    }));
  }
  const CharacterStarts rest = count_starts_scalar(p + at, length - at);
  return {starts.all + rest.all, starts.of_four + rest.of_four};
}
