// What an instruction set contributes: functions over whole blocks. Everything else is written once, above them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "abi.h"
#include "census.h"
#include "frame.h"
#include "transcode.h"

namespace u8t {

// Bytes at which a character begins (no continuation), and those of them that begin one of four bytes.
struct CharacterStarts {
  size_t all;
  size_t of_four;
};

struct Kernels {
  // Length of a prefix of [p, p + length) that is well-formed and ends at a character boundary. It may stop early, some
  // blocks before an error or a few bytes before the end.
  size_t (*valid_prefix)(const uint8_t* p, size_t length);
  // Length of a prefix that is ASCII; it may stop up to a block early.
  size_t (*ascii_prefix)(const uint8_t* p, size_t length);
  // Frames blocks for as long as nothing needs a decision; may do nothing. Leaves the cursor at a character boundary.
  void (*frame_blocks)(const FrameOptions& options, FrameState& state, FrameCursor& cursor);
  // Counts blocks of [p, p + length) from the start; returns how many bytes it counted. Stops before an error.
  size_t (*census_blocks)(const uint8_t* p, size_t length, Census& census);
  // The CRC-32 register (not inverted) after [p, p + length).
  uint32_t (*crc32)(const uint8_t* p, size_t length, uint32_t crc);
  // The functions of transcode.h, for as many characters from the start as the kernel likes; none splits a character.
  Transcoded (*utf16_to_utf8)(const char16_t* p, size_t length, uint8_t* out, size_t room);
  Transcoded (*latin1_to_utf8)(const uint8_t* p, size_t length, uint8_t* out, size_t room);
  // Index of the first unit that is 0, or `length`.
  size_t (*find_zero)(const char16_t* p, size_t length);
  Transcoded (*utf8_length_of_utf16)(const char16_t* p, size_t length);
  Transcoded (*utf8_length_of_latin1)(const uint8_t* p, size_t length);
  Transcoded (*utf8_to_utf16)(const uint8_t* p, size_t length, char16_t* out);
  Transcoded (*utf8_to_latin1)(const uint8_t* p, size_t length, uint8_t* out);
  // Adds the counts of a well-formed prefix of [p, p + length); returns its length.
  size_t (*count_text)(const uint8_t* p, size_t length, TextCounts& counts);
  // Of all of [p, p + length), well-formed or not.
  CharacterStarts (*count_starts)(const uint8_t* p, size_t length);
};

// Null if this processor cannot run it, or the core was built without it.
const Kernels* kernels_for(Target target);
Target best_target();

CharacterStarts count_starts_scalar(const uint8_t* p, size_t length);
uint32_t crc32_scalar(const uint8_t* p, size_t length, uint32_t crc);

// The targets, each defined in its own file of targets/; null where the architecture has none of it.
extern const Kernels* const kScalarKernels;
extern const Kernels* const kSse4Kernels;
extern const Kernels* const kAvx2Kernels;
extern const Kernels* const kAvx512Kernels;
extern const Kernels* const kNeonKernels;

}  // namespace u8t
