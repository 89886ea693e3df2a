// census_blocks: counts code points, begin and end marks, escapes and stray control bytes of well-formed blocks.
// Means: for each byte, the if-chain in census.cc.

// A DLE at the end of one block escapes the first byte of the next: `escape` is 1 then.
U8T_INLINE void count_controls(const Block& block, uint64_t control, uint64_t& escape, Census& sum) {
  const uint64_t stx = equal(block, kStx);
  const uint64_t etx = equal(block, kEtx);
  const uint64_t dle = equal(block, kDle);
  const uint64_t reserved = control & ~in_range(block, '\t', '\r' - '\t' + 1);
  sum.stx += count_bits(stx);
  sum.etx += count_bits(etx);
  sum.stray += count_bits(reserved & ~(stx | etx | dle));
  const uint64_t escaped = dle << 1 | escape;
  if (escaped != 0) {
    // A reserved byte + 40h: 40–5F without 49–4D.
    const uint64_t escapable = in_range(block, kEscapeOffset, 0x20) & ~in_range(block, kEscapeOffset + '\t', 5);
    sum.escapes += count_bits(escaped & escapable);
    sum.stray += count_bits(escaped & ~escapable);
  }
  escape = dle >> 63;
}

inline size_t census_blocks(const uint8_t* p, size_t length, Census& census) {
  if (length < kBlock) return 0;
  Utf8Check check;
  Census sum = census;
  uint64_t escape = 0;
  const auto count = [&](const Block& block) U8T_LAMBDA {
    sum.code_points += count_bits(not_continuation(block));
    const uint64_t control = controls(block);
    if ((control | escape) != 0) count_controls(block, control, escape, sum);
  };
  size_t at = length >= kWorthAligning ? bytes_to_grid(p, kBlock) : 0;
  Vector before = splat(' ');
  if (at != 0) {
    const Block block = Head(p, at).block();
    check_block_behind(check, before, block);
    count(block);
    sum.code_points -= kBlock - at;
    before = block.v[kVectors - 1];
  }
  const Block first = load_block(p + at);
  check_block_behind(check, before, first);
  if (check.failed()) return 0;
  count(first);
  at += kBlock;
  bool ascii = is_ascii(first);
  const size_t last = length - kBlock;
  while (at <= last) {
    // Behind ASCII nothing is pending: as long as there is more of it there is nothing to check.
    if (ascii && escape == 0) {
      const size_t run = at;
      while (at <= last && is_plain_ascii(load_block(p + at))) at += kBlock;
      sum.code_points += at - run;
      if (at > last) break;
    }
    const size_t run = at;
    const Census before_run = sum;
    const uint64_t escape_before = escape;
    Block block;
    for (const size_t stop = run_end(run, last); at <= stop; at += kBlock) {
      block = load_block(p + at);
      check_block_at(check, p + at, block);
      count(block);
    }
    ascii = is_ascii(block);
    if (check.failed()) {
      at = run;
      sum = before_run;
      escape = escape_before;
      break;
    }
  }
  // What the end cuts, a character or an escape, is left to the caller; its first byte was counted above.
  size_t cut = incomplete_suffix(p, p + at);
  if (escape != 0) cut = 1;
  if (cut > 0) sum.code_points--;
  census = sum;
  return at - cut;
}
