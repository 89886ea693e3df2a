// census_blocks: counts code points, begin and end marks, escapes and stray control bytes of well-formed blocks.
// Means: for each byte, the if-chain in census.cc.

inline size_t census_blocks(const uint8_t* p, size_t length, Census& census) {
  Utf8Check check;
  Census sum = census;
  size_t at = 0;
  // A DLE at the end of one block escapes the first byte of the next.
  uint64_t escape_carry = 0;
  for (; at + kBlock <= length; at += kBlock) {
    const Block block = load_block(p + at);
    const bool ascii = is_ascii(block);
    if (!check.next(block, ascii)) break;
    sum.code_points += ascii ? kBlock : count_bits(not_continuation(block));
    const uint64_t control = controls(block);
    if ((control | escape_carry) == 0) continue;
    const uint64_t stx = equal(block, kStx);
    const uint64_t etx = equal(block, kEtx);
    const uint64_t dle = equal(block, kDle);
    const uint64_t reserved = control & ~in_range(block, '\t', '\r' - '\t' + 1);
    sum.stx += count_bits(stx);
    sum.etx += count_bits(etx);
    sum.stray += count_bits(reserved & ~(stx | etx | dle));
    const uint64_t escaped = dle << 1 | escape_carry;
    if (escaped != 0) {
      // A reserved byte + 40h: 40–5F without 49–4D.
      const uint64_t escapable = in_range(block, kEscapeOffset, 0x20) & ~in_range(block, kEscapeOffset + '\t', 5);
      sum.escapes += count_bits(escaped & escapable);
      sum.stray += count_bits(escaped & ~escapable);
    }
    escape_carry = dle >> 63;
  }
  // What the end cuts, a character or an escape, is left to the caller; its first byte was counted above.
  const size_t cut = incomplete_suffix(p, p + at);
  if (cut > 0) sum.code_points--;
  census = sum;
  if (escape_carry != 0) {
    census.code_points--;
    return at - 1;
  }
  return at - cut;
}
