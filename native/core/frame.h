// Framing: the documents of a stream of bytes, found, checked, and written with their begin and end marks.
//
// frame() is the state machine, written once. It lets the target's kernel run over whole blocks for as long as
// nothing is wrong, and takes single steps itself, byte by byte, where the kernel stops: at an error, at the end of
// the input, at a terminator that needs a look ahead. So a kernel never has to know what an error means, and the
// scalar target, which has no block kernel, is the plain algorithm alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "abi.h"

namespace u8t {

struct FrameOptions {
  Unit unit;
  ReservedPolicy reserved;
  bool bos;
  bool eos;
  bool replace_invalid;
  bool skip_empty;
  uint64_t max_length;
  const uint8_t* separator;
  size_t separator_length;
};

struct DocumentCounts {
  uint64_t code_points;
  uint64_t reserved;
  uint64_t replaced;
};

// What a framer remembers from call to call; the slots of abi.h under their C++ names.
struct FrameState {
  Mode mode;
  uint64_t document_input;
  uint64_t document_output;
  DocumentCounts document;
  uint64_t terminator_length;
  Reason reason;
  uint64_t error_offset;
  uint64_t take_back;
  uint64_t documents;
  DocumentCounts total;
  uint64_t skipped_empty;
  uint64_t crlf;
  uint64_t blank_lines;
};

// Where the call stands in the three arrays of the caller; `out_begin` is the first byte of the output array.
struct FrameCursor {
  const uint8_t* in;
  const uint8_t* in_end;
  uint8_t* out_begin;
  uint8_t* out;
  uint8_t* out_end;
  int32_t* lengths;
  int32_t* lengths_end;
};

// The room that a block, or as many single steps, needs: 3 bytes for each of 64, an empty document's frame for each
// of 64, and a vector that is stored whole.
inline constexpr ptrdiff_t kOutputRoom = 64 * 3 + 64 * 2 + 64 + 64;
inline constexpr ptrdiff_t kLengthRoom = 64 + 2;

struct Kernels;
Status frame(const Kernels& kernels, const FrameOptions& options, FrameState& state, FrameCursor& cursor, bool final);

// A terminator at p, or not, or not to be told before more input is there.
struct Terminator {
  enum Kind : uint8_t { kNo, kYes, kHold } kind;
  uint32_t length;
};
Terminator terminator_at(const FrameOptions& options, const uint8_t* p, const uint8_t* end, bool final);

inline bool is_reserved(uint8_t byte) { return byte < 0x20 && (kReservedBits >> byte & 1) != 0; }

inline bool refuses_reserved(const FrameOptions& options) {
  return options.reserved == ReservedPolicy::kQuarantine || options.reserved == ReservedPolicy::kFail;
}

// Writes a reserved byte as the policy (one that does not refuse it) says; returns the end of what it wrote.
inline uint8_t* write_reserved(ReservedPolicy policy, uint8_t byte, uint8_t* out) {
  switch (policy) {
    case ReservedPolicy::kEscape:
      out[0] = kDle;
      out[1] = static_cast<uint8_t>(byte + kEscapeOffset);
      return out + 2;
    case ReservedPolicy::kPicture:  // U+2400 + byte
      out[0] = 0xE2;
      out[1] = 0x90;
      out[2] = static_cast<uint8_t>(0x80 + byte);
      return out + 3;
    case ReservedPolicy::kKeep:
      out[0] = byte;
      return out + 1;
    default:
      return out;
  }
}

// A terminator ends the document that began `document_input` bytes before content_end. Shared by steps and kernels.
inline void end_document(const FrameOptions& options, FrameState& state, FrameCursor& cursor) {
  if (options.skip_empty && state.document_input == 0) {
    cursor.out -= state.document_output;
    state.skipped_empty++;
  } else {
    if (options.eos) *cursor.out++ = kEtx;
    *cursor.lengths++ = static_cast<int32_t>(state.document_output + (options.eos ? 1 : 0));
    state.documents++;
    state.total.code_points += state.document.code_points;
    state.total.reserved += state.document.reserved;
    state.total.replaced += state.document.replaced;
  }
  state.mode = Mode::kBetween;
}

inline void begin_document(const FrameOptions& options, FrameState& state, FrameCursor& cursor) {
  state.mode = Mode::kInside;
  state.document_input = 0;
  state.document_output = options.bos ? 1 : 0;
  state.document = {};
  if (options.bos) *cursor.out++ = kStx;
}

}  // namespace u8t
