// Rows of token ids: padding, joining, widening, and what bytes of a text belong to. What each does is said in
// lib/engine/token-engine.ts; arguments are right here, and no array that is written overlaps one that is read.
//
// All of it is plain loops and copies of whole rows, which compilers make vectors of, so that it is the same code for
// every target. Ids are uint8_t, uint16_t or uint32_t.
#pragma once

#include <cstddef>
#include <cstdint>

namespace u8t {

// No id stands in this place.
inline constexpr int64_t kNoId = -1;

// What stands in front of each row and behind it: an id, or kNoId.
struct RowMarks {
  int64_t first = kNoId;
  int64_t last = kNoId;

  size_t count() const { return (first == kNoId ? 0U : 1U) + (last == kNoId ? 0U : 1U); }
};

// Row r is values[ranges[2r], ranges[2r + 1]).
template <typename Id>
struct Rows {
  const Id* values;
  const uint32_t* ranges;
  size_t count;
};

template <typename Id>
void pad_rows(const Rows<Id>& rows, RowMarks marks, size_t width, Id pad, bool left, Id* ids, uint8_t* mask);

template <typename Id>
void join_rows(const Rows<Id>& rows, RowMarks marks, Id* ids, uint32_t* offsets);

// Whether EF BF BD, U+FFFD, stands in [p, p + length).
bool includes_replacement(const uint8_t* p, size_t length);

template <typename Id>
void widen(const Id* ids, size_t length, int64_t* output);

void translate(const uint8_t* bytes, size_t length, const uint16_t* table, uint16_t* output);

// Rows are bytes[offsets[r], offsets[r + 1]).
void loss_mask(const uint8_t* bytes, const uint32_t* offsets, size_t rows, uint8_t* mask);
void attention_spans(const uint8_t* bytes, const uint32_t* offsets, size_t rows, uint32_t* spans);

void attention_mask(const uint32_t* documents, const uint32_t* spans, size_t rows, size_t width, uint8_t* mask,
                    bool packed);

// Where ids go, with what stands for each beside them.
template <typename Id>
struct Windows {
  Id* ids;
  uint32_t* positions;
  uint32_t* documents;
};

// Three numbers a piece: values[start, end) and its place.
template <typename Id>
void place_pieces(const Id* values, const uint32_t* pieces, size_t count, const uint32_t* document_of,
                  const Windows<Id>& windows);

void mask_logits(float* logits, size_t vocabulary, const uint8_t* masks, const uint32_t* which, size_t rows);

}  // namespace u8t
