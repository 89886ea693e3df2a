// The census: the kernel's blocks, then the rest byte by byte. See census.h.
#include "census.h"

#include "kernels.h"
#include "utf8.h"

namespace u8t {

size_t census(const Kernels& kernels, const uint8_t* p, size_t length, Census& census) {
  const uint8_t* const end = p + length;
  const uint8_t* at = p + kernels.census_blocks(p, length, census);
  while (at < end) {
    const Character character = character_at(at, end);
    if (character.reason != Reason::kNone) return static_cast<size_t>(at - p);
    census.code_points++;
    if (is_reserved(*at)) {
      const bool escaped_follows = at + 1 < end && at[1] >= kEscapeOffset && is_reserved(at[1] - kEscapeOffset);
      if (*at == kStx) {
        census.stx++;
      } else if (*at == kEtx) {
        census.etx++;
      } else if (*at == kDle && escaped_follows) {
        census.escapes++;
      } else {
        census.stray++;
      }
    }
    at += character.length;
  }
  return kWellFormed;
}

}  // namespace u8t
