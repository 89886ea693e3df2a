// frame_blocks: validates, finds terminators and reserved bytes, copies, frames and counts, in one pass over blocks of
// 64 bytes. Means: frame.cc's step(), for input without errors.
//
// A block without an event (terminator or reserved byte) is checked, counted and stored as it is. In one with events
// the stretches between them are copied by whole vectors that the next store overwrites. Anything that needs more than
// that (an error, a refused byte, a terminator other than a line end, a document near the length limit) ends the loop
// in front of it, at a character boundary.
//
// Everything that changes is kept in locals: a store through a byte pointer may alias any memory, and the compiler would
// have to load the state again behind each of them.

// A document in progress, by places instead of lengths, so that nothing has to be added up block by block.
struct OpenDocument {
  bool open;
  // Where its source and its output would begin if all of it were in these arrays.
  const uint8_t* source;
  uint8_t* output;
  DocumentCounts counts;
};

// The check of blocks that follow each other.
class BlockCheck {
 public:
  // Said, because what the compiler makes itself is not of the target's region.
  U8T_INLINE BlockCheck() : before_(splat(' ')) {}

  // The next block begins at a character boundary.
  U8T_INLINE void reset() { before_ = splat(' '); }
  // The next block begins at p; what is in front of it from `begin` on may be read, three bytes at least.
  U8T_INLINE void resume(const uint8_t* begin, const uint8_t* p) {
    if (static_cast<size_t>(p - begin) >= sizeof(Vector)) {
      before_ = load(p - sizeof(Vector));
    } else {
      uint8_t bytes[sizeof(Vector)];
      store(bytes, splat(' '));
      memcpy(bytes + sizeof(Vector) - 3, p - 3, 3);
      before_ = load(bytes);
    }
  }
  // Adds the next block. Whether all is well-formed, save for a character that its end cuts.
  U8T_INLINE bool add(const Block& block) {
    check_block_behind(check_, before_, block);
    before_ = block.v[kVectors - 1];
    return !check_.failed();
  }

 private:
  Utf8Check check_;
  Vector before_;
};

// What moves while blocks are framed.
struct Walk {
  const uint8_t* in;
  uint8_t* out;
  int32_t* lengths;
  OpenDocument document;
  DocumentCounts total;
  uint64_t documents;
  uint64_t skipped_empty;
  uint64_t crlf;
};

