// valid_prefix: a prefix of the bytes that is well-formed UTF-8. Means:
//   n = 0; while (n < length && character_at(p + n).reason == kNone) n += character_at(p + n).length; return n;
// but stops in front of the run of blocks in which an error is, and of one or two bytes behind a single block.

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

inline size_t valid_prefix(const uint8_t* p, size_t length) {
  if (length < kBlock) {
    Utf8Check check;
    check.add(Head(p, length).block());
    return check.failed() ? 0 : length - incomplete_suffix(p, p + length);
  }
  const size_t last = length - kBlock;
  size_t at = ascii_blocks(p, 0, last);
  if (at == length) return length;
  Utf8Check check;
  if (at <= last) {
    // The first block that is not ASCII; in a long range, what stands before the grid in a block of its own.
    const size_t head = last - at >= kWorthAligning ? bytes_to_grid(p + at) : 0;
    if (head != 0) check.add(Head(p + at, head).block());
    check.add(load_block(p + at + head));
    if (check.failed()) return at;
    at += head + kBlock;
  }
  while (at <= last) {
    // Behind ASCII nothing is pending: as long as there is more of it there is nothing to check.
    if (check.ascii()) at = ascii_blocks(p, at, last);
    const size_t run = at;
    check.begin_run();
    for (const size_t stop = run_end(run, last); at <= stop && run <= last; at += kBlock) {
      check.add_at(p + at, load_block(p + at));
    }
    if (check.failed()) return run - incomplete_suffix(p, p + run);
  }
  // The rest is part of the block that ends with it; some bytes are seen twice.
  if (at < length && last >= 3) {
    check.add_at(p + last, load_block(p + last));
    if (!check.failed()) at = length;
  }
  return at - incomplete_suffix(p, p + at);
}
