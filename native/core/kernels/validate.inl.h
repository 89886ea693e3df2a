// valid_prefix: a prefix of the bytes that is well-formed UTF-8. Means:
//   n = 0; while (n < length && character_at(p + n).reason == kNone) n += character_at(p + n).length; return n;
// but stops at the block in which an error is, or which is not whole.

inline size_t valid_prefix(const uint8_t* p, size_t length) {
  Utf8Check check;
  size_t at = 0;
  for (; at + kBlock <= length; at += kBlock) {
    const Block block = load_block(p + at);
    if (!check.next(block, is_ascii(block))) break;
  }
  return at - incomplete_suffix(p, p + at);
}
