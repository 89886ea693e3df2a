// See tokens.h.
#include "tokens.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "blocks.h"

namespace u8t {
namespace {

constexpr uint8_t kSo = 0x0E;
constexpr uint8_t kSi = 0x0F;

template <typename T>
void copy(const T* from, size_t count, T* to) {
  // No bytes may be at no place at all, and memcpy must not see that.
  if (count > 0) memcpy(to, from, count * sizeof(T));
}

// A row with its marks; returns where it ends.
template <typename Id>
Id* put_row(const Rows<Id>& rows, size_t row, RowMarks marks, Id* to) {
  const uint32_t start = rows.ranges[2 * row];
  const uint32_t end = rows.ranges[2 * row + 1];
  if (marks.first != kNoId) *to++ = static_cast<Id>(marks.first);
  copy(rows.values + start, end - start, to);
  to += end - start;
  if (marks.last != kNoId) *to++ = static_cast<Id>(marks.last);
  return to;
}

// Where `byte` is in [from, to), which is not empty; `to` if it is not.
size_t find(const uint8_t* bytes, size_t from, size_t to, uint8_t byte) {
  const void* const found = memchr(bytes + from, byte, to - from);
  return found == nullptr ? to : static_cast<size_t>(static_cast<const uint8_t*>(found) - bytes);
}

// What a byte does to a reader of blocks: the next state, and in the highest bit whether the byte is part of what an
// assistant has to say. A byte that is refused is read again as if all blocks had ended in front of it.
constexpr uint8_t kCounts = 0x80;
static_assert(kBlockStateCount <= kCounts);
constexpr auto kSteps = [] {
  std::array<std::array<uint8_t, kBlockClassCount>, kBlockStateCount> steps{};
  for (size_t state = 0; state < kBlockStateCount; state++) {
    for (size_t type = 0; type < kBlockClassCount; type++) {
      const uint8_t next = kBlockNext[state][type];
      const uint8_t anew = kBlockNext[0][type] == kBlockRefused ? 0 : kBlockNext[0][type];
      const uint8_t counts = kBlockInAssistant[state] ? kCounts : 0;
      steps[state][type] = next == kBlockRefused ? anew : static_cast<uint8_t>(next | counts);
    }
  }
  return steps;
}();

// flags[k] is 1 if place i attends to place from + k of the same row, for all places before `to`.
void attention_flags(const uint32_t* documents, const uint32_t* spans, size_t i, size_t from, size_t to,
                     uint8_t* flags) {
  const uint32_t document = documents[i];
  const uint32_t span = spans[i];
  const size_t count = to - from;
  const size_t causal = document == 0 ? 0 : std::min(i + 1 > from ? i + 1 - from : 0, count);
  documents += from;
  spans += from;
  for (size_t k = 0; k < causal; k++) flags[k] = documents[k] == document ? 1 : 0;
  memset(flags + causal, 0, count - causal);
  if (span == 0) return;
  for (size_t k = 0; k < count; k++) flags[k] = static_cast<uint8_t>(flags[k] | (spans[k] == span ? 1 : 0));
}

// Eight flags, each 0 or 1, become one byte, the first of them its highest bit: the product moves flag k, bit 8k of the
// word, by 63 - 9k, and no two meet.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
uint8_t packed_byte(const uint8_t* flags) {
  uint64_t word;
  memcpy(&word, flags, sizeof word);
  return static_cast<uint8_t>(word * 0x8040201008040201ULL >> 56);
}

}  // namespace

template <typename Id>
void pad_rows(const Rows<Id>& rows, RowMarks marks, size_t width, Id pad, bool left, Id* ids, uint8_t* mask) {
  for (size_t row = 0; row < rows.count; row++, ids += width, mask += width) {
    const size_t length = rows.ranges[2 * row + 1] - rows.ranges[2 * row] + marks.count();
    const size_t start = left ? width - length : 0;
    const size_t end = start + length;
    std::fill(ids, ids + start, pad);
    put_row(rows, row, marks, ids + start);
    std::fill(ids + end, ids + width, pad);
    std::fill(mask, mask + width, uint8_t{0});
    std::fill(mask + start, mask + end, uint8_t{1});
  }
}

template <typename Id>
void join_rows(const Rows<Id>& rows, RowMarks marks, Id* ids, uint32_t* offsets) {
  Id* at = ids;
  for (size_t row = 0; row < rows.count; row++) {
    offsets[row] = static_cast<uint32_t>(at - ids);
    at = put_row(rows, row, marks, at);
  }
  offsets[rows.count] = static_cast<uint32_t>(at - ids);
}

bool includes_replacement(const uint8_t* p, size_t length) {
  // Whole blocks without a branch, which compilers make vectors of.
  constexpr size_t kBlock = 256;
  const auto at = [p](size_t i) {
    return static_cast<uint8_t>((p[i] == 0xEF ? 1 : 0) & (p[i + 1] == 0xBF ? 1 : 0) & (p[i + 2] == 0xBD ? 1 : 0));
  };
  size_t i = 0;
  for (; i + kBlock + 2 <= length; i += kBlock) {
    uint8_t any = 0;
    for (size_t j = 0; j < kBlock; j++) any |= at(i + j);
    if (any != 0) return true;
  }
  for (; i + 2 < length; i++) {
    if (at(i) != 0) return true;
  }
  return false;
}

template <typename Id>
void widen(const Id* ids, size_t length, int64_t* output) {
  for (size_t i = 0; i < length; i++) output[i] = ids[i];
}

void translate(const uint8_t* bytes, size_t length, const uint16_t* table, uint16_t* output) {
  for (size_t i = 0; i < length; i++) output[i] = table[bytes[i]];
}

void loss_mask(const uint8_t* bytes, const uint32_t* offsets, size_t rows, uint8_t* mask) {
  for (size_t row = 0; row < rows; row++) {
    size_t state = 0;
    for (size_t i = offsets[row]; i < offsets[row + 1]; i++) {
      const uint8_t step = kSteps[state][kBlockClassOf[bytes[i]]];
      mask[i] = step >> 7;
      state = step & ~kCounts;
    }
  }
}

void attention_spans(const uint8_t* bytes, const uint32_t* offsets, size_t rows, uint32_t* spans) {
  for (size_t row = 0; row < rows; row++) {
    const size_t end = offsets[row + 1];
    uint32_t number = 0;
    for (size_t at = offsets[row]; at < end;) {
      const size_t begin = find(bytes, at, end, kSo);
      std::fill(spans + at, spans + begin, 0);
      if (begin == end) break;
      at = std::min(find(bytes, begin, end, kSi) + 1, end);
      std::fill(spans + begin, spans + at, ++number);
    }
  }
}

void attention_mask(const uint32_t* documents, const uint32_t* spans, size_t rows, size_t width, uint8_t* mask,
                    bool packed) {
  // A multiple of 8, so that bits of one byte are never in two pieces.
  constexpr size_t kPiece = 512;
  for (size_t row = 0; row < rows; row++, documents += width, spans += width) {
    for (size_t i = 0; i < width; i++) {
      if (!packed) {
        attention_flags(documents, spans, i, 0, width, mask);
        mask += width;
        continue;
      }
      for (size_t from = 0; from < width; from += kPiece) {
        uint8_t flags[kPiece];
        const size_t to = std::min(from + kPiece, width);
        const size_t count = to - from;
        const size_t bytes = (count + 7) / 8;
        memset(flags + count, 0, 8 * bytes - count);
        attention_flags(documents, spans, i, from, to, flags);
        for (size_t k = 0; k < bytes; k++) *mask++ = packed_byte(flags + 8 * k);
      }
    }
  }
}

template <typename Id>
void place_pieces(const Id* values, const uint32_t* pieces, size_t count, const uint32_t* document_of,
                  const Windows<Id>& windows) {
  for (size_t p = 0; p < count; p++, pieces += 3) {
    const size_t length = pieces[1] - pieces[0];
    const size_t at = pieces[2];
    copy(values + pieces[0], length, windows.ids + at);
    for (size_t k = 0; k < length; k++) windows.positions[at + k] = static_cast<uint32_t>(k);
    std::fill(windows.documents + at, windows.documents + at + length, document_of[p]);
  }
}

void mask_logits(float* logits, size_t vocabulary, const uint8_t* masks, const uint32_t* which, size_t rows) {
  constexpr float kNever = -std::numeric_limits<float>::infinity();
  for (size_t row = 0; row < rows; row++, logits += vocabulary) {
    const uint8_t* const mask = masks + size_t{256} * which[row];
    for (size_t b = 0; b < 256; b++) logits[b] = mask[b] != 0 ? logits[b] : kNever;
    std::fill(logits + 256, logits + vocabulary, kNever);
  }
}

#define U8T_FOR_IDS(Id)                                                                                          \
  template void pad_rows<Id>(const Rows<Id>&, RowMarks, size_t, Id, bool, Id*, uint8_t*);                        \
  template void join_rows<Id>(const Rows<Id>&, RowMarks, Id*, uint32_t*);                                        \
  template void widen<Id>(const Id*, size_t, int64_t*);                                                          \
  template void place_pieces<Id>(const Id*, const uint32_t*, size_t, const uint32_t*, const Windows<Id>&);
U8T_FOR_IDS(uint8_t)
U8T_FOR_IDS(uint16_t)
U8T_FOR_IDS(uint32_t)
#undef U8T_FOR_IDS

}  // namespace u8t
