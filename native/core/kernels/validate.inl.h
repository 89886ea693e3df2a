// valid_prefix: a prefix of the bytes that is well-formed UTF-8. Means:
//   n = 0; while (n < length && character_at(p + n).reason == kNone) n += character_at(p + n).length; return n;
// but stops in front of the run in which an error is, and of a character that the end cuts.

// The first block of those from `at` to `last` that is not ASCII; past `last` if there is none.
U8T_INLINE size_t ascii_blocks(const uint8_t* p, size_t at, size_t last) {
  // Four at a time: then the test and the jump cost nothing beside the loads.
  while (at + 3 * kBlock <= last) {
    Block all = load_block(p + at);
    for (size_t i = 1; i < 4; i++) {
      const Block more = load_block(p + at + i * kBlock);
      for (size_t j = 0; j < kVectors; j++) all.v[j] = operator_or(all.v[j], more.v[j]);
    }
    if (!is_ascii(all)) break;
    at += 4 * kBlock;
  }
  while (at <= last && is_ascii(load_block(p + at))) at += kBlock;
  return at;
}

// A few bytes, all ASCII.
U8T_INLINE bool is_short_ascii(const uint8_t* p, size_t length) {
  if (length >= sizeof(Vector)) {
    Vector all = load(p + length - sizeof(Vector));
    for (size_t at = 0; at + sizeof(Vector) < length; at += sizeof(Vector)) all = operator_or(all, load(p + at));
    return bits_high(all) == 0;
  }
  uint64_t all = 0;
  uint64_t word;
  if (length >= sizeof word) {
    for (size_t at = 0; at + sizeof word < length; at += sizeof word) {
      memcpy(&word, p + at, sizeof word);
      all |= word;
    }
    memcpy(&word, p + length - sizeof word, sizeof word);
    all |= word;
  } else {
    for (size_t at = 0; at < length; at++) all |= p[at];
  }
  return (all & 0x8080808080808080) == 0;
}

// ascii_prefix: so many bytes at the start are ASCII, or fewer. Means: while (n < length && p[n] < 0x80) n++;
inline size_t ascii_prefix(const uint8_t* p, size_t length) {
  if (length < kBlock) return is_short_ascii(p, length) ? length : 0;
  const size_t last = length - kBlock;
  const size_t at = ascii_blocks(p, 0, last);
  // The rest is part of the block that ends with it.
  return at > last && is_ascii(load_block(p + last)) ? length : at;
}

// Less than a vector, by way of memory that can be read whole.
__attribute__((noinline)) inline size_t valid_short_prefix(const uint8_t* p, size_t length) {
  const Padded padded(p, p, length);
  Utf8Check check;
  check.add_behind(splat(0), load(padded.bytes()));
  return check.failed() ? 0 : length - incomplete_suffix(p, p + length);
}

inline size_t valid_prefix(const uint8_t* p, size_t length) {
  size_t at = 0;
  if (length > 2 * kBlock) {
    at = ascii_prefix(p, length);
    if (at == length) return length;
  } else {
    if (is_short_ascii(p, length)) return length;
    if (length < sizeof(Vector)) return valid_short_prefix(p, length);
  }
  // The last vector, which the last bytes are part of: some may be seen twice.
  const size_t last = length - sizeof(Vector);
  Utf8Check check;
  size_t run = at;
  // Nothing is pending in front of the first one. In a long range the second one is the next on the grid.
  if (at > last) at = last;
  check.add_behind(splat(0), load(p + at));
  const size_t grid = last - at < kWorthAligning ? 0 : bytes_to_grid(p + at, sizeof(Vector));
  at += grid < 3 ? sizeof(Vector) : grid;
  for (;;) {
    for (const size_t stop = run_end(at, last); at <= stop; at += sizeof(Vector)) {
      check.add_at(p + at, pinned(load(p + at)));
    }
    if (at > last) break;
    if (check.failed()) return run - incomplete_suffix(p, p + run);
    // Behind ASCII nothing is pending: as long as there is more of it there is nothing to check.
    if (bits_high(load(p + at - sizeof(Vector))) == 0) at = ascii_blocks(p, at, length - kBlock);
    run = at;
  }
  size_t end = length;
  if (at < length) {
    if (last >= 3) {
      check.add_at(p + last, load(p + last));
    } else {
      end = at;
    }
  }
  if (check.failed()) end = run;
  return end - incomplete_suffix(p, p + end);
}