// The tight loop, for what most text is made of: vectors inside an open document that hold nothing but content, and blocks
// with bare LF where `unit` is kLine. Stops in front of any other block, of one that begins behind `last`, and where
// lengths run out. Reads the three bytes in front of the first block and up to kBlock bytes behind the last one. True if
// there is an error in the next kRun bytes or the block behind them: it was met, and what came behind the last good
// place was taken back.
template <Unit unit>
__attribute__((noinline)) bool plain_blocks(const FrameOptions& options, Walk& walk, const uint8_t* last,
                                            const int32_t* lengths_limit) {
  Utf8Check check;
  const bool bos = options.bos;
  const bool eos = options.eos;
  const bool skip_empty = options.skip_empty;
  const uint8_t candidate = unit == Unit::kSeparator ? options.separator[0] : 0;
  const uint8_t* const last_vector = last + kBlock - sizeof(Vector);
  const uint8_t* in = walk.in;
  uint8_t* out = walk.out;
  int32_t* lengths = walk.lengths;
  const uint8_t* document_in = walk.document.source;
  uint8_t* document_out = walk.document.output;
  // Code points from here on, and those of them that stand in documents which have ended.
  uint64_t code_points = 0;
  uint64_t ended = 0;
  uint64_t skipped = 0;
  const auto is_event = [&](Vector v) U8T_LAMBDA {
    return any_below(v, 0x20) || (unit == Unit::kSeparator && any_equal(v, splat(candidate)));
  };
  // Whether the last byte before `in` is ASCII and nothing is pending.
  bool ascii = false;
  bool error = false;
  for (;;) {
    const uint8_t* const run = in;
    uint64_t starts_in_run = 0;
    Vector v = splat(' ');
    // What must be looked at in detail is in the block at `in`.
    bool event = false;
    if (ascii) {
      // There is nothing to check as long as there is more of it.
      const uint8_t* const from = in;
      for (; in <= last; in += kBlock, out += kBlock) {
        const Block block = load_block(in);
        if (!is_plain_ascii(block)) {
          event = is_event(block.v[0]);
          for (size_t i = 1; i < kVectors; i++) event = event || is_event(block.v[i]);
          break;
        }
        if (unit == Unit::kSeparator && equal(block, candidate) != 0) {
          event = true;
          break;
        }
        store_block(out, block);
      }
      starts_in_run = static_cast<uint64_t>(in - from);
    } else if (in <= last_vector) {
      // Stores that cross cache lines cost more than loads that do: the output is what goes on the grid.
      v = pinned(load(in));
      event = is_event(v);
      if (!event) {
        const size_t to_grid = bytes_to_grid(out, sizeof(Vector));
        check.add_at(in, v);
        starts_in_run = count_bits(bits_not_continuation(v) & low_bits(to_grid));
        store(out, v);
        in += to_grid;
        out += to_grid;
      }
    }
    if (!event) {
      // A vector a round: more of them at once do not fit into the registers.
      const uint8_t* const stop =
          last_vector - in < static_cast<ptrdiff_t>(kRun) ? last_vector : in + kRun - sizeof(Vector);
      Tally tally;
      for (; in <= stop; in += sizeof(Vector), out += sizeof(Vector)) {
        v = pinned(load(in));
        event = is_event(v);
        if (event) break;
        check.add_at(in, v);
        tally.add(v);
        store(out, v);
      }
      starts_in_run += tally.sum();
    }
    ascii = bits_high(v) == 0;
    Block block;
    if (event && in <= last) {
      block = load_block(in);
      check_block_at(check, in, block);
      ascii = is_ascii(block);
    }
    if (check.failed()) {
      error = true;
      out -= in - run;
      in = run;
      break;
    }
    code_points += starts_in_run;
    if (in > last) break;
    if (!event) continue;

    if (unit == Unit::kSeparator && equal(block, candidate) != 0) break;
    const uint64_t control = controls(block);
    uint64_t line_feeds = 0;
    if (unit == Unit::kLine || unit == Unit::kParagraph) line_feeds = equal(block, '\n');
    // TAB, VT and FF are content. A CR may belong to a line end.
    const uint64_t others = control & ~line_feeds;
    if (others != 0 && (others & ~in_range(block, '\t', (unit == Unit::kLine ? '\f' : '\r') - '\t' + 1)) != 0) break;
    if (unit == Unit::kParagraph && (line_feeds != 0 || in[kBlock - 1] == '\r')) break;
    const uint64_t starts = not_continuation(block) & ~line_feeds;
    size_t from = 0;
    if (line_feeds != 0) {
      if (lengths > lengths_limit) break;
      ended = code_points + count_bits(starts & low_bits(highest_bit(line_feeds)));
      do {
        const size_t at = lowest_bit(line_feeds);
        line_feeds &= line_feeds - 1;
        store_block(out, load_block(in + from));
        out += at - from;
        if (skip_empty && in + at == document_in) {
          out = document_out;
          skipped++;
        } else {
          *out = kEtx;
          out += eos;
          *lengths++ = static_cast<int32_t>(out - document_out);
        }
        from = at + 1;
        document_in = in + from;
        document_out = out;
        *out = kStx;
        out += bos;
      } while (line_feeds != 0);
    }
    code_points += count_bits(starts);
    store_block(out, load_block(in + from));
    out += kBlock - from;
    in += kBlock;
  }
  if (document_in != walk.document.source) {
    walk.total.code_points += walk.document.counts.code_points + ended;
    walk.total.reserved += walk.document.counts.reserved;
    walk.total.replaced += walk.document.counts.replaced;
    walk.document.counts = {code_points - ended, 0, 0};
  } else {
    walk.document.counts.code_points += code_points;
  }
  walk.documents += static_cast<uint64_t>(lengths - walk.lengths);
  walk.in = in;
  walk.out = out;
  walk.lengths = lengths;
  walk.document.source = document_in;
  walk.document.output = document_out;
  walk.skipped_empty += skipped;
  return error;
}

