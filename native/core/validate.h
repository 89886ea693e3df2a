// Validation: whether bytes are well-formed UTF-8, and where they are not.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels.h"
#include "utf8.h"

namespace u8t {

struct Invalid {
  size_t offset;   // kWellFormed if there is none
  uint8_t length;  // of the maximal subpart
  Reason reason;
};

// The first ill-formed sequence of [p, p + length), from a character boundary on.
inline Invalid find_invalid_from(const uint8_t* p, size_t length, size_t from) {
  while (from < length) {
    const Character character = character_at(p + from, p + length);
    if (character.reason != Reason::kNone) return {from, character.length, character.reason};
    from += character.length;
  }
  return {kWellFormed, 0, Reason::kNone};
}

inline Invalid find_invalid(const Kernels& kernels, const uint8_t* p, size_t length) {
  return find_invalid_from(p, length, kernels.valid_prefix(p, length));
}

inline bool is_valid(const Kernels& kernels, const uint8_t* p, size_t length) {
  const size_t prefix = kernels.valid_prefix(p, length);
  return prefix == length || find_invalid_from(p, length, prefix).offset == kWellFormed;
}

}  // namespace u8t
