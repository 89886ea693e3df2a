// Census: what framed bytes hold, counted. Reading back a dataset is this count over everything, compared with what
// the index says should be there.
#pragma once

#include <cstddef>
#include <cstdint>

#include "utf8.h"

namespace u8t {

struct Kernels;

struct Census {
  uint64_t code_points;
  uint64_t stx;
  uint64_t etx;
  uint64_t escapes;
  uint64_t stray;
};

// Adds the counts of [p, p + length) to `census`; returns kWellFormed, or the offset of the first ill-formed sequence.
size_t census(const Kernels& kernels, const uint8_t* p, size_t length, Census& census);

}  // namespace u8t