inline bool plain_blocks(const FrameOptions& options, Walk& walk, const uint8_t* last, const int32_t* lengths_limit) {
  switch (options.unit) {
    case Unit::kLine:
      return plain_blocks<Unit::kLine>(options, walk, last, lengths_limit);
    case Unit::kParagraph:
      return plain_blocks<Unit::kParagraph>(options, walk, last, lengths_limit);
    case Unit::kSeparator:
      return plain_blocks<Unit::kSeparator>(options, walk, last, lengths_limit);
    case Unit::kStream:
      break;
  }
  return plain_blocks<Unit::kStream>(options, walk, last, lengths_limit);
}

U8T_INLINE void open_document(Walk& walk, const FrameOptions& options, const uint8_t* source) {
  walk.document = {true, source, walk.out, {}};
  *walk.out = kStx;
  walk.out += options.bos;
}

U8T_INLINE void close_document(Walk& walk, const FrameOptions& options, const uint8_t* content_end) {
  if (options.skip_empty && content_end == walk.document.source) {
    walk.out = walk.document.output;
    walk.skipped_empty++;
  } else {
    *walk.out = kEtx;
    walk.out += options.eos;
    *walk.lengths++ = static_cast<int32_t>(walk.out - walk.document.output);
    walk.documents++;
    walk.total.code_points += walk.document.counts.code_points;
    walk.total.reserved += walk.document.counts.reserved;
    walk.total.replaced += walk.document.counts.replaced;
  }
  walk.document.open = false;
  walk.document.output = walk.out;
}

// Any block: a whole one, the last bytes of the input, or the first ones up to the grid (`head` of them, or 0). False
// if the walk must stop: in front of this block, or in front of the terminator that it went up to.
inline bool any_block(const FrameOptions& options, BlockCheck& check, Walk& walk, const uint8_t* in_end, size_t head) {
  const bool lines = options.unit == Unit::kLine;
  const bool line_ends = lines || options.unit == Unit::kParagraph;
  const bool keep = options.reserved == ReservedPolicy::kKeep;
  const size_t left = static_cast<size_t>(in_end - walk.in);
  alignas(64) uint8_t padded[2 * kBlock];
  const uint8_t* source = walk.in;
  // The bytes are first … size - 1 of the block; what is around them in a padded one are spaces.
  size_t first = 0;
  size_t size = kBlock;
  if (left < kBlock || head != 0) {
    if (head != 0) {
      first = kBlock - head;
    } else {
      size = left;
    }
    for (size_t i = 0; i < sizeof padded; i += sizeof(Vector)) store(padded + i, splat(' '));
    memcpy(padded + first, walk.in, size - first);
    source = padded;
  }
  const uint8_t* const begin = walk.in - first;
  const Block block = load_block(source);
  if (!check.add(block)) return false;
  // Whether a CR at the very end belongs to a line end is not known yet: it begins the next block.
  if (line_ends && source[size - 1] == '\r') {
    if (--size == first) return false;
    check.reset();
  }
  const uint64_t live = low_bits(size) & ~low_bits(first);
  const uint64_t control = controls(block) & live;
  const uint64_t reserved = control & ~in_range(block, '\t', '\r' - '\t' + 1);
  if (reserved != 0 && refuses_reserved(options)) return false;
  const uint64_t starts = not_continuation(block) & live;
  uint64_t terminators = 0;
  if (line_ends) terminators = equal(block, '\n') & live;
  if (options.unit == Unit::kSeparator) terminators = equal(block, options.separator[0]) & live;
  if (!walk.document.open) open_document(walk, options, walk.in);

  // Whole vectors may be read behind a stretch as long as there are bytes to read.
  const bool wide = left >= 2 * kBlock || source != walk.in;
  size_t from = first;     // start of the stretch that is not copied yet
  size_t counted = first;  // start of what is not counted yet
  const auto copy_to = [&](size_t to) U8T_LAMBDA {
    if (wide) {
      store_block(walk.out, load_block(source + from));
    } else {
      memcpy(walk.out, source + from, to - from);
    }
    walk.out += to - from;
  };
  const auto count_to = [&](size_t to) U8T_LAMBDA {
    const uint64_t range = low_bits(to) & ~low_bits(counted);
    walk.document.counts.code_points += count_bits(starts & range);
    walk.document.counts.reserved += count_bits(reserved & range);
  };
  for (uint64_t events = terminators | (keep ? 0 : reserved); events != 0; events &= events - 1) {
    const size_t at = lowest_bit(events);
    if ((terminators >> at & 1) != 0) {
      // A CR in front of the LF belongs to it, if it is of this document.
      const size_t content_end = line_ends && at > counted && source[at - 1] == '\r' ? at - 1 : at;
      if (lines) {
        copy_to(content_end);
        count_to(content_end);
        close_document(walk, options, begin + content_end);
        walk.crlf += at - content_end;
        from = counted = at + 1;
        if (from < size) open_document(walk, options, begin + from);
        continue;
      }
      const Terminator found = terminator_at(options, begin + content_end, in_end, false);
      if (found.kind != Terminator::kNo) {
        copy_to(content_end);
        count_to(content_end);
        walk.in = begin + content_end;
        return false;
      }
      if ((reserved >> at & 1) == 0 || keep) continue;
    }
    copy_to(at);
    walk.out = write_reserved(options.reserved, source[at], walk.out);
    from = at + 1;
  }
  if (walk.document.open) {
    copy_to(size);
    count_to(size);
  }
  walk.in = begin + size;
  return true;
}

