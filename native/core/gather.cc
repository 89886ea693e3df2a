// Rows of a table: see gather.h.
#include "gather.h"

#include <algorithm>
#include <cstring>

namespace u8t {
namespace {

// Copies of 2 KiB and more the GNU C library makes by `rep movsb`, which on AMD's Zen 3 and 4 falls to a tenth of its speed
// where source and target lie alike within their pages, as rows of 4 KiB do. Pieces below that are copied by vectors.
constexpr size_t kPiece = 1024;

}  // namespace

void gather(const uint8_t* table, size_t row_size, const uint8_t* ids, size_t count, uint8_t* output) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t* const row = table + ids[i] * row_size;
    for (size_t at = 0; at < row_size; at += kPiece) {
      // memmove: the caller may be wrong about memory that it shares with other threads.
      memmove(output + at, row + at, std::min(kPiece, row_size - at));
    }
    output += row_size;
  }
}

}  // namespace u8t
