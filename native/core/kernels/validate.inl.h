// valid_prefix: a prefix of the bytes that is well-formed UTF-8. Means:
//   n = 0; while (n < length && character_at(p + n).reason == kNone) n += character_at(p + n).length; return n;
// but stops in front of the run of blocks in which an error is, and of a block that is not whole.

inline size_t valid_prefix(const uint8_t* p, size_t length) {
  if (length < kBlock) return 0;
  Utf8Check check;
  const size_t head = length >= kWorthAligning ? bytes_to_grid(p) : 0;
  if (head != 0) check.add(Head(p, head).block());
  check.add(load_block(p + head));
  if (check.failed()) return 0;
  size_t at = head + kBlock;
  const size_t last = length - kBlock;
  while (at <= last) {
    // Behind ASCII nothing is pending: as long as there is more of it there is nothing to check.
    if (check.ascii()) {
      while (at <= last && is_ascii(load_block(p + at))) at += kBlock;
    }
    const size_t run = at;
    check.begin_run();
    for (const size_t stop = run_end(run, last); at <= stop && run <= last; at += kBlock) {
      check.add_at(p + at, load_block(p + at));
    }
    if (check.failed()) {
      at = run;
      break;
    }
  }
  return at - incomplete_suffix(p, p + at);
}