// Goes back to where the character begins that the end of the last block cut.
inline void leave_cut(Walk& walk, const uint8_t* begin) {
  const size_t cut = incomplete_suffix(begin, walk.in);
  walk.in -= cut;
  walk.out -= cut;
  if (cut > 0) walk.document.counts.code_points--;
}

inline void frame_blocks(const FrameOptions& options, FrameState& state, FrameCursor& cursor) {
  if (static_cast<uint64_t>(kOutputRoom) > options.max_length) return;
  const ptrdiff_t safe_length = static_cast<ptrdiff_t>(options.max_length) - kOutputRoom;
  const uint8_t* const begin = cursor.in;
  const uint8_t* const in_end = cursor.in_end;
  uint8_t* const out_limit = cursor.out_end - kOutputRoom;
  int32_t* const lengths_limit = cursor.lengths_end - kLengthRoom;
  Walk walk{cursor.in, cursor.out, cursor.lengths, {false, cursor.in, cursor.out, {}}, state.total, 0, 0, 0};
  if (state.mode == Mode::kInside) {
    walk.document = {true, walk.in - state.document_input, walk.out - state.document_output, state.document};
  }

  BlockCheck check;
  bool careful = false;
  size_t head = in_end - begin >= static_cast<ptrdiff_t>(kWorthAligning) ? bytes_to_grid(begin, kBlock) : 0;
  while (walk.in != in_end && walk.out <= out_limit && walk.lengths <= lengths_limit &&
         walk.out - walk.document.output <= safe_length) {
    if (walk.document.open && !careful && walk.in - begin >= 3) {
      // The nearest of the three ends: of the input, of the output, of the longest document. A line end adds two bytes
      // to the output for the one that it takes from the input.
      const ptrdiff_t room = (out_limit - walk.out) / 2;
      const ptrdiff_t left = in_end - walk.in;
      const ptrdiff_t rest = safe_length - (walk.out - walk.document.output);
      ptrdiff_t bytes = left < room ? left : room;
      bytes = bytes < rest ? bytes : rest;
      if (bytes >= static_cast<ptrdiff_t>(2 * kBlock)) {
        const uint8_t* const from = walk.in;
        // The error that it met is somewhere in front of us: block by block we get to it.
        careful = plain_blocks(options, walk, walk.in + bytes - 2 * kBlock, lengths_limit);
        if (careful) {
          leave_cut(walk, begin);
          check.reset();
        } else if (walk.in != from) {
          check.resume(begin, walk.in);
        }
        if (walk.lengths > lengths_limit) break;
      }
    }
    if (!any_block(options, check, walk, in_end, head)) break;
    head = 0;
  }
  leave_cut(walk, begin);
  // A begin mark without content is left to the step that knows how its document goes on.
  if (walk.document.open && walk.in == walk.document.source) {
    walk.document.open = false;
    walk.out = walk.document.output;
  }

  cursor.in = walk.in;
  cursor.out = walk.out;
  cursor.lengths = walk.lengths;
  state.mode = walk.document.open ? Mode::kInside : Mode::kBetween;
  state.document_input = static_cast<uint64_t>(walk.in - walk.document.source);
  state.document_output = static_cast<uint64_t>(walk.out - walk.document.output);
  state.document = walk.document.counts;
  state.documents += walk.documents;
  state.total = walk.total;
  state.crlf += walk.crlf;
  state.skipped_empty += walk.skipped_empty;
}
