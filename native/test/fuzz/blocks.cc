// loss_mask, attention_spans and includes_replacement of any bytes in any rows. Spans and U+FFFD are held against a plain
// loop; of a loss mask what must hold whatever the text: rows do not touch each other, and where an assistant's loss is
// counted its header is the last one in front, and no ETB stands between. (Exact masks: test/engine/block-oracle.ts.)
#include <algorithm>

#include "../../core/tokens.h"
#include "fuzz.h"

namespace u8t_test {
namespace {

constexpr uint8_t kSoh = 0x01;
constexpr uint8_t kSo = 0x0E;
constexpr uint8_t kSi = 0x0F;
constexpr uint8_t kEtb = 0x17;
const Bytes kHeader = {kSoh, 'a', 's', 's', 'i', 's', 't', 'a', 'n', 't', '\n'};

void fail_unless(bool right, const char* what, size_t at) {
  if (right) return;
  fprintf(stderr, "FAILED %s: offset %zu\n", what, at);
  abort();
}

std::vector<uint32_t> spans_of(const Bytes& text, const std::vector<uint32_t>& offsets) {
  std::vector<uint32_t> spans(text.size());
  for (size_t row = 0; row + 1 < offsets.size(); row++) {
    uint32_t number = 0;
    bool inside = false;
    for (size_t i = offsets[row]; i < offsets[row + 1]; i++) {
      if (!inside && text[i] == kSo) {
        inside = true;
        number++;
      }
      spans[i] = inside ? number : 0;
      if (text[i] == kSi) inside = false;
    }
  }
  return spans;
}

// Whether an assistant may be speaking at text[at], of the row that begins at `start`.
bool may_speak(const Bytes& text, size_t start, size_t at) {
  size_t header = at + 1;
  while (header > start && text[header - 1] != kSoh) header--;
  if (header == start) return false;
  const auto from = text.begin() + static_cast<std::ptrdiff_t>(header - 1);
  const auto to = text.begin() + static_cast<std::ptrdiff_t>(at);
  if (static_cast<size_t>(to - from) < kHeader.size() || !std::equal(kHeader.begin(), kHeader.end(), from)) return false;
  return std::find(from, to, kEtb) == to;
}

}  // namespace

void fuzz(Input& input) {
  const size_t rows = below(input, 4);
  std::vector<uint32_t> cuts(rows);
  for (uint32_t& cut : cuts) cut = input.ConsumeIntegral<uint16_t>();
  const Bytes text = text_of(input);
  std::vector<uint32_t> offsets{0};
  for (const uint32_t cut : cuts) offsets.push_back(cut % static_cast<uint32_t>(text.size() + 1));
  offsets.push_back(static_cast<uint32_t>(text.size()));
  std::sort(offsets.begin(), offsets.end());

  // Memory of just the size, for the sanitizers.
  std::vector<uint8_t> mask(text.size(), 9);
  std::vector<uint32_t> spans(text.size(), 9);
  u8t::loss_mask(text.data(), offsets.data(), offsets.size() - 1, mask.data());
  u8t::attention_spans(text.data(), offsets.data(), offsets.size() - 1, spans.data());
  fail_unless(spans == spans_of(text, offsets), "attention_spans", 0);
  for (size_t row = 0; row + 1 < offsets.size(); row++) {
    const size_t start = offsets[row];
    const uint32_t whole[] = {0, offsets[row + 1] - offsets[row]};
    std::vector<uint8_t> alone(whole[1], 9);
    u8t::loss_mask(text.data() + start, whole, 1, alone.data());
    for (size_t i = 0; i < alone.size(); i++) {
      fail_unless(alone[i] == mask[start + i], "loss_mask: rows", start + i);
      fail_unless(alone[i] <= 1, "loss_mask: flags", start + i);
      if (alone[i] == 1) fail_unless(may_speak(text, start, start + i), "loss_mask", start + i);
    }
  }
  const Bytes replacement = {0xEF, 0xBF, 0xBD};
  const bool found = std::search(text.begin(), text.end(), replacement.begin(), replacement.end()) != text.end();
  fail_unless(u8t::includes_replacement(text.data(), text.size()) == found, "includes_replacement", 0);
}

}  // namespace u8t_test
