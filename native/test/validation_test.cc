// Validation, census and CRC-32.
#include "test.h"
#include "utf8.h"

using namespace u8t;

namespace u8t_test {
namespace {

// The plain decoder against the tables.
void test_character(Target target, bool quick) {
  for_each_word(quick, [target](const uint8_t* word) {
    const Character character = character_at(word, word + 4);
    const reference::Sequence sequence = reference::utf8_sequence(word, 4);
    const bool well_formed = character.reason == Reason::kNone;
    const bool same = character.length == sequence.length && well_formed == sequence.well_formed;
    if (!same) expect({"character_at"}, target, Bytes(word, word + 4));
  });
}

// Each word at a place where it crosses a block.
void test_words(Target target, bool quick) {
  Bytes bytes(128, 'a');
  uint8_t* const at = bytes.data() + 61;
  const auto valid_prefix = kernels_for(target)->valid_prefix;
  for_each_word(quick, [&](const uint8_t* word) {
    memcpy(at, word, 4);
    const uint8_t* p = at;
    while (p < at + 4) {
      const Character character = character_at(p, bytes.data() + 128);
      if (character.reason != Reason::kNone) break;
      p += character.length;
    }
    const bool valid = p >= at + 4;
    if ((valid_prefix(bytes.data(), 128) == 128) != valid) expect({"valid_prefix", 61}, target, bytes);
  });
}

void test_crc32(Target target) {
  const uint8_t digits[] = "123456789";
  const bool known = ~kernels_for(target)->crc32(digits, 9, ~0U) == 0xCBF43926;
  expect(known ? Difference{} : Difference{"crc32: check value"}, target, {});
  set_dice(0);
  Bytes bytes;
  for (size_t length = 0; length < 2100; length++) {
    expect(check_crc32(target, bytes, length % 61, static_cast<uint32_t>(length)), target, bytes);
    bytes.push_back(static_cast<uint8_t>(next_random()));
  }
}

}  // namespace

void test_validation(Target target, bool quick) {
  test_crc32(target);
  for (uint64_t i = 0; i < (quick ? 3000 : 20000); i++) {
    set_dice(i);
    const Bytes text = random_text(below(8) == 0 ? below(6000) : below(600));
    const size_t shift = below(64);
    expect(check_census(target, text, shift), target, text);
    expect(check_find_invalid(target, text, shift), target, text);
  }
  if (target == Target::kScalar) {
    test_character(target, quick);
  } else {
    test_words(target, quick);
  }
}

}  // namespace u8t_test
