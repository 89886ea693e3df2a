// Validation, census and CRC-32: see checks.h.
#include "validate.h"
#include "checks.h"

using namespace u8t;

namespace u8t_test {
namespace {

constexpr size_t kNone = SIZE_MAX;

// The first ill-formed sequence and its place; kNone if there is none.
size_t first_ill_formed(const reference::Sequences& sequences, reference::Sequence& found) {
  size_t at = 0;
  for (const reference::Sequence& sequence : sequences) {
    found = sequence;
    if (!sequence.well_formed) return at;
    at += sequence.length;
  }
  return kNone;
}

bool reserved(char32_t code) { return code < 0x20 && (code < '\t' || code > '\r'); }

Census census_of(const reference::Sequences& sequences) {
  Census counts{};
  for (size_t i = 0; i < sequences.size(); i++) {
    counts.code_points++;
    const char32_t code = sequences[i].code;
    const char32_t next = i + 1 < sequences.size() ? sequences[i + 1].code : 0;
    if (code == 0x02) {
      counts.stx++;
    } else if (code == 0x03) {
      counts.etx++;
    } else if (code == 0x10 && next >= 0x40 && reserved(next - 0x40)) {
      counts.escapes++;
    } else if (reserved(code)) {
      counts.stray++;
    }
  }
  return counts;
}

}  // namespace

Difference check_find_invalid(Target target, const Bytes& text, size_t shift) {
  Memory<uint8_t> input(text, shift);
  const Invalid actual = find_invalid(*kernels_for(target), input.data(), input.size());
  const Invalid scalar = find_invalid(*kScalarKernels, input.data(), input.size());
  reference::Sequence sequence{};
  const size_t expected = first_ill_formed(reference::from_utf8(text), sequence);
  if (actual.offset != expected) return {"find_invalid: offset", actual.offset};
  if (expected == kNone) return {};
  if (actual.length != sequence.length) return {"find_invalid: length", expected};
  if (actual.reason != scalar.reason) return {"find_invalid: reason", expected};
  return {};
}

Difference check_ascii_prefix(Target target, const Bytes& text, size_t shift) {
  constexpr size_t kBlock = 64;
  Memory<uint8_t> input(text, shift);
  const size_t actual = kernels_for(target)->ascii_prefix(input.data(), input.size());
  size_t most = 0;
  while (most < text.size() && text[most] < 0x80) most++;
  if (actual > most) return {"ascii_prefix: too long", actual};
  return actual + kBlock >= most ? Difference{} : Difference{"ascii_prefix: too short", actual};
}

Difference check_census(Target target, const Bytes& text, size_t shift) {
  Memory<uint8_t> input(text, shift);
  Census actual{};
  const size_t at = census(*kernels_for(target), input.data(), input.size(), actual);
  const reference::Sequences sequences = reference::from_utf8(text);
  reference::Sequence sequence{};
  if (at != first_ill_formed(sequences, sequence)) return {"census: offset", at};
  if (at != kNone) return {};
  const Census expected = census_of(sequences);
  return memcmp(&actual, &expected, sizeof actual) == 0 ? Difference{} : Difference{"census: counts"};
}

Difference check_crc32(Target target, const Bytes& bytes, size_t shift, uint32_t before) {
  Memory<uint8_t> input(bytes, shift);
  const uint32_t actual = kernels_for(target)->crc32(input.data(), input.size(), before);
  return actual == reference::crc32(bytes, before) ? Difference{} : Difference{"crc32"};
}

}  // namespace u8t_test
