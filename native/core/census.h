// Census: what framed bytes hold, counted. Reading back a dataset is this count over everything, compared with what
// the index says should be there.
#pragma once

#include <cstddef>
#include <cstdint>

namespace u8t {

struct Kernels;

struct Census {
  uint64_t code_points;
  uint64_t stx;
  uint64_t etx;
  uint64_t escapes;
  uint64_t stray;
};

inline constexpr size_t kWellFormed = SIZE_MAX;

// Adds the counts of [p, p + length) to `census`; returns kWellFormed, or the offset of the first ill-formed sequence.
size_t census(const Kernels& kernels, const uint8_t* p, size_t length, Census& census);

struct Invalid {
  size_t offset;  // kWellFormed if there is none
  uint8_t length;
  uint8_t reason;
};

bool is_valid(const Kernels& kernels, const uint8_t* p, size_t length);

// The first ill-formed sequence of [p, p + length).
Invalid find_invalid(const Kernels& kernels, const uint8_t* p, size_t length);

}  // namespace u8t
