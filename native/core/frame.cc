// The framing state machine: see frame.h.
#include "frame.h"

#include <cstring>

#include "kernels.h"
#include "utf8.h"

namespace u8t {
namespace {

// So many bytes are taken in single steps before the kernel gets another chance.
constexpr ptrdiff_t kStepBytes = 64;

// The document is refused here: its output is taken back, and the rest of it will be passed over.
void reject(FrameState& state, FrameCursor& cursor, Reason reason) {
  const uint64_t here = static_cast<uint64_t>(cursor.out - cursor.out_begin);
  const uint64_t in_output = state.document_output < here ? state.document_output : here;
  cursor.out -= in_output;
  state.take_back = state.document_output - in_output;
  state.reason = reason;
  state.error_offset = state.document_input;
  state.mode = Mode::kRejecting;
}

// Whether `made` more bytes and the end mark still fit the longest document; refuses it if they do not.
bool fits(const FrameOptions& options, FrameState& state, FrameCursor& cursor, uint64_t made) {
  if (state.document_output + made + (options.eos ? 1 : 0) <= options.max_length) return true;
  reject(state, cursor, Reason::kTooLong);
  return false;
}

// Commits `bytes` of source as content that was written up to `out`.
void take(FrameState& state, FrameCursor& cursor, size_t bytes, uint8_t* out) {
  state.document_output += static_cast<uint64_t>(out - cursor.out);
  state.document_input += bytes;
  cursor.out = out;
  cursor.in += bytes;
}

// One character of content.
void step_content(const FrameOptions& options, FrameState& state, FrameCursor& cursor, Character character) {
  const uint8_t byte = *cursor.in;
  uint8_t* out = cursor.out;
  if (is_reserved(byte)) {
    if (refuses_reserved(options)) return reject(state, cursor, Reason::kReservedByte);
    out = write_reserved(options.reserved, byte, out);
  } else if (character.reason == Reason::kNone) {
    for (uint8_t i = 0; i < character.length; i++) *out++ = cursor.in[i];
  } else {
    if (!options.replace_invalid) return reject(state, cursor, character.reason);
    *out++ = 0xEF;  // U+FFFD
    *out++ = 0xBF;
    *out++ = 0xBD;
  }
  if (!fits(options, state, cursor, static_cast<uint64_t>(out - cursor.out))) return;
  state.document.code_points++;
  state.document.reserved += is_reserved(byte) ? 1 : 0;
  state.document.replaced += character.reason != Reason::kNone ? 1 : 0;
  take(state, cursor, character.length, out);
}

// The end of a document, `length` bytes of terminator at the cursor. True if the call has to return.
bool step_end(const FrameOptions& options, FrameState& state, FrameCursor& cursor, uint32_t length) {
  state.terminator_length = length;
  const bool rejected = state.mode == Mode::kRejecting || !fits(options, state, cursor, 0);
  if (rejected) {
    state.mode = Mode::kBetween;
  } else {
    if (options.unit != Unit::kSeparator && length == 2) state.crlf++;
    end_document(options, state, cursor);
  }
  cursor.in += length;
  return rejected;
}

// Passes over empty lines in front of a paragraph. False if more input is needed to go on.
bool skip_blank_lines(FrameState& state, FrameCursor& cursor, bool final) {
  while (cursor.in < cursor.in_end) {
    if (*cursor.in == '\n') {
      cursor.in++;
    } else if (*cursor.in == '\r') {
      if (cursor.in + 1 == cursor.in_end) return final;
      if (cursor.in[1] != '\n') return true;
      cursor.in += 2;
    } else {
      return true;
    }
    state.blank_lines++;
  }
  return true;
}

// Passes over a refused document up to its terminator, or to the end of the input.
void skip_rejected(const FrameOptions& options, FrameState& state, FrameCursor& cursor, bool final,
                   Terminator& terminator) {
  terminator = {Terminator::kNo, 0};
  const uint8_t* from = cursor.in;
  while (cursor.in < cursor.in_end) {
    const size_t left = static_cast<size_t>(cursor.in_end - cursor.in);
    const void* next = nullptr;
    if (options.unit != Unit::kStream) {
      const bool lines = options.unit != Unit::kSeparator;
      next = memchr(cursor.in, lines ? '\n' : options.separator[0], left);
      // A CR belongs to its LF; at the very end it may yet.
      if (lines && next != nullptr && next != cursor.in && static_cast<const uint8_t*>(next)[-1] == '\r') {
        next = static_cast<const uint8_t*>(next) - 1;
      } else if (lines && next == nullptr && cursor.in_end[-1] == '\r') {
        next = cursor.in_end - 1;
      }
    }
    if (next == nullptr) {
      cursor.in = cursor.in_end;
      break;
    }
    cursor.in = static_cast<const uint8_t*>(next);
    terminator = terminator_at(options, cursor.in, cursor.in_end, final);
    if (terminator.kind != Terminator::kNo) break;
    cursor.in++;
  }
  state.document_input += static_cast<uint64_t>(cursor.in - from);
}

bool room(const FrameCursor& cursor, Status& status) {
  if (cursor.out_end - cursor.out < kOutputRoom) {
    status = Status::kOutputFull;
    return false;
  }
  if (cursor.lengths_end - cursor.lengths < kLengthRoom) {
    status = Status::kLengthsFull;
    return false;
  }
  return true;
}

// Steps through up to kStepBytes bytes. True if the call has to return `status`.
bool step(const FrameOptions& options, FrameState& state, FrameCursor& cursor, bool final, Status& status) {
  const uint8_t* const stop =
      cursor.in_end - cursor.in > kStepBytes ? cursor.in + kStepBytes : cursor.in_end;
  do {
    status = Status::kInputUsed;
    if (options.unit == Unit::kParagraph && state.mode == Mode::kBetween && !skip_blank_lines(state, cursor, final)) {
      return true;
    }
    Terminator terminator{Terminator::kNo, 0};
    if (state.mode == Mode::kRejecting) {
      skip_rejected(options, state, cursor, final, terminator);
    } else if (cursor.in < cursor.in_end) {
      terminator = terminator_at(options, cursor.in, cursor.in_end, final);
    }
    if (terminator.kind == Terminator::kHold) return true;
    if (cursor.in == cursor.in_end) {
      if (!final) return true;
      if (state.mode == Mode::kBetween) {
        if (options.unit != Unit::kStream) return true;
        begin_document(options, state, cursor);
      }
      if (step_end(options, state, cursor, 0)) status = Status::kRejected;
      return true;
    }
    Character character{0, Reason::kNone, false};
    if (terminator.kind == Terminator::kNo) {
      character = character_at(cursor.in, cursor.in_end);
      if (character.cut && !final) return true;
    }
    if (state.mode == Mode::kBetween) begin_document(options, state, cursor);
    if (terminator.kind == Terminator::kYes) {
      if (step_end(options, state, cursor, terminator.length)) {
        status = Status::kRejected;
        return true;
      }
    } else {
      step_content(options, state, cursor, character);
    }
  } while (cursor.in < stop);
  return false;
}

}  // namespace

Terminator terminator_at(const FrameOptions& options, const uint8_t* p, const uint8_t* end, bool final) {
  constexpr Terminator no{Terminator::kNo, 0};
  const Terminator hold{final ? Terminator::kNo : Terminator::kHold, 0};
  if (options.unit == Unit::kStream) return no;
  if (options.unit == Unit::kSeparator) {
    const size_t left = static_cast<size_t>(end - p);
    const size_t length = options.separator_length;
    if (memcmp(p, options.separator, left < length ? left : length) != 0) return no;
    return left < length ? hold : Terminator{Terminator::kYes, static_cast<uint32_t>(length)};
  }
  const auto line_end = [&](const uint8_t* q) {
    if (*q == '\n') return Terminator{Terminator::kYes, 1};
    if (*q != '\r') return no;
    if (q + 1 == end) return hold;
    return q[1] == '\n' ? Terminator{Terminator::kYes, 2} : no;
  };
  const Terminator line = line_end(p);
  if (options.unit == Unit::kLine || line.kind != Terminator::kYes) return line;
  // A line end ends a paragraph if an empty line follows, or nothing.
  const uint8_t* next = p + line.length;
  if (next == end) return final ? line : hold;
  const Terminator empty = line_end(next);
  return empty.kind == Terminator::kYes ? line : empty;
}

Status frame(const Kernels& kernels, const FrameOptions& options, FrameState& state, FrameCursor& cursor, bool final) {
  for (;;) {
    Status status = Status::kInputUsed;
    if (cursor.in == cursor.in_end && !final) return status;
    if (!room(cursor, status)) return status;
    if (state.mode == Mode::kInside || (state.mode == Mode::kBetween && options.unit != Unit::kParagraph)) {
      kernels.frame_blocks(options, state, cursor);
      if (!room(cursor, status)) return status;
    }
    if (step(options, state, cursor, final, status)) return status;
  }
}

}  // namespace u8t
