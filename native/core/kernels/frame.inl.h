// frame_blocks: validates, finds terminators and reserved bytes, copies, frames and counts, in one pass over blocks of
// 64 bytes. Means: frame.cc's step(), for input without errors.
//
// A block without an event (terminator or reserved byte) is checked, counted and stored as it is. In one with events
// the stretches between them are copied by whole vectors that the next store overwrites. Anything that needs more than
// that (an error, a refused byte, a terminator other than a line end, a document near the length limit) ends the loop
// in front of it, at a character boundary.

inline void frame_blocks(const FrameOptions& options, FrameState& state, FrameCursor& cursor) {
  const bool lines = options.unit == Unit::kLine;
  const bool line_ends = lines || options.unit == Unit::kParagraph;
  const bool keep = options.reserved == ReservedPolicy::kKeep;
  const bool refuse = refuses_reserved(options);
  const uint8_t* const run_begin = cursor.in;
  Utf8Check check;
  alignas(64) uint8_t padded[2 * kBlock];

  for (;;) {
    const size_t left = static_cast<size_t>(cursor.in_end - cursor.in);
    if (left == 0 || cursor.out_end - cursor.out < kOutputRoom || cursor.lengths_end - cursor.lengths < kLengthRoom) {
      break;
    }
    if (state.mode == Mode::kInside && state.document_output + kOutputRoom > options.max_length) break;
    if (static_cast<uint64_t>(kOutputRoom) > options.max_length) break;
    const uint8_t* source = cursor.in;
    size_t size = kBlock;
    if (left < kBlock) {
      size = left;
      for (size_t i = 0; i < sizeof padded; i += sizeof(Vector)) store(padded + i, splat(' '));
      memcpy(padded, cursor.in, size);
      source = padded;
    }
    // Whether a CR at the very end belongs to a line end is not known yet: it begins the next block.
    const bool waits = line_ends && source[size - 1] == '\r';
    if (waits && --size == 0) break;

    const Block block = load_block(source);
    const bool ascii = is_ascii(block);
    if (!check.next(block, ascii)) break;
    const uint64_t live = low_bits(size);
    const uint64_t control = controls(block) & live;
    uint64_t reserved = 0;
    uint64_t terminators = 0;
    if (control != 0) {
      reserved = control & ~in_range(block, '\t', '\r' - '\t' + 1);
      if (line_ends) terminators = equal(block, '\n') & live;
      if (refuse && reserved != 0) break;
    }
    if (options.unit == Unit::kSeparator) terminators = equal(block, options.separator[0]) & live;
    const uint64_t starts = ascii ? live : not_continuation(block) & live;
    if (state.mode == Mode::kBetween) begin_document(options, state, cursor);

    uint64_t events = terminators | (keep ? 0 : reserved);
    if (events == 0) {
      store_block(cursor.out, block);
      cursor.out += size;
      cursor.in += size;
      state.document_input += size;
      state.document_output += size;
      state.document.code_points += count_bits(starts);
      state.document.reserved += count_bits(reserved);
      if (waits) check.reset();
      continue;
    }

    // Whole vectors may be read behind a stretch as long as there are bytes to read.
    const bool wide = left >= 2 * kBlock || source == padded;
    size_t from = 0;       // start of the stretch at hand
    size_t counted = 0;    // start of what is not counted yet
    const auto copy_to = [&](size_t to) U8T_LAMBDA {
      if (wide) {
        store_block(cursor.out, load_block(source + from));
      } else {
        memcpy(cursor.out, source + from, to - from);
      }
      cursor.out += to - from;
      state.document_output += to - from;
    };
    const auto count_to = [&](size_t to) U8T_LAMBDA {
      const uint64_t range = low_bits(to) & ~low_bits(counted);
      state.document.code_points += count_bits(starts & range);
      state.document.reserved += count_bits(reserved & range);
      state.document_input += to - counted;
    };
    bool stopped = false;
    do {
      const size_t at = lowest_bit(events);
      events &= events - 1;
      if ((terminators >> at & 1) != 0) {
        // A CR in front of the LF belongs to it, if it is of this document.
        const size_t content_end = line_ends && at > counted && source[at - 1] == '\r' ? at - 1 : at;
        if (!lines) {
          const Terminator found = terminator_at(options, cursor.in + content_end, cursor.in_end, false);
          if (found.kind == Terminator::kNo && ((reserved >> at & 1) == 0 || keep)) continue;
          if (found.kind != Terminator::kNo) {
            copy_to(content_end);
            count_to(content_end);
            cursor.in += content_end;
            stopped = true;
            break;
          }
        } else {
          copy_to(content_end);
          count_to(content_end);
          state.crlf += at - content_end;
          end_document(options, state, cursor);
          from = counted = at + 1;
          if (from < size) begin_document(options, state, cursor);
          continue;
        }
      }
      copy_to(at);
      uint8_t* const end = write_reserved(options.reserved, source[at], cursor.out);
      state.document_output += static_cast<uint64_t>(end - cursor.out);
      cursor.out = end;
      from = at + 1;
    } while (events != 0);
    if (stopped) {
      // The terminator is the next step's. If that step turned out to need more input, an STX could stand alone here.
      if (state.document_input == 0) {
        cursor.out -= state.document_output;
        state.mode = Mode::kBetween;
      }
      return;
    }
    if (state.mode == Mode::kInside) {
      copy_to(size);
      count_to(size);
    }
    cursor.in += size;
    if (waits) check.reset();
  }

  // A character that the last block began is left to be seen whole.
  const size_t cut = incomplete_suffix(run_begin, cursor.in);
  if (cut > 0) {
    cursor.in -= cut;
    cursor.out -= cut;
    state.document_input -= cut;
    state.document_output -= cut;
    state.document.code_points--;
  }
}
